/** Rows in an order of their own, in place, without an object a row. */

/** Up to so many rows insertion beats merging. */
const run = 12

/**
 * Sorts `order[from, to)` by `compare`: insertion sort of short runs, then merging from the bottom up, so that no input makes it quadratic. Stable.
 * `spare` is at least as long as `order`.
 */
export function sortRows(order: Int32Array, from: number, to: number, spare: Int32Array, compare: (a: number, b: number) => number): void {
  for (let start = from; start < to; start += run) insertionSort(order, start, Math.min(to, start + run), compare)
  let source = order
  let target = spare
  for (let width = run; width < to - from; width *= 2) {
    for (let start = from; start < to; start += 2 * width) {
      merge(source, target, start, Math.min(to, start + width), Math.min(to, start + 2 * width), compare)
    }
    ;[source, target] = [target, source]
  }
  if (source !== order) order.set(source.subarray(from, to), from)
}

function insertionSort(order: Int32Array, from: number, to: number, compare: (a: number, b: number) => number): void {
  for (let i = from + 1; i < to; i++) {
    const row = order[i] as number
    let j = i
    for (; j > from && compare(order[j - 1] as number, row) > 0; j--) order[j] = order[j - 1] as number
    order[j] = row
  }
}

function merge(source: Int32Array, target: Int32Array, from: number, middle: number, to: number, compare: (a: number, b: number) => number): void {
  let left = from
  let right = middle
  for (let i = from; i < to; i++) {
    const takeLeft = left < middle && (right >= to || compare(source[left] as number, source[right] as number) <= 0)
    target[i] = (takeLeft ? source[left++] : source[right++]) as number
  }
}
