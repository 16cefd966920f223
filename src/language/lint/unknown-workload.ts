/** A workload that the catalog does not have. */
import type { Catalog } from '../catalog.ts'
import { nearest } from '../syntax/nearest.ts'
import { inRule, type Lint, respelling } from './context.ts'
import { messages } from './messages.ts'

export const unknownWorkload: Lint = ({ program, once }) => {
  const workloads = once(workloadsOf)
  if (workloads === undefined || workloads.known.size === 0) return []
  const { known, named } = workloads
  return program.rules.flatMap((rule) => {
    const { workload } = rule.tree
    const { kind, name, namespace } = partsOf(rule.target)
    const same = named.get(`${kind}${name}`) ?? []
    // Without a namespace it is the engine's.
    if (workload === undefined || same.some((other) => namespace === undefined || other.namespace === namespace)) return []
    const alike = known.get(kind) ?? []
    const [elsewhere] = same
    const near = nearest(
      name,
      alike.map((other) => other.name),
    )
    const meant = elsewhere ?? alike.find((other) => other.name === near)
    const suggestion = meant === undefined ? undefined : printed(meant)
    // A namespace may be one of the file's defaults: then only the rest is written here.
    const text = meant === undefined || workload.namespace !== undefined ? suggestion : elsewhere === undefined ? `${meant.kind}${meant.name}` : undefined
    return [inRule(rule, messages.unknownCatalogWorkload, workload.range, { name: rule.target, suggestion }, respelling(workload.range, text))]
  })
}

/** Most workloads are there: they are found without a look at all others. */
function workloadsOf(catalog: Catalog) {
  const parts = catalog.workloads.map(({ id }) => partsOf(id))
  return { known: Map.groupBy(parts, ({ kind }) => kind), named: Map.groupBy(parts, ({ kind, name }) => `${kind}${name}`) }
}

interface Parts {
  /** With orchestrator, colon and slash. */
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
}

function partsOf(id: string): Parts {
  const [workload = '', namespace] = id.split(' in ')
  const end = Math.max(workload.lastIndexOf('/'), workload.lastIndexOf(':')) + 1
  return { kind: workload.slice(0, end), name: workload.slice(end), namespace }
}

function printed({ kind, name, namespace }: Parts): string {
  return `${kind}${name}${namespace === undefined ? '' : ` in ${namespace}`}`
}
