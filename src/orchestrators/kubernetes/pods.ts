/** Pods that the cluster has no room for: more of them would not help. */
import { isError } from '../contract.ts'
import type { KubernetesApi } from './api.ts'

/** One sentence when there are such pods; undefined when there are none, or when our account may not list pods. */
export async function unschedulable(api: KubernetesApi, namespace: string, selector: string): Promise<string | undefined> {
  const query = `labelSelector=${encodeURIComponent(selector)}&fieldSelector=${encodeURIComponent('status.phase=Pending')}`
  const response = await api.call('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${query}`)
  if (isError(response) || response.status !== 200) return undefined
  const waiting = ((response.body as PodList).items ?? []).flatMap((pod) => {
    const scheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled')
    return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? [scheduled.message ?? 'no message'] : []
  })
  if (waiting.length === 0) return undefined
  return `${waiting.length === 1 ? 'a pod' : `${waiting.length} pods`} cannot be scheduled: ${waiting[0]}`
}

interface PodList {
  readonly items?: readonly {
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[]
    }
  }[]
}
