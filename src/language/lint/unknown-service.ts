/** A service that the catalog does not have. */
import type { Catalog } from '../catalog.ts'
import { printName } from '../check/print.ts'
import { nearest } from '../syntax/nearest.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { isPattern } from './known.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

const namesOf = ({ services }: Catalog): readonly string[] => services.map(({ name }) => name)

export const unknownService: Lint = ({ program, view, once }) => {
  const names = once(namesOf)
  if (view === undefined || names === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap(({ service }) => {
      if (view.services(service.text).length > 0) return []
      const near = isPattern(service.text) ? undefined : nearest(service.text, names)
      const suggestion = near === undefined ? undefined : printName(near)
      return [inRule(rule, messages.unknownService, service.range, { name: service.text, suggestion }, respelling(service.range, suggestion))]
    }),
  )
}
