/** A run of the pipeline as one sentence for people. */
import type { Decision, PlanInput } from './contract.ts'
import type { Intent } from './resolve.ts'
import { wantsOf } from './resolve.ts'
import type { Run } from './run.ts'
import { list, replicas } from './words.ts'

export type Words = Pick<Decision, 'outcome' | 'reason' | 'message'>

export function scaling(run: Run): Words {
  const { base, to, merged } = run
  return {
    outcome: 'scale',
    reason: to > base ? 'ScaleUp' : 'ScaleDown',
    message: `${headline(run)}; ${base} → ${replicas(to)}${limits(run, merged.replicas)}`,
  }
}

export function observing(run: Run, would: number): Words {
  return {
    outcome: 'hold',
    reason: 'Observed',
    message: `${headline(run)}; would go ${run.base} → ${replicas(would)}${limits(run, run.merged.replicas)}, but only observes`,
  }
}

export function resting(input: PlanInput, run: Run): Words {
  const { base, held, merged } = run
  if (held === undefined) return { outcome: 'steady', reason: 'Steady', message: steady(input, run) }
  const [first] = merged.winners
  if (first === undefined && merged.replicas === base) return { outcome: 'hold', reason: held.reason, message: held.message }
  const wanted = merged.replicas === base && first !== undefined ? wantsOf(first, base) : merged.replicas
  return { outcome: 'hold', reason: held.reason, message: `${headline(run)}; ${base} → ${wanted} is held: ${held.message}` }
}

/** The winning rule and why it is true. */
function headline({ merged, base, stages }: Run): string {
  const [first, ...others] = merged.winners
  if (first === undefined) return merged.message ?? stages[0]?.message ?? `${base} replicas`
  const also = others.length === 0 ? '' : ` (and ${list(others.map((i: Intent) => i.rule))})`
  return `${first.rule}${also}: ${first.because}`
}

/** What the stages made of the number that was wanted. */
function limits({ stages, merged, to, base }: Run, wanted: number): string {
  const changed = stages.filter((s) => s.message !== undefined && s.stage !== 'resolve' && s.stage !== 'merge' && s.before !== s.after)
  const notes = [...(merged.winners.length > 0 && merged.message !== undefined ? [merged.message] : []), ...changed.map((s) => s.message as string)]
  if (notes.length === 0) return ''
  return ` (${wanted !== to && wanted !== base ? `${wanted} wanted; ` : ''}${notes.join('; ')})`
}

function steady({ rules, target }: PlanInput, { base, stages }: Run): string {
  const first = stages[0]?.message
  const truths = rules.map(({ rule, outcome }) => `${rule.name} is ${outcome.truth}${outcome.unknown === undefined ? '' : ` (${outcome.unknown})`}`)
  return `${first === undefined ? '' : `${first}; `}${target.id} stays at ${replicas(base)}: ${truths.length === 0 ? 'no rule has been evaluated' : list(truths)}`
}
