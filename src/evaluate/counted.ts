/**
 * Ticks that were counted in several places: the spans of one trace all go to one of them, so what they count adds up to what one place would have
 * counted of all spans, to the last bit.
 */
import type { Nanos } from '../spans/index.ts'
import { affects, type Cell, exactLimit, type Filter, filterKey, Values } from './cell.ts'
import type { Epoch } from './contract.ts'
import { mergeExemplars } from './exemplars.ts'
import { Bucketing, type SparseSketch } from './sketch.ts'

/** One place's count of a tick. */
export interface CountedTick {
  readonly start: Nanos
  readonly end: Nanos
  /** Greatest end of the spans of any kind; 0 where there were none. */
  readonly lastEnd: Nanos
  /** Of the series that had spans; the number is that of the series among `layout`. */
  readonly cells: readonly { readonly series: number; readonly cell: Cell }[]
}

/** Which tick to count, and what is no evidence in it. */
export interface CountRequest {
  /** Start of the tick; what ended before is not asked for any more. */
  readonly start: Nanos
  readonly at: Nanos
  readonly epochs: ReadonlyMap<string, Epoch>
}

/** What a step is told of a tick that was counted elsewhere. */
export interface Counted {
  readonly ticks: readonly CountedTick[]
  /** Whether some place's count is missing: then nothing that is read from the tick can be known, for what is there is too little. */
  readonly missing: boolean
}

/** One of the series that are counted as spans come. Places can only be added up if they have the same, in the same order. */
export interface SeriesLayout {
  readonly key: string
  /** Ascending, in nanoseconds. */
  readonly thresholds: readonly number[]
}

export function sameLayout(a: readonly SeriesLayout[], b: readonly SeriesLayout[]): boolean {
  const isSame = (one: SeriesLayout, other: SeriesLayout | undefined): boolean =>
    one.key === other?.key && one.thresholds.length === other.thresholds.length && one.thresholds.every((threshold, i) => threshold === other.thresholds[i])
  return a.length === b.length && a.every((one, i) => isSame(one, b[i]))
}

/** The cell of the spans of all `cells`, which are of one series, one tick and one set of thresholds, counted with `filters`; at least one. */
export function mergeCells(cells: readonly Cell[], filters: readonly Filter[]): Cell {
  const [only] = cells
  if (cells.length === 1) return only as Cell
  const all = sumOf(cells)
  const filtered = new Map<string, Cell>()
  for (const filter of filters) {
    if (!affects(filter, all)) continue
    const key = filterKey(filter)
    // Where a filter leaves nothing out the cell says so itself; where it leaves everything out there is none.
    const seen = cells.map((cell) => (affects(filter, cell) ? cell.filtered.get(key) : cell)).filter((cell) => cell !== undefined)
    if (seen.length > 0) filtered.set(key, sumOf(seen))
  }
  return filtered.size === 0 ? all : { ...all, filtered }
}

function sumOf(cells: readonly Cell[]): Cell {
  const first = cells[0] as Cell
  if (cells.length === 1) return { ...first, filtered: noCells }
  const sum = (read: (cell: Cell) => number): number => cells.reduce((total, cell) => total + read(cell), 0)
  const least = (read: (cell: Cell) => number): number => cells.reduce((found, cell) => Math.min(found, read(cell)), Number.POSITIVE_INFINITY)
  const greatest = (read: (cell: Cell) => number): number => cells.reduce((found, cell) => Math.max(found, read(cell)), Number.NEGATIVE_INFINITY)
  const n = sum((cell) => cell.n)
  return {
    ...first,
    n,
    errors: sum((cell) => cell.errors),
    sumHigh: sum((cell) => cell.sumHigh),
    sumLow: sum((cell) => cell.sumLow),
    min: least((cell) => cell.min),
    max: greatest((cell) => cell.max),
    firstStart: least((cell) => cell.firstStart),
    firstEnd: least((cell) => cell.firstEnd),
    lastEnd: greatest((cell) => cell.lastEnd),
    slots: first.slots.map((_, slot) => sum((cell) => cell.slots[slot] as number)),
    durations: n <= exactLimit ? valuesOf(cells) : sketchOf(cells),
    worst: mergeExemplars(cells.map((cell) => cell.worst)),
    worstErrors: mergeExemplars(cells.map((cell) => cell.worstErrors)),
    filtered: noCells,
  }
}

const noCells: ReadonlyMap<string, Cell> = new Map()

/** A cell of few spans has all its values, so parts of such a cell do, too. */
function valuesOf(cells: readonly Cell[]): Values {
  return new Values(Float64Array.from(cells.flatMap(({ durations }) => [...(durations as Values).all])))
}

function sketchOf(cells: readonly Cell[]): SparseSketch {
  const bucketing = new Bucketing()
  const counts = new Map<number, number>()
  const add = (bucket: number, count: number): void => {
    counts.set(bucket, (counts.get(bucket) ?? 0) + count)
  }
  for (const { durations } of cells) {
    if (durations instanceof Values) for (const value of durations.all) add(bucketing.bucketOf(value), 1)
    else for (const [i, bucket] of durations.buckets.entries()) add(bucket, durations.counts[i] as number)
  }
  const buckets = Uint16Array.from(counts.keys()).sort()
  return { buckets, counts: Uint32Array.from(buckets, (bucket) => counts.get(bucket) as number) }
}
