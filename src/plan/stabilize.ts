/** Stage 5: HPA's two stabilization windows, over the recommendations as they were before stabilization. */
import type { Nanos } from '../spans/index.ts'
import type { PlanInput, TargetState } from './contract.ts'
import type { Context, StageResult } from './stage.ts'
import { duration } from './words.ts'

export type Recommendation = TargetState['recommendations'][number]

/**
 * HPA's `stabilizeRecommendationWithBehaviors`: the least of the recommendations of the up window bounds a rise, the greatest of the down
 * window bounds a fall. A recommendation is in a window while it is younger than it.
 */
export function stabilized(current: number, desired: number, past: readonly Recommendation[], at: Nanos, upNs: number, downNs: number): number {
  let up = desired
  let down = desired
  for (const { at: then, replicas } of past) {
    if (then > at - upNs) up = Math.min(up, replicas)
    if (then > at - downNs) down = Math.max(down, replicas)
  }
  return Math.min(Math.max(current, up), down)
}

export function stabilize({ input, base }: Context, wanted: number): StageResult {
  const { up, down } = input.target
  const past = seeded(input, base)
  const replicas = stabilized(base, wanted, past, input.at, up.stableNs, down.stableNs)
  if (replicas === wanted) return { replicas }
  const rising = wanted > base
  const message = `it must stay wanted for ${duration(rising ? up.stableNs : down.stableNs)}`
  const release = { afterNs: agreedAfter(wanted, rising, past, input.at, rising ? up.stableNs : down.stableNs) }
  return { replicas, message, release, ...(replicas === base ? { reason: rising ? 'ScaleUpStabilized' : 'ScaleDownStabilized' } : {}) }
}

/** When the last recommendation that is short of `wanted` leaves the window, if `wanted` stays. */
function agreedAfter(wanted: number, rising: boolean, past: readonly Recommendation[], at: Nanos, windowNs: number): number {
  const short = past.filter(({ replicas }) => (rising ? replicas < wanted : replicas > wanted))
  return Math.max(0, ...short.map((recommendation) => recommendation.at + windowNs - at))
}

/**
 * The past to stabilize against: on first sight, after somebody else changed the workload, and after a silence longer than the windows,
 * the current count stands for what is not known, so that a restart holds.
 */
export function seeded(input: PlanInput, base: number): readonly Recommendation[] {
  const { state, at, target } = input
  const newest = state.recommendations.at(-1)
  const window = Math.max(target.up.stableNs, target.down.stableNs)
  const step = Math.min(...input.rules.map((r) => r.rule.everyNs))
  const silent = newest === undefined || at - newest.at > Math.max(window, 2 * step)
  return silent || (state.base !== undefined && state.base !== base) ? [{ at, replicas: base }] : state.recommendations
}

/** The past with this step's recommendation. Of equal neighbours the newest is kept: it is in every window that the older one is in. */
export function recorded(past: readonly Recommendation[], at: Nanos, replicas: number, windowNs: number): readonly Recommendation[] {
  const kept = past.filter((r) => r.at > at - windowNs)
  if (kept.at(-1)?.replicas === replicas) kept.pop()
  return [...kept, { at, replicas }]
}
