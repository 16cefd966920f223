/**
 * A tick that is not evaluated yet: the matched spans that ended in it, as columns, and per series a chain through
 * them. Nothing is counted before the tick is closed, because only then it is known which evidence epochs apply; and
 * since everything that is computed from it is a function of the *set* of spans, arrival order cannot show.
 */
import { type Nanos, nanosOf, SpanIdSet, type SpanTable } from '../spans/index.ts'

export class OpenTick {
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
  /** Ids of the matched spans, those of calls apart: Zipkin's tracers give the two sides of a call one id. */
  readonly #ids = new SpanIdSet()
  #callIds: SpanIdSet | undefined
  /** Ticks from before a reload. */
  readonly #elders: OpenTick[] = []
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
    this.#ids.clear()
    this.#callIds?.clear()
    this.#elders.length = 0
  }

  /** Notes the ids of row `at` of the table; false if they are here already. `call`: a CLIENT or PRODUCER span. */
  isNew(table: SpanTable, at: number, call: boolean): boolean {
    for (const elder of this.#elders) if (!elder.#note(table, at, call)) return false
    return this.#note(table, at, call)
  }

  /** Says that the spans of another tick, which overlaps this one, were seen already. */
  adoptIds(other: OpenTick): void {
    this.#elders.push(other)
  }

  #note(table: SpanTable, at: number, call: boolean): boolean {
    if (!call) return this.#ids.add(table, at)
    this.#callIds ??= new SpanIdSet()
    return this.#callIds.add(table, at)
  }

  /** Keeps row `at` of the table and returns its number here. `words` is the table's trace ids. */
  keep(table: SpanTable, at: number, end: Nanos, words: Uint32Array): number {
    const row = this.rows++
    if (row === this.duration.length) this.#growRows()
    this.duration[row] = table.duration[at] as number
    this.startTime[row] = nanosOf(table.startTime, at)
    this.endTime[row] = end
    this.status[row] = table.status[at] as number
    const to = row * 4
    const from = at * 4
    this.traceId[to] = words[from] as number
    this.traceId[to + 1] = words[from + 1] as number
    this.traceId[to + 2] = words[from + 2] as number
    this.traceId[to + 3] = words[from + 3] as number
    return row
  }

  /** Keeps row `at` of another open tick. */
  copy(other: OpenTick, at: number): number {
    const row = this.rows++
    if (row === this.duration.length) this.#growRows()
    this.duration[row] = other.duration[at] as number
    this.startTime[row] = other.startTime[at] as number
    this.endTime[row] = other.endTime[at] as number
    this.status[row] = other.status[at] as number
    for (let word = 0; word < 4; word++) this.traceId[row * 4 + word] = other.traceId[at * 4 + word] as number
    return row
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

  /** Writes the series' rows into `into`, growing it, and returns it with their number. */
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
  }
}

function doubled<T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(old: T, make: new (length: number) => T): T {
  const bigger = new make(old.length * 2)
  bigger.set(old as never)
  return bigger
}
