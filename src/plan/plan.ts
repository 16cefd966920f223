/**
 * One decision a target a step: what its rules ask for, through every stage, each leaving a record of what it did. The record is the
 * explanation. Pure: the same input always gives the same decision.
 */
import { createHash } from 'node:crypto'
import { noteReversion } from './contention.ts'
import type { Decision, Plan, PlanInput, Reason, RuleReport, StageName, TargetState } from './contract.ts'
import { guard, isRead } from './health.ts'
import type { Run } from './run.ts'
import { runPipeline } from './run.ts'
import { observing, resting, scaling } from './sentences.ts'
import { recorded, seeded } from './stabilize.ts'

export const plan: Plan = (given) => {
  const input = { ...given, state: noteReversion(given) }
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
  const stages = count === undefined ? [] : [{ stage, before: count, after: count, message, reason }]
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
