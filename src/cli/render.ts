/** Diagnostics for a terminal: where, what, the line with carets under it, and what to do. */
import type { Diagnostic, SourceText, TextRange } from '../language/index.ts'
import type { Lines } from './lines.ts'
import { linesOf } from './lines.ts'

export interface RenderOptions {
  readonly colour: boolean
  /** Diagnostics of one code that are printed; the others are counted. */
  readonly limit: number
}

/** Columns of source that a line shows. */
const widest = 110

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
      blocks.push(block(group, linesIn, paint))
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
  return { place: place(file, range, lines), lines: snippet(range, label, lines, (colour ? painted : plain).error, '^') }
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
  const mark = first.severity === 'error' ? paint.error : paint.warning
  const lines = linesIn(first.file)
  const out = [`${paint.strong(place(first.file, first.range, lines))}: ${mark(first.severity)}: ${paint.strong(brief(first.message))} [${first.code}]`]
  if (lines !== undefined) out.push(...snippet(first.range, first.label ?? first.fix?.title, lines, mark, '^'))
  for (const { file, range, message } of first.related ?? []) {
    const other = linesIn(file)
    out.push(`  ${paint.note('note')}: ${place(file, range, other)}: ${message}`)
    if (other !== undefined) out.push(...snippet(range, undefined, other, paint.note, '-'))
  }
  if (first.help !== undefined) out.push(`  ${paint.note('help')}: ${first.help}`)
  if (others.length > 0) out.push(`  ${paint.note('also')}: ${alsoAt(others, lines)}`)
  return `${out.join('\n')}\n`
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

/** The line of a range with marks under it; of a range over several lines the first. */
function snippet(range: TextRange, label: string | undefined, lines: Lines, mark: Style, sign: string): string[] {
  const { line } = lines.at(range.start)
  const text = lines.text(line)
  const from = range.start - lines.start(line)
  const to = Math.max(from + 1, Math.min(range.end - lines.start(line), text.length))
  const cut = trimmed(text, from, to)
  const gutter = String(line)
  // One mark a character: a character outside the basic plane is two units of the string and one column.
  const columns = (s: string): number => [...s].length
  const blank = ' '.repeat(columns(cut.text.slice(0, cut.from)))
  const marks = sign.repeat(Math.max(1, columns(cut.text.slice(cut.from, cut.to))))
  return [
    `  ${gutter} | ${cut.text.replaceAll('\t', ' ')}`,
    `  ${' '.repeat(gutter.length)} | ${blank}${mark(label === undefined ? marks : `${marks} ${label}`)}`,
  ]
}

/** Messages quote what they are about, however long it is. */
function brief(message: string): string {
  return message.replace(/`([^`]{80,})`/g, (_, quoted: string) => `\`${quoted.slice(0, 50)} … ${quoted.slice(-20)}\``)
}

/** As much of a long line as shows the range in its surroundings, cut between words. */
function trimmed(text: string, from: number, to: number): { readonly text: string; readonly from: number; readonly to: number } {
  if (text.length <= widest) return { text, from, to }
  const room = Math.max(0, widest - (to - from)) >> 1
  let start = Math.max(0, from - room)
  let end = Math.min(text.length, Math.max(to, start + widest))
  if (start > 0) {
    const space = text.indexOf(' ', start)
    if (space >= 0 && space < from) start = space + 1
  }
  end = Math.min(end, start + widest)
  if (end < text.length) {
    const space = text.lastIndexOf(' ', end)
    if (space > to) end = space
  }
  const before = start > 0 ? '… ' : ''
  const shift = before.length - start
  return { text: `${before}${text.slice(start, end)}${end < text.length ? ' …' : ''}`, from: from + shift, to: Math.min(to, end) + shift }
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
}
const same: Style = (text) => text
const plain: Paint = { error: same, warning: same, note: same, strong: same }
const ansi =
  (code: number): Style =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`
const painted: Paint = { error: ansi(31), warning: ansi(33), note: ansi(36), strong: ansi(1) }
