/** An attribute compared with a literal of another type than its values have: `http.status_code == "500"` where they are numbers. */
import type { CatalogAttribute } from '../catalog.ts'
import type { CheckedPredicate, Scalar } from '../check/program.ts'
import { quote } from '../syntax/build/literals.ts'
import type { Literal, Ranged } from '../tree.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { messages } from './messages.ts'
import { type PredicateLeaf, selectorsOf, testsOf } from './walk.ts'

const typeNames = { string: 'a text', number: 'a number', boolean: 'a truth value' } as const
const catalogTypes = { text: 'string', number: 'number', boolean: 'boolean' } as const

export const attributeType: Lint = ({ program, resolved, view }) => {
  if (view === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap((selector) =>
      testsOf(selector).flatMap((test) => {
        const predicate = resolved.predicates.get(test)
        const attribute = predicate === undefined ? undefined : attributeOf(predicate, view.attributes(selector.service.text))
        if (predicate === undefined || attribute === undefined || attribute.type === 'mixed') return []
        const wanted = catalogTypes[attribute.type]
        return comparands(test, predicate).flatMap(({ node, value }) => {
          if (typeof value === wanted) return []
          const given = typeNames[typeof value as keyof typeof typeNames]
          const examples = attribute.examples.slice(0, 3).map(literal).join(', ')
          const parameters = { field: test.field.text, has: typeNames[wanted], given, examples }
          return [inRule(rule, messages.attributeType, node.range, parameters, respelling(node.range, rewritten(node, value, wanted)))]
        })
      }),
    ),
  )
}

function attributeOf(predicate: CheckedPredicate, known: readonly CatalogAttribute[]): CatalogAttribute | undefined {
  if (!('field' in predicate) || predicate.field.kind === 'intrinsic') return undefined
  const { scope, name } = predicate.field.attribute
  return known.find((attribute) => attribute.scope === scope && attribute.name === name)
}

interface Comparand {
  readonly node: Literal | (Ranged & { readonly kind: 'name' })
  readonly value: Scalar
}

function comparands(test: PredicateLeaf, predicate: CheckedPredicate): readonly Comparand[] {
  if (test.kind === 'compare' && predicate.kind === 'compare') return [{ node: test.value, value: predicate.value }]
  if (test.kind === 'matches' && predicate.kind === 'matches') return [{ node: test.pattern, value: predicate.pattern }]
  if (test.kind === 'in' && predicate.kind === 'in') return test.values.flatMap((node, i) => ({ node, value: predicate.values[i] ?? '' }))
  return []
}

/** The same value as a literal of the other type, where there is one. */
function rewritten(node: Comparand['node'], value: Scalar, wanted: 'string' | 'number' | 'boolean'): string | undefined {
  if (node.kind === 'name') return undefined
  if (wanted === 'string') return quote(String(value))
  if (typeof value !== 'string') return undefined
  if (wanted === 'number') return /^\d+(\.\d+)?$/.test(value) ? value : undefined
  return value === 'true' || value === 'false' ? value : undefined
}

function literal(value: Scalar): string {
  return typeof value === 'string' ? quote(value) : String(value)
}
