/** Stage 9: never beyond the target's bounds. A count that is outside already is brought back by merge, at the target's pace, not jumped here. */
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'

export function bounds({ input, base }: Context, wanted: number): StageResult {
  const { min, max, id, boundsImplied } = input.target
  const implied = boundsImplied ? ' (implied; write between … and …)' : ''
  if (wanted > base && wanted > max) return bounded(base, Math.max(base, max), 'TooManyReplicas', `${id} has at most ${max}${implied}`)
  if (wanted < base && wanted < min) return bounded(base, Math.min(base, min), 'TooFewReplicas', `${id} has at least ${min}${implied}`)
  return { replicas: wanted }
}

function bounded(base: number, limit: number, reason: 'TooManyReplicas' | 'TooFewReplicas', message: string): StageResult {
  return limit === base ? holds(base, reason, message, { limit }) : { replicas: limit, message, release: { limit } }
}
