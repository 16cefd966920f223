/**
 * One catalog of several. Merging is the join of a semilattice: the order of the catalogs does not matter, nor how they are grouped, nor
 * whether one is there twice. Hence of two figures for one operation the greater stays (the busiest and the slowest that any source has
 * seen), of types that differ `mixed`, and of examples the first few in their order.
 */
import type { Catalog, CatalogAttribute, CatalogOperation, CatalogService, CatalogWorkload } from './catalog.ts'
import { catalogFormat, peersFormat } from './catalog.ts'

/** Of an attribute's values, as many as help with spelling and no more. */
export const mostExamples = 5

type Example = CatalogAttribute['examples'][number]

/** In normal form: everything once and sorted, whatever the inputs are. */
export function mergeCatalogs(catalogs: readonly Catalog[]): Catalog {
  const services = joinedBy(
    catalogs.flatMap(({ services }) => services.map(normalService)),
    ({ name }) => name,
    joinServices,
  )
  return {
    format: services.some(({ peer }) => peer) ? peersFormat : catalogFormat,
    services,
    workloads: joinedBy(
      catalogs.flatMap(({ workloads }) => workloads.map(normalWorkload)),
      ({ id }) => id,
      joinWorkloads,
    ),
  }
}

function normalService({ name, peer, operations, attributes }: CatalogService): CatalogService {
  return {
    name,
    ...(peer === true ? { peer } : {}),
    operations: joinedBy(operations.map(normalOperation), ({ name, kind }) => `${name}\0${kind}`, joinOperations),
    attributes: joinedBy(attributes.map(normalAttribute), ({ scope, name }) => `${name}\0${scope}`, joinAttributes),
  }
}

/** What sends spans somewhere is no peer: then what its callers say of it does not matter. */
function joinServices(a: CatalogService, b: CatalogService): CatalogService {
  if (a.peer !== b.peer) return a.peer === true ? b : a
  return normalService({ ...a, operations: [...a.operations, ...b.operations], attributes: [...a.attributes, ...b.attributes] })
}

function normalOperation(operation: CatalogOperation): CatalogOperation {
  return joinOperations(operation, operation)
}

const figures = ['rate', 'errorRate', 'p50', 'p95', 'p99', 'max'] as const

function joinOperations(a: CatalogOperation, b: CatalogOperation): CatalogOperation {
  const known: { -readonly [figure in (typeof figures)[number]]?: number } = {}
  for (const figure of figures) {
    const values = [a[figure], b[figure]].filter((value) => value !== undefined)
    if (values.length > 0) known[figure] = Math.max(...values)
  }
  const calls = a.calls === undefined && b.calls === undefined ? undefined : union(a.calls ?? [], b.calls ?? [])
  return { name: a.name, kind: a.kind, ...known, ...(calls === undefined ? {} : { calls }) }
}

function normalAttribute(attribute: CatalogAttribute): CatalogAttribute {
  return joinAttributes(attribute, attribute)
}

function joinAttributes(a: CatalogAttribute, b: CatalogAttribute): CatalogAttribute {
  const { scope, name } = a
  return { scope, name, type: a.type === b.type ? a.type : 'mixed', examples: fewExamples([...a.examples, ...b.examples]) }
}

/** Each once, sorted, the first few. */
export function fewExamples(examples: readonly Example[]): readonly Example[] {
  return [...new Set(examples)].sort(compareExamples).slice(0, mostExamples)
}

/** false, true, numbers, texts. */
function compareExamples(a: Example, b: Example): number {
  if (typeof a !== typeof b) return compare(typeof a, typeof b)
  return compare(a, b)
}

function normalWorkload({ id, services, replicas }: CatalogWorkload): CatalogWorkload {
  return { id, services: union(services, []), ...(replicas === undefined ? {} : { replicas }) }
}

function joinWorkloads(a: CatalogWorkload, b: CatalogWorkload): CatalogWorkload {
  const replicas = [a.replicas, b.replicas].filter((count) => count !== undefined)
  return { id: a.id, services: union(a.services, b.services), ...(replicas.length === 0 ? {} : { replicas: Math.max(...replicas) }) }
}

/** What has one key becomes one; by key, sorted. */
function joinedBy<T>(items: readonly T[], key: (item: T) => string, join: (a: T, b: T) => T): readonly T[] {
  const found = new Map<string, T>()
  for (const item of items) {
    const other = found.get(key(item))
    found.set(key(item), other === undefined ? item : join(other, item))
  }
  return [...found.entries()].sort(([a], [b]) => compare(a, b)).map(([, item]) => item)
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort()
}

function compare<T extends string | number | boolean>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
