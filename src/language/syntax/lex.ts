/** Text → tokens and comments. Never fails: what is no token is reported and left out. */
import type { IToken, TokenType } from 'chevrotain'
import { Lexer } from 'chevrotain'
import type { Comment, TextRange } from '../tree.ts'
import type { Keyword } from './tokens.ts'
import * as t from './tokens.ts'

/** What is lexed so far. */
export interface Lexed {
  readonly tokens: IToken[]
  readonly comments: Comment[]
  /** Stretches of characters that begin no token, and comments that begin with `#`. */
  readonly foreign: TextRange[]
}

let lexer: Lexer | undefined

/** Built at first use: programs that parse nothing (`--help`) do not pay for it. It holds no state between texts. */
function scaleLexer(): Lexer {
  lexer ??= new Lexer(t.lexed, { positionTracking: 'onlyOffset', ensureOptimizations: true, skipValidations: true })
  return lexer
}

/**
 * Lexes the text from `start` to `end`, which must be the end of a line or of the text (no token runs over a line), and appends to `lexed`.
 * What the last token is may depend on the next one, so it is settled with the next piece.
 */
export function lexPiece(text: string, start: number, end: number, lexed: Lexed): void {
  const { tokens } = lexed
  const unsettled = Math.max(0, tokens.length - 1)
  const whole = start === 0 && end === text.length
  const { tokens: found, groups, errors } = scaleLexer().tokenize(whole ? text : text.slice(start, end))
  for (const token of found) {
    token.startOffset += start
    tokens.push(token)
  }
  for (const token of groups.comments ?? []) {
    token.startOffset += start
    lexed.comments.push(toComment(token))
  }
  for (const token of groups.hashes ?? []) lexed.foreign.push({ start: start + token.startOffset, end: start + token.startOffset + token.image.length })
  for (const { offset, length } of errors) addForeign(lexed.foreign, start + offset, length)

  const settled = end === text.length ? tokens.length : tokens.length - 1
  let stars = false
  for (let i = unsettled; i < settled; i++) {
    const token = tokens[i] as IToken
    const type = token.tokenType
    if (type === t.Name) {
      const { image } = token
      if (image.length > longestKeyword || image.charCodeAt(0) < 97) continue
      const found = keywordTypes.get(image)
      if (found !== undefined && isKeywordHere(image as Keyword, tokens[i + 1])) retag(token, found)
    } else if (type === t.DigitWord) retag(token, digitType(token.image))
    else if (type === t.Star) stars = true
  }
  if (stars) joinPatterns(text, tokens, unsettled)
}

/**
 * Makes one word of the pieces of a name with wildcards, such as `hipstershop.Ad*`, from the token at `start` on. Outside selectors a `*`
 * multiplies.
 */
function joinPatterns(text: string, tokens: IToken[], start: number): void {
  let kept = start
  for (let i = start; i < tokens.length; i++) {
    const token = tokens[i] as IToken
    if (token.tokenType === t.Star && inSelector(tokens, kept, token)) {
      let first = token
      while (kept > 0 && isPiece(tokens[kept - 1] as IToken) && touches(tokens[kept - 1] as IToken, first)) first = tokens[--kept] as IToken
      let last = token
      for (let next = tokens[i + 1]; next !== undefined && isPiece(next) && touches(last, next); next = tokens[i + 1]) {
        last = next
        i++
      }
      tokens[kept++] = { ...first, image: text.slice(first.startOffset, last.startOffset + last.image.length), ...typed(t.Pattern) }
    } else tokens[kept++] = token
  }
  tokens.length = kept
}

/** Whether the `*` that would stand at `i` belongs to a service or an operation: what is before its name tells. */
function inSelector(tokens: readonly IToken[], i: number, star: IToken): boolean {
  let next = star
  let before = i - 1
  for (let token = tokens[before]; token !== undefined && !isRelation(token); token = tokens[--before]) {
    const slash = token.tokenType === t.Slash || next.tokenType === t.Slash
    const part = (isPiece(token) && (slash || touches(token, next))) || (token.tokenType === t.TextToken && slash)
    if (token.tokenType !== t.Slash && !part) break
    next = token
  }
  const opener = tokens[before]
  return opener !== undefined && (isRelation(opener) || (opener.tokenType === t.LeftParen && tokens[before - 1]?.tokenType === t.keyword.span))
}

function isRelation(token: IToken): boolean {
  return token.tokenType === t.keyword.under || token.tokenType === t.keyword.of
}

function isPiece({ tokenType }: IToken): boolean {
  return (
    tokenType === t.Star ||
    tokenType === t.Dot ||
    tokenType === t.Minus ||
    tokenType.CATEGORIES?.includes(t.Word) === true ||
    tokenType.CATEGORIES?.includes(t.Identifier) === true
  )
}

function touches(left: IToken, right: IToken): boolean {
  return left.startOffset + left.image.length === right.startOffset
}

function retag(token: IToken, type: TokenType): void {
  token.tokenType = type
  token.tokenTypeIdx = type.tokenTypeIdx as number
}

function typed(type: TokenType): Pick<IToken, 'tokenType' | 'tokenTypeIdx'> {
  return { tokenType: type, tokenTypeIdx: type.tokenTypeIdx as number }
}

export function rangeOf(token: IToken): TextRange {
  return { start: token.startOffset, end: token.startOffset + token.image.length }
}

const keywordTypes = new Map<string, TokenType>(Object.entries(t.keyword))
const longestKeyword = Math.max(...t.keywords.map((word) => word.length))

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
    // These two are also keywords where what they belong to is still to be written.
    case 'has':
      return type === undefined || type === t.Name || type === t.TextToken || type === t.RightParen
    case 'not':
      return type === undefined || !comparisons.has(type)
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

/** Neighbours become one stretch. */
function addForeign(foreign: TextRange[], start: number, length: number): void {
  const last = foreign.at(-1)
  if (last?.end === start) foreign[foreign.length - 1] = { start: last.start, end: start + length }
  else foreign.push({ start, end: start + length })
}
