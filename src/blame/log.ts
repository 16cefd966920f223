/** Decided traces, kept as columns for as long as they may be compared. */
import type { AssembledSpans, Dictionary, Nanos } from '../spans/index.ts'

export const noRow = -1
export const clientKind = 3
const producerKind = 4
export const consumerKind = 5

/** Half open, by the start of the trace. */
export interface Window {
  readonly from: Nanos
  readonly to: Nanos
}

/** Rows are spans; those of a trace lie together, parents anywhere among them. Times are nanoseconds. */
export class TraceLog {
  readonly dictionary: Dictionary
  spans = 0
  traces = 0
  trace = new Uint32Array(1024)
  /** Whose time the span's own time is: the service's that sent it, or the peer's that it called and that sends no spans itself. */
  service = new Uint32Array(1024)
  /** Of the call to a peer the service that made it; 0 of all other spans. */
  calling = new Uint32Array(1024)
  operation = new Uint32Array(1024)
  kind = new Uint8Array(1024)
  error = new Uint8Array(1024)
  parent = new Int32Array(1024)
  start = new Float64Array(1024)
  duration = new Float64Array(1024)
  self = new Float64Array(1024)
  /** NaN where no caller's span is known. */
  seen = new Float64Array(1024)
  gap = new Float64Array(1024)
  critical = new Float64Array(1024)
  /** By trace. */
  firstRow = new Uint32Array(256)
  /** The trace's earliest start. */
  begin = new Float64Array(256)
  /** Length of the critical path. */
  path = new Float64Array(256)
  /** For how many traces it stands: 1 where all are kept, 0 where it is only to be shown. */
  weight = new Float64Array(256)
  /** Row of the root, or of the first span without its parent; `noRow` for what came after its trace was decided, which counts as no trace. */
  root = new Int32Array(256)
  #ids = new Uint8Array(256 * 16)
  /** Ids of all traces, a character a byte. */
  readonly #known = new Set<string>()

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary
  }

  /** Takes the traces that began within one of the windows, or all. */
  add(decided: AssembledSpans, windows?: readonly Window[]): void {
    const { spans, traceStart } = decided
    for (let first = 0; first < spans.length; ) {
      let end = first + 1
      while (end < spans.length && traceStart[end] === first) end++
      const begin = earliest(decided, first, end)
      if (windows === undefined || windows.some(({ from, to }) => begin >= from && begin < to)) this.take(decided, first, end)
      first = end
    }
  }

  /** Forgets the oldest traces, up to the first that began at `time` or later: a log of live traces stays as long as its windows. */
  dropBefore(time: Nanos): void {
    let gone = 0
    while (gone < this.traces && (this.begin[gone] as number) < time) gone++
    this.dropFirst(gone)
  }

  /** Forgets so many of the traces that were taken first. */
  dropFirst(gone: number): void {
    if (gone === 0) return
    for (let trace = 0; trace < gone; trace++) this.#known.delete(String.fromCharCode(...this.#ids.subarray(trace * 16, trace * 16 + 16)))
    const rows = this.endOf(gone - 1)
    for (const column of this.#spanColumns()) column.copyWithin(0, rows, this.spans)
    for (const column of [this.firstRow, this.begin, this.path, this.weight, this.root]) column.copyWithin(0, gone, this.traces)
    this.#ids.copyWithin(0, gone * 16, this.traces * 16)
    this.spans -= rows
    this.traces -= gone
    for (let row = 0; row < this.spans; row++) {
      this.trace[row] = (this.trace[row] as number) - gone
      if (this.parent[row] !== noRow) this.parent[row] = (this.parent[row] as number) - rows
    }
    for (let trace = 0; trace < this.traces; trace++) {
      this.firstRow[trace] = (this.firstRow[trace] as number) - rows
      if (this.root[trace] !== noRow) this.root[trace] = (this.root[trace] as number) - rows
    }
  }

  #spanColumns(): (Uint8Array | Uint32Array | Int32Array | Float64Array)[] {
    const { trace, service, calling, operation, kind, error, parent, start, duration, self, seen, gap, critical } = this
    return [trace, service, calling, operation, kind, error, parent, start, duration, self, seen, gap, critical]
  }

  /** Rows [first, end) of a trace. */
  endOf(trace: number): number {
    return trace + 1 < this.traces ? (this.firstRow[trace + 1] as number) : this.spans
  }

  /** Hex. */
  idOf(trace: number): string {
    return Buffer.from(this.#ids.buffer, trace * 16, 16).toString('hex')
  }

  /** The last trace with an id in hex, as an index; undefined where there is none. */
  find(id: string): number | undefined {
    const wanted = Buffer.from(id, 'hex')
    if (wanted.length !== 16) return undefined
    for (let trace = this.traces - 1; trace >= 0; trace--) if (wanted.compare(this.#ids, trace * 16, trace * 16 + 16) === 0) return trace
    return undefined
  }

  /** Service of the caller whose span saw this one, or is this one; the service itself where there is none. */
  callerOf(row: number): number {
    if (this.isPeer(row)) return this.calling[row] as number
    const parent = this.parent[row] as number
    return (parent === noRow || Number.isNaN(this.seen[row] as number) ? this.service[row] : this.service[parent]) as number
  }

  /** The span is a call that nobody answered: all that is known of what a peer did. */
  isPeer(row: number): boolean {
    return this.calling[row] !== 0
  }

  /** The span is a caller's half of a call, not work of its own. */
  isCall(row: number): boolean {
    return this.kind[row] === clientKind || this.kind[row] === producerKind
  }

  /** Takes one trace: the rows [first, end). `weight`: for how many traces it stands. */
  take(decided: AssembledSpans, first: number, end: number, weight = decided.weight[first] as number): void {
    const { spans, parent } = decided
    this.#reserve(this.spans + end - first)
    const trace = this.traces++
    const base = this.spans
    this.firstRow[trace] = base
    this.begin[trace] = earliest(decided, first, end)
    this.path[trace] = 0
    this.weight[trace] = weight
    this.root[trace] = noRow
    const id = spans.traceId.subarray(first * 16, first * 16 + 16)
    this.#ids.set(id, trace * 16)
    const key = String.fromCharCode(...id)
    const isLater = this.#known.has(key)
    this.#known.add(key)
    let orphan = noRow
    for (let from = first; from < end; from++) {
      const row = this.spans++
      const above = parent[from] as number
      this.trace[row] = trace
      const peer = decided.peer[from] as number
      this.service[row] = peer === 0 ? (spans.service[from] as number) : peer
      this.calling[row] = peer === 0 ? 0 : (spans.service[from] as number)
      this.operation[row] = spans.operation[from] as number
      this.kind[row] = spans.kind[from] as number
      this.error[row] = spans.status[from] === 2 ? 1 : 0
      this.parent[row] = above < 0 ? noRow : above - first + base
      this.start[row] = spans.startOf(from)
      this.duration[row] = spans.duration[from] as number
      this.self[row] = decided.self[from] as number
      this.seen[row] = decided.seen[from] as number
      this.gap[row] = decided.gap[from] as number
      this.critical[row] = decided.critical[from] as number
      this.path[trace] = (this.path[trace] as number) + (decided.critical[from] as number)
      if (above >= 0 || isLater) continue
      if (orphan === noRow) orphan = row
      if (this.root[trace] === noRow && isZero(spans.parentSpanId, from * 8, 8)) this.root[trace] = row
    }
    // Callers that are not instrumented send the ids of spans that nobody records.
    if (this.root[trace] === noRow) this.root[trace] = orphan
  }

  #reserve(rows: number): void {
    if (rows > this.duration.length) {
      const capacity = Math.max(rows, this.duration.length * 2)
      this.trace = grown(this.trace, capacity)
      this.service = grown(this.service, capacity)
      this.calling = grown(this.calling, capacity)
      this.operation = grown(this.operation, capacity)
      this.kind = grown(this.kind, capacity)
      this.error = grown(this.error, capacity)
      this.parent = grown(this.parent, capacity)
      this.start = grown(this.start, capacity)
      this.duration = grown(this.duration, capacity)
      this.self = grown(this.self, capacity)
      this.seen = grown(this.seen, capacity)
      this.gap = grown(this.gap, capacity)
      this.critical = grown(this.critical, capacity)
    }
    if (this.traces === this.firstRow.length) {
      const capacity = this.traces * 2
      this.firstRow = grown(this.firstRow, capacity)
      this.begin = grown(this.begin, capacity)
      this.path = grown(this.path, capacity)
      this.weight = grown(this.weight, capacity)
      this.root = grown(this.root, capacity)
      this.#ids = grown(this.#ids, capacity * 16)
    }
  }
}

function earliest({ spans }: AssembledSpans, first: number, end: number): Nanos {
  let begin = Number.POSITIVE_INFINITY
  for (let row = first; row < end; row++) begin = Math.min(begin, spans.startOf(row))
  return begin
}

function isZero(bytes: Uint8Array, from: number, length: number): boolean {
  for (let i = from; i < from + length; i++) if (bytes[i] !== 0) return false
  return true
}

function grown<T extends Uint8Array | Int32Array | Uint32Array | Float64Array>(old: T, capacity: number): T {
  const bigger = new (old.constructor as new (length: number) => T)(capacity)
  bigger.set(old as never)
  return bigger
}
