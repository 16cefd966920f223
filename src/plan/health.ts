/** Stage 10, and the guards that come before any planning: is the workload ours to change, now? */
import type { WorkloadSnapshot } from '../evaluate/index.ts'
import { contendedUntil } from './contention.ts'
import type { PlanInput, Reason } from './contract.ts'
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'
import { duration, replicas, significant } from './words.ts'

/**
 * A rollout in progress or pending pods hold every change, and so do too many replicas that are not ready: a workload that is not well tells
 * little about its load, and lowering its count bypasses disruption budgets. After WPA's `minAvailableReplicaPercentage`.
 */
export function health({ input: { minAvailable = 0 }, snapshot, base }: Context, wanted: number): StageResult {
  if (wanted === base) return { replicas: wanted }
  if (snapshot.blocked !== undefined) return holds(base, 'Blocked', snapshot.blocked)
  if (snapshot.ready >= minAvailable * base) return { replicas: wanted }
  return holds(base, 'TooFewReady', `${snapshot.ready} of ${replicas(base)} ready, and nothing is changed below ${significant(minAvailable * 100)}%`)
}

/** Why the target is not planned for at all, if so. */
export function guard({ target, snapshot, state, at }: PlanInput): { readonly reason: Reason; readonly message: string } | undefined {
  if (target.mode === 'off') return { reason: 'ModeOff', message: `${target.id} is in mode off` }
  if (snapshot === undefined) return { reason: 'TargetUnreadable', message: `${target.id} has not been read yet` }
  if (!isRead(snapshot)) return { reason: 'TargetUnreadable', message: `${target.id} could not be read (${snapshot.error}): ${snapshot.message}` }
  if (snapshot.owner !== undefined) return { reason: 'OwnedByAnother', message: `${target.id} is scaled by ${snapshot.owner}; only one may` }
  if (snapshot.desired === 0 && target.min > 0) {
    return { reason: 'ScalingDisabled', message: `${target.id} was set to 0 replicas by somebody and stays so until it is set to 1 or more` }
  }
  const until = contendedUntil(state, at)
  if (until !== undefined) {
    return {
      reason: 'ContendedTarget',
      message: `somebody undid the last changes of ${target.id} again and again: let the other tool leave its replicas alone; nothing is changed for another ${duration(until - at)}`,
    }
  }
  return undefined
}

export function isRead(snapshot: PlanInput['snapshot']): snapshot is WorkloadSnapshot {
  return snapshot !== undefined && !('error' in snapshot)
}
