/** Lines of source with marks under them. */
import type { TextRange } from '../../language/index.ts'
import type { Lines } from '../lines.ts'
import { shown, width } from './columns.ts'
import { trimmed, widest } from './trim.ts'

export interface Mark {
  readonly range: TextRange
  /** `^` or `-`. */
  readonly sign: string
  readonly label: string | undefined
  readonly paint: (text: string) => string
}

/**
 * Each line once, in the order of the text, with its marks below it; of a mark over several lines the first. Three dots stand for lines between.
 */
export function snippet(marks: readonly Mark[], lines: Lines, faint: (text: string) => string): string[] {
  const byLine = new Map<number, Mark[]>()
  for (const mark of marks) {
    const { line } = lines.at(mark.range.start)
    byLine.set(line, [...(byLine.get(line) ?? []), mark])
  }
  const numbers = [...byLine.keys()].sort((a, b) => a - b)
  const gutter = String(numbers.at(-1)).length
  const out: string[] = []
  for (const [i, number] of numbers.entries()) {
    const before = numbers[i - 1]
    if (before !== undefined && number > before + 1) out.push(faint(`  ${'.'.repeat(Math.max(3, gutter))}`))
    out.push(...lineWith(byLine.get(number) as Mark[], number, lines, gutter, faint))
  }
  return out
}

function lineWith(marks: readonly Mark[], number: number, lines: Lines, gutter: number, faint: (text: string) => string): string[] {
  const text = lines.text(number)
  const start = lines.start(number)
  const [first] = marks as [Mark]
  const placed = marks.map((mark) => {
    const from = Math.min(mark.range.start - start, text.length)
    return { mark, from, to: Math.max(from, Math.min(mark.range.end - start, text.length)) }
  })
  const stretches = trimmed(text, first.range.start - start, Math.min(first.range.end - start, text.length))
  const pieces: { readonly start: number; readonly end: number; readonly column: number; readonly columnOf: (index: number) => number }[] = []
  let printed = ''
  for (const stretch of stretches) {
    if (stretch.start > (pieces.at(-1)?.end ?? 0) && text.slice(pieces.at(-1)?.end ?? 0, stretch.start).trim() !== '')
      printed += pieces.length === 0 ? '… ' : ' … '
    const piece = shown(text.slice(stretch.start, stretch.end))
    pieces.push({ ...stretch, column: width(printed), columnOf: piece.columnOf })
    printed += piece.text
  }
  if (text.slice(stretches.at(-1)?.end).trim() !== '') printed += ' …'
  const out = [`  ${faint(`${String(number).padStart(gutter)} |`)} ${printed}`.trimEnd()]
  for (const { mark, from, to } of placed) {
    const piece = pieces.find(({ start: s, end }) => from >= s && from <= end)
    // Of a long line another part shows another mark.
    if (piece === undefined) {
      if (mark !== first) out.push(...lineWith([mark], number, lines, gutter, faint))
      continue
    }
    const column = piece.column + piece.columnOf(from - piece.start)
    const end = piece.column + piece.columnOf(Math.min(to, piece.end) - piece.start)
    const sign = mark.sign.repeat(Math.max(1, end - column))
    const { label } = mark
    const margin = `  ${faint(`${' '.repeat(gutter)} |`)} ${' '.repeat(column)}`
    // A label that would begin where the line ends stands below.
    const below = label !== undefined && column + sign.length + 1 + width(label) > widest + 20 && sign.length > 20
    out.push(`${margin}${mark.paint(label === undefined || below ? sign : `${sign} ${label}`)}`)
    if (below) out.push(`${margin}${mark.paint(label)}`)
  }
  return out
}
