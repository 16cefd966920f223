/**
 * What is known of the live system: its services, their operations with rates and latencies, attributes and workloads. Made from recordings,
 * Tempo or a cluster (`scalec catalog`), read by checks, lints, completion and hover. Plain JSON.
 */

export const catalogFormat = 1
/** Of a catalog with peers: a reader that does not know of them must not take them for services. */
export const peersFormat = 2

export interface Catalog {
  readonly format: typeof catalogFormat | typeof peersFormat
  /** By name, sorted. */
  readonly services: readonly CatalogService[]
  /** By id, sorted. */
  readonly workloads: readonly CatalogWorkload[]
}

export interface CatalogService {
  readonly name: string
  /**
   * It sends no spans itself (a database, a cache, a broker, a third party): its operations are its callers' CLIENT and PRODUCER spans that nobody
   * answered. Absent of a service.
   */
  readonly peer?: true
  /** By name and kind, sorted. */
  readonly operations: readonly CatalogOperation[]
  readonly attributes: readonly CatalogAttribute[]
}

export type CatalogKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

export interface CatalogOperation {
  /** The span's name as recorded. */
  readonly name: string
  readonly kind: CatalogKind
  /** Spans a second, on average; undefined where the source does not say (Tempo's tag values). */
  readonly rate?: number
  /** Share of spans with status ERROR, 0 to 1. */
  readonly errorRate?: number
  /** Nearest-rank quantiles of the duration in nanoseconds. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly max?: number
  /** Operations of other services that are called below it, as `service/operation`; sorted. */
  readonly calls?: readonly string[]
}

export interface CatalogAttribute {
  readonly scope: 'span' | 'resource'
  readonly name: string
  /** `mixed`: of several types, or of none that rules compare (lists, bytes). */
  readonly type: 'text' | 'number' | 'boolean' | 'mixed'
  /** A few, as JSON values, sorted. */
  readonly examples: readonly (string | number | boolean)[]
}

export interface CatalogWorkload {
  /** As rules write it: `deployment/adservice in shop`. */
  readonly id: string
  /** Services whose spans its pods send. */
  readonly services: readonly string[]
  readonly replicas?: number
}
