/**
 * Workloads that another controller scales on our word (KEDA's external scaler): a set writes nothing and is the word. It stands until the next one, whatever the
 * other makes of it: it may want more for reasons of its own, and may be slow.
 */
import { type WorkloadRef, workloadId } from '../bundle/index.ts'
import { type GetOptions, isError, type OrchestrationClient, type OrchestrationError, type WorkloadState } from './contract.ts'

export interface AdvisedClient extends OrchestrationClient {
  /** The replicas that were last asked for, or that the workload had when it was first seen; undefined before that. */
  wordOn(workload: string): number | undefined
}

/** `actual` reads what really stands. */
export function advised(actual: OrchestrationClient): AdvisedClient {
  const words = new Map<string, number>()
  const lastIds = new Map<string, string>()

  async function get(workload: WorkloadRef, options?: GetOptions): Promise<WorkloadState | OrchestrationError> {
    const state = await actual.get(workload, options)
    if (isError(state)) return state
    const key = workloadId(workload)
    // After a restart the word is what stands: the last good one, as far as anybody can tell.
    if (!words.has(key)) words.set(key, state.desired)
    const desired = words.get(key) as number
    // That somebody else scales it is how it is meant.
    const { owner: _, ...rest } = state
    return { ...rest, desired, version: `${desired}` }
  }

  return {
    name: actual.name,
    wordOn: (workload) => words.get(workload),
    get,
    async set(workload, { replicas, version, id }) {
      const now = await get(workload)
      const key = workloadId(workload)
      if (isError(now) || lastIds.get(key) === id || now.desired === replicas) return now
      if (now.version !== version) return { error: 'conflict', message: `${key} was asked to be at ${now.desired} since the decision was planned: plan again.` }
      words.set(key, replicas)
      lastIds.set(key, id)
      return get(workload)
    },
    ...(actual.notify === undefined ? {} : { notify: (workload, notice) => actual.notify?.(workload, notice) as Promise<void> }),
    ...(actual.watch === undefined ? {} : { watch: (workload, changed) => actual.watch?.(workload, changed) as () => void }),
    close: () => actual.close(),
  }
}
