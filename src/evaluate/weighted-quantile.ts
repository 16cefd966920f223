/**
 * Quantiles of a sample: nearest rank by weight. The quantile q is the least value for which the values up to it have at least the share q of all
 * weight; where all weights are 1 that is the value at rank ⌈q·n⌉.
 */
import { type Cell, exactLimit, Values } from './cell.ts'
import { Bucketing, bucketCount, bucketStart } from './sketch.ts'
import { weightUnit } from './weights.ts'
import type { Estimate } from './window.ts'

/**
 * The value at `rank`, a weight. Exact while the spans are few; else the middle of the bucket that it is in, within `bounds`, where the exact counters
 * of the thresholds say that it is.
 */
export function weightedAt(rank: number, cells: readonly Cell[], bounds: () => { readonly from: number; readonly to: number }): Estimate {
  const units = rank * weightUnit
  const count = cells.reduce((sum, cell) => sum + cell.n, 0)
  if (count <= exactLimit && cells.every(hasPoints)) return { value: pointAt(units, cells), exact: true }
  const { from, to } = bounds()
  if (from === to) return { value: from, exact: true }
  const bucket = bucketAt(units, cells)
  return { value: (Math.max(bucketStart(bucket), from) + Math.min(bucketStart(bucket + 1), to)) / 2, exact: false }
}

function hasPoints({ durations }: Cell): boolean {
  return durations instanceof Values
}

function pointAt(units: number, cells: readonly Cell[]): number {
  const points: { readonly value: number; readonly weight: number }[] = []
  for (const cell of cells) eachValue(cell, (value, weight) => points.push({ value, weight }))
  points.sort((a, b) => a.value - b.value)
  let seen = 0
  for (const { value, weight } of points) {
    seen += weight
    if (seen >= units) return value
  }
  throw new RangeError(`weight ${units} of ${seen}`)
}

function eachValue({ durations, excess }: Cell, visit: (value: number, weight: number) => void): void {
  if (excess !== undefined && 'values' in excess.spread) {
    const { values, weights } = excess.spread
    values.forEach((value, i) => {
      visit(value, weights[i] as number)
    })
  } else if (durations instanceof Values) for (const value of durations.all) visit(value, weightUnit)
}

function bucketAt(units: number, cells: readonly Cell[]): number {
  const dense = new Float64Array(bucketCount)
  const add = (bucket: number, weight: number): void => {
    dense[bucket] = (dense[bucket] as number) + weight
  }
  for (const cell of cells) eachBucket(cell, add)
  let seen = 0
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    seen += dense[bucket] as number
    if (seen >= units) return bucket
  }
  throw new RangeError(`weight ${units} of ${seen}`)
}

function eachBucket(cell: Cell, visit: (bucket: number, weight: number) => void): void {
  const { durations, excess } = cell
  if (excess !== undefined && 'buckets' in excess.spread) {
    const { buckets, weights } = excess.spread
    buckets.forEach((bucket, i) => {
      visit(bucket, weights[i] as number)
    })
  } else if (durations instanceof Values) {
    const bucketing = new Bucketing()
    eachValue(cell, (value, weight) => visit(bucketing.bucketOf(value), weight))
  } else {
    const { buckets, counts } = durations
    buckets.forEach((bucket, i) => {
      visit(bucket, (counts[i] as number) * weightUnit)
    })
  }
}
