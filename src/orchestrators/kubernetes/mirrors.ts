/** The copies that readings are answered from, each made when somebody first asks for it. */
import type { KubernetesApi } from './api.ts'
import type { Budget } from './budgets.ts'
import { type Resource, rootOf } from './discovery.ts'
import type { Scalable } from './health.ts'
import type { LabelSelector } from './labels.ts'
import { createMirror, type Identified, type Mirror } from './mirror.ts'
import type { Autoscaler } from './owner.ts'
import type { Pod } from './pods.ts'

/** A workload as far as it is looked at. */
export type Workload = Scalable &
  Identified & {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
    readonly spec?: { readonly selector?: LabelSelector }
  }

export interface Mirrors {
  /** Of one object: so an account needs no right on others. */
  workload(resource: Resource, namespace: string, name: string): Mirror<Workload>
  autoscalers(namespace: string): Mirror<Autoscaler>
  /** Those that are pending. */
  pods(namespace: string): Mirror<Pod>
  budgets(namespace: string): Mirror<Budget>
  close(): void
}

export function createMirrors(api: KubernetesApi): Mirrors {
  const made = new Map<string, Mirror<Identified>>()

  function mirror<T extends Identified>(path: string, keep: (object: T) => T, query = ''): Mirror<T> {
    const key = `${path}?${query}`
    const known = made.get(key)
    if (known !== undefined) return known as Mirror<T>
    const fresh = createMirror<T>(api, path, { keep, query, unused: () => made.delete(key) })
    made.set(key, fresh)
    return fresh
  }

  const within = (namespace: string, root: string, plural: string): string => `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
  return {
    workload: (resource, namespace, name) =>
      mirror(within(namespace, rootOf(resource), resource.plural), prunedWorkload, `fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`),
    autoscalers: (namespace) =>
      mirror<Autoscaler>(within(namespace, '/apis/autoscaling/v2', 'horizontalpodautoscalers'), ({ metadata, spec: { scaleTargetRef } }) => ({
        metadata,
        spec: { scaleTargetRef },
      })),
    pods: (namespace) =>
      mirror<Pod>(
        within(namespace, '/api/v1', 'pods'),
        ({ metadata, status }) => ({ metadata, ...(status?.conditions === undefined ? {} : { status: { conditions: status.conditions } }) }),
        `fieldSelector=${encodeURIComponent('status.phase=Pending')}`,
      ),
    budgets: (namespace) => mirror<Budget>(within(namespace, '/apis/policy/v1', 'poddisruptionbudgets'), (budget) => budget),
    close() {
      for (const one of made.values()) one.close()
    },
  }
}

/** Without its pod template, which is most of it. */
function prunedWorkload({ metadata, spec, status }: Workload): Workload {
  const { replicas, paused, updateStrategy, selector } = spec ?? {}
  return {
    metadata,
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      ...(paused === undefined ? {} : { paused }),
      ...(updateStrategy === undefined ? {} : { updateStrategy }),
      ...(selector === undefined ? {} : { selector }),
    },
    ...(status === undefined ? {} : { status }),
  }
}
