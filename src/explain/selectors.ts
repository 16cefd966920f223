/** Which spans a selector counts, in words. */
import { type SelectorIR, selectsPeers } from '../bundle/index.ts'
import type { Catalog, CountedKind } from '../language/index.ts'
import { operationsMatching, printPredicate, printRate } from '../language/index.ts'
import { list } from '../plan/index.ts'

/** By OTLP's number. */
const kindNames = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
const catalogKinds: readonly (CountedKind | undefined)[] = [undefined, 'internal', 'server', 'client', 'producer', 'consumer', 'peer']
/** An RPC's method, or its service and method: what has several spellings. */
const rpcLike = /^(?:[\w.]+\/)?[A-Za-z_]\w*$/
/** Operations of the catalog that are named one by one. */
const namedOperations = 4

/** A noun: `GetAds on adservice`, `adservice`, `GET on redis where duration > 1s below PlaceOrder on checkout`. */
export function selectorWords(selector: SelectorIR): string {
  const where = selector.where === undefined ? '' : ` where ${printPredicate(selector.where)}`
  return `${place(selector)}${kindWord(selector)}${where}${ancestorWords(selector.ancestor)}`
}

function place({ service, operation }: SelectorIR): string {
  const on = service === '*' ? 'any service' : service
  return operation === undefined ? on : `${operation} on ${on}`
}

function ancestorWords(ancestor: SelectorIR['ancestor']): string {
  if (ancestor === undefined) return ''
  return ` ${ancestor.relation === 'under' ? 'below' : 'called by'} ${selectorWords(ancestor.selector)}`
}

/** Only where the selector itself says something of the kind. */
function kindWord({ kinds, operation }: SelectorIR): string {
  if (kinds.length === 5 || isUsual(kinds, operation)) return ''
  if (selectsPeers({ kinds })) return ' (calls to it)'
  return ` (${list(kinds.map(kindName))} spans only)`
}

function isUsual(kinds: readonly number[], operation: string | undefined): boolean {
  const usual = operation === undefined ? [2, 5] : [1, 2, 5]
  return kinds.length === usual.length && usual.every((kind) => kinds.includes(kind))
}

function kindName(kind: number): string {
  return kindNames[kind] ?? `kind ${kind}`
}

/** Sentences: where, which operations in which spellings, which kinds, which tests. */
export function selectorFacts(selector: SelectorIR, catalog?: Catalog): readonly string[] {
  const { ancestor, where } = selector
  return [
    `${services(selector)}${operations(selector)}.`,
    ...spellings(selector.operation),
    kinds(selector),
    ...(where === undefined ? [] : [`Of these only those with ${printPredicate(where)}; where a span lacks an attribute the comparison is false.`]),
    ...(ancestor === undefined
      ? []
      : [
          `Of these only those ${ancestor.relation === 'under' ? 'with a span above them in their trace' : 'whose parent is one'} of ${selectorWords(ancestor.selector)}.`,
        ]),
    ...(catalog === undefined ? [] : [known(selector, catalog)]),
  ]
}

function services({ service, kinds }: SelectorIR): string {
  if (selectsPeers({ kinds })) return service === '*' ? 'Calls to every service that sends no spans' : `Calls to ${service}, which sends no spans itself`
  if (service === '*') return 'Spans of every service'
  return service.includes('*') ? `Spans of services named ${service} (* stands for any characters)` : `Spans of the service ${service}`
}

function operations({ operation }: SelectorIR): string {
  if (operation === undefined) return ', whatever the operation'
  return operation.includes('*') ? ` with an operation that matches ${operation}` : ` with the operation ${operation}`
}

function spellings(operation: string | undefined): readonly string[] {
  if (operation === undefined || !rpcLike.test(operation)) return []
  const full = operation.includes('/') ? operation : `pkg.Service/${operation}`
  const dotted = full.replace('/', '.')
  return [`However the RPC is spelled: ${full}, /${full}, POST /${full}, grpc.${full}, Recv.${dotted}.`]
}

function kinds({ kinds: counted, operation }: SelectorIR): string {
  if (selectsPeers({ kinds: counted }))
    return `CLIENT and PRODUCER spans that nobody answered in their trace, and whose attributes name it as their peer; nobody can tell the way there from the work, so that gap is 0.`
  const names = list(counted.map(kindName))
  if (counted.length === 5) return 'Spans of every kind.'
  if (!isUsual(counted, operation)) return `Only ${names} spans.`
  return `${names} spans; CLIENT and PRODUCER spans carry the name of what they call and are left out.`
}

/** What the catalog knows under this name. */
function known({ service, operation, kinds: counted }: SelectorIR, catalog: Catalog): string {
  const found = operationsMatching(
    catalog,
    service,
    operation,
    counted.flatMap((kind) => catalogKinds[kind] ?? []),
  )
  if (found.length === 0) return 'The catalog has no such operation.'
  const names = found.slice(0, namedOperations).map((match) => {
    const { name, kind, rate } = match.operation
    return `${name} of ${match.service} (${kind.toUpperCase()}${rate === undefined ? '' : `, ${printRate(Number(rate.toPrecision(3)))}`})`
  })
  const more = found.length > names.length ? ` and ${found.length - names.length} more` : ''
  return `In the catalog: ${more === '' ? list(names) : names.join(', ')}${more}.`
}
