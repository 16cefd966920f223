/**
 * The one layout that `scalec fmt` has: of the file, of the declarations of a range, and of a declaration as soon as it is finished. A file with syntax errors is
 * not formatted as a whole; of a range, the declarations that are right are.
 */
import type { TextEdit } from 'vscode-languageserver-protocol'
import { type Declaration, format, type Place, placeAt, type TextRange } from '../../src/language/index.ts'
import type { Document, View } from '../contract.ts'
import { declarationAt, overlap, rangeWithComments } from '../tree.ts'

export function formatDocument({ document }: View): readonly TextEdit[] {
  const { text } = format({ name: document.name, text: document.text })
  return replaced(document, { start: 0, end: document.text.length }, text)
}

export function formatRange({ document }: View, range: TextRange): readonly TextEdit[] {
  const { tree } = document.parsed
  return tree.declarations.filter((declaration) => overlap(declaration.range, range)).flatMap((declaration) => formatDeclaration(document, declaration))
}

/**
 * Behind `}` the declaration that it closes is laid out; behind a line end the one above, and the new line is indented within braces, and in a rule that cannot end
 * there. Behind an empty line, outside braces, something new begins, which is not indented.
 */
export function formatOnType({ document }: View, offset: number, character: string, tabSize: number): readonly TextEdit[] {
  const { text, parsed, lines } = document
  if (character === '}') {
    const closed = parsed.tree.declarations.find(({ range }) => range.end === offset)
    return closed === undefined ? [] : formatDeclaration(document, closed)
  }
  const { line } = lines.positionAt(offset)
  const start = lines.lineStart(line)
  const above = text.slice(0, start).trimEnd().length
  const rest = text.slice(start, lines.lineEnd(line))
  const closes = (bracket: string): number => (rest.trimStart().startsWith(bracket) ? 1 : 0)
  const declaration = declarationAt(parsed.tree, above)
  const braces = declaration === undefined ? 0 : depthAt(text.slice(declaration.range.start, start), '{', '}')
  if (braces > 0) return indented(document, start, (braces - closes('}')) * tabSize)
  if (declaration !== undefined && text[above - 1] === '}' && declaration.range.end === above) return formatDeclaration(document, declaration)
  // Who leaves a line empty is done, whatever the grammar says: an indentation that the editor keeps is of no use.
  if (text.slice(above, start).split('\n').length !== 2) return rest.trim() === '' ? indented(document, start, 0) : []
  const place = placeAt(text, start)
  if (!mustGoOn(place)) return []
  return indented(document, start, (1 + depthAt(text.slice(place.start, start), '(', ')') - closes(')')) * tabSize)
}

/** A rule goes on behind a line end as often as not; this one has to. */
function mustGoOn({ declaration, between, tokens }: Place): boolean {
  if (declaration === 'let') return !between
  if (declaration !== 'scale' && declaration !== 'freeze') return false
  return !between || !tokens.some(({ type }) => type === 'when' || type === 'hold')
}

/** The line that begins at the offset, with so many spaces before what is on it. */
function indented({ text, lines }: Document, start: number, spaces: number): readonly TextEdit[] {
  const indent = ' '.repeat(spaces)
  const blank = /^[ \t]*/.exec(text.slice(start, lines.lineEnd(lines.positionAt(start).line)))?.[0] ?? ''
  return blank === indent ? [] : [{ range: lines.rangeOf({ start, end: start + blank.length }), newText: indent }]
}

/** Brackets that are open behind the text; those in comments and quotes do not count. */
function depthAt(text: string, opening: string, closing: string): number {
  let depth = 0
  for (const [part] of text.matchAll(/\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|[{}()]/g)) {
    if (part === opening) depth++
    else if (part === closing) depth--
  }
  return Math.max(0, depth)
}

function formatDeclaration(document: Document, declaration: Declaration): readonly TextEdit[] {
  if (declaration.broken) return []
  const range = rangeWithComments(document.parsed.tree, declaration)
  const lineEnd = document.text.indexOf('\n', range.end)
  // A comment behind it on its line is laid out with it.
  const behind = /^[ \t]*\/\/[^\r\n]*/.exec(document.text.slice(range.end, lineEnd < 0 ? document.text.length : lineEnd))?.[0] ?? ''
  const whole = { start: range.start, end: range.end + behind.length }
  const { text, diagnostics } = format({ name: document.name, text: document.text.slice(whole.start, whole.end) })
  return diagnostics.length > 0 ? [] : replaced(document, whole, text.trimEnd())
}

function isLineEndAt(text: string, at: number): boolean {
  return text[at] === '\r' && text[at + 1] === '\n'
}

/** One edit of what is different, so that cursors and marks elsewhere stay. */
function replaced({ text, lines }: Document, { start, end }: TextRange, newText: string): readonly TextEdit[] {
  const old = text.slice(start, end)
  if (old === newText) return []
  const most = Math.min(old.length, newText.length)
  let head = 0
  while (head < most && old[head] === newText[head]) head++
  let tail = 0
  while (tail < most - head && old[old.length - 1 - tail] === newText[newText.length - 1 - tail]) tail++
  // No position lies between the two characters of a line end.
  if (isLineEndAt(old, head - 1)) head--
  if (isLineEndAt(old, old.length - tail - 1)) tail--
  return [{ range: lines.rangeOf({ start: start + head, end: end - tail }), newText: newText.slice(head, newText.length - tail) }]
}
