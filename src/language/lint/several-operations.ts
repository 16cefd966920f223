/** A name without a wildcard that nevertheless means several operations: `Get` of two RPC services. */
import { operationSpellings } from '../catalog-lookup.ts'
import { printOperation } from '../check/print.ts'
import { canonicalOperation } from '../names.ts'
import { inRule, type Lint } from './context.ts'
import { isPattern } from './known.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

/** Operations that the message names. */
const mostNamed = 4

export const severalOperations: Lint = ({ program, resolved, view }) => {
  if (view === undefined) return []
  return program.rules.flatMap((rule) =>
    selectorsOf(rule).flatMap((node) => {
      const selector = resolved.selectors.get(node)
      if (selector === undefined || node.operation === undefined || isPattern(node.operation.text)) return []
      const matches = view.counted(selector)
      if (matches.length < 2) return []
      const operations = [...new Set(matches.map(({ operation }) => canonicalOperation(operation.name)))].sort()
      if (operations.length < 2) return []
      // The shortest names that tell them apart.
      const short = operations.map((name) => operationSpellings(name).find((spelling) => spelling !== node.operation?.text) ?? name)
      const names = new Set(short).size === short.length ? short : operations
      const parameters = { pattern: node.operation.text, operations: names.slice(0, mostNamed).map(printOperation), count: operations.length }
      return [inRule(rule, messages.severalOperations, node.operation.range, parameters)]
    }),
  )
}
