/** Text → typed tree. */
import type { CstNode, IToken } from 'chevrotain'
import type { Diagnostic } from '../diagnostics.ts'
import { report } from '../diagnostics.ts'
import type { Comment, Declaration, FileTree, Name, NumberLiteral, SourceText, TextRange } from '../tree.ts'
import { nameOf } from './build/context.ts'
import { brokenDeclaration, declarationOf } from './build/declaration.ts'
import { numberOf } from './build/literals.ts'
import { parseDeclaration } from './declaration.ts'
import type { Lexed } from './lex.ts'
import { lexPiece, rangeOf } from './lex.ts'
import * as m from './messages.ts'
import { commentIn } from './repair/comments.ts'
import type { DeclarationKeyword } from './split.ts'
import { isFirstOnLine, isLabel, split } from './split.ts'
import { bareConstant, conditionFirst, labelOfWords, misspeltDeclaration, quotedLabel } from './stray.ts'
import { keyword as k, NumberToken } from './tokens.ts'
import { foundPhrase, shortened } from './words.ts'

export interface Parsed {
  readonly tree: FileTree
  /** In the order of the text. */
  readonly diagnostics: Diagnostic[]
}

/**
 * Never throws and always gives a tree: what could not be understood is reported, and every declaration that could is whole. Comments are kept;
 * `///` lines before a declaration are its documentation.
 */
export function parse(source: SourceText): Parsed {
  const { text } = source
  const lexed: Lexed = { tokens: [], comments: [], foreign: [] }
  const file: File = { source, comments: lexed.comments, diagnostics: [], declarations: [], comment: 0 }
  let language: NumberLiteral | undefined
  // Tokens that are used up soon are cheap, those of a whole large file are not: they are copied from generation to generation of the heap.
  for (let start = 0, end = 0; end < text.length; start = end) {
    end = endOfPiece(text, start + Math.max(pieceLength, start - (lexed.tokens[0]?.startOffset ?? start)))
    lexPiece(text, start, end, lexed)
    if (start === 0) {
      language = languageOf(lexed.tokens)
      if (language !== undefined) lexed.tokens.splice(0, 2)
    }
    const read = readDeclarations(file, lexed.tokens, end === text.length)
    lexed.tokens.splice(0, read)
  }
  // What belongs to a habit of another language that is understood, such as the `~` of `=~`, needs no word of its own.
  const understood = file.diagnostics.map(({ range }) => range)
  for (const range of lexed.foreign)
    if (!understood.some(({ start, end }) => start <= range.start && range.end <= end)) file.diagnostics.push(foreign(source, range))
  file.diagnostics.sort((a, b) => a.range.start - b.range.start)
  return { tree: { source, language, declarations: file.declarations, comments: lexed.comments }, diagnostics: file.diagnostics }
}

function foreign({ name, text }: SourceText, range: TextRange): Diagnostic {
  const characters = text.slice(range.start, range.end)
  if (/^#./.test(characters)) {
    const fix = { title: 'write //', edits: [{ range: { start: range.start, end: range.start + 1 }, text: '//' }] }
    return report(m.commentSign, name, range, { sign: '#' }, { fix })
  }
  if (!oddSpaces.test(characters)) return report(m.foreignCharacters, name, range, { text: `\`${shortened(characters)}\`` })
  const found = `the character U+${(characters.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  const fix = { title: 'write a plain space', edits: [{ range, text: ' ' }] }
  return report(m.lookAlike, name, range, { found, meant: 'as a plain space' }, { fix })
}

/** The spaces of typesetters, and characters that show as nothing. */
const oddSpaces = /^[\s\u200b-\u200d\u2060]+$/

/** Characters that are lexed at once. */
const pieceLength = 1 << 15

/** The end of the line at `offset`. */
function endOfPiece(text: string, offset: number): number {
  const newline = offset >= text.length ? -1 : text.indexOf('\n', offset)
  return newline < 0 ? text.length : newline + 1
}

/** Where a declaration starts depends on fewer tokens behind it than this. */
const lookahead = 6

/** Reads declarations as far as it is known where they end, and returns the number of tokens that are used up. */
function readDeclarations(file: File, tokens: readonly IToken[], last: boolean): number {
  const starts = split(file.source.text, tokens).filter((start) => last || start + lookahead < tokens.length)
  if (last) starts.push(tokens.length)
  let end = 0
  for (const [i, start] of starts.entries()) {
    if (i > 0 && start <= end) continue
    const segment = tokens.slice(end, start)
    const after = starts[i + 1]
    const next = after === undefined ? [] : tokens.slice(start, after)
    // What stands before the first declaration belongs to none.
    const both = i === 0 ? readStray(file, segment, next) : readDeclaration(file, segment, next)
    end = both ? start + next.length : start
  }
  return end
}

/** What is read so far. */
interface File {
  readonly source: SourceText
  readonly comments: readonly Comment[]
  readonly diagnostics: Diagnostic[]
  readonly declarations: Declaration[]
  /** The first comment behind the last declaration. */
  comment: number
}

function languageOf(tokens: readonly IToken[]): NumberLiteral | undefined {
  const [word, version] = tokens
  return word?.tokenType === k.language && version?.tokenType === NumberToken ? numberOf(version) : undefined
}

/** Reads a declaration and whatever stands behind it up to the next one. Whether that was read as well, as it is in `if … then scale …`. */
function readDeclaration(file: File, tokens: readonly IToken[], next: readonly IToken[]): boolean {
  const labelled = isLabel(tokens, 0)
  const body = labelled ? tokens.slice(2) : tokens
  const label = labelled ? nameOf(tokens[0] as IToken) : undefined
  const { cst, read, diagnostics } = parseDeclaration(file.source, body)
  file.diagnostics.push(...diagnostics)
  const whole = read === body.length
  const own = whole ? body : body.slice(0, read)
  declare(file, label, own, { start: (tokens[0] as IToken).startOffset, end: rangeOf(own.at(-1) as IToken).end }, cst)
  return !whole && readStray(file, body.slice(read), next)
}

function declare(file: File, label: Name | undefined, body: readonly IToken[], range: TextRange, cst: CstNode | undefined): void {
  const keyword = (body[0] as IToken).tokenType.name as DeclarationKeyword
  const frame = { keyword, label, doc: docBefore(file, range.start), range }
  while ((file.comments[file.comment]?.range.start ?? Number.POSITIVE_INFINITY) < frame.range.end) file.comment++
  file.declarations.push(cst === undefined ? brokenDeclaration(body, frame) : declarationOf({ source: file.source, diagnostics: file.diagnostics }, cst, frame))
}

/** The `///` lines between the last declaration and this one. */
function docBefore(file: File, start: number): string | undefined {
  let doc: string | undefined
  for (let comment = file.comments[file.comment]; comment !== undefined && comment.range.start < start; comment = file.comments[++file.comment]) {
    if (!comment.doc) continue
    const line = comment.text.replace(/^\/\/\/ ?/, '').trimEnd()
    doc = doc === undefined ? line : `${doc}\n${line}`
  }
  return doc
}

/** Tokens that begin no declaration: perhaps a misspelt one, which is then read as what it is meant to be. Whether `next` was read as well. */
function readStray(file: File, tokens: readonly IToken[], next: readonly IToken[]): boolean {
  const first = tokens[0]
  if (first === undefined) return false
  if (first.tokenType === k.language) {
    const versioned = tokens[1]?.tokenType === NumberToken
    const { end } = rangeOf(first)
    if (versioned) file.diagnostics.push(report(m.languageNotFirst, file.source.name, rangeOf(first), {}))
    else
      file.diagnostics.push(
        report(m.unexpected, file.source.name, { start: end, end }, { expected: 'a version', found: foundPhrase(tokens[1]), help: 'write language 1' }),
      )
    return readStray(file, tokens.slice(versioned ? 2 : 1), next)
  }
  const comment = commentIn(file.source, tokens, 0)
  if (comment !== undefined) {
    file.diagnostics.push(comment.diagnostic)
    return readStray(file, tokens.slice(comment.end), next)
  }
  if (isLabel(tokens, 0) && (tokens.length === 2 || isFirstOnLine(file.source.text, tokens, 2))) {
    const { end } = rangeOf(tokens[1] as IToken)
    const { name } = file.source
    const parameters = { expected: '`scale` or `freeze`', found: foundPhrase(tokens[2]), help: 'a label names the rule that follows: ads-slow: scale …' }
    file.diagnostics.push(report(m.unexpected, name, { start: end, end }, parameters))
    return readStray(file, tokens.slice(2), next)
  }
  for (let i = 0; i < tokens.length; i++) {
    if (i > 0 && !isFirstOnLine(file.source.text, tokens, i)) continue
    const meant =
      conditionFirst(file.source, tokens.slice(i), next) ?? bareConstant(file.source, tokens.slice(i)) ?? misspeltDeclaration(file.source, tokens.slice(i))
    if (meant === undefined) continue
    if (i > 0) file.diagnostics.push(report(m.declarationExpected, file.source.name, rangeOf(first), { found: foundPhrase(first) }))
    file.diagnostics.push(...meant.diagnostics)
    declare(file, meant.label, meant.body, { start: (tokens[i] as IToken).startOffset, end: meant.end }, meant.cst)
    return readStray(file, meant.rest, next) || meant.both
  }
  file.diagnostics.push(
    quotedLabel(file.source, tokens, next) ??
      labelOfWords(file.source, tokens, next) ??
      report(m.declarationExpected, file.source.name, rangeOf(first), { found: foundPhrase(first) }),
  )
  return false
}
