/** As much of a long line as a reader needs: what is marked in its surroundings, and what the declaration is about. */
import { width } from './columns.ts'

/** A stretch of the line's text. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** Columns of source that a line shows. */
export const widest = 110
/** Columns that the head of a declaration may take of them. */
const widestHead = 44

/**
 * The stretches of a line that are shown, in order; what is left out lies between, before or behind them. Cuts lie between words, never within text
 * in quotes, and rather before `and` and the like.
 */
export function trimmed(text: string, from: number, to: number): readonly Stretch[] {
  if (width(text) <= widest) return [{ start: 0, end: text.length }]
  const chunks = chunksOf(text)
  if (chunks.length === 0) return [{ start: 0, end: 0 }]
  const first = Math.max(
    0,
    chunks.findLastIndex(({ start }) => start <= from),
  )
  let low = first
  let high = low
  const columns = (start: number, end: number): number => width(text.slice(start, end))
  const start = (): number => (chunks[low] as Stretch).start
  const end = (): number => (chunks[high] as Stretch).end
  while (high + 1 < chunks.length && end() < to && columns(start(), (chunks[high + 1] as Stretch).end) <= widest) high++
  const head = headOf(text, chunks)
  const room = widest - (head === undefined || low === 0 ? 0 : columns(head.start, head.end))
  // Both sides by turns, as far as there is room.
  for (let grew = true; grew; ) {
    grew = false
    if (low > 0 && columns((chunks[low - 1] as Stretch).start, end()) <= room) {
      low--
      grew = true
    }
    if (high + 1 < chunks.length && columns(start(), (chunks[high + 1] as Stretch).end) <= room) {
      high++
      grew = true
    }
  }
  // Rather at what begins something of its own, if that is near.
  const joint = (i: number): boolean => chunks[i] !== undefined && joints.has(word(text, chunks[i] as Stretch))
  if (low > 0) low = [0, 1, 2, 3, 4, 5].map((n) => low + n).find((i) => i <= first && joint(i)) ?? low
  if (high + 1 < chunks.length)
    high = [0, 1, 2, 3, 4, 5].map((n) => high - n).find((i) => i >= first && (chunks[i] as Stretch).end >= to && joint(i + 1)) ?? high
  if (columns(start(), end()) > 2 * widest) return [around(text, from)]
  const window = { start: start(), end: end() }
  if (head === undefined || low === 0) return [window]
  return window.start <= head.end + 1 ? [{ start: head.start, end: window.end }] : [head, window]
}

/** A word that is longer than a line has no good place to be cut. */
function around(text: string, from: number): Stretch {
  const start = Math.max(0, from - widest / 2)
  return { start: start - (isSecondHalf(text, start) ? 1 : 0), end: Math.min(text.length, start + widest - (isSecondHalf(text, start + widest) ? 1 : 0)) }
}

/** Of a character of two units. */
function isSecondHalf(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff
}

/** Words apart by blanks; text in quotes counts as one, unless in a comment. */
function chunksOf(text: string): Stretch[] {
  const pieces = [...text.matchAll(/\/\/.*|(?:"(?:[^"\\]|\\.)*"?|[^\s"])+/g)]
  return pieces.flatMap(({ index, 0: piece }) => (piece.startsWith('//') ? wordsOf(piece, index) : [{ start: index, end: index + piece.length }]))
}

function wordsOf(text: string, offset: number): Stretch[] {
  return [...text.matchAll(/\S+/g)].map(({ index, 0: piece }) => ({ start: offset + index, end: offset + index + piece.length }))
}

function word(text: string, { start, end }: Stretch): string {
  return text.slice(start, end)
}

/** Words that begin something of their own. */
const joints: ReadonlySet<string> = new Set([
  ...['when', 'and', 'or', 'every', 'cooldown', 'on', 'priority', 'between', 'observe', 'at', 'from', 'taking', 'failing'],
  ...['up', 'down', 'stable', 'settle', 'mode', 'combine', '&&', '||', '{', '}'],
])

/** `ads-slow: scale deployment/ads +2 when`, `load span(ads/Get)`: the words that say what a line is about, if it begins a declaration or a statement. */
function headOf(text: string, chunks: readonly Stretch[]): Stretch | undefined {
  const labelled = word(text, chunks[0] as Stretch).endsWith(':') ? 1 : 0
  const keyword = chunks[labelled]
  if (keyword === undefined || !/^(?:scale|freeze|target|let|defaults|test|load|expect|given)$/.test(word(text, keyword))) return undefined
  const start = (chunks[0] as Stretch).start
  let last: Stretch | undefined
  for (const chunk of chunks.slice(labelled + 1)) {
    if (width(text.slice(start, chunk.end)) > widestHead) break
    last = chunk
    if (['when', '{', 'at', '='].includes(word(text, chunk))) break
  }
  return last === undefined ? undefined : { start, end: last.end }
}
