/** Selectors whose parenthesis is missing, or stands in another place. */
import type { IToken } from 'chevrotain'
import { report } from '../../diagnostics.ts'
import { quote } from '../build/literals.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import type { Repair, Trouble } from './kit.ts'
import { isWord, spliced, synthetic } from './kit.ts'
import { pathWithin } from './statistics.ts'

/** `span(ads/GetAds.p99 > 400ms`: a point is part of a name, so the statistic is in the operation's until the parenthesis is there. */
export function statisticInSelector(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at - 1]
  if (word === undefined || word.payload !== undefined || !at.expected.includes('RightParen')) return undefined
  if (!isWord(word) && !isPattern(word)) return undefined
  const opener = at.tokens.slice(0, at.at).findLastIndex(({ tokenType }) => tokenType === t.LeftParen || tokenType === t.RightParen)
  if (at.tokens[opener]?.tokenType !== t.LeftParen || at.tokens[opener - 1]?.tokenType !== k.span) return undefined
  const dot = pathWithin(word.image)
  if (dot === undefined) return undefined
  const start = word.startOffset + dot
  const place = { start, end: start }
  const path = word.image.slice(dot)
  return {
    diagnostic: report(
      m.unexpected,
      at.file,
      { start, end: start + path.length },
      { expected: '`)`', found: `\`${path}\`` },
      { fix: { title: 'insert )', edits: [{ range: place, text: ')' }] } },
    ),
    tokens: spliced(
      at,
      at.at - 1,
      at.at,
      { ...word, image: word.image.slice(0, dot) },
      synthetic(place, t.RightParen, ')'),
      synthetic({ start, end: start + 1 }, t.Dot, '.'),
      { ...word, image: path.slice(1), startOffset: start + 1, tokenType: t.Name, tokenTypeIdx: t.Name.tokenTypeIdx as number },
    ),
  }
}

/** `span(front//cart)`: two slashes begin a comment, so what begins with one stands in quotes. */
export function operationInComment(at: Trouble): Repair | undefined {
  const service = at.tokens[at.at - 1]
  const open = at.tokens[at.at - 2]
  if (service === undefined || open?.tokenType !== t.LeftParen || at.tokens[at.at - 3]?.tokenType !== k.span || !at.expected.includes('RightParen'))
    return undefined
  const start = service.startOffset + service.image.length
  const name = /^\/(\/[^\s/)][^\s)]*)/.exec(at.text.slice(start, start + longestName))?.[1]
  if (name === undefined) return undefined
  const range = { start, end: start + name.length + 1 }
  const text = `/${quote(name)}`
  const parameters = { expected: 'an operation in quotes', found: `\`/${name}\``, help: '`//` begins a comment' }
  return {
    diagnostic: report(m.unexpected, at.file, range, parameters, { fix: { title: `write ${text}`, edits: [{ range, text }] } }),
    // The rest of the line is a comment.
    tokens: at.tokens,
    trust: 'stop',
  }
}

const longestName = 200

function isPattern({ tokenType }: IToken): boolean {
  return tokenType === t.Pattern
}
