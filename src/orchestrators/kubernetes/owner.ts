/** Who else scales a workload: a HorizontalPodAutoscaler, by itself or on behalf of KEDA. */
import { isError, type OrchestrationError } from '../contract.ts'
import type { ApiResponse, KubernetesApi } from './api.ts'
import type { Resource } from './discovery.ts'
import { errorOf } from './errors.ts'

export interface Ownership {
  /** For people: `HorizontalPodAutoscaler shop/ads`. */
  readonly owner?: string
  /** Said when owners could not be looked for. */
  readonly note?: string
}

export interface Owners {
  /** Readings of one namespace at the same time share one request: a round of polling lists its autoscalers once. */
  of(resource: Resource, namespace: string, name: string): Promise<Ownership | OrchestrationError>
  /** By a request that is made now: for what is about to be written. */
  ofNow(resource: Resource, namespace: string, name: string): Promise<Ownership | OrchestrationError>
}

/**
 * An account that may not list autoscalers still scales: somebody withheld the right on purpose, and the version check guards each write.
 * It is said in the note. When the API server does not answer, it is not known whether there is an owner: `transient`.
 */
export function owners(api: KubernetesApi): Owners {
  const underWay = new Map<string, ReturnType<KubernetesApi['call']>>()

  function list(namespace: string): ReturnType<KubernetesApi['call']> {
    return api.call('GET', `/apis/autoscaling/v2/namespaces/${encodeURIComponent(namespace)}/horizontalpodautoscalers`)
  }

  function shared(namespace: string): ReturnType<KubernetesApi['call']> {
    const joined = underWay.get(namespace)
    if (joined !== undefined) return joined
    const started = list(namespace).finally(() => underWay.delete(namespace))
    underWay.set(namespace, started)
    return started
  }

  return {
    of: async (resource, namespace, name) => ownershipIn(await shared(namespace), resource, namespace, name),
    ofNow: async (resource, namespace, name) => ownershipIn(await list(namespace), resource, namespace, name),
  }
}

function ownershipIn(response: ApiResponse | OrchestrationError, resource: Resource, namespace: string, name: string): Ownership | OrchestrationError {
  if (isError(response)) return response
  // A cluster without that API has no autoscaler.
  if (response.status === 404) return {}
  if (response.status === 403)
    return {
      note: `Whether a HorizontalPodAutoscaler scales it too is not known: our account may not list horizontalpodautoscalers of group autoscaling in ${namespace}.`,
    }
  if (response.status !== 200) return errorOf(response, { verb: 'list', resource: 'horizontalpodautoscalers', group: 'autoscaling', namespace })
  return ownerAmong((response.body as { readonly items?: readonly Autoscaler[] }).items ?? [], resource, namespace, name)
}

export function ownerAmong(autoscalers: Iterable<Autoscaler>, resource: Resource, namespace: string, name: string): Ownership {
  const owner = [...autoscalers].find(({ spec: { scaleTargetRef: target } }) => {
    return target.kind === resource.kind && target.name === name && groupOf(target.apiVersion) === resource.group
  })
  if (owner === undefined) return {}
  const by = owner.metadata.ownerReferences?.find((reference) => reference.controller)
  return { owner: `HorizontalPodAutoscaler ${namespace}/${owner.metadata.name}${by === undefined ? '' : ` of ${by.kind} ${by.name}`}` }
}

function groupOf(apiVersion: string | undefined): string {
  return apiVersion?.includes('/') ? (apiVersion.split('/')[0] as string) : ''
}

export interface Autoscaler {
  readonly metadata: {
    readonly name: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[]
  }
  readonly spec: { readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string } }
}
