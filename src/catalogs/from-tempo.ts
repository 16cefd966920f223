/**
 * A catalog of what a Tempo knows by its tag values: services, operations by kind, attributes with types and examples, workloads. Rates
 * and latencies are not among them. Tempo 3 leaves the newest 30 seconds out of searches and some versions refuse them, so the range
 * ends a minute ago.
 */
import { type Catalog, type CatalogKind, type CatalogOperation, type CatalogService, catalogFormat, mergeCatalogs } from '../language/index.ts'
import { type TempoError, type TempoOptions, tempoAt } from '../sources/index.ts'
import { ServiceAttributes } from './recording/attributes.ts'
import type { AttributeType, Scalar } from './recording/walk.ts'
import { Workloads } from './recording/workloads.ts'
import { identifierOf, isFailure, type Tags, tagsOf } from './tempo/tags.ts'

export interface FromTempoOptions extends TempoOptions {
  /** How far back, in seconds; an hour by default. */
  readonly since?: number
  /** Whether to keep values of attributes; true by default. */
  readonly examples?: boolean
  /** Hears of each service that is done. */
  readonly onProgress?: (done: number, services: number) => void
}

export interface Asked {
  readonly catalog: Catalog
  /** What the catalog leaves out, a sentence each. */
  readonly notes: readonly string[]
}

const endsAgo = 60
const kinds: readonly CatalogKind[] = ['server', 'consumer', 'internal', 'client', 'producer']
const serviceName = 'resource.service.name'
/** No service is called so: a Tempo that knows operations of it does not look at the filter. */
const nobody = 'scale: no service has this name'

const limits = { services: 2_000, operations: 5_000, attributes: 300, values: 25, workloads: 5_000, requests: 6 }

export async function catalogFromTempo(options: FromTempoOptions): Promise<Asked | TempoError> {
  const tempo = tempoAt(options)
  if (isFailure(tempo)) return tempo
  const end = Math.floor((options.now ?? Date.now)() / 1000) - endsAgo
  const tags = tagsOf(tempo, { start: end - (options.since ?? 3600), end })
  const named = await tags.values(serviceName, {}, limits.services)
  if (isFailure(named)) return named
  const services = named.flatMap(({ value }) => (typeof value === 'string' && value !== '' ? [value] : []))
  const unfiltered = services.length === 0 ? [] : await tags.values('name', { [serviceName]: nobody }, 1)
  if (isFailure(unfiltered)) return unfiltered
  if (unfiltered.length > 0)
    return { error: `${options.url} gives every operation for every service, whatever is asked: its Tempo is too old to filter tag values` }

  const reader = new Reader(tags, options.examples ?? true)
  let done = 0
  const read = await inParallel(services, limits.requests, async (service) => {
    const result = await reader.service(service)
    if (!isFailure(result)) options.onProgress?.(++done, services.length)
    return result
  })
  const known: CatalogService[] = []
  for (const service of read) {
    if (isFailure(service)) return service
    known.push(service)
  }
  const catalog: Catalog = { format: catalogFormat, services: known, workloads: reader.workloads.workloads() }
  const capped = services.length >= limits.services ? [`only the first ${limits.services} services are listed`] : []
  const none = services.length === 0 ? ['Tempo knows no service in this time: look further back with --since'] : []
  return { catalog: mergeCatalogs([catalog]), notes: [...none, ...capped, ...reader.notes] }
}

class Reader {
  readonly workloads = new Workloads(limits.workloads)
  readonly notes: string[] = []
  readonly #tags: Tags
  readonly #examples: boolean

  constructor(tags: Tags, examples: boolean) {
    this.#tags = tags
    this.#examples = examples
  }

  async service(name: string): Promise<CatalogService | TempoError> {
    const operations: CatalogOperation[] = []
    for (const kind of kinds) {
      const found = await this.#tags.values('name', { [serviceName]: name, kind }, limits.operations)
      if (isFailure(found)) return found
      if (found.length >= limits.operations) this.notes.push(`only the first ${limits.operations} ${kind} operations are listed of ${name}`)
      for (const { value } of found) if (typeof value === 'string') operations.push({ name: value, kind })
    }
    const attributes = new ServiceAttributes({ attributes: limits.attributes, examples: this.#examples })
    for (const scope of ['resource', 'span'] as const) {
      const failed = await this.#attributes(name, scope, attributes)
      if (failed !== undefined) return failed
    }
    await this.#workload(name, 'k8s.deployment.name')
    await this.#workload(name, 'k8s.statefulset.name')
    return { name, operations, attributes: attributes.attributes() }
  }

  /** An older Tempo names the attributes of all services here; those without a value in this one are not its own. */
  async #attributes(service: string, scope: 'span' | 'resource', into: ServiceAttributes): Promise<TempoError | undefined> {
    const filter = { [serviceName]: service }
    const names = await this.#tags.names(scope, filter)
    if (isFailure(names)) return names
    if (names.length > limits.attributes) this.notes.push(`only the first ${limits.attributes} ${scope} attributes are listed of ${service}`)
    for (const name of names.slice(0, limits.attributes)) {
      if (name === 'service.name') continue
      const found = await this.#tags.values(identifierOf(scope, name), filter, limits.values)
      // One attribute may be too large to be asked for; the others are worth having.
      if (isFailure(found)) this.notes.push(`the attribute ${name} of ${service} is left out: ${found.error}`)
      else for (const { value } of found) into.see(scope, name, typeOf(value), () => value)
    }
    return undefined
  }

  /** Best effort: no workload is better than no catalog. */
  async #workload(service: string, attribute: string): Promise<void> {
    const identifier = identifierOf('resource', attribute)
    const names = await this.#tags.values(identifier, { [serviceName]: service }, limits.values)
    if (isFailure(names)) return
    for (const { value: name } of names) {
      if (typeof name !== 'string') continue
      const namespaces = await this.#tags.values('resource.k8s.namespace.name', { [serviceName]: service, [identifier]: name }, limits.values)
      const found = isFailure(namespaces) || namespaces.length === 0 ? [{ value: undefined }] : namespaces
      for (const { value: namespace } of found)
        this.workloads.see(
          service,
          new Map([
            [attribute, name],
            ['k8s.namespace.name', namespace],
          ] as const),
        )
    }
  }
}

function typeOf(value: Scalar | undefined): AttributeType {
  if (value === undefined) return 'other'
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
}

/** In the order of the items; a few at a time, so that a busy Tempo stays one. */
async function inParallel<T, R>(items: readonly T[], atOnce: number, each: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++
      results[i] = await each(items[i] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
