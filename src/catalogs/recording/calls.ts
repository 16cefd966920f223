/**
 * Which operations of other services are called below an operation: a span whose parent, in the same trace, is another service's is a
 * call of that parent, and of the parent's own ancestors within its service (the SERVER span around the CLIENT span). Traces are kept
 * until there are too many spans, the oldest are looked at first; what comes later for them is not connected any more.
 */
import { type Nanos, nanosOf, type SpanTable } from '../../spans/index.ts'
import { notCounted, type Operations } from './operations.ts'

interface Trace {
  readonly spans: string[]
  readonly parents: string[]
  readonly operations: number[]
  /** Greatest end of its spans. */
  end: Nanos
}

export interface CallLimits {
  /** Spans of traces that are kept for their connections. */
  readonly spans: number
  /** Operations called by one. */
  readonly calls: number
}

const noParent = '0000000000000000'
/** A trace without a new span for so long is complete. */
const quietNs = 30e9

export class Calls {
  readonly #operations: Operations
  readonly #limits: CallLimits
  readonly #traces = new Map<string, Trace>()
  readonly #called = new Map<number, Set<number>>()
  #spans = 0
  #latest: Nanos = 0
  /** Traces that had to be looked at while spans of theirs could still come: some of their calls may be missing. */
  early = 0
  /** Whether some operation calls more than the limit. */
  capped = false

  constructor(operations: Operations, limits: CallLimits) {
    this.#operations = operations
    this.#limits = limits
  }

  /** `ids` has the operation of each row. */
  observe(table: SpanTable, ids: Uint32Array): void {
    for (let row = 0; row < table.length; row++) {
      if (ids[row] === notCounted) continue
      const key = table.traceIdOf(row)
      let trace = this.#traces.get(key)
      if (trace === undefined) {
        trace = { spans: [], parents: [], operations: [], end: 0 }
        this.#traces.set(key, trace)
      }
      trace.spans.push(table.spanIdOf(row))
      trace.parents.push(table.parentSpanIdOf(row))
      trace.operations.push(ids[row] as number)
      this.#spans++
      trace.end = Math.max(trace.end, nanosOf(table.endTime, row))
      if (trace.end > this.#latest) this.#latest = trace.end
    }
    for (const [key, trace] of this.#traces) {
      if (this.#spans <= this.#limits.spans) break
      this.#connect(trace)
      this.#traces.delete(key)
      this.#spans -= trace.spans.length
      if (this.#latest - trace.end < quietNs) this.early++
    }
  }

  /** Once everything has been observed. */
  finish(): void {
    for (const trace of this.#traces.values()) this.#connect(trace)
    this.#traces.clear()
    this.#spans = 0
  }

  /** `service/operation` of what the operation calls, each once. */
  of(id: number): readonly string[] {
    return [...new Set([...(this.#called.get(id) ?? [])].map((called) => this.#operations.nameOf(called)))].sort()
  }

  #connect({ spans, parents, operations }: Trace): void {
    const rows = new Map(spans.map((id, row) => [id, row]))
    const parentOf = (row: number): number | undefined => (parents[row] === noParent ? undefined : rows.get(parents[row] as string))
    const serviceOf = (row: number): string => this.#operations.serviceOf(operations[row] as number)
    for (let row = 0; row < spans.length; row++) {
      let above = parentOf(row)
      if (above === undefined) continue
      const caller = serviceOf(above)
      if (caller === serviceOf(row)) continue
      // Broken ids may form a circle: no chain is longer than its trace.
      for (let left = spans.length; above !== undefined && left > 0 && serviceOf(above) === caller; left--) {
        this.#add(operations[above] as number, operations[row] as number)
        above = parentOf(above)
      }
    }
  }

  #add(caller: number, called: number): void {
    const known = this.#called.get(caller) ?? new Set()
    if (known.size >= this.#limits.calls && !known.has(called)) this.capped = true
    else known.add(called)
    this.#called.set(caller, known)
  }
}
