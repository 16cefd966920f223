/** Workloads from what Kubernetes says of itself in resource attributes. */
import { workloadId } from '../../bundle/index.ts'
import type { CatalogWorkload } from '../../language/index.ts'
import type { Scalar } from './walk.ts'

export class Workloads {
  readonly #limit: number
  readonly #services = new Map<string, Set<string>>()
  refused = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  see(service: string, attributes: ReadonlyMap<string, Scalar | undefined>): void {
    const id = idOf(attributes)
    if (id === undefined) return
    const known = this.#services.get(id)
    if (known !== undefined) known.add(service)
    else if (this.#services.size < this.#limit) this.#services.set(id, new Set([service]))
    else this.refused++
  }

  workloads(): readonly CatalogWorkload[] {
    return [...this.#services].map(([id, services]) => ({ id, services: [...services] }))
  }
}

function idOf(attributes: ReadonlyMap<string, Scalar | undefined>): string | undefined {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const namespace = text('k8s.namespace.name')
  const deployment = text('k8s.deployment.name') ?? deploymentOf(text('k8s.replicaset.name'))
  const statefulSet = text('k8s.statefulset.name')
  const name = deployment ?? statefulSet
  if (name === undefined) return undefined
  return workloadId({ kind: deployment === undefined ? 'statefulset' : 'deployment', name, ...(namespace === undefined ? {} : { namespace }) })
}

/** A Deployment names its ReplicaSets after itself and the hash of their template, in an alphabet without vowels. */
function deploymentOf(replicaSet: string | undefined): string | undefined {
  return replicaSet === undefined ? undefined : /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/.exec(replicaSet)?.[1]
}
