/** From a target's last decision to what an external scaler says. Pure. */
import type { Decision } from '../../plan/index.ts'
import type { Wanted } from './server.ts'

/**
 * `isTarget`: whether the rules have it. What stale evidence or an unreadable workload leave open is not known; HPA scales in on no such word. Replicas that
 * are held for another reason are what is wanted for now.
 */
export function wantedOf(decision: Decision | undefined, isTarget: boolean): Wanted {
  if (!isTarget) return undefined
  if (decision === undefined) return { unknown: 'nothing has been decided yet' }
  const { reason, message, to } = decision
  return to === undefined || reason === 'StaleEvidence' || reason === 'TargetUnreadable' || reason === 'Standby' ? { unknown: message } : { replicas: to }
}
