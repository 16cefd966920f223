/** A service that the catalog does not have. */
import type { Catalog } from '../catalog.ts'
import { operationSpellings } from '../catalog-lookup.ts'
import { printName, printOperation } from '../check/print.ts'
import { quote } from '../syntax/build/literals.ts'
import { nearest } from '../syntax/nearest.ts'
import type { Name } from '../tree.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { isPattern } from './known.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

const namesOf = ({ services }: Catalog): readonly string[] => services.map(({ name }) => name)

export const unknownService: Lint = ({ program, view, once }) => {
  const names = once(namesOf)
  if (view === undefined || names === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap(({ service, operation }) => {
      if (view.services(service.text).length > 0) return []
      const near = isPattern(service.text) ? undefined : nearest(service.text, names)
      const apart =
        unquoted(service, operation !== undefined, names) ??
        (operation === undefined && near === undefined ? withService(service, once(ownersOf), names) : undefined)
      const suggestion = apart ?? (near === undefined ? undefined : printName(near))
      const name = apart === undefined || !service.quoted ? service.text : quote(service.text)
      return [inRule(rule, messages.unknownService, service.range, { name, suggestion }, respelling(service.range, suggestion))]
    }),
  )
}

/** `GetAds`, and `ads.GetAds`, as an operation of the one service that has it. */
function withService({ text, quoted }: Name, owners: Owners | undefined, names: readonly string[]): string | undefined {
  const service = quoted ? undefined : names.find((name) => text.startsWith(`${name}.`))
  const operation = service === undefined ? text : text.slice(service.length + 1)
  const found = owners?.get(operation) ?? []
  const owner = service === undefined && found.length === 1 ? found[0] : found.find((name) => name === service)
  return owner === undefined ? undefined : `${printName(owner)}/${printOperation(operation)}`
}

/** Services by what their own operations are called. */
type Owners = ReadonlyMap<string, readonly string[]>

function ownersOf({ services }: Catalog): Owners {
  const owners = new Map<string, string[]>()
  for (const service of services)
    for (const operation of service.operations) {
      if (!own.has(operation.kind)) continue
      for (const spelling of operationSpellings(operation.name)) {
        const known = owners.get(spelling)
        if (known === undefined) owners.set(spelling, [service.name])
        else if (!known.includes(service.name)) known.push(service.name)
      }
    }
  return owners
}

/** What a service does itself. */
const own: ReadonlySet<string> = new Set(['server', 'consumer', 'internal'])

/** Quotes around the whole of `ads/GetAds` make a name of it: the service and its operation without them. */
function unquoted({ text, quoted }: Name, hasOperation: boolean, names: readonly string[]): string | undefined {
  const slash = text.indexOf('/')
  const service = text.slice(0, slash)
  if (!quoted || hasOperation || slash <= 0 || slash === text.length - 1 || !names.includes(service)) return undefined
  return `${printName(service)}/${printOperation(text.slice(slash + 1))}`
}
