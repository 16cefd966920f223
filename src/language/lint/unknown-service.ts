/** A service that the catalog does not have. */
import type { Catalog } from '../catalog.ts'
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
      const apart = unquoted(service, operation !== undefined, names)
      const suggestion = apart ?? (near === undefined ? undefined : printName(near))
      const name = apart === undefined ? service.text : quote(service.text)
      return [inRule(rule, messages.unknownService, service.range, { name, suggestion }, respelling(service.range, suggestion))]
    }),
  )
}

/** Quotes around the whole of `ads/GetAds` make a name of it: the service and its operation without them. */
function unquoted({ text, quoted }: Name, hasOperation: boolean, names: readonly string[]): string | undefined {
  const slash = text.indexOf('/')
  const service = text.slice(0, slash)
  if (!quoted || hasOperation || slash <= 0 || slash === text.length - 1 || !names.includes(service)) return undefined
  return `${printName(service)}/${printOperation(text.slice(slash + 1))}`
}
