/** Stages 6 and 7: rest after an action, and evidence that new replicas have not had a chance to change. */
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'
import { duration } from './words.ts'

/** The target rests after any action, up or down. In mode observe it rests after what it would have done. */
export function cooldown({ input, base }: Context, wanted: number): StageResult {
  const { target, state, at } = input
  const last = Math.max(
    state.lastAction?.at ?? Number.NEGATIVE_INFINITY,
    (target.mode === 'observe' ? state.observed?.at : undefined) ?? Number.NEGATIVE_INFINITY,
  )
  const left = last + target.cooldownNs - at
  if (wanted === base || left <= 0) return { replicas: wanted }
  return holds(base, 'Cooldown', `${target.id} rests ${duration(target.cooldownNs)} after each change, another ${duration(left)}`, { afterNs: left })
}

/** No further ups before the replicas of the last one are ready, or `settle` has passed. */
export function epoch({ input, base }: Context, wanted: number): StageResult {
  const { target, state, at } = input
  if (wanted <= base || state.epoch?.kind !== 'pending') return { replicas: wanted }
  const sinceNs = at - state.epoch.since
  return holds(base, 'Settling', settling(sinceNs, target.settleNs), { afterNs: target.settleNs - sinceNs })
}

export function settling(sinceNs: number, settleNs: number): string {
  return `the last change was ${duration(sinceNs)} ago and its replicas are not ready; waiting at most ${duration(settleNs)}`
}
