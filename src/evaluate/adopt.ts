/** A reload: closed cells of an equal selector, counted against other thresholds than before. */
import { type Cell, Values } from './cell.ts'
import { bucketStart, type SparseSketch } from './sketch.ts'
import { lowerBound, slotOf } from './thresholds.ts'

/**
 * The cell with the slots of `to` in place of those of `from`. Exact for thresholds that were counted and for ticks with few spans; else a new
 * threshold is placed by the sketch, within its error, until the ticks from before the reload have left the window.
 */
export function recount(cell: Cell, from: Float64Array, to: Float64Array): Cell {
  if (from.length === to.length && from.every((threshold, i) => threshold === to[i])) return cell
  const filtered = new Map([...cell.filtered].map(([key, inner]) => [key, recount(inner, from, to)]))
  return { ...cell, slots: slotsOf(cell, from, to), filtered }
}

function slotsOf(cell: Cell, from: Float64Array, to: Float64Array): readonly number[] {
  const slots = new Array<number>(2 * to.length + 1).fill(0)
  const { durations } = cell
  if (durations instanceof Values) {
    for (const value of durations.all) {
      const slot = slotOf(to, value)
      slots[slot] = (slots[slot] as number) + 1
    }
    return slots
  }
  let before = 0
  to.forEach((threshold, i) => {
    const { below, atMost } = countsAt(cell, durations, from, threshold)
    slots[2 * i] = below - before
    slots[2 * i + 1] = atMost - below
    before = atMost
  })
  slots[2 * to.length] = cell.n - before
  return slots
}

function countsAt(cell: Cell, sketch: SparseSketch, from: Float64Array, threshold: number): { readonly below: number; readonly atMost: number } {
  const at = lowerBound(from, threshold)
  const upTo = (slot: number): number => cell.slots.slice(0, slot).reduce((sum, count) => sum + count, 0)
  if (from[at] === threshold) return { below: upTo(2 * at + 1), atMost: upTo(2 * at + 2) }
  let estimate = 0
  sketch.buckets.forEach((bucket, i) => {
    if ((bucketStart(bucket) + bucketStart(bucket + 1)) / 2 < threshold) estimate += sketch.counts[i] as number
  })
  // The neighbours that were counted exactly bound it.
  const clamped = Math.min(Math.max(estimate, upTo(2 * at)), upTo(2 * at + 1))
  return { below: clamped, atMost: clamped }
}
