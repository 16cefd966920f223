/** What repairs are made of. */
import type { IToken, TokenType } from 'chevrotain'
import { createTokenInstance } from 'chevrotain'
import type { Diagnostic, Message } from '../../diagnostics.ts'
import { report } from '../../diagnostics.ts'
import type { TextRange } from '../../tree.ts'
import type { Lexed } from '../lex.ts'
import { lexPiece } from '../lex.ts'
import * as t from '../tokens.ts'
import { shortened } from '../words.ts'

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

export type Recogniser = (trouble: Trouble) => Repair | undefined

export function rangeOf(token: IToken): TextRange {
  return { start: token.startOffset, end: endOf(token) }
}

export function endOf(token: IToken): number {
  return token.startOffset + token.image.length
}

/** From the start of one token to the end of another. */
export function between(first: IToken, last: IToken): TextRange {
  return { start: first.startOffset, end: endOf(last) }
}

export function textOf(at: Trouble, { start, end }: TextRange): string {
  return at.text.slice(start, end)
}

export function isWord(token: IToken | undefined): token is IToken {
  return token?.tokenType.CATEGORIES?.includes(t.Identifier) === true
}

export function isLiteral(token: IToken | undefined): token is IToken {
  return token?.tokenType.CATEGORIES?.includes(t.Literal) === true
}

export function touches(left: IToken | undefined, right: IToken | undefined): boolean {
  return left !== undefined && right !== undefined && endOf(left) === right.startOffset
}

/** What stands between two tokens: blanks, comments, characters that are no tokens. */
export function gap(at: Trouble, left: IToken | undefined, right: IToken | undefined): string {
  return at.text.slice(left === undefined ? 0 : endOf(left), right?.startOffset)
}

/** A token over a range of the text that says something else than what stands there. */
export function synthetic({ start, end }: TextRange, type: TokenType, says: string): IToken {
  return { ...createTokenInstance(type, ' '.repeat(end - start), start, end - 1, 0, 0, 0, 0), payload: says }
}

/** Tokens of `text`, each over the whole range, so that whatever is said of one underlines what it stands for. */
export function lexedAs(range: TextRange, text: string): IToken[] {
  const lexed: Lexed = { tokens: [], comments: [], foreign: [] }
  lexPiece(text, 0, text.length, lexed)
  return lexed.tokens.map((token) => synthetic(range, token.tokenType, token.image))
}

/** Index of the bracket that closes the one at `open`, or undefined. */
export function closingOf(tokens: readonly IToken[], open: number): number | undefined {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    const type = (tokens[i] as IToken).tokenType
    if (type === t.LeftParen || type === t.LeftBrace || type === t.LeftBracket) depth++
    else if (type === t.RightParen || type === t.RightBrace || type === t.RightBracket) depth--
    if (depth === 0) return i
  }
  return undefined
}

/** Puts tokens in the place of those from `start` up to but not including `end`. */
export function spliced(at: Trouble, start: number, end: number, ...tokens: readonly IToken[]): IToken[] {
  return [...at.tokens.slice(0, start), ...tokens, ...at.tokens.slice(end)]
}

/** Puts one token in the place of `count`, with what it says and what is written for it in the fix. */
export function replaced<P>(
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
  const range = between(at.tokens[start] as IToken, at.tokens[start + count - 1] as IToken)
  return {
    diagnostic: report(message, at.file, range, parameters, { fix: { title, edits: [{ range, text: written }] } }),
    tokens: spliced(at, start, start + count, synthetic(range, type, says)),
  }
}

/** Puts what `text` says in the place of the tokens from `start` up to `end`, and in the fix. */
export function rewritten<P>(
  at: Trouble,
  start: number,
  end: number,
  text: string,
  message: Message<P>,
  parameters: P,
  more: { readonly help?: string; readonly range?: TextRange } = {},
): Repair {
  const range = between(at.tokens[start] as IToken, at.tokens[end - 1] as IToken)
  const fix = { title: `write ${shortened(text)}`, edits: [{ range, text: apart(at, range, text) }] }
  return {
    diagnostic: report(message, at.file, more.range ?? range, parameters, { fix, ...(more.help === undefined ? {} : { help: more.help }) }),
    tokens: spliced(at, start, end, ...lexedAs(range, text)),
  }
}

/** With blanks where it would grow together with its neighbours. */
function apart(at: Trouble, { start, end }: TextRange, text: string): string {
  const before = /\w/.test(at.text[start - 1] ?? ' ') && /^\w/.test(text) ? ' ' : ''
  const after = /\w/.test(at.text[end] ?? ' ') && /\w$/.test(text) ? ' ' : ''
  return `${before}${text}${after}`
}

/** Leaves out the tokens from `start` up to `end`. */
export function removed<P>(at: Trouble, start: number, end: number, message: Message<P>, parameters: P, title: string): Repair {
  const first = at.tokens[start] as IToken
  const last = at.tokens[end - 1] as IToken
  const range = between(first, last)
  // With the blank before it, unless a neighbour needs one.
  const blank = at.text[range.start - 1] === ' ' && !touches(last, at.tokens[end])
  const whole = blank ? { start: range.start - 1, end: range.end } : range
  const text = !blank && touches(at.tokens[start - 1], first) && touches(last, at.tokens[end]) ? ' ' : ''
  return {
    diagnostic: report(message, at.file, range, parameters, { fix: { title, edits: [{ range: whole, text }] } }),
    tokens: spliced(at, start, end),
  }
}

/** Reports something after which nothing can be trusted. */
export function hopeless<P>(at: Trouble, message: Message<P>, range: TextRange, parameters: P): Repair {
  return { diagnostic: report(message, at.file, range, parameters), tokens: at.tokens, trust: 'stop' }
}
