/** Text → typed tree. */
import type { CstNode, IToken, TokenType } from 'chevrotain'
import type { Diagnostic } from '../diagnostics.ts'
import { report } from '../diagnostics.ts'
import type { Comment, Declaration, FileTree, Name, NumberLiteral, SourceText } from '../tree.ts'
import { nameOf } from './build/context.ts'
import { brokenDeclaration, declarationOf } from './build/declaration.ts'
import { numberOf } from './build/literals.ts'
import { parseDeclaration } from './declaration.ts'
import type { Lexed } from './lex.ts'
import { lexPiece, rangeOf } from './lex.ts'
import * as m from './messages.ts'
import { ranked } from './nearest.ts'
import type { DeclarationKeyword } from './split.ts'
import { isFirstOnLine, isLabel, isStarter, split } from './split.ts'
import { keyword as k, keywords, NumberToken } from './tokens.ts'
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
  for (const range of lexed.foreign)
    file.diagnostics.push(report(m.foreignCharacters, source.name, range, { text: `\`${shortened(text.slice(range.start, range.end))}\`` }))
  file.diagnostics.sort((a, b) => a.range.start - b.range.start)
  return { tree: { source, language, declarations: file.declarations, comments: lexed.comments }, diagnostics: file.diagnostics }
}

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
    const segment = tokens.slice(end, start)
    // What stands before the first declaration belongs to none.
    if (i === 0) readStray(file, segment)
    else readDeclaration(file, segment)
    end = start
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

/** Reads a declaration and whatever stands behind it up to the next one. */
function readDeclaration(file: File, tokens: readonly IToken[]): void {
  const labelled = isLabel(tokens, 0)
  const body = labelled ? tokens.slice(2) : tokens
  const label = labelled ? nameOf(tokens[0] as IToken) : undefined
  const { cst, read, diagnostics } = parseDeclaration(file.source, body)
  file.diagnostics.push(...diagnostics)
  const whole = read === body.length
  declare(file, label, tokens[0] as IToken, whole ? body : body.slice(0, read), cst)
  if (!whole) readStray(file, body.slice(read))
}

function declare(file: File, label: Name | undefined, first: IToken, body: readonly IToken[], cst: CstNode | undefined): void {
  const last = body.at(-1) as IToken
  const frame = {
    keyword: (body[0] as IToken).tokenType.name as DeclarationKeyword,
    label,
    doc: docBefore(file, first.startOffset),
    range: { start: first.startOffset, end: rangeOf(last).end },
  }
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

/** Tokens that begin no declaration: perhaps a misspelt one, which is then read as what it is meant to be. */
function readStray(file: File, tokens: readonly IToken[]): void {
  const first = tokens[0]
  if (first === undefined) return
  if (first.tokenType === k.language) {
    const versioned = tokens[1]?.tokenType === NumberToken
    const { end } = rangeOf(first)
    if (versioned) file.diagnostics.push(report(m.languageNotFirst, file.source.name, rangeOf(first), {}))
    else
      file.diagnostics.push(
        report(m.unexpected, file.source.name, { start: end, end }, { expected: 'a version', found: foundPhrase(tokens[1]), help: 'write language 1' }),
      )
    readStray(file, tokens.slice(versioned ? 2 : 1))
    return
  }
  for (let i = 0; i < tokens.length; i++) {
    if (i > 0 && !isFirstOnLine(file.source.text, tokens, i)) continue
    const meant = misspeltDeclaration(file.source, tokens.slice(i))
    if (meant === undefined) continue
    if (i > 0) file.diagnostics.push(report(m.declarationExpected, file.source.name, rangeOf(first), { found: foundPhrase(first) }))
    file.diagnostics.push(...meant.diagnostics)
    declare(file, meant.label, tokens[i] as IToken, meant.body, meant.cst)
    readStray(file, meant.rest)
    return
  }
  file.diagnostics.push(report(m.declarationExpected, file.source.name, rangeOf(first), { found: foundPhrase(first) }))
}

interface Misspelt {
  readonly label: Name | undefined
  readonly body: readonly IToken[]
  readonly cst: CstNode | undefined
  readonly rest: readonly IToken[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The declaration that begins here once its keyword is spelt as it was meant; the parser must come to its second word at least. */
function misspeltDeclaration(source: SourceText, tokens: readonly IToken[]): Misspelt | undefined {
  const labelled = isLabel(tokens, 0)
  const [word, ...others] = labelled ? tokens.slice(2) : tokens
  if (word === undefined) return undefined
  for (const meant of ranked(word.image, starterWords)) {
    const mended: IToken[] = [{ ...word, tokenType: k[meant], tokenTypeIdx: k[meant].tokenTypeIdx as number, payload: meant }, ...others]
    const { cst, read, diagnostics, failedAt } = parseDeclaration(source, mended)
    if (failedAt !== undefined && failedAt <= 1) continue
    const range = rangeOf(word)
    const fix = { title: `write ${meant}`, edits: [{ range, text: meant }] }
    return {
      label: labelled ? nameOf(tokens[0] as IToken) : undefined,
      body: mended.slice(0, read),
      cst,
      rest: mended.slice(read),
      diagnostics: [report(m.misspelt, source.name, range, { word: word.image, meant }, { fix }), ...diagnostics],
    }
  }
  return undefined
}

const starterWords = keywords.filter((word): word is DeclarationKeyword => isStarter(k[word] as TokenType))
