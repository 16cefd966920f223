/** Workloads that exist only in virtual time: a scale takes effect at once, its new replicas are ready after a fixed delay. */
import type { WorkloadSnapshot, World } from '../evaluate/index.ts'
import type { Decision } from '../plan/index.ts'
import type { Nanos } from '../spans/index.ts'

export interface SimulatedWorkload {
  /** Target id. */
  readonly id: string
  readonly replicas: number
}

export interface SimulatedWorld {
  /** What an orchestrator would say at `at`. Times must not go back. */
  at(at: Nanos): World
  /** Carries a `scale` decision out at its step's end. False when the workload is not known or has moved on from the decision's version. */
  apply(decision: Decision): boolean
  /** Somebody else changes the workload. */
  set(id: string, replicas: number, at: Nanos): void
  /** Desired counts by target id. */
  replicas(): ReadonlyMap<string, number>
}

interface Simulated {
  desired: number
  version: number
  /** When the youngest wanted replicas become ready. */
  readySince: Nanos
  /** Replicas that start, oldest first. */
  starting: { readonly readyAt: Nanos; count: number }[]
}

/** `readyAfterNs`: from a scale to the readiness of its new replicas, 0 for at once. */
export function simulatedWorld(workloads: readonly SimulatedWorkload[], readyAfterNs: number): SimulatedWorld {
  const all = new Map<string, Simulated>(workloads.map(({ id, replicas }) => [id, { desired: replicas, version: 1, readySince: 0, starting: [] }]))

  function set(id: string, replicas: number, at: Nanos): void {
    const workload = all.get(id)
    if (workload === undefined || replicas === workload.desired) return
    settle(workload, at)
    const added = replicas - workload.desired
    if (added > 0) workload.starting.push({ readyAt: at + readyAfterNs, count: added })
    else withdraw(workload, -added)
    workload.desired = replicas
    workload.version++
    workload.readySince = workload.starting.at(-1)?.readyAt ?? at
    settle(workload, at)
  }

  return {
    at(at) {
      const world = new Map<string, WorkloadSnapshot>()
      for (const [id, workload] of all) {
        settle(workload, at)
        const { desired, version, readySince, starting } = workload
        const ready = desired - starting.reduce((total, { count }) => total + count, 0)
        world.set(id, { desired, ready, version: String(version), readySince: ready < desired ? undefined : readySince })
      }
      return world
    },
    apply(decision) {
      const workload = all.get(decision.target)
      if (workload === undefined || decision.to === undefined || String(workload.version) !== decision.version) return false
      set(decision.target, decision.to, decision.at)
      return true
    },
    set,
    replicas: () => new Map([...all].map(([id, { desired }]) => [id, desired])),
  }
}

function settle(workload: Simulated, at: Nanos): void {
  while ((workload.starting[0]?.readyAt ?? Number.POSITIVE_INFINITY) <= at) workload.starting.shift()
}

/** Takes replicas away, those that have not started first, the youngest of them before the older. */
function withdraw(workload: Simulated, count: number): void {
  let left = count
  while (left > 0) {
    const youngest = workload.starting.at(-1)
    if (youngest === undefined) return
    const taken = Math.min(left, youngest.count)
    left -= taken
    youngest.count -= taken
    if (youngest.count === 0) workload.starting.pop()
  }
}
