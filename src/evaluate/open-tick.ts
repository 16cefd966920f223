/**
 * A tick that is not evaluated yet: the matched spans that ended in it, as columns, and per series a chain through
 * them. Nothing is counted before the tick is closed, because only then it is known which evidence epochs apply; and
 * since everything that is computed from it is a function of the *set* of spans, arrival order cannot show.
 */
import { type Nanos, nanosOf, type SpanTable } from '../spans/index.ts'
import type { TickRows } from './cell.ts'

/** A table's ids as words of 32 bits. */
export interface IdWords {
  readonly trace: Uint32Array
  readonly span: Uint32Array
}

export class OpenTick implements TickRows {
  start: Nanos = 0
  end: Nanos = 0
  /** Greatest end of the spans of any kind; 0 while there are none. */
  lastEnd: Nanos = 0
  rows = 0
  duration = new Float64Array(64)
  startTime = new Float64Array(64)
  endTime = new Float64Array(64)
  status = new Uint8Array(64)
  /** Four words a row. */
  traceId = new Uint32Array(256)
  /** Two words a row. */
  #spanId = new Uint32Array(128)
  /** 1: a CLIENT or PRODUCER span. Zipkin's tracers give the two sides of a call one id; they are two spans. */
  #call = new Uint8Array(64)
  /** The rows by their ids, open addressing: row + 1 (0: free) and hash a slot. The ids themselves are in the columns. */
  #slots = new Uint32Array(256)
  /** Series that have spans here, in no order. */
  readonly touched: number[] = []
  #entries = 0
  #row = new Uint32Array(64)
  #previous = new Int32Array(64)
  readonly #heads: Int32Array

  constructor(series: number) {
    this.#heads = new Int32Array(series).fill(-1)
  }

  /** Empties the tick for another stretch of time. */
  reuse(start: Nanos, end: Nanos): void {
    this.start = start
    this.end = end
    this.lastEnd = 0
    this.rows = 0
    this.#entries = 0
    for (const series of this.touched) this.#heads[series] = -1
    this.touched.length = 0
    this.#slots.fill(0)
  }

  /** Keeps row `at` of the table and returns its number here, or −1 if the span is here already. */
  keep(table: SpanTable, at: number, end: Nanos, ids: IdWords, call: 0 | 1): number {
    const { rows: row } = this
    if (row === this.duration.length) this.#growRows()
    this.traceId[row * 4] = ids.trace[at * 4] as number
    this.traceId[row * 4 + 1] = ids.trace[at * 4 + 1] as number
    this.traceId[row * 4 + 2] = ids.trace[at * 4 + 2] as number
    this.traceId[row * 4 + 3] = ids.trace[at * 4 + 3] as number
    this.#spanId[row * 2] = ids.span[at * 2] as number
    this.#spanId[row * 2 + 1] = ids.span[at * 2 + 1] as number
    this.#call[row] = call
    if (!this.#isNew(row)) return -1
    this.duration[row] = table.duration[at] as number
    this.startTime[row] = nanosOf(table.startTime, at)
    this.endTime[row] = end
    this.status[row] = table.status[at] as number
    return this.rows++
  }

  /** Keeps row `at` of another open tick. */
  copy(other: OpenTick, at: number): number {
    const row = this.rows++
    if (row === this.duration.length) this.#growRows()
    this.traceId.set(other.traceId.subarray(at * 4, at * 4 + 4), row * 4)
    this.#spanId.set(other.#spanId.subarray(at * 2, at * 2 + 2), row * 2)
    this.#call[row] = other.#call[at] as number
    this.#isNew(row)
    this.duration[row] = other.duration[at] as number
    this.startTime[row] = other.startTime[at] as number
    this.endTime[row] = other.endTime[at] as number
    this.status[row] = other.status[at] as number
    return row
  }

  /** Notes the ids of `row`, which are in the columns; false if another row has them. */
  #isNew(row: number): boolean {
    const hash = this.#hashOf(row)
    const slots = this.#slots
    const mask = (slots.length >> 1) - 1
    let slot = hash & mask
    for (let mark = slots[slot * 2] as number; mark !== 0; mark = slots[slot * 2] as number) {
      if (slots[slot * 2 + 1] === hash && this.#sameIds(mark - 1, row)) return false
      slot = (slot + 1) & mask
    }
    slots[slot * 2] = row + 1
    slots[slot * 2 + 1] = hash
    if (row * 2 > mask) this.#growSlots()
    return true
  }

  /** Ids are random in the main, but some generators count: every word is mixed. */
  #hashOf(row: number): number {
    const { traceId } = this
    const t = row * 4
    let hash = Math.imul((traceId[t] as number) ^ (traceId[t + 2] as number), 0x9e3779b1)
    hash ^= Math.imul((traceId[t + 1] as number) ^ (traceId[t + 3] as number), 0x85ebca77)
    hash ^= Math.imul(this.#spanId[row * 2] as number, 0xc2b2ae3d) ^ Math.imul(this.#spanId[row * 2 + 1] as number, 0x27d4eb2f)
    hash = Math.imul(hash ^ (hash >>> 15) ^ (this.#call[row] as number), 0x2c1b3c6d)
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
    return (hash ^ (hash >>> 15)) >>> 0
  }

  #sameIds(a: number, b: number): boolean {
    for (let word = 0; word < 4; word++) if (this.traceId[a * 4 + word] !== this.traceId[b * 4 + word]) return false
    return this.#spanId[a * 2] === this.#spanId[b * 2] && this.#spanId[a * 2 + 1] === this.#spanId[b * 2 + 1] && this.#call[a] === this.#call[b]
  }

  #growSlots(): void {
    const old = this.#slots
    const slots = new Uint32Array(old.length * 2)
    const mask = (slots.length >> 1) - 1
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue
      let slot = (old[at + 1] as number) & mask
      while (slots[slot * 2] !== 0) slot = (slot + 1) & mask
      slots[slot * 2] = old[at] as number
      slots[slot * 2 + 1] = old[at + 1] as number
    }
    this.#slots = slots
  }

  /** Says that a kept row belongs to a series. */
  link(series: number, row: number): void {
    const entry = this.#entries++
    if (entry === this.#row.length) {
      this.#row = doubled(this.#row, Uint32Array)
      this.#previous = doubled(this.#previous, Int32Array)
    }
    const head = this.#heads[series] as number
    if (head < 0) this.touched.push(series)
    this.#row[entry] = row
    this.#previous[entry] = head
    this.#heads[series] = entry
  }

  rowsOf(series: number, into: Uint32Array): { readonly rows: Uint32Array; readonly count: number } {
    let rows = into
    let count = 0
    for (let entry = this.#heads[series] as number; entry >= 0; entry = this.#previous[entry] as number) {
      if (count === rows.length) rows = doubled(rows, Uint32Array)
      rows[count++] = this.#row[entry] as number
    }
    return { rows, count }
  }

  #growRows(): void {
    this.duration = doubled(this.duration, Float64Array)
    this.startTime = doubled(this.startTime, Float64Array)
    this.endTime = doubled(this.endTime, Float64Array)
    this.status = doubled(this.status, Uint8Array)
    this.traceId = doubled(this.traceId, Uint32Array)
    this.#spanId = doubled(this.#spanId, Uint32Array)
    this.#call = doubled(this.#call, Uint8Array)
  }
}

function doubled<T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(old: T, make: new (length: number) => T): T {
  const bigger = new make(old.length * 2)
  bigger.set(old as never)
  return bigger
}

/** The bytes as words of 32 bits, without copying where they lie well. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2)
}
