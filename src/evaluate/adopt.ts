/** A reload: closed cells of an equal selector, counted against other thresholds than before. */
import { type Cell, Values } from './cell.ts'
import { bucketStart } from './sketch.ts'
import { lowerBound, slotOf } from './thresholds.ts'
import { type Excess, weightUnit } from './weights.ts'

/**
 * The cell with the slots of `to` in place of those of `from`. Exact for thresholds that were counted and for ticks with few spans; else a new
 * threshold is placed by the sketch, within its error, until the ticks from before the reload have left the window.
 */
export function recount(cell: Cell, from: Float64Array, to: Float64Array): Cell {
  if (from.length === to.length && from.every((threshold, i) => threshold === to[i])) return cell
  const filtered = new Map([...cell.filtered].map(([key, inner]) => [key, recount(inner, from, to)]))
  const slots = slotsOf(plainOf(cell), from, to)
  const { excess } = cell
  if (excess === undefined) return { ...cell, slots, filtered }
  const whole = slotsOf(weighedOf(cell, excess), from, to)
  return { ...cell, slots, filtered, excess: { ...excess, slots: whole.map((weight, i) => weight - (slots[i] as number) * weightUnit) } }
}

/** What was counted, each span with what it counts for. */
interface Distribution {
  readonly total: number
  readonly slots: readonly number[]
  readonly of: { readonly values: Float64Array } | { readonly buckets: Uint16Array }
  /** Of the values, or in the buckets. */
  countAt(i: number): number
}

function plainOf({ n, slots, durations }: Cell): Distribution {
  if (durations instanceof Values) return { total: n, slots, of: { values: durations.all }, countAt: () => 1 }
  return { total: n, slots, of: durations, countAt: (i) => durations.counts[i] as number }
}

/** In units of weight. */
function weighedOf(cell: Cell, { spans, slots, spread }: Excess): Distribution {
  return {
    total: cell.n * weightUnit + spans,
    slots: slots.map((excess, i) => excess + (cell.slots[i] as number) * weightUnit),
    of: spread,
    countAt: (i) => spread.weights[i] as number,
  }
}

function slotsOf(counted: Distribution, from: Float64Array, to: Float64Array): readonly number[] {
  const slots = new Array<number>(2 * to.length + 1).fill(0)
  const { of, total } = counted
  if ('values' in of) {
    of.values.forEach((value, i) => {
      const slot = slotOf(to, value)
      slots[slot] = (slots[slot] as number) + counted.countAt(i)
    })
    return slots
  }
  let before = 0
  to.forEach((threshold, i) => {
    const { below, atMost } = countsAt(counted, of.buckets, from, threshold)
    slots[2 * i] = below - before
    slots[2 * i + 1] = atMost - below
    before = atMost
  })
  slots[2 * to.length] = total - before
  return slots
}

function countsAt(counted: Distribution, buckets: Uint16Array, from: Float64Array, threshold: number): { readonly below: number; readonly atMost: number } {
  const at = lowerBound(from, threshold)
  const upTo = (slot: number): number => counted.slots.slice(0, slot).reduce((sum, count) => sum + count, 0)
  if (from[at] === threshold) return { below: upTo(2 * at + 1), atMost: upTo(2 * at + 2) }
  let estimate = 0
  buckets.forEach((bucket, i) => {
    if ((bucketStart(bucket) + bucketStart(bucket + 1)) / 2 < threshold) estimate += counted.countAt(i)
  })
  // The neighbours that were counted exactly bound it.
  const clamped = Math.min(Math.max(estimate, upTo(2 * at)), upTo(2 * at + 1))
  return { below: clamped, atMost: clamped }
}
