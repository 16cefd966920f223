/** Quantiles of an operation's durations in bounded memory: exact while they are few, then by the evaluator's sketch (within 0.8 %). */
import { Bucketing, bucketStart, DenseSketch, type Fraction, rankOf } from '../../evaluate/index.ts'

/** Values that all operations together may keep. */
export interface Budget {
  values: number
}

const bucketing = new Bucketing()

export class Durations {
  count = 0
  max = 0
  readonly #exactLimit: number
  readonly #budget: Budget
  #values: Float64Array | undefined = new Float64Array(0)
  #sketch: DenseSketch | undefined

  constructor(exactLimit: number, budget: Budget) {
    this.#exactLimit = exactLimit
    this.#budget = budget
  }

  /** Whether quantiles are exact. */
  get exact(): boolean {
    return this.#sketch === undefined
  }

  add(ns: number): void {
    if (ns > this.max) this.max = ns
    if (this.#values !== undefined && this.count === this.#values.length && !this.#grow()) this.#summarize()
    if (this.#values !== undefined) this.#values[this.count] = ns
    else this.#sketch?.add(bucketing.bucketOf(ns), 1)
    this.count++
  }

  /** Nearest rank; there must be a value. */
  quantile(q: Fraction): number {
    const rank = rankOf(q, this.count)
    if (this.#values !== undefined) return this.#values.subarray(0, this.count).sort()[rank - 1] as number
    const bucket = (this.#sketch as DenseSketch).bucketAt(rank)
    return Math.min(this.max, Math.round((bucketStart(bucket) + bucketStart(bucket + 1)) / 2))
  }

  #grow(): boolean {
    const old = this.#values as Float64Array
    const more = Math.max(16, old.length)
    if (old.length + more > this.#exactLimit || more > this.#budget.values) return false
    this.#budget.values -= more
    const bigger = new Float64Array(old.length + more)
    bigger.set(old)
    this.#values = bigger
    return true
  }

  #summarize(): void {
    const values = this.#values as Float64Array
    this.#sketch = new DenseSketch()
    for (const ns of values) this.#sketch.add(bucketing.bucketOf(ns), 1)
    this.#budget.values += values.length
    this.#values = undefined
  }
}
