/** What every format of diagnostics is made of. */
import type { Diagnostic, SourceText, TextRange } from '../../language/index.ts'
import type { Lines, Position } from '../lines.ts'
import { linesOf } from '../lines.ts'

export interface Report {
  readonly diagnostics: readonly Diagnostic[]
  /** Everything that was looked at, also what nothing is wrong with. */
  readonly sources: readonly SourceText[]
  /** The least severity that fails. */
  readonly failLevel: 'error' | 'warning'
}

export interface Place {
  readonly from: Position
  /** Right behind the last character. */
  readonly to: Position
}

/** Lines and columns of ranges; undefined for files that could not be read. */
export function placesOf(sources: readonly SourceText[]): (file: string, range: TextRange) => Place | undefined {
  const texts = new Map(sources.map(({ name, text }) => [name, text]))
  const books = new Map<string, Lines>()
  return (file, range) => {
    const text = texts.get(file)
    if (text === undefined) return undefined
    const lines = books.get(file) ?? linesOf(text)
    books.set(file, lines)
    return { from: lines.at(range.start), to: lines.at(range.end) }
  }
}

export function fails({ severity }: Diagnostic, { failLevel }: Report): boolean {
  return severity === 'error' || failLevel === 'warning'
}
