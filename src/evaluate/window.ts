/** Several ticks of one series seen as one: running totals, and the numbers that conditions ask for. */
import type { Nanos } from '../spans/index.ts'
import { type Cell, type Counters, exactLimit, sumSplit, Values } from './cell.ts'
import { type Exemplar, mergeExemplars } from './exemplars.ts'
import { type Fraction, rankOf } from './rank.ts'
import { Bucketing, bucketStart, DenseSketch } from './sketch.ts'
import { lowerBound, slotBounds } from './thresholds.ts'

/** Counters to which ticks are added and, when they leave the window, taken away. */
export class Totals implements Counters {
  n = 0
  errors = 0
  sumHigh = 0
  sumLow = 0
  pathHigh = 0
  pathLow = 0
  readonly slots: Float64Array
  /** Only where quantiles are asked for. */
  readonly sketch: DenseSketch | undefined
  readonly #bucketing = new Bucketing()

  constructor(thresholds: number, sketch: boolean) {
    this.slots = new Float64Array(2 * thresholds + 1)
    this.sketch = sketch ? new DenseSketch() : undefined
  }

  add(cell: Cell): void {
    this.#apply(cell, 1)
  }

  remove(cell: Cell): void {
    this.#apply(cell, -1)
  }

  #apply(cell: Cell, sign: 1 | -1): void {
    this.n += sign * cell.n
    this.errors += sign * cell.errors
    this.sumHigh += sign * cell.sumHigh
    this.sumLow += sign * cell.sumLow
    this.pathHigh += sign * cell.pathHigh
    this.pathLow += sign * cell.pathLow
    for (let i = 0; i < cell.slots.length; i++) this.slots[i] = (this.slots[i] as number) + sign * (cell.slots[i] as number)
    if (this.sketch === undefined) return
    const { durations } = cell
    if (durations instanceof Values) for (const value of durations.all) this.sketch.add(this.#bucketing.bucketOf(value), sign)
    else for (let i = 0; i < durations.buckets.length; i++) this.sketch.add(durations.buckets[i] as number, sign * (durations.counts[i] as number))
  }
}

/** A duration, and whether it is one of the spans' own or within a sketch's error of it. */
export interface Estimate {
  readonly value: number
  readonly exact: boolean
}

/** The spans of one series in one window. Good for the step that it was asked in. */
export class Window {
  /** Where it begins: at − length, or the evidence epoch. */
  readonly from: Nanos
  readonly counters: Counters
  readonly #thresholds: Float64Array
  readonly #cells: () => readonly Cell[]
  readonly #sketch: DenseSketch | undefined
  #found: readonly Cell[] | undefined
  #sorted: Float64Array | undefined
  #upTo: Float64Array | undefined
  #worst: readonly Exemplar[] | undefined
  #worstErrors: readonly Exemplar[] | undefined

  constructor(from: Nanos, counters: Counters, thresholds: Float64Array, cells: () => readonly Cell[], sketch?: DenseSketch) {
    this.from = from
    this.counters = counters
    this.#thresholds = thresholds
    this.#cells = cells
    this.#sketch = sketch
  }

  get n(): number {
    return this.counters.n
  }

  /** Spans below a threshold that the series counts. */
  below(threshold: number): number {
    return this.#prefix()[2 * this.#indexOf(threshold)] as number
  }

  /** Spans at or below it. */
  atMost(threshold: number): number {
    return this.#prefix()[2 * this.#indexOf(threshold) + 1] as number
  }

  mean(): number {
    return this.#sum() / this.n
  }

  /** Of the critical paths of the spans' traces; NaN where these have no length. */
  share(): number {
    return this.#sum() / (this.counters.pathHigh * sumSplit + this.counters.pathLow)
  }

  min(): number {
    return this.cells().reduce((least, cell) => Math.min(least, cell.min), Number.POSITIVE_INFINITY)
  }

  max(): number {
    return this.cells().reduce((greatest, cell) => Math.max(greatest, cell.max), Number.NEGATIVE_INFINITY)
  }

  /**
   * Nearest rank; exact while the spans are few, else the middle of the part of the sketch's bucket that the exact counters leave
   * possible: it lies on the same side of every threshold as the true value.
   */
  quantile(q: Fraction): Estimate {
    const rank = rankOf(q, this.n)
    const sorted = this.#values()
    if (sorted !== undefined) return { value: sorted[rank - 1] as number, exact: true }
    const prefix = this.#prefix()
    let slot = 0
    while ((prefix[slot] as number) < rank) slot++
    const bounds = slotBounds(this.#thresholds, slot)
    if (bounds.from === bounds.to) return { value: bounds.from, exact: true }
    const bucket = this.#bucketAt(rank)
    const from = Math.max(bucketStart(bucket), bounds.from)
    const to = Math.min(bucketStart(bucket + 1), bounds.to)
    return { value: (from + to) / 2, exact: false }
  }

  /** Up to five trace ids, hex, of spans longer than `above`, the longest first. */
  worst(above: number = Number.NEGATIVE_INFINITY): readonly string[] {
    this.#worst ??= mergeExemplars(this.cells().map((cell) => cell.worst))
    return this.#worst.filter(({ value }) => value > above).map(({ traceId }) => traceId)
  }

  worstErrors(): readonly string[] {
    this.#worstErrors ??= mergeExemplars(this.cells().map((cell) => cell.worstErrors))
    return this.#worstErrors.map(({ traceId }) => traceId)
  }

  cells(): readonly Cell[] {
    this.#found ??= this.#cells()
    return this.#found
  }

  #sum(): number {
    return this.counters.sumHigh * sumSplit + this.counters.sumLow
  }

  #indexOf(threshold: number): number {
    const at = lowerBound(this.#thresholds, threshold)
    if (this.#thresholds[at] !== threshold) throw new RangeError(`${threshold} is not counted here`)
    return at
  }

  #prefix(): Float64Array {
    if (this.#upTo === undefined) {
      const { slots } = this.counters
      this.#upTo = new Float64Array(slots.length)
      let sum = 0
      for (let i = 0; i < slots.length; i++) {
        sum += slots[i] as number
        this.#upTo[i] = sum
      }
    }
    return this.#upTo
  }

  #values(): Float64Array | undefined {
    if (this.#sorted !== undefined || this.n > exactLimit) return this.#sorted
    const cells = this.cells()
    const only = cells[0]?.durations
    if (cells.length === 1 && only instanceof Values) return only.ascending()
    const all = new Float64Array(this.n)
    let at = 0
    for (const { durations } of cells) {
      if (!(durations instanceof Values)) return undefined
      all.set(durations.all, at)
      at += durations.all.length
    }
    this.#sorted = all.sort()
    return this.#sorted
  }

  #bucketAt(rank: number): number {
    if (this.#sketch !== undefined) return this.#sketch.bucketAt(rank)
    const only = this.cells()[0]?.durations
    if (only === undefined || only instanceof Values) throw new Error('this window keeps no sketch')
    let seen = 0
    for (let i = 0; i < only.counts.length; i++) {
      seen += only.counts[i] as number
      if (seen >= rank) return only.buckets[i] as number
    }
    throw new RangeError(`rank ${rank} of ${seen} values`)
  }
}
