/** Pods that the cluster has no room for: more of them would not help. */
import { isError } from '../contract.ts'
import type { KubernetesApi } from './api.ts'
import type { Labels } from './labels.ts'

export interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Labels; readonly uid?: string; readonly resourceVersion?: string }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[]
  }
}

/** One sentence when there are such pods; undefined when there are none, or when our account may not list pods. */
export async function unschedulable(api: KubernetesApi, namespace: string, selector: string): Promise<string | undefined> {
  const query = `labelSelector=${encodeURIComponent(selector)}&fieldSelector=${encodeURIComponent('status.phase=Pending')}`
  const response = await api.call('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${query}`)
  if (isError(response) || response.status !== 200) return undefined
  return withoutRoom((response.body as { readonly items?: readonly Pod[] }).items ?? [])
}

/** Of pending pods. */
export function withoutRoom(pods: readonly Pod[]): string | undefined {
  const waiting = pods.flatMap((pod) => {
    const scheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled')
    return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? [scheduled.message ?? 'no message'] : []
  })
  if (waiting.length === 0) return undefined
  return `${waiting.length === 1 ? 'a pod' : `${waiting.length} pods`} cannot be scheduled: ${waiting[0]}`
}
