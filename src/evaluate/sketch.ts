/**
 * Log-linear buckets, 64 an octave: bucket 0 is [0, 1), bucket i ≥ 1 begins at 2^k · (1 + j/64) with i − 1 = 64k + j.
 * A bucket is at most 1/64 wide relative to its start, so its middle is within 0.8 % of every value in it. Buckets of
 * different ticks, shards and windows merge by addition.
 */

/** Enough for every duration below 2^53 ns. */
export const bucketCount = 53 * 64 + 1

/** A float64's exponent and first six bits of fraction, side by side, *are* the bucket: no logarithm is needed. */
export class Bucketing {
  readonly #value = new Float64Array(1)
  readonly #words = new Uint32Array(this.#value.buffer)

  bucketOf(value: number): number {
    if (value < 1) return 0
    this.#value[0] = value
    const bucket = ((this.#words[1] as number) >>> 14) - (1023 << 6) + 1
    return bucket < bucketCount ? bucket : bucketCount - 1
  }
}

/** Smallest value of a bucket; the bucket ends where the next begins. */
export function bucketStart(bucket: number): number {
  if (bucket === 0) return 0
  const position = bucket - 1
  return 2 ** (position >> 6) * (1 + (position & 63) / 64)
}

/** The buckets of one tick that hold something, ascending, and how much. */
export interface SparseSketch {
  readonly buckets: Uint16Array
  readonly counts: Uint32Array
}

/** Counts of a contiguous range of buckets, which grows as values come. */
export class DenseSketch {
  #first = 0
  #counts = new Uint32Array(0)

  add(bucket: number, count: number): void {
    const at = bucket - this.#first
    if (at >= 0 && at < this.#counts.length) this.#counts[at] = (this.#counts[at] as number) + count
    else {
      this.#cover(bucket)
      this.#counts[bucket - this.#first] = count
    }
  }

  /** The bucket that holds the value at `rank`, from 1; `rank` is at most the number of values. */
  bucketAt(rank: number): number {
    let seen = 0
    for (let i = 0; i < this.#counts.length; i++) {
      seen += this.#counts[i] as number
      if (seen >= rank) return this.#first + i
    }
    throw new RangeError(`rank ${rank} of ${seen} values`)
  }

  /** Whole octaves, so that a drifting latency does not copy at every step. */
  #cover(bucket: number): void {
    const last = this.#first + this.#counts.length
    const empty = this.#counts.length === 0
    const first = (empty ? bucket : Math.min(this.#first, bucket)) & ~63
    const end = ((empty ? bucket : Math.max(last - 1, bucket)) & ~63) + 64
    const counts = new Uint32Array(end - first)
    if (!empty) counts.set(this.#counts, this.#first - first)
    this.#first = first
    this.#counts = counts
  }
}
