/** The parser on the tokens of one declaration, with repairs. */
import type { CstNode, IRecognitionException, IToken, TokenType } from 'chevrotain'
import { EOF } from 'chevrotain'
import type { Diagnostic } from '../diagnostics.ts'
import { report } from '../diagnostics.ts'
import type { SourceText, TextRange } from '../tree.ts'
import { ScaleParser } from './grammar/parser.ts'
import { rangeOf } from './lex.ts'
import * as m from './messages.ts'
import { repairs } from './repair/index.ts'
import type { DeclarationKeyword } from './split.ts'
import { isFirstOnLine } from './split.ts'
import * as t from './tokens.ts'
import { expectedPhrase, foundPhrase } from './words.ts'

export interface ParsedDeclaration {
  /** Undefined unless the declaration is whole, perhaps after repairs. */
  readonly cst: CstNode | undefined
  /** How many of the tokens belong to the declaration; the rest is no part of it. */
  readonly read: number
  readonly diagnostics: readonly Diagnostic[]
  /** Index of the first token that did not fit and was not repaired. */
  readonly failedAt: number | undefined
}

interface Attempt {
  readonly cst: CstNode
  readonly failures: readonly Failure[]
}

interface Failure {
  /** The number of tokens at the end. */
  readonly at: number
  readonly expected: readonly string[]
  /** The declaration was whole before this token. */
  readonly behind: boolean
}

/** No declaration has more mistakes that are worth telling apart. */
const mostRepairs = 8

/** `tokens` start with the keyword of the declaration. */
export function parseDeclaration(source: SourceText, tokens: readonly IToken[]): ParsedDeclaration {
  const excess = tokens.length > mostNested ? tooComplex(tokens) : undefined
  if (excess !== undefined)
    return { cst: undefined, read: tokens.length, diagnostics: [report(m.tooLong, source.name, rangeOf(excess), {})], failedAt: undefined }
  const first = attempt(tokens)
  if (first.failures.length === 0) return { cst: first.cst, read: tokens.length, diagnostics: [], failedAt: undefined }
  return mend(source, tokens, first)
}

// Trees are walked recursively, here and later: this is far more than people write and far less than the stack takes.
const mostNested = 100
const mostJoined = 400

/**
 * The token that is one too many for its formula: it opens the 101st parenthesis, is the 101st operator in a row without an `and` or `or`, or
 * the 401st of those.
 */
function tooComplex(tokens: readonly IToken[]): IToken | undefined {
  // In a block every clause and statement has formulas of its own.
  const block = tokens.some(({ tokenType }) => tokenType === t.LeftBrace)
  let depth = 0
  let row = 0
  let joined = 0
  for (const token of tokens) {
    const type = token.tokenType
    if (type === t.LeftParen) depth++
    else if (type === t.RightParen) depth--
    else if (type === t.keyword.and || type === t.keyword.or) {
      joined++
      row = 0
    } else if (nesting.has(type)) row++
    else if (block && depth <= 0 && type !== t.Name && type.CATEGORIES?.includes(t.Identifier)) {
      joined = 0
      row = 0
    }
    if (depth > mostNested || row > mostNested || joined > mostJoined) return token
  }
  return undefined
}

const nesting: ReadonlySet<TokenType> = new Set([
  ...[t.keyword.not, t.keyword.under, t.keyword.of, t.keyword.for, t.keyword.over, t.keyword.times, t.Plus, t.Minus, t.Star, t.Slash],
  ...[t.Equal, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual],
])

function mend(source: SourceText, original: readonly IToken[], first: Attempt): ParsedDeclaration {
  const diagnostics: Diagnostic[] = []
  let tokens = original
  let current = first
  let guessed = false
  while (diagnostics.length < mostRepairs) {
    const [failure] = current.failures
    if (failure === undefined) return { cst: guessed ? undefined : current.cst, read: original.length, diagnostics, failedAt: undefined }
    const newLine = failure.behind && failure.at < tokens.length && isFirstOnLine(source.text, tokens, failure.at)
    let mended: Attempt | undefined
    for (const repair of repairs({ file: source.name, text: source.text, tokens, ...failure })) {
      const next = repair.trust === 'stop' ? undefined : attempt(repair.tokens)
      if (next !== undefined && !isFurther(next, failure.at, tokens.length - repair.tokens.length, newLine)) continue
      diagnostics.push(repair.diagnostic)
      if (next === undefined) return { cst: undefined, read: original.length, diagnostics, failedAt: failure.at }
      guessed ||= repair.trust === 'guess'
      tokens = repair.tokens
      mended = next
      break
    }
    if (mended === undefined) return giveUp(source, original, tokens, current, diagnostics, guessed)
    current = mended
  }
  return { cst: undefined, read: original.length, diagnostics, failedAt: current.failures[0]?.at }
}

/**
 * Whether the parser comes to a later token than `at`, counted in the tokens before `removed` of them went. A word on a new line behind a
 * whole declaration is more likely to begin something of its own than to misspell a keyword, so more is asked of it.
 */
function isFurther({ failures }: Attempt, at: number, removed: number, newLine: boolean): boolean {
  const [failure] = failures
  return failure === undefined || failure.at + removed > at + (newLine ? 2 : 0)
}

function giveUp(
  source: SourceText,
  original: readonly IToken[],
  tokens: readonly IToken[],
  { failures }: Attempt,
  diagnostics: Diagnostic[],
  guessed: boolean,
): ParsedDeclaration {
  const [failure] = failures as [Failure]
  const found = tokens[failure.at]
  // What starts a new line behind a whole declaration is no part of it.
  if (failure.behind && found !== undefined && (isFirstOnLine(source.text, tokens, failure.at) || found.tokenType === t.keyword.language)) {
    const { cst } = attempt(tokens.slice(0, failure.at))
    return { cst: guessed ? undefined : cst, read: original.indexOf(found), diagnostics, failedAt: undefined }
  }
  let last = -1
  for (const { at, expected, behind } of failures) {
    // What is missing at the end after something else went wrong is no news.
    if (at <= last || (last >= 0 && at >= tokens.length)) continue
    last = at
    diagnostics.push(unexpected(source, tokens, at, expected, behind))
  }
  return { cst: undefined, read: original.length, diagnostics, failedAt: failure.at }
}

function unexpected(source: SourceText, tokens: readonly IToken[], at: number, expected: readonly string[], behind: boolean): Diagnostic {
  const token = tokens[at]
  const before = tokens[at - 1]
  if (token?.tokenType === t.LeftParen && before?.tokenType === t.Name) return report(m.noSuchFunction, source.name, rangeOf(before), { name: before.image })
  const found = foundPhrase(token)
  const place = placeOf(tokens, at)
  if (behind && token !== undefined && isFirstOnLine(source.text, tokens, at)) return report(m.declarationExpected, source.name, place, { found })
  const help = expected.includes('Sign') && expected.includes('to') ? { help: token?.tokenType === t.NumberToken ? signHelp(token.image) : actionHelp } : {}
  const wanted = half(tokens, at) ?? expectedPhrase(expected, tokens.slice(Math.max(0, at - 2), at))
  return report(m.unexpected, source.name, place, { expected: wanted, found, ...help })
}

/** What belongs to a keyword that alone is read as a name: `expect no …`, `given ready …`. */
function half(tokens: readonly IToken[], at: number): string | undefined {
  const [statement, word] = [tokens[at - 2], tokens[at - 1]]
  if (statement?.tokenType === t.keyword.expect && word?.image === 'no') return '`action`'
  return statement?.tokenType === t.keyword.given && word?.image === 'ready' ? '`after`' : undefined
}

const signHelp = (number: string): string => `write +${number} to add replicas, -${number} to remove some, to ${number} to have so many`
const actionHelp = 'an action is +N, -N, +N%, -N%, to N, to at least N, to at most N or to hold VALUE at VALUE'

/** The token, or the place right behind the last one. */
function placeOf(tokens: readonly IToken[], at: number): TextRange {
  const token = tokens[at]
  if (token !== undefined) return rangeOf(token)
  const { end } = rangeOf(tokens.at(-1) as IToken)
  return { start: end, end }
}

let shared: ScaleParser | undefined

/** Built at first use, since building takes longer than parsing a small file. Its state lasts for one call. */
export function scaleParser(): ScaleParser {
  shared ??= new ScaleParser()
  return shared
}

function attempt(tokens: readonly IToken[]): Attempt {
  const parser = scaleParser()
  parser.input = tokens as IToken[]
  const cst = entry(parser, tokens[0]?.tokenType.name as DeclarationKeyword)
  const failures = parser.errors.map((error) => failureOf(tokens, error))
  const unconditional = tokens[0]?.tokenType === t.keyword.scale ? conditionMissing(tokens, cst) : undefined
  if (unconditional !== undefined) failures.unshift(unconditional)
  return { cst, failures: failures.sort((a, b) => a.at - b.at) }
}

/** Only a `to hold` needs no `when`. */
function conditionMissing(tokens: readonly IToken[], { children }: CstNode): Failure | undefined {
  if (children.when !== undefined) return undefined
  const [change] = (children.change ?? []) as CstNode[]
  const [last] = (change?.children.amount ?? change?.children.replicas ?? []) as IToken[]
  const at = last === undefined ? 0 : tokens.indexOf(last) + 1
  return at === 0 ? undefined : { at, expected: ['when'], behind: false }
}

function entry(parser: ScaleParser, keyword: DeclarationKeyword): CstNode {
  switch (keyword) {
    case 'scale':
      return parser.scaleDeclaration()
    case 'freeze':
      return parser.freezeDeclaration()
    case 'target':
      return parser.targetDeclaration()
    case 'let':
      return parser.letDeclaration()
    case 'defaults':
      return parser.defaultsDeclaration()
    case 'test':
      return parser.testDeclaration()
    case 'import':
      return parser.importDeclaration()
  }
}

/** What may follow as well where a repetition could have gone on. */
const clauseWords = ['every', 'cooldown', 'namespace', 'at', 'on', 'priority', 'between', 'observe', 'up', 'down', 'stable', 'settle', 'mode', 'combine']
const statementWords = ['given', 'load', 'replay', 'pause', 'expect']

const conditionStarts: ReadonlySet<TokenType> = new Set([t.keyword.span, t.keyword.absent, t.keyword.during, t.keyword.not, t.LeftParen])

function failureOf(tokens: readonly IToken[], error: IRecognitionException): Failure {
  const at = error.token.tokenType === EOF ? tokens.length : tokens.indexOf(error.token)
  const expected = error.message.split(' ').filter((name) => name !== '' && name !== 'EOF')
  const behind = error.name === 'NotAllInputParsedException' || expected.length === 0
  const keyword = tokens[0]?.tokenType.name
  // Without its `when` a `to hold` is whole, but then no condition stands behind it.
  const conditional = behind && keyword === 'scale' && !tokens.slice(0, at).some(({ tokenType }) => tokenType === t.keyword.when)
  if (conditional && conditionStarts.has(error.token.tokenType)) return { at, expected: ['when'], behind: false }
  if (conditional) expected.push('when')
  if (behind) expected.push('Operator', ...(keyword === 'scale' || keyword === 'freeze' ? clauseWords : []))
  else if (expected.includes('RightBrace')) expected.push(...(keyword === 'test' ? statementWords : clauseWords))
  else if (keyword === 'freeze' && expected.includes('when')) expected.push('up', 'down')
  return { at: at < 0 ? tokens.length : at, expected, behind }
}
