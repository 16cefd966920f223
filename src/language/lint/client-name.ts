/**
 * CLIENT and PRODUCER spans carry the callee's operation under the caller's service, and selectors leave them out: `span(frontend/GetAds)`
 * is empty where frontend only calls it.
 */
import { defaultKinds, printName } from '../check/print.ts'
import type { Selector } from '../check/program.ts'
import type { Fix } from '../diagnostics.ts'
import type { SelectorNode } from '../tree.ts'
import { inRule, type Lint } from './context.ts'
import type { CatalogView } from './known.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

export const clientName: Lint = ({ program, resolved, view }) => {
  if (view === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap((node) => {
      const selector = resolved.selectors.get(node)
      if (selector === undefined || node.operation === undefined || !isMistakenCall(selector, view)) return []
      const callees = calleesOf(selector, view)
      const parameters = {
        service: selector.service,
        operation: node.operation.text,
        callees: callees.map((name) => `${printName(name)}/${node.operation?.text}`),
      }
      const fix = fixOf(node, callees)
      return [inRule(rule, messages.clientName, node.service.range, parameters, fix === undefined ? {} : { fix })]
    }),
  )
}

/** The service has spans of that name, but only of its calls to others, and the selector does not ask for these. */
export function isMistakenCall(selector: Selector, view: CatalogView): boolean {
  if (selector.operation === undefined || String(selector.kinds) !== String(defaultKinds(true))) return false
  return view.counted(selector).length === 0 && view.ofAnyKind(selector).length > 0
}

/** Services that serve the operation; where the catalog says whom the service calls, only those. */
function calleesOf(selector: Selector, view: CatalogView): readonly string[] {
  const serving = view.counted({ ...selector, service: '*' }).map((match) => match.service)
  const called = new Set(
    view
      .ofAnyKind(selector)
      .flatMap((match) => match.operation.calls ?? [])
      .map((call) => call.split('/')[0]),
  )
  const likely = serving.filter((name) => called.has(name))
  return [...new Set(likely.length > 0 ? likely : serving)]
}

function fixOf(node: SelectorNode, callees: readonly string[]): Fix | undefined {
  const [callee, ...others] = callees
  if (others.length > 0) return undefined
  if (callee !== undefined) return { title: `write ${printName(callee)}`, edits: [{ range: node.service.range, text: printName(callee) }] }
  const end = (node.operation ?? node.service).range.end
  const text = ' where kind == client'
  const edits =
    node.where === undefined
      ? [{ range: { start: end, end }, text }]
      : [
          { range: { start: end, end: node.where.range.start }, text: `${text} and (` },
          { range: { start: node.where.range.end, end: node.where.range.end }, text: ')' },
        ]
  return { title: 'count the calls', edits }
}
