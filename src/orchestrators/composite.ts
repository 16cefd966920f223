/** Several orchestrators behind one: `process:worker` goes to the client of the prefix `process`. */
import { type WorkloadRef, workloadId } from '../bundle/index.ts'
import type { OrchestrationClient, OrchestrationError } from './contract.ts'

export interface CompositeOptions {
  /** Takes the workloads without a prefix. */
  readonly default: OrchestrationClient
  readonly byPrefix: Readonly<Record<string, OrchestrationClient>>
}

export function composite(options: CompositeOptions): OrchestrationClient {
  const clients = new Map(Object.entries(options.byPrefix))
  // The default may be named explicitly too.
  if (!clients.has(options.default.name)) clients.set(options.default.name, options.default)

  function route(workload: WorkloadRef): OrchestrationClient | OrchestrationError {
    if (workload.orchestrator === undefined) return options.default
    const client = clients.get(workload.orchestrator)
    if (client !== undefined) return client
    const known = [...clients.keys()].sort().join(', ')
    return { error: 'not-found', message: `${workloadId(workload)} names the orchestrator ${workload.orchestrator}, which is not configured. Known: ${known}.` }
  }

  return {
    name: 'composite',
    async get(workload, options) {
      const client = route(workload)
      return 'error' in client ? client : client.get(workload, options)
    },
    async set(workload, request) {
      const client = route(workload)
      return 'error' in client ? client : client.set(workload, request)
    },
    async notify(workload, notice) {
      const client = route(workload)
      if (!('error' in client)) await client.notify?.(workload, notice)
    },
    watch(workload, changed) {
      const client = route(workload)
      return ('error' in client ? undefined : client.watch?.(workload, changed)) ?? (() => {})
    },
    async close() {
      await Promise.all([...new Set([options.default, ...clients.values()])].map((client) => client.close()))
    },
  }
}
