/** Offsets of a text as lines and columns. */

export interface Position {
  /** One-based. */
  readonly line: number
  /** One-based, in characters. */
  readonly column: number
}

export interface Lines {
  at(offset: number): Position
  /** Offset of the first character of a one-based line. */
  start(line: number): number
  /** Without its end. */
  text(line: number): string
}

export function linesOf(text: string): Lines {
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  const start = (line: number): number => starts[line - 1] ?? text.length
  return {
    at(offset) {
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((starts[middle] as number) <= offset) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: [...text.slice(starts[low], offset)].length + 1 }
    },
    start,
    text: (line) => text.slice(start(line), starts[line] ?? text.length).replace(/\r?\n$/, ''),
  }
}
