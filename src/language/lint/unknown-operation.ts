/** An operation that no span of its service has. A name that only the service's calls to others have is another lint's. */
import { operationSpellings } from '../catalog-lookup.ts'
import { defaultKinds, kindWords, printOperation } from '../check/print.ts'
import type { Rule, Selector } from '../check/program.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { nearest } from '../syntax/nearest.ts'
import type { Name } from '../tree.ts'
import { isMistakenCall } from './client-name.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { type CatalogView, isPattern } from './known.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

/** Operations that the help names. */
const mostNamed = 6

export const unknownOperation: Lint = ({ program, resolved, view }) => {
  if (view === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap((node) => {
      const selector = resolved.selectors.get(node)
      if (selector === undefined || view.services(selector.service).length === 0) return []
      if (view.counted(selector).length > 0 || isMistakenCall(selector, view)) return []
      if (node.operation !== undefined) return [unknown(rule, node.operation, selector, view)]
      // A service from which nothing is recorded yet is not what this is about.
      return view.ofAnyKind({ service: selector.service, kinds: [] }).length === 0
        ? []
        : [inRule(rule, messages.nothingServed, node.service.range, { service: selector.service, kinds: askedKinds(selector) })]
    }),
  )
}

/** The one operation that has the name as a whole part, as `GET /cart` has `cart` and `/cart`. */
function partOf(operations: readonly string[], name: string): string | undefined {
  const word = name.replace(/^\//, '')
  const [found, ...others] = word === '' || isPattern(name) ? [] : operations.filter((operation) => operation.split(/[\s/]+/).includes(word))
  return others.length === 0 ? found : undefined
}

/** The kinds that it asks for in words. */
function askedKinds({ kinds }: Selector): readonly string[] | undefined {
  return String(kinds) === String(defaultKinds(false)) ? undefined : kinds.map((kind) => kindWords[kind] ?? '')
}

function unknown(rule: Rule, name: Name, selector: Selector, view: CatalogView): Diagnostic {
  const known = [...new Set(view.counted({ service: selector.service, kinds: selector.kinds }).map(({ operation }) => operation.name))]
  const near = isPattern(name.text) ? undefined : nearest(name.text, new Set(known.flatMap(operationSpellings)))
  const meant = near ?? partOf(known, name.text)
  const suggestion = meant === undefined ? undefined : printOperation(meant)
  const shown = known.slice(0, mostNamed).map((operation) => printOperation(operationSpellings(operation)[0] ?? operation))
  const parameters = { name: name.text, service: selector.service, suggestion, known: known.length > mostNamed ? [...shown, '…'] : shown }
  return inRule(rule, messages.unknownOperation, name.range, parameters, respelling(name.range, suggestion))
}
