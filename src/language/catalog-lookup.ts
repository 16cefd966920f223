/** Questions to a catalog, by the patterns that selectors use. A lookup reads the whole catalog: thousands of operations, not millions. */
import type { Catalog, CatalogAttribute, CatalogKind, CatalogOperation, CatalogService, CatalogWorkload } from './catalog.ts'
import { canonicalOperation, operationMatcher, peerMatcher, serviceMatcher } from './names.ts'

export interface CatalogMatch {
  readonly service: string
  readonly operation: CatalogOperation
}

/** Peers too, by their names with and without a namespace. */
export function servicesMatching(catalog: Catalog, pattern: string): readonly CatalogService[] {
  const [matches, matchesPeer] = [serviceMatcher(pattern), peerMatcher(pattern)]
  return catalog.services.filter(({ name, peer }) => (peer === true ? matchesPeer(name) : matches(name)))
}

/** Whether all of them, and there are some, send no spans themselves. */
export function arePeers(services: readonly CatalogService[]): boolean {
  return services.length > 0 && services.every(({ peer }) => peer === true)
}

/** The kinds of spans that a selector may count, and `peer` for what is only seen by those who call it. */
export type CountedKind = CatalogKind | 'peer'

/**
 * Operations whose spans a selector may count, of every kind unless `kinds` says which (`countedKinds` for a selector that names none).
 * An operation pattern means every spelling of its RPC; without one, all operations of the services are meant.
 */
export function operationsMatching(
  catalog: Catalog,
  servicePattern: string,
  operationPattern?: string,
  kinds?: readonly CountedKind[],
): readonly CatalogMatch[] {
  const matches = operationPattern === undefined ? () => true : operationMatcher(operationPattern)
  return servicesMatching(catalog, servicePattern).flatMap(({ name, peer, operations }) =>
    operations
      .filter((operation) => (kinds === undefined || kinds.includes(peer === true ? 'peer' : operation.kind)) && matches(operation.name))
      .map((operation) => ({ service: name, operation })),
  )
}

/** The kinds that a selector counts which names none: a service's own work, or with an operation all but the calls to others. */
export function countedKinds(withOperation: boolean): readonly CatalogKind[] {
  return withOperation ? ['internal', 'server', 'consumer'] : ['server', 'consumer']
}

/** Names by which a rule may call the operation, the shortest first: `GetAds`, `AdService/GetAds`, `hipstershop.AdService/GetAds`, as recorded. */
export function operationSpellings(name: string): readonly string[] {
  const canonical = canonicalOperation(name)
  const matches = (pattern: string): boolean => operationMatcher(pattern)(name)
  const slash = canonical.lastIndexOf('/')
  const shorter = slash < 0 ? [] : [canonical.slice(slash + 1), canonical.slice(canonical.lastIndexOf('.', slash) + 1)]
  return [...new Set([...shorter, canonical, name])].filter((spelling) => !spelling.includes('*') && matches(spelling))
}

/** Attributes of the services, each name of a scope once: types that differ are `mixed`, examples are those of all. */
export function attributesMatching(catalog: Catalog, servicePattern = '*'): readonly CatalogAttribute[] {
  const found = new Map<string, CatalogAttribute>()
  for (const { attributes } of servicesMatching(catalog, servicePattern))
    for (const attribute of attributes) {
      const key = `${attribute.scope} ${attribute.name}`
      const other = found.get(key)
      found.set(key, other === undefined ? attribute : joined(other, attribute))
    }
  return [...found.values()]
}

function joined(a: CatalogAttribute, b: CatalogAttribute): CatalogAttribute {
  return { ...a, type: a.type === b.type ? a.type : 'mixed', examples: [...new Set([...a.examples, ...b.examples])] }
}

/** By its id as rules write it. */
export function workloadOf(catalog: Catalog, id: string): CatalogWorkload | undefined {
  return catalog.workloads.find((workload) => workload.id === id)
}
