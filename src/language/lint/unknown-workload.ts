/** A workload that the catalog does not have. */
import { nearest } from '../syntax/nearest.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { messages } from './messages.ts'

export const unknownWorkload: Lint = ({ program, context: { catalog } }) => {
  if (catalog === undefined || catalog.workloads.length === 0) return []
  const ids = catalog.workloads.map(({ id }) => id)
  const known = new Set([...ids, ...ids.map(withoutNamespace)])
  const seen = new Set<string>()
  return program.rules.flatMap((rule) => {
    const { target, tree } = rule
    if (tree.workload === undefined || seen.has(target) || known.has(target)) return []
    seen.add(target)
    const near = nearest(target, target.includes(' in ') ? ids : ids.map(withoutNamespace))
    // The namespace may be one of the file's defaults: then only the rest is written here.
    const text = near !== undefined && tree.workload.namespace === undefined ? withoutNamespace(near) : near
    const namespaceOnly = near !== undefined && withoutNamespace(near) === withoutNamespace(target) && tree.workload.namespace === undefined
    const more = namespaceOnly ? {} : respelling(tree.workload.range, text)
    return [inRule(rule, messages.unknownCatalogWorkload, tree.workload.range, { name: target, suggestion: near }, more)]
  })
}

function withoutNamespace(id: string): string {
  return id.split(' in ')[0] ?? id
}
