/** Who is called and sends no spans: by the calls of a recording that nobody answered, put together as rules see them. */
import type { CatalogService } from '../../language/index.ts'
import { type AssembledSpans, createAssembler, type Nanos, nanosOf, type SpanTable } from '../../spans/index.ts'
import { type OperationLimits, Operations } from './operations.ts'

/** How far a recording may be out of order, how long a trace may pause, and how long it may take. */
const latenessNs = 5e9
const idleNs = 30e9
const maxAgeNs = 600e9
/** Decided so often: closing costs a little each time. */
const everyNs = 5e9

export class Peers {
  readonly #assembler
  readonly #operations: Operations
  #latest: Nanos = 0
  #closed: Nanos = 0

  /** `spans`: of traces that are put together at a time. */
  constructor(limits: OperationLimits & { readonly spans: number }) {
    this.#operations = new Operations(limits)
    this.#assembler = createAssembler({ idleNs, maxAgeNs, maxSpans: limits.spans, maxSpansOfTrace: limits.spans })
  }

  /** The table has columns of `peerAttributes`. */
  observe(table: SpanTable): void {
    this.#assembler.add(table)
    for (let row = 0; row < table.length; row++) this.#latest = Math.max(this.#latest, nanosOf(table.endTime, row))
    if (this.#latest - latenessNs - this.#closed < everyNs) return
    this.#closed = this.#latest - latenessNs
    this.#count(this.#assembler.close(this.#closed))
  }

  /** Once everything has been observed. `seconds` is the time that was recorded. */
  services(seconds: number): readonly CatalogService[] {
    this.#count(this.#assembler.close(this.#latest, true))
    return [...this.#operations.byService(seconds, () => [])].map(([name, operations]) => ({
      ...{ name, peer: true as const, attributes: [] },
      operations: operations.map(({ calls: _, ...operation }) => operation),
    }))
  }

  #count({ spans, peer }: AssembledSpans): void {
    for (let row = 0; row < spans.length; row++) if (peer[row] !== 0) this.#operations.count(spans, row, peer[row] as number)
  }
}
