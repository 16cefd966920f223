/**
 * Spans of a sample count for more than themselves. What a tick's spans count *beyond one each* (their excess: w − 1 in place of 1) is kept beside the
 * plain counters, so that where nothing is sampled nothing is added, and the stream pays nothing.
 *
 * A window adds ticks and takes them away again, and floats would not cancel. So weights are whole multiples of 2^-16: what a window's spans stand
 * for is then exact up to 2^37 (137 thousand million spans) in one float, products are bigints, and neither the order of adding nor what has come and gone
 * ever shows. A weight is rounded once, by at most 2^-17, which is less than 8 millionths of it.
 */
import { Bucketing, bucketCount } from './sketch.ts'
import { slotOf } from './thresholds.ts'

/** Units of a weight of 1. */
export const weightUnit = 2 ** 16

/** The weight in units. A sampler that writes a weight below 1, or none, is broken. */
export function unitsOf(weight: number): number {
  if (!(weight >= 1) || weight === Number.POSITIVE_INFINITY) throw new RangeError(`the weight of a kept trace is ${weight}, not 1 or more`)
  return Math.round(weight * weightUnit)
}

/** What adds up over ticks; all of it 0 where every weight is 1. */
export interface ExcessSums {
  /** Σ (w − 1) over the spans, and over those with status ERROR, in units. */
  readonly spans: number
  readonly errors: number
  /** Per slot of the series' thresholds. */
  readonly slots: ArrayLike<number>
  /** Σ (w − 1)·value, and over the traces Σ (w − 1)·path: nanoseconds in units; values and paths are taken to the nearest nanosecond. */
  readonly sum: bigint
  readonly path: bigint
  /** Σ (w·m)² over the traces, of which each has m spans here, less the number of spans; in squared units. A trace is drawn with all its spans, or not at all. */
  readonly squares: bigint
}

export interface Excess extends ExcessSums {
  readonly slots: readonly number[]
  readonly spread: Points | Buckets
}

/** Values, ascending, each with its whole weight in units. */
export interface Points {
  readonly values: Float64Array
  readonly weights: Float64Array
}

/** The buckets of a sketch that hold something, ascending, with their whole weights in units. */
export interface Buckets {
  readonly buckets: Uint16Array
  readonly weights: Float64Array
}

/** Columns of decided spans; those of one trace lie together. */
export interface WeighedRows {
  /** What is counted of a span, in nanoseconds. */
  readonly values: Float64Array
  readonly status: Uint8Array
  readonly weight: Float64Array
  readonly traceStart: Uint32Array
  /** Undefined where nobody asks for a share of the critical paths. */
  readonly path: Float64Array | undefined
}

const statusError = 2

/** Of the first `count` of `rows`; up to `fewest` values are kept as they are. */
export function excessOf(columns: WeighedRows, rows: Uint32Array, count: number, thresholds: Float64Array, fewest: number): Excess {
  const { values, status, weight, traceStart, path } = columns
  const slots: number[] = new Array<number>(2 * thresholds.length + 1).fill(0)
  let spans = 0
  let errors = 0
  let sum = 0n
  let paths = 0n
  let squares = 0n
  for (let i = 0; i < count; ) {
    const trace = traceStart[rows[i] as number] as number
    const units = unitsOf(weight[trace] as number)
    const excess = units - weightUnit
    let own = 0
    let total = 0
    for (; i < count && traceStart[rows[i] as number] === trace; i++) {
      const row = rows[i] as number
      const value = values[row] as number
      own++
      total += Math.round(value)
      if (status[row] === statusError) errors += excess
      const slot = slotOf(thresholds, value)
      slots[slot] = (slots[slot] as number) + excess
    }
    spans += own * excess
    sum += BigInt(excess) * BigInt(total)
    if (path !== undefined) paths += BigInt(excess) * BigInt(Math.round(path[trace] as number))
    squares += square(BigInt(units) * BigInt(own)) - BigInt(own) * squaredUnit
  }
  return { spans, errors, slots, sum, path: paths, squares, spread: count <= fewest ? pointsOf(columns, rows, count) : bucketsOf(columns, rows, count) }
}

/** Excess to which that of ticks is added and, when they leave the window, taken away. */
export class ExcessTotals implements ExcessSums {
  spans = 0
  errors = 0
  sum = 0n
  path = 0n
  squares = 0n
  readonly slots: Float64Array

  constructor(slots: number) {
    this.slots = new Float64Array(slots)
  }

  apply(excess: Excess, sign: 1 | -1): void {
    this.spans += sign * excess.spans
    this.errors += sign * excess.errors
    this.sum += BigInt(sign) * excess.sum
    this.path += BigInt(sign) * excess.path
    this.squares += BigInt(sign) * excess.squares
    for (let i = 0; i < excess.slots.length; i++) this.slots[i] = (this.slots[i] as number) + sign * (excess.slots[i] as number)
  }
}

export const squaredUnit = BigInt(weightUnit) ** 2n

function square(n: bigint): bigint {
  return n * n
}

function pointsOf({ values, weight }: WeighedRows, rows: Uint32Array, count: number): Points {
  const order = Array.from(rows.subarray(0, count)).sort((a, b) => (values[a] as number) - (values[b] as number))
  return { values: Float64Array.from(order, (row) => values[row] as number), weights: Float64Array.from(order, (row) => unitsOf(weight[row] as number)) }
}

function bucketsOf({ values, weight }: WeighedRows, rows: Uint32Array, count: number): Buckets {
  const bucketing = new Bucketing()
  const dense = new Float64Array(bucketCount)
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number
    const bucket = bucketing.bucketOf(values[row] as number)
    dense[bucket] = (dense[bucket] as number) + unitsOf(weight[row] as number)
  }
  const buckets = Uint16Array.from([...dense.keys()].filter((bucket) => dense[bucket] !== 0))
  return { buckets, weights: Float64Array.from(buckets, (bucket) => dense[bucket] as number) }
}
