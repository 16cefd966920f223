/** Between offsets of a text, which features speak of, and the protocol's positions: lines and UTF-16 code units, both from 0. */
import type { Position, Range } from 'vscode-languageserver-protocol'
import type { TextRange } from '../src/language/index.ts'

export interface LineIndex {
  readonly lineCount: number
  /** Places outside the text are its nearest end; of a line, before its line break. */
  offsetAt(position: Position): number
  positionAt(offset: number): Position
  /** Where the line begins. */
  lineStart(line: number): number
  /** Behind the last character of the line, before its line break. */
  lineEnd(line: number): number
  rangeOf(range: TextRange): Range
  textRangeOf(range: Range): TextRange
}

/** Lines end with `\n`, `\r\n` or `\r`, as the protocol has it. */
export function lineIndex(text: string): LineIndex {
  const starts = lineStarts(text)

  function lineOf(offset: number): number {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  function lineEnd(line: number): number {
    let end = starts[line + 1] ?? text.length
    const start = starts[line] ?? text.length
    while (end > start && isBreak(text.charCodeAt(end - 1))) end--
    return end
  }

  const index: LineIndex = {
    lineCount: starts.length,
    offsetAt({ line, character }) {
      if (line < 0) return 0
      const start = starts[line]
      return start === undefined ? text.length : Math.min(start + Math.max(0, character), lineEnd(line))
    },
    positionAt(offset) {
      const within = Math.min(Math.max(0, offset), text.length)
      const line = lineOf(within)
      return { line, character: within - (starts[line] as number) }
    },
    lineStart: (line) => starts[line] ?? text.length,
    lineEnd,
    rangeOf: ({ start, end }) => ({ start: index.positionAt(start), end: index.positionAt(end) }),
    textRangeOf: ({ start, end }) => ({ start: index.offsetAt(start), end: index.offsetAt(end) }),
  }
  return index
}

function lineStarts(text: string): Uint32Array {
  // Searching for a character is many times quicker than looking at each, and most texts have no carriage returns.
  const next: (from: number) => number = text.includes('\r') ? (from) => nextBreak(text, from) : (from) => text.indexOf('\n', from) + 1
  let count = 1
  for (let at = next(0); at > 0; at = next(at)) count++
  const starts = new Uint32Array(count)
  for (let at = next(0), line = 1; at > 0; at = next(at)) starts[line++] = at
  return starts
}

/** Behind the next line break, or 0. */
function nextBreak(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === newline || (code === carriageReturn && text.charCodeAt(i + 1) !== newline)) return i + 1
  }
  return 0
}

const newline = 10
const carriageReturn = 13

function isBreak(code: number): boolean {
  return code === newline || code === carriageReturn
}
