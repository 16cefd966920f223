/** Stage 4: what the target's mode, and a pause that a person put on the workload, let through. `off` never gets here, and `observe` is applied to the finished decision. */
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'
import { duration } from './words.ts'

export function mode({ input: { target, at }, snapshot, base }: Context, wanted: number): StageResult {
  if (target.mode === 'out-only' && wanted < base) return holds(base, 'ModeOutOnly', `${target.id} is in mode out-only`)
  const { paused } = snapshot
  if (paused === undefined || wanted === base || !(wanted > base ? paused.up : paused.down)) return { replicas: wanted }
  if (paused.until === undefined) return holds(base, 'Paused', `${target.id} is paused (${paused.by})`)
  const leftNs = paused.until - at
  return leftNs > 0 ? holds(base, 'Paused', `${target.id} is paused for another ${duration(leftNs)} (${paused.by})`, { afterNs: leftNs }) : { replicas: wanted }
}
