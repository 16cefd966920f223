/**
 * One decision a target a step: what its rules ask for, through every stage, each leaving a record of what it did. The record is the
 * explanation. Pure: the same input always gives the same decision.
 */
import { createHash } from 'node:crypto'
import type { WorkloadSnapshot } from '../evaluate/index.ts'
import { bounds } from './bounds.ts'
import type { Decision, Plan, PlanInput, Reason, RuleReport, Stage, StageName, TargetState } from './contract.ts'
import { cooldown, epoch, settling } from './cooldown.ts'
import { freeze } from './freeze.ts'
import { guard, health, isRead } from './health.ts'
import type { Merged } from './merge.ts'
import { merge } from './merge.ts'
import { mode } from './mode.ts'
import { rate } from './rate.ts'
import type { Cast, Intent, Resolved } from './resolve.ts'
import { distrusted, resolve, wantsOf } from './resolve.ts'
import { recorded, seeded, stabilize } from './stabilize.ts'
import type { Context, StageOf, StageResult } from './stage.ts'
import { list, replicas } from './words.ts'

/** In order, between merge and compare. */
const limiting: readonly (readonly [StageName, StageOf])[] = [
  ['freeze', freeze],
  ['mode', mode],
  ['stabilize', stabilize],
  ['cooldown', cooldown],
  ['epoch', epoch],
  ['rate', rate],
  ['bounds', bounds],
  ['health', health],
]

/** One run of the pipeline. */
interface Run {
  readonly base: number
  readonly resolved: Resolved
  readonly merged: Merged
  readonly to: number
  readonly stages: readonly Stage[]
  /** Of a hold: the last stage that left nothing of what was wanted. */
  readonly held?: { readonly reason: Reason; readonly message: string }
}

export const plan: Plan = (input) => {
  const guarded = guard(input)
  const { snapshot, state } = input
  if (guarded !== undefined || !isRead(snapshot)) {
    const { reason, message } = guarded ?? { reason: 'TargetUnreadable', message: `${input.target.id} could not be read` }
    return { decision: decide(input, unplanned(input, reason, message)), state }
  }
  const run = runPipeline(input, snapshot, 'acting')
  const rehearsal = input.rules.some((r) => r.rule.observe) ? runPipeline(input, snapshot, 'all') : run
  const observed = input.target.mode === 'observe' ? rehearsal.to : rehearsal.to !== run.to ? rehearsal.to : undefined
  const acts = input.target.mode !== 'observe' && run.to !== run.base
  const would = observed !== undefined && observed !== run.base ? observed : undefined
  const words = acts ? scaling(run) : would !== undefined ? observing(rehearsal, would) : resting(input, run)
  return {
    decision: decide(input, {
      ...words,
      from: run.base,
      to: acts ? run.to : run.base,
      version: snapshot.version,
      ...(would === undefined ? {} : { would }),
      rules: run.resolved.reports,
      stages: run.stages,
    }),
    state: remembered(input, run, would === undefined ? undefined : rehearsal),
  }
}

function runPipeline(input: PlanInput, snapshot: WorkloadSnapshot, cast: Cast): Run {
  const base = snapshot.desired
  const resolved = resolve(input, base, cast)
  const context: Context = { input, snapshot, base, resolved }
  const stages: Stage[] = []
  let wanted = base
  let held: Run['held']
  const take = (stage: StageName, result: StageResult): void => {
    stages.push({ stage, before: wanted, after: result.replicas, ...(result.message === undefined ? {} : { message: result.message }) })
    wanted = result.replicas
    if (result.reason !== undefined) held = { reason: result.reason, message: result.message ?? '' }
  }
  take('resolve', summary(input, base, resolved))
  const merged = merge(context)
  take('merge', merged)
  for (const [name, stage] of limiting) take(name, stage(context, wanted))
  take('compare', { replicas: wanted })
  return { base, resolved, merged, to: wanted, stages, ...(held === undefined || wanted !== base ? {} : { held }) }
}

/** What the rules ask for, or why those that might ask for something do not. */
function summary({ state, target, at }: PlanInput, base: number, resolved: Resolved): StageResult {
  const { intents, untrusted, resting, tolerated, narrowed } = resolved
  const asking = intents.filter((i) => wantsOf(i, base) !== base)
  const external =
    state.base !== undefined && state.base !== base ? [`somebody else changed ${target.id} from ${state.base} to ${replicas(base)}; planning from ${base}`] : []
  const say = (messages: readonly string[], reason?: Reason): StageResult => {
    const all = [...external, ...messages]
    return { replicas: base, ...(all.length === 0 ? {} : { message: all.join('; ') }), ...(reason === undefined ? {} : { reason }) }
  }
  if (asking.length > 0) return say([...asking.map((i) => `${i.rule} wants ${wantsOf(i, base)}`), ...narrowed.map((n) => n.message)])
  if (untrusted.length > 0) return say([distrusted(resolved)], 'StaleEvidence')
  if (resolved.settling.length > 0 && state.epoch?.kind === 'pending') return say([settling(at - state.epoch.since, target.settleNs)], 'Settling')
  if (resting.length > 0) return say(resting, 'Cooldown')
  if (narrowed[0] !== undefined) {
    return say(
      narrowed.map((n) => n.message),
      narrowed[0].up ? 'TooManyReplicas' : 'TooFewReplicas',
    )
  }
  if (tolerated.length > 0) return say(tolerated, 'WithinTolerance')
  return say([])
}

type Words = Pick<Decision, 'outcome' | 'reason' | 'message'>

function scaling(run: Run): Words {
  const { base, to, merged } = run
  return {
    outcome: 'scale',
    reason: to > base ? 'ScaleUp' : 'ScaleDown',
    message: `${headline(run)}; ${base} → ${replicas(to)}${limits(run, merged.replicas)}`,
  }
}

function observing(run: Run, would: number): Words {
  return {
    outcome: 'hold',
    reason: 'Observed',
    message: `${headline(run)}; would go ${run.base} → ${replicas(would)}${limits(run, run.merged.replicas)}, but only observes`,
  }
}

function resting(input: PlanInput, run: Run): Words {
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

function unplanned(input: PlanInput, reason: Reason, message: string): Omit<Decision, 'id' | 'at' | 'target'> {
  const snapshot = isRead(input.snapshot) ? input.snapshot : undefined
  const count = snapshot?.desired
  const stage: StageName = reason === 'ModeOff' ? 'mode' : 'health'
  const rules: RuleReport[] = input.rules.map(({ rule: { name }, outcome: { truth, unknown, because } }) => ({
    rule: name,
    truth,
    fired: false,
    because,
    ...(unknown === undefined ? {} : { unknown }),
  }))
  const stages = count === undefined ? [] : [{ stage, before: count, after: count, message }]
  return { outcome: 'hold', reason, message, from: count, to: count, version: snapshot?.version, rules, stages }
}

function decide(input: PlanInput, rest: Omit<Decision, 'id' | 'at' | 'target'>): Decision {
  const { digest, at, target } = input
  const id = createHash('sha256')
    .update(JSON.stringify([digest, target.id, rest.version ?? null, rest.from ?? null, rest.to ?? null, at]))
    .digest('hex')
    .slice(0, 16)
  return { id, at, target: target.id, ...rest }
}

/** What the next step must know, whether or not the action is carried out. */
function remembered(input: PlanInput, run: Run, observed: Run | undefined): TargetState {
  const { state, target, at, rules } = input
  const window = Math.max(target.up.stableNs, target.down.stableNs)
  const longest = Math.max(0, ...[...target.up.limits, ...target.down.limits].map((l) => l.perNs))
  const ruleActed: Record<string, number> = {}
  for (const { rule } of rules) {
    const acted = state.ruleActed[rule.name]
    if (acted !== undefined) ruleActed[rule.name] = acted
    const quiet = rule.observe || target.mode === 'observe'
    if (observed !== undefined && quiet && contributed(observed.resolved.reports, rule.name, run.base, observed.to)) ruleActed[rule.name] = at
  }
  return {
    ...state,
    recommendations: recorded(seeded(input, run.base), at, run.merged.replicas, window),
    changes: state.changes.filter((c) => c.at > at - longest),
    ruleActed,
    base: run.base,
    ...(observed === undefined ? {} : { observed: { at, from: run.base, to: observed.to } }),
  }
}

/** Whether the rule asked for a change in the direction that was taken. */
export function contributed(reports: readonly RuleReport[], rule: string, from: number, to: number): boolean {
  return reports.some((r) => r.rule === rule && r.fired && r.wants !== undefined && (to > from ? r.wants > from : r.wants < from))
}

/** Replicas that the rules asked for before anything limited them; for telling whether a hold has changed. */
export function wanted(decision: Decision): number | undefined {
  return decision.stages.find((s) => s.stage === 'merge')?.after ?? decision.to
}
