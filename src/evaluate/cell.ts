/** The counters of one series over one closed tick. */
import type { Nanos } from '../spans/index.ts'
import { type Exemplar, WorstRows } from './exemplars.ts'
import { Bucketing, bucketCount, type SparseSketch } from './sketch.ts'
import { slotOf } from './thresholds.ts'
import type { Excess, ExcessSums } from './weights.ts'

/** Up to so many values a tick are kept as they are: less memory than a sketch, and exact. */
export const exactLimit = 512

/** A sum of whole nanoseconds is high · 2^24 + low: both stay exact far longer than one float would, so the order of adding never shows. */
export const sumSplit = 2 ** 24

/** What adds up over ticks. */
export interface Counters {
  readonly n: number
  readonly errors: number
  readonly sumHigh: number
  readonly sumLow: number
  /** The critical paths of the spans' traces, each trace once, summed in the same way; 0 where nobody asks for a share of them. */
  readonly pathHigh: number
  readonly pathLow: number
  /** Per slot of the series' thresholds. */
  readonly slots: ArrayLike<number>
  /** What the spans count beyond one each; undefined where they are no sample. */
  readonly excess: ExcessSums | undefined
  /** Traces that the sampler kept as anomalous; 0 where nobody asks for them. */
  readonly anomalies: number
}

export interface Cell extends Counters {
  readonly start: Nanos
  readonly end: Nanos
  readonly min: number
  readonly max: number
  /** Earliest start of a span. */
  readonly firstStart: Nanos
  /** No span ended earlier. */
  readonly firstEnd: Nanos
  /** Latest end of a span. */
  readonly lastEnd: Nanos
  readonly slots: readonly number[]
  readonly excess: Excess | undefined
  /** Ids of the anomalous traces, hex, each once. */
  readonly anomalous: readonly string[]
  /** All durations while they are few, else their sketch. */
  readonly durations: Values | SparseSketch
  readonly worst: readonly Exemplar[]
  /** The same of spans with status ERROR. */
  readonly worstErrors: readonly Exemplar[]
  /** The same tick as targets with a younger evidence epoch see it. */
  readonly filtered: ReadonlyMap<string, Cell>
}

/** What cells are made of: the spans of a tick as columns, and the rows of each series. */
export interface TickRows {
  readonly start: Nanos
  readonly end: Nanos
  /** What is counted of a span, in nanoseconds. */
  readonly duration: Float64Array
  readonly startTime: Float64Array
  readonly endTime: Float64Array
  readonly status: Uint8Array
  /** Four words a row. */
  readonly traceId: Uint32Array
  /** Writes the series' rows into `into`, growing it, and returns it with their number. */
  rowsOf(series: number, into: Uint32Array): { readonly rows: Uint32Array; readonly count: number }
  /** What a tick of decided traces knows beyond that. */
  readonly more?: (rows: Uint32Array, count: number, thresholds: Float64Array) => DecidedParts
}

/** Of a cell what only a tick of decided traces knows. */
export type DecidedParts = Pick<Cell, 'firstEnd' | 'pathHigh' | 'pathLow' | 'excess' | 'anomalies' | 'anomalous'>

/** Durations as they are; sorted when somebody asks for one by rank, which few cells see. */
export class Values {
  readonly #all: Float64Array
  #sorted = false

  constructor(all: Float64Array) {
    this.#all = all
  }

  /** In any order. */
  get all(): Float64Array {
    return this.#all
  }

  ascending(): Float64Array {
    if (!this.#sorted) this.#all.sort()
    this.#sorted = true
    return this.#all
  }
}

/**
 * Which spans are evidence: `start`: those that started at or after `from`; `end`: those that ended at or after it.
 */
export interface Filter {
  readonly by: 'start' | 'end'
  readonly from: Nanos
}

export function filterKey(filter: Filter): string {
  return `${filter.by} ${filter.from}`
}

const statusError = 2
const noCells: ReadonlyMap<string, Cell> = new Map()
export const noIds: readonly string[] = []

/** Makes cells; holds the scratch memory for it. */
export class CellBuilder {
  readonly #worst = new WorstRows()
  readonly #worstErrors = new WorstRows()
  readonly #bucketing = new Bucketing()
  readonly #dense = new Uint32Array(bucketCount)
  readonly #used = new Uint16Array(bucketCount)
  #rows: Uint32Array = new Uint32Array(256)

  /** The cell of `series` in a tick that has spans of it. Filters that change nothing are left out. */
  build(tick: TickRows, series: number, thresholds: Float64Array, filters: readonly Filter[]): Cell {
    const found = tick.rowsOf(series, this.#rows)
    this.#rows = found.rows
    const all = this.#cellOf(tick, found.count, thresholds)
    let filtered: Map<string, Cell> | undefined
    for (const filter of filters) {
      if (!affects(filter, all)) continue
      // The rows that pass move to the front, so the next filter, which may pass others, needs them all again.
      const rows = this.#rows
      const again = this.#rows.slice(0, found.count)
      const times = filter.by === 'start' ? tick.startTime : tick.endTime
      let count = 0
      for (let i = 0; i < found.count; i++) if ((times[rows[i] as number] as number) >= filter.from) rows[count++] = rows[i] as number
      if (count > 0) {
        filtered ??= new Map()
        filtered.set(filterKey(filter), this.#cellOf(tick, count, thresholds))
      }
      rows.set(again)
    }
    return filtered === undefined ? all : { ...all, filtered }
  }

  #cellOf(tick: TickRows, count: number, thresholds: Float64Array): Cell {
    const cell = this.#count(tick, count, thresholds)
    return tick.more === undefined ? cell : { ...cell, ...tick.more(this.#rows, count, thresholds) }
  }

  /** One pass over the rows. A hot loop: everything is in locals, nothing is allocated for a row. */
  #count(tick: TickRows, count: number, thresholds: Float64Array): Cell {
    const { duration, startTime, endTime, status, traceId } = tick
    const rows = this.#rows
    const worst = this.#worst
    const worstErrors = this.#worstErrors
    worst.clear()
    worstErrors.clear()
    const slots: number[] = new Array<number>(2 * thresholds.length + 1).fill(0)
    const values = count <= exactLimit ? new Float64Array(count) : undefined
    let errors = 0
    let sumHigh = 0
    let sumLow = 0
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    let firstStart = Number.POSITIVE_INFINITY
    let lastEnd = Number.NEGATIVE_INFINITY
    let used = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      const value = duration[row] as number
      const high = Math.floor(value / sumSplit)
      sumHigh += high
      sumLow += value - high * sumSplit
      if (value < min) min = value
      if (value > max) max = value
      if ((startTime[row] as number) < firstStart) firstStart = startTime[row] as number
      if ((endTime[row] as number) > lastEnd) lastEnd = endTime[row] as number
      const slot = slotOf(thresholds, value)
      slots[slot] = (slots[slot] as number) + 1
      if (value >= worst.floor) worst.offer(row, duration, traceId)
      if (status[row] === statusError) {
        errors++
        if (value >= worstErrors.floor) worstErrors.offer(row, duration, traceId)
      }
      if (values !== undefined) values[i] = value
      else {
        const bucket = this.#bucketing.bucketOf(value)
        const before = this.#dense[bucket] as number
        if (before === 0) this.#used[used++] = bucket
        this.#dense[bucket] = before + 1
      }
    }
    return {
      start: tick.start,
      end: tick.end,
      n: count,
      errors,
      sumHigh,
      sumLow,
      pathHigh: 0,
      pathLow: 0,
      min,
      max,
      firstStart,
      // Not looked for: a span of the stream ends in its tick.
      firstEnd: tick.start,
      lastEnd,
      slots,
      excess: undefined,
      anomalies: 0,
      anomalous: noIds,
      durations: values === undefined ? this.#takeSketch(used) : new Values(values),
      worst: worst.take(duration, traceId),
      worstErrors: worstErrors.take(duration, traceId),
      filtered: noCells,
    }
  }

  #takeSketch(used: number): SparseSketch {
    const buckets = this.#used.slice(0, used).sort()
    const counts = new Uint32Array(used)
    for (let i = 0; i < used; i++) {
      const bucket = buckets[i] as number
      counts[i] = this.#dense[bucket] as number
      this.#dense[bucket] = 0
    }
    return { buckets, counts }
  }
}

/** Whether a filter leaves out a span of the cell. */
export function affects(filter: Filter, cell: Cell): boolean {
  return filter.by === 'start' ? cell.firstStart < filter.from : cell.firstEnd < filter.from
}
