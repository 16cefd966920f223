/** Several ticks of one series seen as one: running totals, and the numbers that conditions ask for. */
import type { Nanos } from '../spans/index.ts'
import { type Cell, type Counters, exactLimit, sumSplit, Values } from './cell.ts'
import { type Exemplar, mergeExemplars } from './exemplars.ts'
import { type Fraction, rankOf } from './rank.ts'
import { Bucketing, bucketStart, DenseSketch } from './sketch.ts'
import { lowerBound, slotBounds } from './thresholds.ts'
import { weightedAt } from './weighted-quantile.ts'
import { ExcessTotals, squaredUnit, weightUnit } from './weights.ts'

/** Counters to which ticks are added and, when they leave the window, taken away. */
export class Totals implements Counters {
  n = 0
  errors = 0
  sumHigh = 0
  sumLow = 0
  pathHigh = 0
  pathLow = 0
  readonly slots: Float64Array
  /** From the first tick that is a sample. */
  excess: ExcessTotals | undefined
  /** How many ticks have an anomalous trace, whose later parts may be in another. */
  readonly #anomalous = new Map<string, number>()
  /** Only where quantiles are asked for. */
  readonly sketch: DenseSketch | undefined
  readonly #bucketing = new Bucketing()

  constructor(thresholds: number, sketch: boolean) {
    this.slots = new Float64Array(2 * thresholds + 1)
    this.sketch = sketch ? new DenseSketch() : undefined
  }

  get anomalies(): number {
    return this.#anomalous.size
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
    if (cell.excess !== undefined) {
      this.excess ??= new ExcessTotals(this.slots.length)
      this.excess.apply(cell.excess, sign)
    }
    for (const id of cell.anomalous) {
      const ticks = (this.#anomalous.get(id) ?? 0) + sign
      if (ticks === 0) this.#anomalous.delete(id)
      else this.#anomalous.set(id, ticks)
    }
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

  /** The spans that are there, whatever they stand for. */
  get n(): number {
    return this.counters.n
  }

  /** How many spans these stand for, Σ w: `n` where they are all. */
  get weight(): number {
    const { n, excess } = this.counters
    return excess === undefined ? n : n + excess.spans / weightUnit
  }

  /** As `weight`, of those with status ERROR. */
  get errors(): number {
    const { errors, excess } = this.counters
    return excess === undefined ? errors : errors + excess.errors / weightUnit
  }

  /** Σ (w·m)² over the traces, of which each has m spans here; where nothing was sampled each span is taken as a trace of its own. */
  get squares(): number {
    const { n, excess } = this.counters
    return excess === undefined ? n : Number(BigInt(n) * squaredUnit + excess.squares) / Number(squaredUnit)
  }

  /** The weight of the spans below a threshold that the series counts. */
  below(threshold: number): number {
    return this.#prefix()[2 * this.#indexOf(threshold)] as number
  }

  /** Of those at or below it. */
  atMost(threshold: number): number {
    return this.#prefix()[2 * this.#indexOf(threshold) + 1] as number
  }

  /** How many spans are above it, whatever they stand for. */
  kept(threshold: number): number {
    const { slots } = this.counters
    let above = 0
    for (let i = 2 * this.#indexOf(threshold) + 2; i < slots.length; i++) above += slots[i] as number
    return above
  }

  /** The least weight that the values up to the quantile must have together; a multiple of a weight's unit. */
  rank(q: Fraction): number {
    return this.counters.excess === undefined ? rankOf(q, this.n) : rankOf(q, this.weight * weightUnit) / weightUnit
  }

  mean(): number {
    return this.#sum() / this.weight
  }

  /** Of the critical paths of the spans' traces; NaN where these have no length. */
  share(): number {
    const { pathHigh, pathLow, excess } = this.counters
    const path = pathHigh * sumSplit + pathLow
    return this.#sum() / (excess === undefined ? path : path + Number(excess.path) / weightUnit)
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
    const rank = this.rank(q)
    if (this.counters.excess !== undefined) return weightedAt(rank, this.cells(), () => this.#boundsAt(rank))
    const sorted = this.#values()
    if (sorted !== undefined) return { value: sorted[rank - 1] as number, exact: true }
    const bounds = this.#boundsAt(rank)
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
    const { sumHigh, sumLow, excess } = this.counters
    const sum = sumHigh * sumSplit + sumLow
    return excess === undefined ? sum : sum + Number(excess.sum) / weightUnit
  }

  /** Between which thresholds the value at `rank` lies. */
  #boundsAt(rank: number): { readonly from: number; readonly to: number } {
    const prefix = this.#prefix()
    let slot = 0
    while ((prefix[slot] as number) < rank) slot++
    return slotBounds(this.#thresholds, slot)
  }

  #indexOf(threshold: number): number {
    const at = lowerBound(this.#thresholds, threshold)
    if (this.#thresholds[at] !== threshold) throw new RangeError(`${threshold} is not counted here`)
    return at
  }

  #prefix(): Float64Array {
    if (this.#upTo === undefined) {
      const { slots, excess } = this.counters
      this.#upTo = new Float64Array(slots.length)
      let sum = 0
      for (let i = 0; i < slots.length; i++) {
        sum += slots[i] as number
        if (excess !== undefined) sum += (excess.slots[i] as number) / weightUnit
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
