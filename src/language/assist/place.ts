/**
 * What stands at a place of a text, and what may come there, however broken the text is: what completion and signature help are made of.
 *
 * Only the declaration around the place is looked at, so the answer takes as long in a file of thousands of rules as in one of a few.
 */
import type { IToken, TokenType } from 'chevrotain'
import { type Lexed, lexPiece, rangeOf } from '../syntax/lex.ts'
import { asksForName, isFirstOnLine, isLabel, isStarter, split } from '../syntax/split.ts'
import * as t from '../syntax/tokens.ts'
import type { TextRange } from '../tree.ts'
import { follow } from './follow.ts'
import { grammarOfScale } from './grammar.ts'
import { spellingsOf } from './spellings.ts'
import type { Next, Use } from './walk.ts'

export type { Use } from './walk.ts'

/** A token as text. */
export interface PlaceToken {
  /** The name of its type: `Name`, `Number`, `Duration`, `LeftParen`; of a keyword the keyword itself. */
  readonly type: string
  readonly text: string
  readonly range: TextRange
}

/** A token that the grammar would take. */
export interface Expected {
  readonly type: string
  /** What the rule of the grammar calls it. */
  readonly label: string | undefined
  /** All ways to write it; none where it may be any name, number or text. */
  readonly spellings: readonly string[]
  readonly use: Use
}

export interface Place {
  readonly offset: number
  /** What the place is in. A text may lack its closing quote. */
  readonly within: 'code' | 'text' | 'comment'
  /** The word (or text, with its quotes; or comment) that is being written, to its end behind the place; empty where none is. */
  readonly word: TextRange
  /** Of the word what stands before the place. */
  readonly prefix: string
  /** The word is the first on its line. */
  readonly firstOnLine: boolean
  /** The keyword with which the declaration around the place begins; undefined where none does. */
  readonly declaration: string | undefined
  /** Where that declaration begins, its label included. */
  readonly start: number
  /** Of the declaration, from its keyword on, before the word. `Use.start` counts these. */
  readonly tokens: readonly PlaceToken[]
  /** Behind the word, up to the next declaration; the first few. */
  readonly behind: readonly PlaceToken[]
  /** With the keywords of declarations, where one may begin: their use is of `file`. */
  readonly expected: readonly Expected[]
  /** A declaration may begin here. */
  readonly between: boolean
  /** Uses of rules of the grammar in the tokens, in their order. */
  readonly uses: readonly Use[]
}

/** A line on which a declaration most likely begins. */
const startLine = /^[ \t]*(?:[A-Za-z_][\w.-]*[ \t]*:[ \t]*)?(?:scale|freeze|target|let|defaults|test|import|language)\b/

export function placeAt(text: string, offset: number): Place {
  const from = regionStart(text, offset)
  const { tokens, comments, foreign } = lexed(text, from, offset)
  const comment = comments.find(({ range }) => range.start < offset && offset <= range.end)?.range ?? hashAt(text, foreign, offset)
  if (comment !== undefined) return inComment(text, comment, offset)
  const last = tokens.at(-1)
  if (last?.tokenType === t.OpenText && rangeOf(last).end === offset) {
    const before = tokens.slice(0, -1)
    return placed(text, offset, before, { start: last.startOffset, end: endOfText(text, offset) }, 'text')
  }
  const choices = wordStarts(text, offset, tokens)
  for (const { start, fits } of choices) {
    const before = tokens.filter((token) => rangeOf(token).end <= start)
    const end = start === offset ? offset : offset + (/^[\w.*%-]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0)
    const place = placed(text, offset, before, { start, end }, 'code')
    if (fits === undefined || fits(place)) return place
  }
  throw new Error('the last choice always fits')
}

function lexed(text: string, from: number, to: number): Lexed {
  const found: Lexed = { tokens: [], comments: [], foreign: [] }
  const piece = text.slice(from, to)
  lexPiece(piece, 0, piece.length, found)
  const moved = ({ start, end }: TextRange): TextRange => ({ start: start + from, end: end + from })
  for (const token of found.tokens) token.startOffset += from
  return { tokens: found.tokens, comments: found.comments.map((c) => ({ ...c, range: moved(c.range) })), foreign: found.foreign.map(moved) }
}

/** Declarations before that of the place are read too: where one begins depends on what is before it. */
const linesBack = 3

function regionStart(text: string, offset: number): number {
  let found = 0
  let start = lineStart(text, offset)
  for (;;) {
    if (startLine.test(text.slice(start, Math.min(start + 200, text.length))) && ++found > linesBack) return start
    if (start === 0) return 0
    start = lineStart(text, start - 1)
  }
}

function lineStart(text: string, offset: number): number {
  // What is searched from before the text is searched from its first character.
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** Comments of other languages are lexed as foreign characters. */
function hashAt(text: string, foreign: readonly TextRange[], offset: number): TextRange | undefined {
  return foreign.find(({ start, end }) => text[start] === '#' && start < offset && offset <= end)
}

function inComment(text: string, comment: TextRange, offset: number): Place {
  const rest = { declaration: undefined, tokens: [], behind: [], expected: [], between: false, uses: [] }
  const word = { start: comment.start, end: endOfLine(text, offset) }
  const prefix = text.slice(comment.start, offset)
  return { offset, within: 'comment', word, prefix, firstOnLine: false, start: comment.start, ...rest }
}

function endOfLine(text: string, offset: number): number {
  const end = /[\r\n]/.exec(text.slice(offset, offset + 10_000))
  return end === null ? Math.min(text.length, offset + 10_000) : offset + end.index
}

/** Behind the closing quote, where the rest of the line has one more quote than it opens. */
function endOfText(text: string, offset: number): number {
  // Behind a colon two slashes are of a URL, which a metric's labels may have.
  const rest = text.slice(offset, endOfLine(text, offset)).replace(/(?<!:)\/\/.*$/, '')
  const quotes = [...rest.matchAll(/\\.|"/g)].filter(([quote]) => quote === '"')
  return quotes.length % 2 === 0 ? offset : offset + (quotes[0]?.index ?? 0) + 1
}

interface WordStart {
  readonly start: number
  /** Whether the word may begin there; the last choice always may. */
  readonly fits?: (place: Place) => boolean
}

/** Where the word at the place may begin, the most particular first. */
function wordStarts(text: string, offset: number, tokens: readonly IToken[]): readonly WordStart[] {
  const line = text.slice(Math.max(lineStart(text, offset), offset - 200), offset)
  const takes = (types: readonly string[]) => (place: Place) =>
    place.expected.some(({ type }) => types.includes(type)) && !place.expected.some(({ type }) => type === 'Part')
  const found: WordStart[] = []
  // `100/m` of `100/min`, `08:0` of `08:00`: not yet one token.
  const rate = /(?<![\w.])\d+(?:\.\d+)?\/[a-z]*$/.exec(line)?.[0]
  if (rate !== undefined) found.push({ start: offset - rate.length, fits: takes(['Literal', 'Rate']) })
  const time = /(?<![\w.])\d{1,2}:\d?$/.exec(line)?.[0]
  if (time !== undefined) found.push({ start: offset - time.length, fits: takes(['TimeOfDay']) })
  return [...found, { start: plainStart(offset, tokens) }]
}

function plainStart(offset: number, tokens: readonly IToken[]): number {
  const last = tokens.at(-1)
  if (last === undefined || rangeOf(last).end !== offset) return offset
  if (isWordLike(last.tokenType)) return last.startOffset
  // `http.response.` and `ads-`, to which more will be written; behind `span(…)` a point begins a path.
  const name = tokens.at(-2)
  const joins = last.tokenType === t.Dot || last.tokenType === t.Minus
  const path = tokens.at(-3)?.tokenType === t.Dot
  return joins && name !== undefined && !path && isNameLike(name.tokenType) && rangeOf(name).end === last.startOffset ? name.startOffset : offset
}

function isWordLike(type: TokenType): boolean {
  return (
    isNameLike(type) ||
    type.CATEGORIES?.includes(t.Word) === true ||
    type === t.DigitWord ||
    type === t.RateToken ||
    type === t.RatioToken ||
    type === t.TimeToken
  )
}

function isNameLike(type: TokenType): boolean {
  return type === t.Pattern || type.CATEGORIES?.includes(t.Identifier) === true
}

function placed(text: string, offset: number, before: readonly IToken[], word: TextRange, within: 'code' | 'text'): Place {
  const starts = split(text, before)
  const start = starts.at(-1) ?? before.length
  const first = start + (isLabel(before, start) && before[start + 2] !== undefined ? 2 : 0)
  const tokens = withLastAsKeyword(before.slice(first))
  const wordFirst = !/\S/.test(text.slice(lineStart(text, word.start), word.start))
  const common = {
    offset,
    within,
    word,
    prefix: text.slice(word.start, offset),
    firstOnLine: wordFirst,
    start: before[start]?.startOffset ?? word.start,
    behind: behindOf(text, word.end),
  }
  const [keyword] = tokens
  const begins = (between: boolean): readonly Expected[] => (between ? declarationsAt(text, word.start) : [])
  const rule = keyword === undefined ? undefined : grammarOfScale().declarations.get(keyword.tokenType.name)
  const beside = (tokensBefore: readonly IToken[]): Omit<Place, keyof typeof common> => {
    const { expected, between, ...rest } = outside(tokensBefore, wordFirst)
    return { ...rest, expected: [...expected, ...begins(between)], between }
  }
  const label = before.length - 2
  const behindLabel = isLabel(before, label) && isFirstOnLine(text, before, label)
  if (keyword === undefined || rule === undefined || behindLabel)
    return { ...common, ...(behindLabel ? { start: before[label]?.startOffset ?? word.start } : {}), ...beside(before) }
  const { next, whole, begun, strayFrom } = follow(grammarOfScale(), rule, text, tokens)
  // Where a name may stand, a keyword is one.
  const between = wordFirst && whole && !asksForName(before.at(-1) as IToken)
  if (strayFrom !== undefined) return { ...common, start: (tokens[strayFrom] as IToken).startOffset, ...beside(tokens.slice(strayFrom)) }
  return {
    ...common,
    declaration: keyword.tokenType.name,
    tokens: tokens.map(told),
    expected: [...next.map(expectedOf), ...begins(between)],
    between,
    uses: begun,
  }
}

/** Whether some words are keywords depends on what comes next; before what is not written yet they may be, and a keyword is a name as well. */
function withLastAsKeyword(tokens: readonly IToken[]): readonly IToken[] {
  const last = tokens.at(-1)
  if (last?.tokenType !== t.Name || !Object.hasOwn(t.keyword, last.image)) return tokens
  const type = t.keyword[last.image as t.Keyword]
  return [...tokens.slice(0, -1), { ...last, tokenType: type, tokenTypeIdx: type.tokenTypeIdx as number }]
}

/** Where no declaration has begun: behind a label, behind `language`, or before all. */
function outside(before: readonly IToken[], firstOnLine: boolean): Pick<Place, 'declaration' | 'tokens' | 'expected' | 'between' | 'uses'> {
  const nothing = { declaration: undefined, tokens: [], uses: [] }
  const expect = (...types: readonly TokenType[]): readonly Expected[] => types.map(expectedOfFile)
  if (before.length >= 2 && isLabel(before, before.length - 2)) return { ...nothing, expected: expect(t.keyword.scale, t.keyword.freeze), between: false }
  if (before.at(-1)?.tokenType === t.keyword.language) return { ...nothing, expected: expect(t.NumberToken), between: false }
  return { ...nothing, expected: [], between: firstOnLine }
}

function expectedOfFile(type: TokenType): Expected {
  return expectedOf({ type, label: 'declaration', use: { rule: 'file', label: undefined, start: 0, within: undefined } })
}

/** The keywords with which a declaration may begin; `language` stands before all others. */
function declarationsAt(text: string, offset: number): readonly Expected[] {
  const first = offset < 10_000 && lexed(text, 0, offset).tokens.length === 0
  const keywords = [...grammarOfScale().declarations.keys(), ...(first ? ['language'] : [])]
  return keywords.map((keyword) => expectedOfFile(t.keyword[keyword as t.Keyword]))
}

function told(token: IToken): PlaceToken {
  return { type: token.tokenType.name, text: token.image, range: rangeOf(token) }
}

function expectedOf({ type, label, use }: Next): Expected {
  return { type: type.name, label, spellings: spellingsOf(type), use }
}

/** Characters behind the word that are looked at. */
const lookBehind = 400

function behindOf(text: string, from: number): readonly PlaceToken[] {
  const end = endOfLine(text, Math.min(text.length, from + lookBehind))
  const { tokens } = lexed(text, from, end)
  const first = tokens.findIndex(
    (token, i) => isStarter(token.tokenType) && isFirstOnLine(text, tokens, i) && (i > 0 || text.slice(from, token.startOffset).includes('\n')),
  )
  const own = first < 0 ? tokens : tokens.slice(0, isLabel(tokens, first - 2) ? first - 2 : first)
  return own.map(told)
}
