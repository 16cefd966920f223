/** Text → tokens and comments. Never fails: what is no token is reported and left out. */
import type { ILexingError, IToken, TokenType } from 'chevrotain'
import { Lexer } from 'chevrotain'
import type { Comment, SourceText, TextRange } from '../tree.ts'
import type { Keyword } from './tokens.ts'
import * as t from './tokens.ts'

export interface Lexed {
  readonly tokens: IToken[]
  readonly comments: readonly Comment[]
  /** Stretches of characters that begin no token. */
  readonly foreign: readonly TextRange[]
}

let lexer: Lexer | undefined

/** Built at first use: programs that parse nothing (`--help`) do not pay for it. It holds no state between texts. */
function scaleLexer(): Lexer {
  lexer ??= new Lexer(t.lexed, { positionTracking: 'onlyOffset', ensureOptimizations: true, skipValidations: true })
  return lexer
}

export function lex(source: SourceText): Lexed {
  const { tokens, groups, errors } = scaleLexer().tokenize(source.text)
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken
    if (token.tokenType === t.Name) {
      const type = keywordTypes.get(token.image)
      if (type !== undefined && isKeywordHere(token.image as Keyword, tokens[i + 1])) retag(token, type)
    } else if (token.tokenType === t.DigitWord) retag(token, digitType(token.image))
  }
  return { tokens, comments: (groups.comments ?? []).map(toComment), foreign: mergeErrors(errors) }
}

/** Gives a token another type, for the lexer's words and for repairs. */
export function retag(token: IToken, type: TokenType): void {
  token.tokenType = type
  token.tokenTypeIdx = type.tokenTypeIdx as number
}

export function rangeOf(token: IToken): TextRange {
  return { start: token.startOffset, end: token.startOffset + token.image.length }
}

const keywordTypes = new Map<string, TokenType>(Object.entries(t.keyword))

/**
 * Some keywords are so only before a certain token: `span` before its parenthesis. Elsewhere they are names, even
 * where the grammar would take either.
 */
function isKeywordHere(word: Keyword, next: IToken | undefined): boolean {
  const type = next?.tokenType
  switch (word) {
    case 'span':
    case 'replicas':
    case 'metric':
    case 'forecast':
    case 'min':
    case 'max':
    case 'absent':
      return type === t.LeftParen
    case 'ready':
      return type === t.LeftParen || next?.image === 'after'
    case 'no':
      return next?.image === 'action'
    case 'action':
      return next?.image !== 'fires' && next?.image !== 'unknown'
    case 'has':
      return type === t.Name || type === t.TextToken
    case 'not':
      return type !== undefined && !comparisons.has(type)
    default:
      return true
  }
}

const comparisons: ReadonlySet<TokenType> = new Set([t.Equal, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual, t.Assign])

const durationPattern = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/
const sizePattern = /^\d+(?:\.\d+)?(?:[KMGT]i?B|kB|B)$/

/** Which literal a word that starts with a digit is; a word such as `3scale` or `400msec` is none and stays a DigitWord. */
function digitType(image: string): TokenType {
  const last = image.charCodeAt(image.length - 1)
  if (last >= 48 && last <= 57) {
    if (numberPattern.test(image)) return t.NumberToken
    return timePattern.test(image) ? t.TimeToken : t.DigitWord
  }
  if (last === 37) return t.RatioToken
  if (image.includes('/')) return t.RateToken
  if (durationPattern.test(image)) return t.DurationToken
  return sizePattern.test(image) ? t.SizeToken : t.DigitWord
}

const numberPattern = /^\d+(?:\.\d+)?$/
const timePattern = /^\d+:\d\d$/

function toComment(token: IToken): Comment {
  return { range: rangeOf(token), text: token.image, doc: /^\/\/\/(?!\/)/.test(token.image) }
}

function mergeErrors(errors: readonly ILexingError[]): TextRange[] {
  const ranges: { start: number; end: number }[] = []
  for (const { offset, length } of errors) {
    const last = ranges.at(-1)
    if (last !== undefined && last.end === offset) last.end = offset + length
    else ranges.push({ start: offset, end: offset + length })
  }
  return ranges
}
