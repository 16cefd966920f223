/**
 * Counting against many thresholds at once: the sorted thresholds t0 < t1 < … cut the line into 2m + 1 slots, (…, t0), {t0}, (t0, t1), {t1}, …;
 * a value costs one binary search, and every "below", "at most", "above" of every threshold is a prefix sum.
 */

/** The slot of `value`. */
export function slotOf(thresholds: Float64Array, value: number): number {
  const at = lowerBound(thresholds, value)
  return thresholds[at] === value ? 2 * at + 1 : 2 * at
}

/** Values that a slot admits: `from` and `to`, both excluded unless they are equal. */
export function slotBounds(thresholds: Float64Array, slot: number): { readonly from: number; readonly to: number } {
  const at = slot >> 1
  if (slot % 2 === 1) return { from: thresholds[at] as number, to: thresholds[at] as number }
  return { from: thresholds[at - 1] ?? 0, to: thresholds[at] ?? Number.POSITIVE_INFINITY }
}

/** Index of the first threshold ≥ `value`. */
export function lowerBound(thresholds: Float64Array, value: number): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((thresholds[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
