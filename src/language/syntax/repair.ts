/**
 * Mistakes that are understood: each has its own message and a fix, and the parser goes on as if the fix had been made, so that it
 * sees the next mistake. A repair is a proposal: parse.ts keeps it only if the parser gets further with it.
 */
import type { IToken, TokenType } from 'chevrotain'
import { createTokenInstance } from 'chevrotain'
import type { Diagnostic, Message } from '../diagnostics.ts'
import { report } from '../diagnostics.ts'
import type { TextRange } from '../tree.ts'
import { quote } from './build/literals.ts'
import * as m from './messages.ts'
import { ranked } from './nearest.ts'
import * as t from './tokens.ts'
import { keyword as k } from './tokens.ts'
import { unitOf } from './units.ts'
import { foundPhrase, shortened } from './words.ts'

export interface Repair {
  readonly diagnostic: Diagnostic
  /** The declaration with the repair. */
  readonly tokens: readonly IToken[]
  /** `stop`: nothing that follows can be trusted. `guess`: good enough to look for more mistakes, not to know what was meant. */
  readonly trust?: 'stop' | 'guess'
}

/** Where the parser stopped. */
export interface Trouble {
  readonly file: string
  readonly text: string
  readonly tokens: readonly IToken[]
  /** Index of the token that does not fit; the number of tokens at the end. */
  readonly at: number
  /** Names of the token types that would have fitted. */
  readonly expected: readonly string[]
}

/** What may be meant, best first. */
export function repairs(trouble: Trouble): Repair[] {
  const found: Repair[] = []
  for (const recognise of recognisers) {
    const repair = recognise(trouble)
    if (repair !== undefined) found.push(repair)
  }
  found.push(...misspellings(trouble))
  const insertion = missing(trouble)
  return insertion === undefined ? found : [...found, insertion]
}

const recognisers: readonly ((trouble: Trouble) => Repair | undefined)[] = [
  openText,
  singleQuotes,
  missingQuotes,
  signs,
  unitApart,
  wrongUnit,
  brackets,
  needless,
]

function openText(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  if (token?.tokenType !== t.OpenText) return undefined
  return { diagnostic: say(at, m.quoteMissing, rangeOf(token), {}), tokens: at.tokens, trust: 'stop' }
}

function singleQuotes(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  if (token?.tokenType !== t.SingleQuoted) return undefined
  const text = quote(token.image.slice(1, -1))
  return replaced(at, at.at, 1, t.TextToken, text, m.singleQuotes, {}, `write ${text}`)
}

/** `import other.scale`, `during … in Europe/Paris`, `matches Get*`; the name of a test may have several words. */
function missingQuotes(at: Trouble): Repair | undefined {
  const first = at.tokens[at.at]
  if (first === undefined || !at.expected.includes('Text') || at.expected.includes('Identifier') || at.expected.includes('Word')) return undefined
  let end = at.at + 1
  if (at.tokens[0]?.tokenType === k.test) while (end < at.tokens.length && at.tokens[end]?.tokenType !== t.LeftBrace) end++
  else while (end < at.tokens.length && endOf(at.tokens[end - 1] as IToken) === at.tokens[end]?.startOffset && at.tokens[end]?.tokenType !== t.RightParen) end++
  if (!(first.tokenType.CATEGORIES ?? []).includes(t.Identifier)) return undefined
  const written = at.text.slice(first.startOffset, endOf(at.tokens[end - 1] as IToken))
  if (written.includes('"') || written.includes('\n')) return undefined
  return replaced(at, at.at, end - at.at, t.TextToken, quote(written), m.textNotQuoted, { text: shortened(written) }, `write ${quote(shortened(written))}`)
}

function signs(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const next = at.tokens[at.at + 1]
  switch (token?.tokenType) {
    case t.AndAnd:
    case t.OrOr:
    case t.Bang: {
      const word = token.tokenType === t.AndAnd ? 'and' : token.tokenType === t.OrOr ? 'or' : 'not'
      // `!(a)` becomes `not (a)`, and `a&&b` gets its spaces.
      const before = at.text[token.startOffset - 1] ?? ' '
      const after = at.text[endOf(token)] ?? ' '
      const written = `${word !== 'not' && /\S/.test(before) ? ' ' : ''}${word}${/\S/.test(after) ? ' ' : ''}`
      return replaced(at, at.at, 1, k[word], word, m.wordForSign, { sign: token.image, word }, `write ${word}`, written)
    }
    case t.Assign: {
      const pair = next !== undefined && endOf(token) === next.startOffset ? next : undefined
      if (pair?.tokenType === t.Greater) return replaced(at, at.at, 2, t.GreaterEqual, '>=', m.comparisonSpelling, { sign: '=>', meant: '>=' }, 'write >=')
      if (pair?.tokenType === t.Less) return replaced(at, at.at, 2, t.LessEqual, '<=', m.comparisonSpelling, { sign: '=<', meant: '<=' }, 'write <=')
      return replaced(at, at.at, 1, t.Equal, '==', m.singleEqual, {}, 'write ==')
    }
    case t.Greater:
      if (at.tokens[at.at - 1]?.tokenType === t.Less && endOf(at.tokens[at.at - 1] as IToken) === token.startOffset)
        return replaced(at, at.at - 1, 2, t.NotEqual, '!=', m.comparisonSpelling, { sign: '<>', meant: '!=' }, 'write !=')
      return undefined
    default:
      return undefined
  }
}

/** `400 ms`, `5 %`. The parser stops at the unit, or at the number if it took that for the start of `N times`. */
function unitApart(at: Trouble): Repair | undefined {
  for (const i of [at.at, at.at + 1]) {
    const number = at.tokens[i - 1]
    const word = at.tokens[i]
    if (number?.tokenType !== t.NumberToken || word === undefined || word.tokenType === k.times) continue
    const unit = unitOf(word.image)
    if (unit === undefined) continue
    const text = `${number.image}${unit.text}`
    return replaced(at, i - 1, 2, unit.type, text, m.unitApart, { number: number.image, unit: word.image }, `write ${text}`)
  }
  return undefined
}

/** `400msec`, `1min`, `5MS`, `1Gi` */
function wrongUnit(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  if (word?.tokenType !== t.DigitWord) return undefined
  const [, number, written] = /^(\d+(?:\.\d+)?)([A-Za-zµ]+)$/.exec(word.image) ?? []
  if (number === undefined || written === undefined) return undefined
  const unit = unitOf(written)
  if (unit === undefined) return { diagnostic: say(at, m.unknownUnit, rangeOf(word), { text: word.image, unit: written }), tokens: at.tokens, trust: 'stop' }
  return replaced(at, at.at, 1, unit.type, `${number}${unit.text}`, m.unitSpelling, { unit: written }, `write ${number}${unit.text}`)
}

/** `rate[5m]`, as PromQL has it. */
function brackets(at: Trouble): Repair | undefined {
  const [open, window, close] = at.tokens.slice(at.at, at.at + 3)
  if (open?.tokenType !== t.LeftBracket || window?.tokenType !== t.DurationToken || close?.tokenType !== t.RightBracket) return undefined
  const whole = { start: open.startOffset, end: endOf(close) }
  const text = `over ${window.image}`
  const fix = { title: `write ${text}`, edits: [{ range: whole, text: ` ${text}` }] }
  return {
    diagnostic: report(m.windowInBrackets, at.file, whole, { window: window.image }, { fix }),
    tokens: [...at.tokens.slice(0, at.at), synthetic(open, 1, k.over, 'over'), window, ...at.tokens.slice(at.at + 3)],
  }
}

/** `for: 5m`, `every 5s, cooldown 60s`, `…;` */
function needless(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const before = at.tokens[at.at - 1]
  if (
    before === undefined ||
    (token?.tokenType !== t.Colon && token?.tokenType !== t.Comma && token?.tokenType !== t.Semicolon && token?.tokenType !== t.Assign)
  )
    return undefined
  const fix = { title: `remove the ${token.image}`, edits: [{ range: rangeOf(token), text: endOf(token) === at.tokens[at.at + 1]?.startOffset ? ' ' : '' }] }
  return {
    diagnostic: report(m.needlessSign, at.file, rangeOf(token), { sign: token.image, after: `\`${shortened(before.image)}\`` }, { fix }),
    tokens: [...at.tokens.slice(0, at.at), ...at.tokens.slice(at.at + 1)],
  }
}

/** Keywords that a word may stand for: the expected ones first. */
function misspellings(at: Trouble): Repair[] {
  const token = at.tokens[at.at]
  if (token === undefined || !token.tokenType.CATEGORIES?.includes(t.Identifier)) return []
  const expected = new Set(at.expected)
  const near = ranked(token.image, t.keywords).filter((word) => word.length > 3 || word.length !== token.image.length || sameLetters(word, token.image))
  return [...near.filter((word) => expected.has(word)), ...near.filter((word) => !expected.has(word))].slice(0, 4).map((meant) => misspelling(at, meant))
}

/** Of short words another letter makes another word: `foo` is no `for`, `fro` may be. */
function sameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b.toLowerCase()].sort().join('')
}

function misspelling(at: Trouble, meant: string): Repair {
  const word = (at.tokens[at.at] as IToken).image
  return replaced(at, at.at, 1, k[meant as t.Keyword], meant, m.misspelt, { word, meant }, `write ${meant}`)
}

/** The one sign or keyword that is expected, left out. */
function missing(at: Trouble): Repair | undefined {
  const [name, ...others] = at.expected
  const before = at.tokens[at.at - 1]
  const type = name === undefined || others.length > 0 ? undefined : (insertable.get(name) ?? k[name as t.Keyword])
  if (type === undefined || before === undefined) return undefined
  const found = at.tokens[at.at]
  const says = typeof type.PATTERN === 'string' ? type.PATTERN : type.name
  const range = found === undefined ? { start: endOf(before), end: endOf(before) } : rangeOf(found)
  const place = { start: endOf(before), end: endOf(before) }
  const text = type === t.RightParen || type === t.LeftParen ? says : ` ${says}`
  const token = { ...synthetic(before, 0, type, says), startOffset: place.start }
  return {
    diagnostic: report(
      m.unexpected,
      at.file,
      range,
      { expected: `\`${says}\``, found: foundPhrase(found) },
      { fix: { title: `insert ${says}`, edits: [{ range: place, text }] } },
    ),
    tokens: [...at.tokens.slice(0, at.at), token, ...at.tokens.slice(at.at)],
    trust: 'guess',
  }
}

const insertable: ReadonlyMap<string, TokenType> = new Map(
  [t.LeftParen, t.RightParen, t.LeftBrace, t.RightBrace, t.Assign, t.Comma, t.Slash].map((type) => [type.name, type]),
)

/** Puts one token in the place of `count`, with what it says and what is written for it in the fix. */
function replaced<P>(
  at: Trouble,
  start: number,
  count: number,
  type: TokenType,
  says: string,
  message: Message<P>,
  parameters: P,
  title: string,
  written = says,
): Repair {
  const first = at.tokens[start] as IToken
  const range = { start: first.startOffset, end: endOf(at.tokens[start + count - 1] as IToken) }
  const token = synthetic(first, range.end - range.start, type, says)
  return {
    diagnostic: report(message, at.file, range, parameters, { fix: { title, edits: [{ range, text: written }] } }),
    tokens: [...at.tokens.slice(0, start), token, ...at.tokens.slice(start + count)],
  }
}

/** A token over `length` characters of the text that says something else than they do. */
function synthetic(first: IToken, length: number, type: TokenType, says: string): IToken {
  const { startOffset } = first
  const image = first.image.length === length ? first.image : ' '.repeat(length)
  return { ...createTokenInstance(type, image, startOffset, startOffset + length - 1, 0, 0, 0, 0), payload: says }
}

function say<P>(at: Trouble, message: Message<P>, range: TextRange, parameters: P): Diagnostic {
  return report(message, at.file, range, parameters)
}

function rangeOf(token: IToken): TextRange {
  return { start: token.startOffset, end: endOf(token) }
}

function endOf(token: IToken): number {
  return token.startOffset + token.image.length
}
