/** The traces that show a value best: those with the greatest durations, at most five, each trace once. */

export const exemplarLimit = 5

const none: readonly Exemplar[] = []

export class Exemplar {
  readonly value: number
  readonly #ids: Uint32Array
  readonly #at: number
  #hex: string | undefined

  /** `at` counts ids of four words. */
  constructor(value: number, ids: Uint32Array, at: number) {
    this.value = value
    this.#ids = ids
    this.#at = at
  }

  /** Hex, made when it is first read: most exemplars never are. */
  get traceId(): string {
    this.#hex ??= hexOf(this.#ids, this.#at)
    return this.#hex
  }
}

/**
 * Collects the rows of the greatest values while a tick is closed; equal values are ordered by trace id, and a trace
 * with several spans counts with its greatest, so that the result does not depend on the order of the rows.
 */
export class WorstRows {
  #count = 0
  readonly #rows = new Uint32Array(exemplarLimit)
  /** A value below it cannot enter. */
  floor = Number.NEGATIVE_INFINITY

  clear(): void {
    this.#count = 0
    this.floor = Number.NEGATIVE_INFINITY
  }

  /** Call it only for values ≥ `floor`. */
  offer(row: number, values: Float64Array, ids: Uint32Array): void {
    const rows = this.#rows
    let end = this.#count
    for (let i = 0; i < end; i++) {
      if (!sameId(ids, rows[i] as number, row)) continue
      if ((values[rows[i] as number] as number) >= (values[row] as number)) return
      rows.copyWithin(i, i + 1, end)
      end--
      break
    }
    let at = end
    while (at > 0 && precedes(row, rows[at - 1] as number, values, ids)) at--
    if (at === exemplarLimit) return
    if (end === exemplarLimit) end--
    rows.copyWithin(at + 1, at, end)
    rows[at] = row
    this.#count = end + 1
    if (this.#count === exemplarLimit) this.floor = values[rows[exemplarLimit - 1] as number] as number
  }

  take(values: Float64Array, ids: Uint32Array): readonly Exemplar[] {
    if (this.#count === 0) return none
    const found: Exemplar[] = []
    // One small copy: the ids of a closed tick are overwritten.
    const kept = new Uint32Array(4 * this.#count)
    for (let i = 0; i < this.#count; i++) {
      const row = this.#rows[i] as number
      for (let word = 0; word < 4; word++) kept[4 * i + word] = ids[4 * row + word] as number
      found.push(new Exemplar(values[row] as number, kept, i))
    }
    return found
  }
}

/** The worst of several lists, each of which is in order. */
export function mergeExemplars(lists: readonly (readonly Exemplar[])[]): readonly Exemplar[] {
  if (lists.length <= 1) return lists[0] ?? none
  const next = new Uint8Array(lists.length)
  const worst: Exemplar[] = []
  while (worst.length < exemplarLimit) {
    let from = -1
    let best: Exemplar | undefined
    for (let i = 0; i < lists.length; i++) {
      const head = lists[i]?.[next[i] as number]
      if (head === undefined || (best !== undefined && !isWorse(head, best))) continue
      best = head
      from = i
    }
    if (best === undefined) break
    next[from] = (next[from] as number) + 1
    const { traceId } = best
    if (!worst.some((known) => known.traceId === traceId)) worst.push(best)
  }
  return worst
}

function isWorse(a: Exemplar, b: Exemplar): boolean {
  return a.value === b.value ? a.traceId < b.traceId : a.value > b.value
}

function precedes(a: number, b: number, values: Float64Array, ids: Uint32Array): boolean {
  const difference = (values[a] as number) - (values[b] as number)
  return difference === 0 ? idPrecedes(ids, a, b) : difference > 0
}

/** By their bytes, as their hex would be ordered. Steady loads have many equal values, so no text is made here. */
function idPrecedes(ids: Uint32Array, a: number, b: number): boolean {
  for (let word = 0; word < 4; word++) {
    const x = ids[a * 4 + word] as number
    const y = ids[b * 4 + word] as number
    if (x !== y) return firstByteFirst(x) < firstByteFirst(y)
  }
  return false
}

/** Words are little-endian. */
function firstByteFirst(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}

function sameId(ids: Uint32Array, a: number, b: number): boolean {
  return ids[a * 4] === ids[b * 4] && ids[a * 4 + 1] === ids[b * 4 + 1] && ids[a * 4 + 2] === ids[b * 4 + 2] && ids[a * 4 + 3] === ids[b * 4 + 3]
}

/** The id in the four words of a row. */
export function hexOf(ids: Uint32Array, row: number): string {
  return Buffer.from(ids.buffer, ids.byteOffset + row * 16, 16).toString('hex')
}
