/** Services and operations of selectors, from the catalog and from the rules that there are. */
import {
  type Catalog,
  type CatalogService,
  canonicalOperation,
  countedKinds,
  type Expected,
  type PlaceToken,
  printDuration,
  printRate,
  printRatio,
  workloadId,
} from '../../../../src/language/index.ts'
import { operationFacts, serviceFacts } from '../../facts.ts'
import { matchClass } from '../match.ts'
import { type Request, tokensOf, unquoted, within } from '../request.ts'
import { filterText, type NamedOperation, namedOperations, nameText, operationText } from '../spelling.ts'
import { leading, type Suggestion, type Tier, tiers } from '../suggestion.ts'
import { isUseful } from './keywords.ts'

export function selectors(request: Request, expected: Expected): readonly Suggestion[] {
  const { use, type, label } = expected
  if (type === 'span') return spansNamed(request, expected)
  if (use.rule !== 'selector' || type !== 'Part') return []
  return label === 'service' ? services(request, use) : operations(request, use)
}

// Services

function services(request: Request, use: Expected['use']): readonly Suggestion[] {
  const { catalog, place } = request
  const inQuotes = place.within === 'text'
  const callers = callersOf(request, use)
  const own = servicesOfTarget(request)
  const known = catalog?.services ?? []
  const text = ({ name }: CatalogService): string => filterText(name, inQuotes)
  const tier = ({ name }: CatalogService): Tier =>
    callers?.services.has(name) === true || (callers === undefined && own.has(name)) ? tiers.fitting : tiers.likely
  const typed = request.view.document.text.slice(place.word.start, place.offset)
  const found = leading(known, typed, { text, tier, weight: rateOfService }).map((service): Suggestion => {
    const { name } = service
    return {
      label: name,
      kind: 'service',
      tier: tier(service),
      weight: rateOfService(service),
      text: nameText(name, inQuotes),
      filter: text(service),
      detail: () => serviceDetail(service),
      documentation: () => serviceFacts(service),
    }
  })
  return [
    ...found,
    ...[...otherServices(request)].map(
      (name): Suggestion => ({
        label: name,
        kind: 'service',
        tier: tiers.possible,
        text: nameText(name, inQuotes),
        filter: filterText(name, inQuotes),
        detail: catalog === undefined ? 'a service of other rules' : 'a service of other rules, not in the catalog',
      }),
    ),
    ...wholes(request, callers),
  ]
}

function rateOfService({ operations }: CatalogService): number {
  const own = countedKinds(false)
  return operations.reduce((sum, { kind, rate }) => sum + (own.includes(kind) ? (rate ?? 0) : 0), 0)
}

function serviceDetail(service: CatalogService): string {
  const count = namedOperations(service).length
  const rate = rateOfService(service)
  return `${count} ${count === 1 ? 'operation' : 'operations'}${rate > 0 ? `, ${printRate(rounded(rate))}` : ''}`
}

/** Operations by their own name, where so much is typed that one is meant; and those that call the selector behind which `under` stands. */
function wholes(request: Request, callers: Callers | undefined): readonly Suggestion[] {
  const { catalog, place } = request
  if (place.within === 'text' || (place.prefix.length < leastTyped && callers === undefined)) return []
  return (catalog?.services ?? []).flatMap((service) =>
    namedOperations(service)
      .filter(({ name }) => callers !== undefined || (matchClass(place.prefix, name) ?? 2) < 2)
      .filter((operation) => callers === undefined || operation.recorded.some(({ name }) => callers.operations.has(`${service.name} ${name}`)))
      .map((operation): Suggestion => {
        const written = `${nameText(service.name, false)}/${operationText(operation.name, false)}`
        return {
          ...operationSuggestion(service, operation, false),
          label: `${service.name}/${operation.name}`,
          tier: callers === undefined ? tiers.possible : tiers.fitting,
          text: written,
          filter: place.prefix === '' ? written : operation.name,
        }
      }),
  )
}

/** `span(…)` of the services and operations whose names are begun where spans may stand. */
function spansNamed(request: Request, expected: Expected): readonly Suggestion[] {
  const { catalog, place } = request
  if (place.prefix.length < leastTyped || place.within === 'text' || !isUseful(request, expected, 'span')) return []
  const isBegun = (name: string): boolean => (matchClass(place.prefix, name) ?? 2) < 2
  const found: Suggestion[] = []
  for (const service of catalog?.services ?? []) {
    const { name } = service
    const detail = (): string => serviceDetail(service)
    if (isBegun(name)) found.push({ ...spans(name, nameText(name, false)), kind: 'service', weight: rateOfService(service), detail })
    for (const operation of namedOperations(service)) {
      if (!isBegun(operation.name)) continue
      const written = `${nameText(name, false)}/${operationText(operation.name, false)}`
      found.push({ ...operationSuggestion(service, operation, false), ...spans(operation.name, written) })
    }
  }
  return found
}

function spans(filter: string, written: string): Pick<Suggestion, 'label' | 'text' | 'filter' | 'tier' | 'kind'> {
  return { label: `span(${written})`, text: `span(${written})`, filter, tier: tiers.possible, kind: 'operation' }
}

/** Of fewer letters too many names come to mind. */
const leastTyped = 2

interface Callers {
  readonly services: ReadonlySet<string>
  /** `service operation` */
  readonly operations: ReadonlySet<string>
}

/** Behind `under` and `child of`: who is recorded to call what stands before it. */
function callersOf(request: Request, use: Expected['use']): Callers | undefined {
  const outer = within(use.within, 'selector')
  const { catalog, known, place } = request
  if (outer === undefined || catalog === undefined || known === undefined) return undefined
  const [service, slash, ...rest] = tokensOf(place, outer)
  if (service === undefined) return undefined
  const operation = slash?.type === 'Slash' ? operationName(rest) : undefined
  const called = new Set(
    known
      .ofAnyKind({ service: unquoted(service), kinds: [], ...(operation === undefined ? {} : { operation }) })
      .map((match) => `${match.service}/${canonicalOperation(match.operation.name)}`),
  )
  const calls = (callee: string): boolean => {
    const slash = callee.indexOf('/')
    return called.has(`${callee.slice(0, slash)}/${canonicalOperation(callee.slice(slash + 1))}`)
  }
  const found = catalog.services.flatMap(({ name, operations }) =>
    operations.filter((each) => each.calls?.some(calls) === true).map((each) => ({ service: name, operation: each.name })),
  )
  if (found.length === 0) return undefined
  return { services: new Set(found.map((each) => each.service)), operations: new Set(found.map((each) => `${each.service} ${each.operation}`)) }
}

function operationName(tokens: readonly PlaceToken[]): string | undefined {
  const end = tokens.findIndex(({ type }) => type === 'where' || type === 'under' || type === 'child' || type === 'RightParen')
  const own = end < 0 ? tokens : tokens.slice(0, end)
  const [first] = own
  if (first === undefined) return undefined
  return first.type === 'Text' ? unquoted(first) : own.map(({ text }) => text).join('')
}

/** The services whose spans the workload of the rule sends. */
function servicesOfTarget({ catalog, place, facts }: Request): ReadonlySet<string> {
  const workload = place.uses.find(({ rule, within: outer }) => rule === 'workload' && outer?.within === undefined)
  if (catalog === undefined || workload === undefined) return new Set()
  const [first, second, third, keyword, namespace] = place.tokens.slice(workload.start)
  if (first === undefined) return new Set()
  const spaced = keyword?.type === 'in' && namespace !== undefined ? unquoted(namespace) : facts.namespace
  const id = workloadId({
    ...(second?.type === 'Slash' && third !== undefined ? { kind: unquoted(first), name: unquoted(third) } : { name: unquoted(first) }),
    ...(spaced === undefined ? {} : { namespace: spaced }),
  })
  const inAny = `${id} in `
  return new Set(catalog.workloads.filter((known) => known.id === id || known.id.startsWith(inAny)).flatMap(({ services }) => services))
}

/** Of rules, and not in the catalog. */
function otherServices({ view, catalog }: Request): ReadonlySet<string> {
  const known = catalog === undefined ? undefined : namesIn(catalog)
  const found = new Set<string>()
  for (const { service } of view.project.checked?.resolved.selectors.keys() ?? [])
    if (known?.has(service.text) !== true && !service.text.includes('*')) found.add(service.text)
  return found
}

const serviceNames = new WeakMap<Catalog, ReadonlySet<string>>()

/** Found once for each catalog. */
function namesIn(catalog: Catalog): ReadonlySet<string> {
  const known = serviceNames.get(catalog)
  if (known !== undefined) return known
  const found = new Set(catalog.services.map(({ name }) => name))
  serviceNames.set(catalog, found)
  return found
}

// Operations

function operations(request: Request, use: Expected['use']): readonly Suggestion[] {
  const { place, known } = request
  const [service, , first] = tokensOf(place, use)
  if (service === undefined || known === undefined) return []
  const inQuotes = place.within === 'text'
  const range = { start: first?.range.start ?? place.word.start, end: operationEnd(request) }
  const typed = request.view.document.text.slice(range.start, place.offset).replace(/^"/, '')
  return known
    .services(unquoted(service))
    .flatMap((found) => namedOperations(found).map((operation) => ({ ...operationSuggestion(found, spelledAs(operation, typed), inQuotes), range })))
}

/** By a longer name, where that fits what is typed better than the shortest. */
function spelledAs(operation: NamedOperation, typed: string): NamedOperation {
  let best = operation.name
  let fit = matchClass(typed, best) ?? Number.POSITIVE_INFINITY
  // Scattered letters are found in a long name sooner than in a short one, and say less there.
  for (const name of fit < scattered ? [] : operation.spellings) {
    const other = matchClass(typed, name) ?? Number.POSITIVE_INFINITY
    if (other < fit) {
      best = name
      fit = other
    }
  }
  return best === operation.name ? operation : { ...operation, name: best }
}

const scattered = 4

/** A name of an operation may have slashes. */
function operationEnd({ place, view }: Request): number {
  if (place.within === 'text') return place.word.end
  const more = place.prefix === '' ? null : /^(?:\/[\w.*-]+)*/.exec(view.document.text.slice(place.word.end, place.word.end + 200))
  return place.word.end + (more?.[0].length ?? 0)
}

function operationSuggestion(service: CatalogService, operation: NamedOperation, inQuotes: boolean): Suggestion {
  const internal = operation.recorded.every(({ kind }) => kind === 'internal')
  return {
    label: operation.name,
    kind: 'operation',
    tier: internal ? tiers.possible : tiers.likely,
    weight: operation.rate ?? 0,
    text: operationText(operation.name, inQuotes),
    filter: filterText(operation.name, inQuotes),
    detail: () => operationDetail(operation),
    documentation: () => operationFacts(service.name, operation.name, operation.recorded),
  }
}

function operationDetail({ recorded, rate }: NamedOperation): string {
  const most = (numbers: readonly (number | undefined)[]): number | undefined => {
    const known = numbers.filter((number) => number !== undefined)
    return known.length === 0 ? undefined : Math.max(...known)
  }
  const p99 = most(recorded.map((each) => each.p99))
  const errors = most(recorded.map((each) => each.errorRate))
  return [
    ...(rate === undefined ? [] : [printRate(rounded(rate))]),
    ...(p99 === undefined ? [] : [`p99 ${printDuration(rounded(p99))}`]),
    ...(errors === undefined || errors === 0 ? [] : [`errors ${printRatio(rounded(errors))}`]),
  ].join(', ')
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
