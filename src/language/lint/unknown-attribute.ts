/** An attribute that no span of the service has: every comparison with it is false. */
import { nearest } from '../syntax/nearest.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { messages } from './messages.ts'
import { selectorsOf, testsOf } from './walk.ts'

export const unknownAttribute: Lint = ({ program, resolved, view }) => {
  if (view === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap((selector) => {
      const tests = testsOf(selector)
      if (tests.length === 0) return []
      const known = view.attributes(selector.service.text)
      // Nothing is known of a service whose attributes nobody has listed.
      if (known.length === 0) return []
      return tests.flatMap((test) => {
        const predicate = resolved.predicates.get(test)
        if (predicate === undefined || !('field' in predicate) || predicate.field.kind === 'intrinsic') return []
        const { scope, name } = predicate.field.attribute
        if (known.some((attribute) => attribute.scope === scope && attribute.name === name)) return []
        const spelling = (attribute: { readonly scope: string; readonly name: string }): string =>
          attribute.scope === 'resource' ? `resource.${attribute.name}` : attribute.name
        const suggestion =
          known.map(spelling).find((other) => other === `resource.${name}` || `resource.${other}` === test.field.text) ??
          nearest(test.field.text, known.map(spelling))
        const parameters = { name: test.field.text, services: selector.service.text, suggestion }
        return [inRule(rule, messages.unknownAttribute, test.field.range, parameters, respelling(test.field.range, suggestion))]
      })
    }),
  )
}
