/** Diagnostics for a terminal: where, what, the line with carets under it, and what to do. */
import type { Diagnostic, SourceText, TextRange } from '../language/index.ts'
import type { Lines } from './lines.ts'
import { linesOf } from './lines.ts'
import { printable } from './render/columns.ts'
import type { Mark } from './render/snippet.ts'
import { snippet } from './render/snippet.ts'

export interface RenderOptions {
  readonly colour: boolean
  /** Diagnostics of one code that are printed; the others are counted. */
  readonly limit: number
}

/**
 * Blocks apart by an empty line, in the order given. Equal ones (same code and words in one file) are one block that names the other places.
 */
export function render(diagnostics: readonly Diagnostic[], sources: readonly SourceText[], options: RenderOptions): string {
  const books = new Map(sources.map(({ name, text }) => [name, text]))
  const lines = new Map<string, Lines>()
  const linesIn = (file: string): Lines | undefined => {
    const text = books.get(file)
    if (text === undefined) return undefined
    const known = lines.get(file) ?? linesOf(text)
    lines.set(file, known)
    return known
  }
  const paint = options.colour ? painted : plain
  const shown = new Map<string, number>()
  const left = new Map<string, number>()
  const blocks: string[] = []
  for (const group of grouped(diagnostics)) {
    const { code } = group[0] as Diagnostic
    const count = shown.get(code) ?? 0
    if (count >= options.limit) left.set(code, (left.get(code) ?? 0) + group.length)
    else {
      shown.set(code, count + 1)
      blocks.push(block(group.map(clean), linesIn, paint))
    }
  }
  for (const [code, count] of left) blocks.push(`and ${thousands(count)} more of ${code} (--all prints them)\n`)
  return blocks.join('\n')
}

/** A place, and its line with marks and a label under it: for what is said of sources but is no diagnostic. */
export function excerpt(
  file: string,
  text: string,
  range: TextRange,
  label: string,
  colour: boolean,
): { readonly place: string; readonly lines: readonly string[] } {
  const lines = linesOf(text)
  const { error, faint } = colour ? painted : plain
  return { place: place(file, range, lines), lines: snippet([{ range, sign: '^', label, paint: error }], lines, faint) }
}

/** Equal diagnostics together, the groups by their first. */
function grouped(diagnostics: readonly Diagnostic[]): Diagnostic[][] {
  const groups = new Map<string, Diagnostic[]>()
  for (const diagnostic of diagnostics) {
    const key = `${diagnostic.code}\0${diagnostic.file}\0${diagnostic.message}\0${diagnostic.help ?? ''}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [diagnostic])
    else if (!group.some(({ range }) => range.start === diagnostic.range.start && range.end === diagnostic.range.end)) group.push(diagnostic)
  }
  return [...groups.values()]
}

function block(group: readonly Diagnostic[], linesIn: (file: string) => Lines | undefined, paint: Paint): string {
  const [first, ...others] = group as [Diagnostic, ...Diagnostic[]]
  const { file, range, label, fix, related = [], help } = first
  const strong = first.severity === 'error' ? paint.error : paint.warning
  const lines = linesIn(file)
  const out = [`${paint.strong(place(file, range, lines))}: ${strong(first.severity)}: ${paint.strong(brief(first.message))} [${first.code}]`]
  const mark: Mark = { range, sign: '^', label: label ?? fix?.title, paint: strong }
  const here = related.filter((other) => other.file === file)
  if (lines !== undefined) out.push(...snippet([mark, ...here.map((other) => secondary(other, paint))], lines, paint.faint))
  for (const other of related) {
    if (other.file === file && lines !== undefined) continue
    const theirs = linesIn(other.file)
    out.push(`  ${paint.note('note')}: ${place(other.file, other.range, theirs)}: ${other.message}`)
    if (theirs !== undefined) out.push(...snippet([{ ...secondary(other, paint), label: undefined }], theirs, paint.faint))
  }
  // The fix has said it already.
  if (help !== undefined && help !== fix?.title) out.push(`  ${paint.note('help')}: ${help}`)
  if (label !== undefined && fix !== undefined && fix.title !== help) out.push(`  ${paint.note('fix')}: ${fix.title}`)
  if (others.length > 0) out.push(`  ${paint.note('also')}: ${alsoAt(others, lines)}`)
  return `${out.join('\n')}\n`
}

/** What the words quote of the program is no more to be obeyed than the program. */
function clean(diagnostic: Diagnostic): Diagnostic {
  const { message, help, label, fix, related } = diagnostic
  return {
    ...diagnostic,
    message: printable(message),
    ...(help === undefined ? {} : { help: printable(help) }),
    ...(label === undefined ? {} : { label: printable(label) }),
    ...(fix === undefined ? {} : { fix: { ...fix, title: printable(fix.title) } }),
    ...(related === undefined ? {} : { related: related.map((other) => ({ ...other, message: printable(other.message) })) }),
  }
}

function secondary({ range, message }: { readonly range: TextRange; readonly message: string }, paint: Paint): Mark {
  return { range, sign: '-', label: message, paint: paint.note }
}

function place(file: string, { start }: TextRange, lines: Lines | undefined): string {
  if (lines === undefined) return file
  const { line, column } = lines.at(start)
  return `${file}:${line}:${column}`
}

function alsoAt(others: readonly Diagnostic[], lines: Lines | undefined): string {
  const most = 6
  const places = others.slice(0, most).map(({ range }) => {
    const at = lines?.at(range.start)
    return at === undefined ? '' : `${at.line}:${at.column}`
  })
  return others.length > most ? `${places.join(', ')} and ${thousands(others.length - most)} more places` : places.join(', ')
}

/** Messages quote what they are about, however long it is. */
function brief(message: string): string {
  return message.replace(/`([^`]{80,})`/g, (_, quoted: string) => `\`${quoted.slice(0, 50)} … ${quoted.slice(-20)}\``)
}

/** Not `toLocaleString`, which takes longer to load than a small file to check. */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

type Style = (text: string) => string
interface Paint {
  readonly error: Style
  readonly warning: Style
  readonly note: Style
  readonly strong: Style
  readonly faint: Style
}
const same: Style = (text) => text
const plain: Paint = { error: same, warning: same, note: same, strong: same, faint: same }
const ansi =
  (code: number): Style =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`
const painted: Paint = { error: ansi(31), warning: ansi(33), note: ansi(36), strong: ansi(1), faint: ansi(2) }
