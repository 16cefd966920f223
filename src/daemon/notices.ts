/** What is told on the workload itself, where the orchestrator has a place for it: what was changed and why, and holds that somebody should do something about. */
import type { WorkloadRef } from '../bundle/index.ts'
import type { Because } from '../evaluate/index.ts'
import type { Notice, OrchestrationClient } from '../orchestrators/index.ts'
import { type Decision, type Reason, replicas } from '../plan/index.ts'

export interface NoticesParts {
  readonly client: OrchestrationClient
  readonly workloadOf: (target: string) => WorkloadRef | undefined
}

/** Holds that do not pass by themselves. A pause, a cooldown or a bound is how it was meant, and the decision log has them. */
const worth: ReadonlySet<Reason> = new Set([
  'OwnedByAnother',
  'ContendedTarget',
  'StaleEvidence',
  'Blocked',
  'TooManyReplicas',
  'FailedUpdateScale',
  'ScalingDisabled',
])

/** Takes decisions as they turned out; says each hold once, until something else is decided. */
export function createNotices({ client, workloadOf }: NoticesParts): (decision: Decision) => void {
  const last = new Map<string, Reason>()
  return (decision) => {
    const { target, outcome, reason } = decision
    const before = last.get(target)
    last.set(target, reason)
    if (client.notify === undefined || (outcome !== 'scale' && (before === reason || !worth.has(reason)))) return
    const workload = workloadOf(target)
    if (workload !== undefined) void client.notify(workload, noticeOf(decision))
  }
}

/** HPA's words where HPA has one, so that what people have built on its events goes on working. */
export function noticeOf({ outcome, reason, message, to, rules }: Decision): Notice {
  const trace = rules.filter(({ fired }) => fired).flatMap(({ because }) => tracesOf(because))[0]
  const evidence = trace === undefined ? '' : `; trace ${trace}`
  if (outcome === 'scale') return { severity: 'normal', reason: 'SuccessfulRescale', message: `New size: ${replicas(to ?? 0)}; reason: ${message}${evidence}` }
  return { severity: 'warning', reason: reason === 'FailedUpdateScale' ? 'FailedRescale' : reason, message: `${message}${evidence}` }
}

/** The worst first, of the first condition that has any. */
function tracesOf({ traceIds = [], of = [] }: Because): readonly string[] {
  return traceIds.length > 0 ? traceIds : of.flatMap(tracesOf)
}
