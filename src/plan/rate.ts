/** Stage 8: how fast. HPA's policies with selectPolicy Max: of several limits the most permissive decides. */
import type { PaceIR } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { TargetState } from './contract.ts'
import { ceil, floor } from './resolve.ts'
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'
import { duration, list, significant } from './words.ts'

type Changes = TargetState['changes']
type Limit = PaceIR['limits'][number]

/**
 * The farthest that `current` may go in one direction now; never on the wrong side of `current`. What went the other way within a period makes room, as HPA has it, where it
 * is sure that it was ours.
 */
export function limitOf(direction: 'up' | 'down', current: number, limits: readonly Limit[], changes: Changes, at: Nanos): number {
  const up = direction === 'up'
  let farthest = up ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (limits.length === 0) return up ? Number.POSITIVE_INFINITY : 0
  for (const { amount, unit, perNs } of limits) {
    // The count at the beginning of the period, as far as this engine changed it.
    let start = current
    for (const change of changes) if (change.at > at - perNs && !(change.unsure && change.to > change.from !== up)) start -= change.to - change.from
    if (up) farthest = Math.max(farthest, unit === 'replicas' ? start + amount : ceil(start * (1 + amount)))
    else farthest = Math.min(farthest, unit === 'replicas' ? start - amount : floor(start * (1 - amount)))
  }
  return up ? Math.max(current, farthest) : Math.max(0, Math.min(current, farthest))
}

export function rate({ input, base }: Context, wanted: number): StageResult {
  if (wanted === base) return { replicas: wanted }
  const rising = wanted > base
  const pace = rising ? input.target.up : input.target.down
  const limit = limitOf(rising ? 'up' : 'down', base, pace.limits, input.state.changes, input.at)
  if (rising ? wanted <= limit : wanted >= limit) return { replicas: wanted }
  const message = `${rising ? 'up' : 'down'} at most ${list(pace.limits.map(written), 'or')}`
  const afterNs = loosenedAfter(rising ? 'up' : 'down', base, limit, pace.limits, input.state.changes, input.at)
  const release = { limit, ...(afterNs === undefined ? {} : { afterNs }) }
  return limit === base ? holds(base, rising ? 'ScaleUpLimit' : 'ScaleDownLimit', message, release) : { replicas: limit, message, release }
}

/** When a past change leaves its period and more than `limit` is allowed; undefined if no past change is in the way. */
function loosenedAfter(direction: 'up' | 'down', current: number, limit: number, limits: readonly Limit[], changes: Changes, at: Nanos): number | undefined {
  const moments = limits.flatMap(({ perNs }) => changes.map((change) => change.at + perNs)).filter((moment) => moment > at)
  const beyond = (moment: Nanos): boolean => {
    const then = limitOf(direction, current, limits, changes, moment)
    return direction === 'up' ? then > limit : then < limit
  }
  const first = moments.sort((a, b) => a - b).find(beyond)
  return first === undefined ? undefined : first - at
}

function written({ amount, unit, perNs }: Limit): string {
  return `${unit === 'ratio' ? `${significant(amount * 100)}%` : significant(amount)} per ${duration(perNs)}`
}
