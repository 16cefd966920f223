/**
 * What a replay notes of its recording in passing: services, operations and the kinds of their spans, its first start and its last end.
 * `scalec catalog from-recording` reads one for everything that a catalog can say of it.
 */
import { type Catalog, type CatalogKind, type CatalogOperation, type CatalogService, catalogFormat } from '../language/index.ts'
import type { Dictionary, Nanos, SpanTable } from '../spans/index.ts'

/** By OTLP's numbers; a span without a kind is an internal one. */
export const catalogKinds: readonly CatalogKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer']

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

  /** Names and kinds, nothing else. */
  catalog(): Catalog {
    const dictionary = this.#dictionary
    const services = this.#kinds.flatMap((operations, code) =>
      dictionary === undefined || operations === undefined ? [] : [serviceOf(dictionary, code, operations)],
    )
    return { format: catalogFormat, services: services.sort((a, b) => (a.name < b.name ? -1 : 1)), workloads: [] }
  }

  #grow(service: number, operation: number): Uint8Array {
    const bigger = new Uint8Array(Math.max(64, 2 ** Math.ceil(Math.log2(operation + 1))))
    bigger.set(this.#kinds[service] ?? [])
    this.#kinds[service] = bigger
    return bigger
  }
}

function serviceOf(dictionary: Dictionary, code: number, operations: Uint8Array): CatalogService {
  const found = [...operations.entries()].flatMap(([operation, bits]) => {
    const kinds = new Set(catalogKinds.filter((_, kind) => (bits & (1 << kind)) !== 0))
    return [...kinds].map((kind): CatalogOperation => ({ name: dictionary.text(operation), kind }))
  })
  const key = ({ name, kind }: CatalogOperation): string => `${name}\0${kind}`
  return { name: dictionary.text(code), operations: found.sort((a, b) => (key(a) < key(b) ? -1 : 1)), attributes: [] }
}
