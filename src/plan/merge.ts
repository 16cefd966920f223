/**
 * Stage 2: one number out of all intents. Largest capacity wins both ways; up beats down; a down needs that no rule of the target is
 * untrusted. After AWS Application Auto Scaling ("precedence to the policy that provides the largest capacity for both scale out and
 * scale in") and HPA (no scale-down while any metric is invalid).
 *
 * Floors and ceilings limit the steps as long as their conditions hold. A ceiling stops ups; it takes running replicas away only where
 * nobody asks for more. Where a floor and a ceiling contradict, the higher priority decides, then the floor.
 */
import type { Release } from './contract.ts'
import type { Intent } from './resolve.ts'
import { distrusted, wantsOf } from './resolve.ts'
import type { Context, StageResult } from './stage.ts'
import { list, replicas } from './words.ts'

export interface Merged extends StageResult {
  /** The intents whose number it is; empty where the target's bounds or nothing decided. */
  readonly winners: readonly Intent[]
}

export function merge(context: Context): Merged {
  const { base, resolved } = context
  const intents = inForce(resolved.intents, base)
  const merged = withinOwnBounds(context, intents.some((i) => wantsOf(i, base) > base) ? mergeUp(context, intents) : mergeDown(context, intents))
  if (merged.replicas < base && resolved.untrusted.length > 0) {
    const message = `nothing is taken away while ${distrusted(resolved)}`
    const rules = resolved.untrusted.map(({ rule }) => rule)
    return { replicas: base, reason: 'StaleEvidence', message, winners: merged.winners, release: { rules } }
  }
  const overruled = resolved.intents.filter((i) => !intents.includes(i) && wantsOf(i, base) !== base)
  if (overruled.length === 0) return merged
  return { ...merged, message: noted(merged.message, `${names(overruled, base)}, and gives way to a rule of higher priority`) }
}

/**
 * Priority: every intent below the highest priority that asks for a change is set aside. An intent that asks for no change (a floor that
 * is met, a step to the present number) sets nothing aside.
 */
function inForce(intents: readonly Intent[], base: number): readonly Intent[] {
  const top = Math.max(Number.NEGATIVE_INFINITY, ...intents.filter((i) => wantsOf(i, base) !== base).map((i) => i.priority))
  return intents.filter((i) => i.priority >= top)
}

function mergeUp({ base, input }: Context, intents: readonly Intent[]): Merged {
  const ups = intents.filter((i) => wantsOf(i, base) > base)
  const downs = intents.filter((i) => wantsOf(i, base) < base)
  const top = Math.max(...ups.map((i) => wantsOf(i, base)))
  const steps = ups.filter((i) => i.kind === 'step')
  const sum = input.target.combine === 'sum' ? base + steps.reduce((total, i) => total + i.replicas - base, 0) : 0
  const wanted = Math.max(top, sum)
  const winners = sum > top ? steps : ups.filter((i) => wantsOf(i, base) === top)
  const steppingDown = downs.filter((i) => i.kind === 'step')
  const message = steppingDown.length === 0 ? undefined : `${names([...winners, ...steppingDown], base)}; up beats down (RuleConflict)`

  const ceiling = strongest(intents, 'ceiling')
  const floor = strongest(intents, 'floor')
  const guarded = floor !== undefined && (ceiling === undefined || floor.priority >= ceiling.priority) ? floor.replicas : 0
  const limit = Math.max(base, guarded, ceiling?.replicas ?? Number.POSITIVE_INFINITY)
  if (ceiling === undefined || wanted <= limit) return { replicas: wanted, winners, ...(message === undefined ? {} : { message }) }
  const capped = noted(message, `${list(winners.map((i) => i.rule))} wants ${wanted}, but ${ceiling.rule} allows at most ${replicas(ceiling.replicas)}`)
  const release = { limit: ceiling.replicas, rules: [ceiling.rule], bound: 'ceiling' as const }
  return { replicas: limit, winners, message: capped, release, ...(limit === base ? { reason: 'RuleConflict' } : {}) }
}

function mergeDown({ base, input }: Context, intents: readonly Intent[]): Merged {
  const steps = intents.filter((i) => i.kind === 'step' && i.replicas < base)
  const keeps = intents.filter((i) => i.kind === 'step' && i.replicas === base)
  const ceiling = strongest(intents, 'ceiling')
  const floor = strongest(intents, 'floor')
  const sum = Math.max(0, base + steps.reduce((total, i) => total + i.replicas - base, 0))
  const voted = steps.length === 0 || keeps.length > 0 ? base : input.target.combine === 'sum' ? sum : Math.max(...steps.map((i) => i.replicas))
  const capped = Math.min(voted, ceiling?.replicas ?? Number.POSITIVE_INFINITY)
  const wanted = Math.max(capped, Math.min(base, floor?.replicas ?? 0))
  const capping = ceiling !== undefined && ceiling.replicas < voted
  const winners = capping ? [ceiling] : steps.filter((i) => i.replicas <= capped || i.replicas === voted)
  let message: string | undefined
  let release: Release | undefined
  if (steps.length > 0 && keeps.length > 0) {
    release = { rules: keeps.map(({ rule }) => rule) }
    message = `${names(steps, base)}, but ${names(keeps, base)}; the larger capacity wins (RuleConflict)`
  }
  if (floor !== undefined && wanted > capped) {
    release = { limit: floor.replicas, rules: [floor.rule], bound: 'floor' }
    message = noted(message, `${floor.rule} keeps at least ${replicas(floor.replicas)}`)
  }
  return {
    replicas: wanted,
    winners,
    ...(message === undefined ? {} : { message }),
    ...(release === undefined ? {} : { release }),
    ...(message !== undefined && wanted === base ? { reason: 'RuleConflict' } : {}),
  }
}

/** The target's declared bounds pull a count from outside back in, at the target's pace. Implied bounds never take replicas away. */
function withinOwnBounds({ base, input }: Context, merged: Merged): Merged {
  const { min, max, boundsImplied, id } = input.target
  if (base > max && merged.replicas > max && !boundsImplied) {
    return { replicas: max, winners: [], message: `${id} has ${replicas(base)}, above its maximum of ${max}` }
  }
  if (base < min && merged.replicas < min) return { replicas: min, winners: [], message: `${id} has ${replicas(base)}, below its minimum of ${min}` }
  return merged
}

function strongest(intents: readonly Intent[], kind: 'floor' | 'ceiling'): Intent | undefined {
  const tighter = (a: Intent, b: Intent): boolean => (kind === 'floor' ? a.replicas > b.replicas : a.replicas < b.replicas)
  let best: Intent | undefined
  for (const intent of intents) if (intent.kind === kind && (best === undefined || tighter(intent, best))) best = intent
  return best
}

function names(intents: readonly Intent[], base: number): string {
  return list(intents.map((i) => `${i.rule} wants ${wantsOf(i, base)}`))
}

function noted(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first}; ${second}`
}
