/** Scales nothing and remembers what would have been set. */
import { type WorkloadRef, workloadId } from '../bundle/index.ts'
import type { OrchestrationClient, OrchestrationError, SetRequest, WorkloadState } from './contract.ts'

export interface DryRunOptions {
  /** Replicas at the start, per workload id such as `deployment/adservice`. A workload that is not named here does not exist, unless `otherwise` is given. */
  readonly replicas: Readonly<Record<string, number>>
  /** Replicas at the start of every workload that `replicas` does not name. */
  readonly otherwise?: number
}

export interface DryRunClient extends OrchestrationClient {
  /** Every change that would have been made, oldest first. */
  readonly sets: readonly { readonly workload: WorkloadRef; readonly request: SetRequest }[]
}

interface Remembered {
  desired: number
  version: number
  lastId?: string
}

export function dryRun(options: DryRunOptions): DryRunClient {
  const workloads = new Map<string, Remembered>()
  for (const [id, desired] of Object.entries(options.replicas)) workloads.set(id, { desired, version: 1 })
  const sets: { workload: WorkloadRef; request: SetRequest }[] = []

  function find(workload: WorkloadRef): Remembered | undefined {
    const id = workloadId(workload)
    const known = workloads.get(id)
    if (known !== undefined || options.otherwise === undefined) return known
    const created: Remembered = { desired: options.otherwise, version: 1 }
    workloads.set(id, created)
    return created
  }

  const missing = (workload: WorkloadRef): OrchestrationError => ({
    error: 'not-found',
    message: `The dry run knows no ${workloadId(workload)}: give it a number of replicas.`,
  })
  const stateOf = (of: Remembered): WorkloadState => ({ desired: of.desired, ready: of.desired, version: String(of.version) })

  return {
    name: 'dry-run',
    sets,
    async get(workload) {
      const found = find(workload)
      return found === undefined ? missing(workload) : stateOf(found)
    },
    async set(workload, request) {
      const found = find(workload)
      if (found === undefined) return missing(workload)
      if (found.lastId === request.id || found.desired === request.replicas) return stateOf(found)
      if (String(found.version) !== request.version)
        return { error: 'conflict', message: `${workloadId(workload)} is at ${found.desired} and has changed since the decision was planned: plan again.` }
      found.desired = request.replicas
      found.version++
      found.lastId = request.id
      sets.push({ workload, request })
      return stateOf(found)
    },
    async close() {},
  }
}
