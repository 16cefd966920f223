/** Questions to the catalog about checked selectors. Rules ask the same ones again and again: an answer is found once. */
import type { Catalog, CatalogAttribute, CatalogService, CatalogWorkload } from '../catalog.ts'
import { arePeers, attributesMatching, type CatalogMatch, type CountedKind, operationsMatching, servicesMatching } from '../catalog-lookup.ts'
import { printName, printOperation } from '../check/print.ts'
import type { Selector } from '../check/program.ts'
import { exact } from '../exact.ts'

/** A selector, as far as the catalog can tell. */
export type Asked = Pick<Selector, 'service' | 'operation' | 'kinds'>

export interface CatalogView {
  readonly catalog: Catalog
  services(pattern: string): readonly CatalogService[]
  /** Whether the pattern means services that send no spans themselves, and no others. */
  isPeer(pattern: string): boolean
  attributes(service: string): readonly CatalogAttribute[]
  workload(id: string): CatalogWorkload | undefined
  /** The operations whose spans a selector counts, its `where` apart. */
  counted(selector: Asked): readonly CatalogMatch[]
  /** The same of spans of any kind. */
  ofAnyKind(selector: Asked): readonly CatalogMatch[]
}

/** By the selector's number, less one. */
const kindNames: readonly CountedKind[] = ['internal', 'server', 'client', 'producer', 'consumer', 'peer']

export function viewOf(catalog: Catalog): CatalogView {
  const named = serviceIndex(catalog)
  const services = remembering(named)
  const attributes = remembering((service: string) => attributesMatching(catalog, service))
  const workloads = new Map(catalog.workloads.map((workload) => [workload.id, workload]))
  const operations = new Map<string, readonly CatalogMatch[]>()
  const find = (selector: Asked, kinds: readonly number[] | undefined): readonly CatalogMatch[] => {
    const key = `${selector.service}\n${selector.operation}\n${kinds === undefined ? '' : setOf(kinds)}`
    let found = operations.get(key)
    if (found === undefined) {
      const part = { ...catalog, services: services(selector.service) }
      found = operationsMatching(part, '*', selector.operation, kinds === undefined ? undefined : kindNames.filter((_, i) => kinds.includes(i + 1)))
      found = exact(found)
      operations.set(key, found)
    }
    return found
  }
  return {
    catalog,
    services,
    isPeer: (pattern) => arePeers(services(pattern)),
    attributes,
    workload: (id) => workloads.get(id),
    counted: (selector) => find(selector, selector.kinds),
    ofAnyKind: (selector) => find(selector, undefined),
  }
}

/** `servicesMatching` of the catalog. Most patterns are the names of services: these are found without a look at all others. */
function serviceIndex(catalog: Catalog): (pattern: string) => readonly CatalogService[] {
  const byName = new Map(
    Array.from(
      Map.groupBy(catalog.services, ({ name }) => name),
      ([name, services]) => [name, exact(services)],
    ),
  )
  // A peer is found by shorter names as well.
  const havePeers = catalog.services.some(({ peer }) => peer === true)
  return (pattern) => (havePeers || isPattern(pattern) ? servicesMatching(catalog, pattern) : (byName.get(pattern) ?? []))
}

/** One number for a set of the selector's numbers: quicker to make a key of than a list. */
function setOf(kinds: readonly number[]): number {
  let set = 0
  for (const kind of kinds) set |= 1 << kind
  return set
}

function remembering<T>(answer: (question: string) => T): (question: string) => T {
  const known = new Map<string, T>()
  return (question) => {
    const before = known.get(question)
    if (before !== undefined) return before
    const found = answer(question)
    known.set(question, found)
    return found
  }
}

/** Where rates come from. */
export interface RateSource {
  readonly rates?: Readonly<Record<string, number>>
  readonly catalog?: Catalog
  /** Of the catalog, where many selectors are asked for. */
  readonly view?: CatalogView | undefined
}

/**
 * Most spans a second that the selector is known to count, as if its `where` let all through; undefined where the rate of some operation is not known,
 * or there is none.
 */
export function rateOf(selector: Asked, { rates, catalog, view }: RateSource): number | undefined {
  const declared = rates?.[nameOf(selector)]
  if (declared !== undefined) return declared
  const matches = (view ?? (catalog === undefined ? undefined : viewOf(catalog)))?.counted(selector) ?? []
  if (matches.length === 0) return undefined
  let sum = 0
  for (const { operation } of matches) {
    if (operation.rate === undefined) return undefined
    sum += operation.rate
  }
  return sum
}

/** `service/operation`, as rules write it. */
function nameOf({ service, operation }: Asked): string {
  return operation === undefined ? printName(service) : `${printName(service)}/${printOperation(operation)}`
}

/** Whether a selector's pattern asks for several names. */
export function isPattern(text: string): boolean {
  return text.includes('*')
}
