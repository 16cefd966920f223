/** Per service, operation and kind: how many spans, how many errors, how long. */
import { fractionOf } from '../../evaluate/index.ts'
import type { CatalogKind, CatalogOperation } from '../../language/index.ts'
import { catalogKinds } from '../../recordings/index.ts'
import type { SpanTable } from '../../spans/index.ts'
import { type Budget, Durations } from './durations.ts'

/** Of an operation that is not counted, because there were too many. */
export const notCounted = 0xffffffff

interface Tally {
  readonly service: string
  readonly name: string
  readonly kind: CatalogKind
  readonly durations: Durations
  errors: number
}

export interface OperationLimits {
  readonly operations: number
  /** Durations of one operation that are kept as they are. */
  readonly exact: number
  /** The same of all operations together. */
  readonly exactInAll: number
}

export class Operations {
  readonly #limits: OperationLimits
  readonly #budget: Budget
  readonly #tallies: Tally[] = []
  /** By codes of service and operation, and kind. */
  readonly #ids = new Map<number, number>()
  /** Spans of operations beyond the limit. */
  refused = 0

  constructor(limits: OperationLimits) {
    this.#limits = limits
    this.#budget = { values: limits.exactInAll }
  }

  /** Counts every span of the table; `ids` gets the operation of each row. All tables must share one dictionary. */
  observe(table: SpanTable, ids: Uint32Array): void {
    for (let row = 0; row < table.length; row++) ids[row] = this.count(table, row, table.service[row] as number)
  }

  /** Counts one span as the service's; returns its operation. */
  count(table: SpanTable, row: number, service: number): number {
    const code = Math.max(1, table.kind[row] as number)
    const id = this.#idOf(table, service, table.operation[row] as number, code)
    const tally = this.#tallies[id]
    if (tally === undefined) this.refused++
    else {
      tally.durations.add(table.duration[row] as number)
      if (table.status[row] === 2) tally.errors++
    }
    return id
  }

  serviceOf(id: number): string {
    return (this.#tallies[id] as Tally).service
  }

  /** `service/operation` */
  nameOf(id: number): string {
    const { service, name } = this.#tallies[id] as Tally
    return `${service}/${name}`
  }

  /** Whether any quantile is an estimate. */
  get estimated(): boolean {
    return this.#tallies.some(({ durations }) => !durations.exact)
  }

  /** Operations by service. `seconds` is the time that was recorded. */
  byService(seconds: number, callsOf: (id: number) => readonly string[]): ReadonlyMap<string, readonly CatalogOperation[]> {
    const services = new Map<string, CatalogOperation[]>()
    for (const [id, { service, name, kind, durations, errors }] of this.#tallies.entries()) {
      const list = services.get(service) ?? []
      services.set(service, list)
      const { count } = durations
      list.push({
        ...{ name, kind, rate: rounded(count / seconds), errorRate: rounded(errors / count) },
        ...{ p50: durations.quantile(half), p95: durations.quantile(most), p99: durations.quantile(nearlyAll), max: durations.max },
        calls: callsOf(id),
      })
    }
    return services
  }

  #idOf(table: SpanTable, service: number, operation: number, kind: number): number {
    // Codes are below 2^21, as the dictionary is bounded.
    const key = (service * 2097152 + operation) * 8 + kind
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    if (this.#tallies.length >= this.#limits.operations) return notCounted
    const id = this.#tallies.length
    this.#ids.set(key, id)
    this.#tallies.push({
      ...{ service: table.dictionary.text(service), name: table.dictionary.text(operation), kind: catalogKinds[kind] as CatalogKind, errors: 0 },
      durations: new Durations(this.#limits.exact, this.#budget),
    })
    return id
  }
}

const half = fractionOf(0.5)
const most = fractionOf(0.95)
const nearlyAll = fractionOf(0.99)

/** Six digits: more are noise in a file that people compare. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
