/** Diagnostics for programs. */
import type { Diagnostic, SourceText, TextRange } from '../language/index.ts'
import type { Lines, Position } from './lines.ts'
import { linesOf } from './lines.ts'

/** Offsets stay, lines and columns (one-based, in characters) come beside them. */
export interface JsonRange extends TextRange {
  readonly from?: Position
  readonly to?: Position
}

export function diagnosticsJson(diagnostics: readonly Diagnostic[], sources: readonly SourceText[]): object[] {
  const lines = new Map<string, Lines>(sources.map(({ name, text }) => [name, linesOf(text)]))
  const place = (file: string, range: TextRange): JsonRange => {
    const book = lines.get(file)
    return book === undefined ? range : { ...range, from: book.at(range.start), to: book.at(range.end) }
  }
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    range: place(diagnostic.file, diagnostic.range),
    ...(diagnostic.related === undefined ? {} : { related: diagnostic.related.map((other) => ({ ...other, range: place(other.file, other.range) })) }),
    ...(diagnostic.fix === undefined
      ? {}
      : { fix: { title: diagnostic.fix.title, edits: diagnostic.fix.edits.map(({ range, text }) => ({ range: place(diagnostic.file, range), text })) } }),
  }))
}

export function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
