/**
 * Somebody undoes what was done: a GitOps tool that restores the count of its manifest, or a person who disagrees. One time is adopted as a new base;
 * three times within ten minutes are a fight that nobody wins, and every round of it restarts pods: the target is left alone and reported.
 */
import type { Nanos } from '../spans/index.ts'
import type { PlanInput, TargetState } from './contract.ts'
import { isRead } from './health.ts'

const tolerated = 3
const withinNs = 600e9
/** After the last of them, as long as it takes a person to look. */
const restNs = 1800e9

/** The state with this step's reversion in it, if there is one: a change of the last action's count in the opposite direction, by somebody else. */
export function noteReversion({ at, snapshot, state }: PlanInput): TargetState {
  const { lastAction, base, reversions = [] } = state
  // As long as any three of them may still count.
  const kept = reversions.filter((one) => at - one.at < restNs + withinNs)
  const unchanged = kept.length === reversions.length ? state : { ...state, reversions: kept }
  if (lastAction === undefined || !isRead(snapshot) || base !== lastAction.to || snapshot.desired === lastAction.to) return unchanged
  const undone = Math.sign(snapshot.desired - lastAction.to) === -Math.sign(lastAction.to - lastAction.from)
  if (!undone || kept.some(({ id }) => id === lastAction.id)) return unchanged
  return { ...state, reversions: [...kept, { at, id: lastAction.id, to: snapshot.desired }] }
}

/** When the fight is over for us, if there is one. */
export function contendedUntil(state: TargetState, at: Nanos): Nanos | undefined {
  const { reversions = [] } = state
  const last = reversions.findLast((one, i) => i >= tolerated - 1 && one.at - (reversions[i - tolerated + 1] as typeof one).at <= withinNs)
  return last !== undefined && at < last.at + restNs ? last.at + restNs : undefined
}
