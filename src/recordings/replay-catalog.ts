/** What a recording holds: services, operations and the kinds of their spans, its first start and its last end. */
import type { Dictionary, Nanos, SpanTable } from '../spans/index.ts'

export interface SeenOperation {
  readonly service: string
  readonly operation: string
  /** OTLP span kinds, as a bit set. */
  readonly kinds: number
}

const longestNs = 86_400e9

export class RecordingCatalog {
  spans = 0
  start: Nanos = Number.POSITIVE_INFINITY
  end: Nanos = Number.NEGATIVE_INFINITY
  #dictionary: Dictionary | undefined
  /** By service code, then by operation code: the kinds seen. */
  readonly #kinds: (Uint8Array | undefined)[] = []

  /** All tables must share one dictionary. */
  observe(table: SpanTable): void {
    this.#dictionary = table.dictionary
    this.spans += table.length
    const { service, operation, kind, duration } = table
    // A million spans a second pass here: bytes indexed by code, and only the high word of the times until it matters.
    for (let row = 0; row < table.length; row++) {
      const code = service[row] as number
      const name = operation[row] as number
      let seen = this.#kinds[code]
      if (seen === undefined || name >= seen.length) seen = this.#grow(code, name)
      seen[name] = (seen[name] as number) | (1 << (kind[row] as number))
      const end = table.endOf(row)
      if (end > this.end) this.end = end
      // A span of more than a day has no start worth believing; most often its clock was not set.
      const lasted = duration[row] as number
      const start = lasted < longestNs ? end - lasted : end
      if (start < this.start) this.start = start
    }
  }

  /** Sorted by service and operation. */
  operations(): readonly SeenOperation[] {
    const dictionary = this.#dictionary
    if (dictionary === undefined) return []
    const all: SeenOperation[] = []
    this.#kinds.forEach((operations, service) => {
      operations?.forEach((kinds, operation) => {
        if (kinds !== 0) all.push({ service: dictionary.text(service), operation: dictionary.text(operation), kinds })
      })
    })
    const key = ({ service, operation }: SeenOperation): string => `${service}\0${operation}`
    return all.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  #grow(service: number, operation: number): Uint8Array {
    const bigger = new Uint8Array(Math.max(64, 2 ** Math.ceil(Math.log2(operation + 1))))
    bigger.set(this.#kinds[service] ?? [])
    this.#kinds[service] = bigger
    return bigger
  }
}
