/** How names are written in rules. */
import {
  type CatalogOperation,
  type CatalogService,
  canonicalOperation,
  countedKinds,
  operationSpellings,
  printName,
  printOperation,
  quote,
} from '../../../src/language/index.ts'

/** In quotes where the place is within some, or where the name asks for them. */
export function nameText(name: string, inQuotes: boolean): string {
  return inQuotes ? quote(name) : printName(name)
}

export function operationText(name: string, inQuotes: boolean): string {
  return inQuotes ? quote(name) : printOperation(name)
}

/** What is compared with what is typed: without quotes where none is typed. */
export function filterText(name: string, inQuotes: boolean): string {
  return inQuotes ? quote(name) : name
}

/** An operation of a service by the shortest name that means no other of its operations. */
export interface NamedOperation {
  readonly name: string
  /** All names that mean it, the shortest first. */
  readonly spellings: readonly string[]
  /** All spellings and kinds of it. */
  readonly recorded: readonly CatalogOperation[]
  /** Spans a second; undefined where it is not known of all. */
  readonly rate: number | undefined
}

const named = new WeakMap<CatalogService, readonly NamedOperation[]>()

/** What the service does itself; calls to others have names of theirs. */
export function namedOperations(service: CatalogService): readonly NamedOperation[] {
  const known = named.get(service)
  if (known !== undefined) return known
  const own = countedKinds(true)
  const byRpc = new Map<string, CatalogOperation[]>()
  for (const operation of service.operations) {
    if (!own.includes(operation.kind)) continue
    const rpc = canonicalOperation(operation.name)
    byRpc.set(rpc, [...(byRpc.get(rpc) ?? []), operation])
  }
  const spellings = new Map([...byRpc].map(([rpc, [first]]) => [rpc, [...new Set([...operationSpellings(first?.name ?? rpc), rpc])]]))
  const meanings = new Map<string, number>()
  for (const spelling of [...spellings.values()].flat()) meanings.set(spelling, (meanings.get(spelling) ?? 0) + 1)
  const found = [...byRpc].map(([rpc, recorded]) => {
    const rates = recorded.map(({ rate }) => rate)
    const clear = (spellings.get(rpc) ?? []).filter((spelling) => meanings.get(spelling) === 1)
    return {
      name: clear[0] ?? rpc,
      spellings: clear,
      recorded,
      rate: rates.includes(undefined) ? undefined : rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0),
    }
  })
  named.set(service, found)
  return found
}
