/** Selectors whose parenthesis is missing, or stands in another place. */
import type { IToken } from 'chevrotain'
import { report } from '../../diagnostics.ts'
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

function isPattern({ tokenType }: IToken): boolean {
  return tokenType === t.Pattern
}
