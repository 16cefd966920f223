/** The traces that show a value best: those with the greatest durations, at most five, each trace once. */

export const exemplarLimit = 5

export class Exemplar {
  readonly value: number
  readonly #id: Uint32Array
  #hex: string | undefined

  constructor(value: number, id: Uint32Array) {
    this.value = value
    this.#id = id
  }

  /** Hex, made when it is first read: most exemplars never are. */
  get traceId(): string {
    this.#hex ??= hexOf(this.#id, 0)
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
    const found: Exemplar[] = []
    for (let i = 0; i < this.#count; i++) {
      const row = this.#rows[i] as number
      found.push(new Exemplar(values[row] as number, ids.slice(row * 4, row * 4 + 4)))
    }
    return found
  }
}

/** The worst of several lists. */
export function mergeExemplars(lists: readonly (readonly Exemplar[])[]): readonly Exemplar[] {
  if (lists.length === 1) return lists[0] as readonly Exemplar[]
  if (lists.length === 0) return lists.flat()
  const all = lists.flat().sort((a, b) => b.value - a.value || (a.traceId < b.traceId ? -1 : 1))
  const seen = new Set<string>()
  const worst: Exemplar[] = []
  for (const exemplar of all) {
    if (seen.has(exemplar.traceId)) continue
    seen.add(exemplar.traceId)
    worst.push(exemplar)
    if (worst.length === exemplarLimit) break
  }
  return worst
}

function precedes(a: number, b: number, values: Float64Array, ids: Uint32Array): boolean {
  const difference = (values[a] as number) - (values[b] as number)
  return difference === 0 ? hexOf(ids, a) < hexOf(ids, b) : difference > 0
}

function sameId(ids: Uint32Array, a: number, b: number): boolean {
  return ids[a * 4] === ids[b * 4] && ids[a * 4 + 1] === ids[b * 4 + 1] && ids[a * 4 + 2] === ids[b * 4 + 2] && ids[a * 4 + 3] === ids[b * 4 + 3]
}

function hexOf(ids: Uint32Array, row: number): string {
  return Buffer.from(ids.buffer, ids.byteOffset + row * 16, 16).toString('hex')
}
