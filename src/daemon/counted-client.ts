import { workloadId } from '../bundle/index.ts'
import { isError, type OrchestrationClient } from '../orchestrators/index.ts'
import type { Metrics } from './metrics.ts'

/** The client, with its errors counted. */
export function counted(client: OrchestrationClient, errors: Metrics['orchestratorErrors']): OrchestrationClient {
  return {
    name: client.name,
    async get(workload, options) {
      const result = await client.get(workload, options)
      if (isError(result)) errors.inc({ target: workloadId(workload), call: 'get', error: result.error })
      return result
    },
    async set(workload, request) {
      const result = await client.set(workload, request)
      if (isError(result)) errors.inc({ target: workloadId(workload), call: 'set', error: result.error })
      return result
    },
    ...(client.notify === undefined ? {} : { notify: (workload, notice) => client.notify?.(workload, notice) ?? Promise.resolve() }),
    ...(client.watch === undefined ? {} : { watch: (workload, changed) => client.watch?.(workload, changed) ?? (() => {}) }),
    close: () => client.close(),
  }
}
