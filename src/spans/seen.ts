import type { SpanTable } from './table.ts'

/** Four of the trace id, two of the span id. */
const wordsPerSlot = 6

/**
 * The set of spans seen, by trace and span id, compared exactly. Open addressing over one block of words: adding
 * allocates nothing but when the set doubles, and clearing touches no slot.
 */
export class SpanIdSet {
  #size = 0
  #mask: number
  #keys: Uint32Array
  /** A slot is taken when its mark is the present generation. */
  #marks: Uint32Array
  #generation = 1

  /** Room for `expected` spans without growing. */
  constructor(expected = 512) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)))
    this.#mask = slots - 1
    this.#keys = new Uint32Array(slots * wordsPerSlot)
    this.#marks = new Uint32Array(slots)
  }

  get size(): number {
    return this.#size
  }

  /** Adds the ids of span `row`; false if they are there already. */
  add(table: SpanTable, row: number): boolean {
    const { traceId, spanId } = table
    const t = row * 16
    const s = row * 8
    const added = this.#insert(
      wordAt(traceId, t),
      wordAt(traceId, t + 4),
      wordAt(traceId, t + 8),
      wordAt(traceId, t + 12),
      wordAt(spanId, s),
      wordAt(spanId, s + 4),
    )
    if (added && ++this.#size * 2 > this.#mask) this.#double()
    return added
  }

  /** Forgets all; the memory is kept for the next use. */
  clear(): void {
    this.#size = 0
    this.#generation++
    if (this.#generation > 0xffffffff) {
      this.#marks.fill(0)
      this.#generation = 1
    }
  }

  #insert(a: number, b: number, c: number, d: number, e: number, f: number): boolean {
    const keys = this.#keys
    const marks = this.#marks
    let slot = hashOf(a ^ c, b ^ d, e, f) & this.#mask
    while (marks[slot] === this.#generation) {
      const k = slot * wordsPerSlot
      if (keys[k + 5] === f && keys[k + 4] === e && keys[k + 3] === d && keys[k + 2] === c && keys[k + 1] === b && keys[k] === a) return false
      slot = (slot + 1) & this.#mask
    }
    const k = slot * wordsPerSlot
    keys[k] = a
    keys[k + 1] = b
    keys[k + 2] = c
    keys[k + 3] = d
    keys[k + 4] = e
    keys[k + 5] = f
    marks[slot] = this.#generation
    return true
  }

  #double(): void {
    const keys = this.#keys
    const marks = this.#marks
    const slots = marks.length * 2
    this.#mask = slots - 1
    this.#keys = new Uint32Array(slots * wordsPerSlot)
    this.#marks = new Uint32Array(slots)
    const word = (i: number): number => keys[i] as number
    for (let slot = 0, k = 0; slot < marks.length; slot++, k += wordsPerSlot)
      if (marks[slot] === this.#generation) this.#insert(word(k), word(k + 1), word(k + 2), word(k + 3), word(k + 4), word(k + 5))
  }
}

/** Ids are random in the main, but some generators count: every word is mixed. */
function hashOf(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d) ^ Math.imul(d, 0x27d4eb2f)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return (h ^ (h >>> 15)) >>> 0
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0
}
