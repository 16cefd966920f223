/** A target's memory between plans: what an action leaves behind, and how its evidence epoch moves on. */
import type { Nanos } from '../spans/index.ts'
import type { Acted, Advance, PlanInput, TargetState } from './contract.ts'
import { isRead } from './health.ts'
import { contributed } from './plan.ts'

export const acted: Acted = (state, decision, { unsure = false } = {}) => {
  const { at, from, to, id, rules } = decision
  // Told twice is told once: the orchestrator's acknowledgement may be repeated.
  if (decision.outcome !== 'scale' || from === undefined || to === undefined || state.lastAction?.id === id) return state
  const ruleActed = { ...state.ruleActed }
  for (const { rule } of rules) if (contributed(rules, rule, from, to)) ruleActed[rule] = at
  return {
    ...state,
    changes: [...state.changes, { at, from, to, ...(unsure ? { unsure } : {}) }],
    lastAction: { at, from, to, id },
    ruleActed,
    epoch: to > from ? { kind: 'pending', since: at } : { kind: 'since', at },
    base: to,
  }
}

export const advance: Advance = (given, target, at, snapshot) => {
  const state = notAhead(given, at)
  const { epoch, lastAction } = state
  if (epoch?.kind !== 'pending') return state
  const since = (moment: number): typeof state => ({ ...state, epoch: { kind: 'since', at: moment } })
  // A snapshot that still shows the count from before the action was taken before it, and says nothing of the new replicas.
  if (isRead(snapshot) && snapshot.readySince !== undefined && snapshot.desired !== lastAction?.from) {
    if (snapshot.readySince >= epoch.since) return since(snapshot.readySince)
    // They became ready between two looks at the workload: when is not known, but by now they are.
    if (snapshot.desired === lastAction?.to) return since(at)
  }
  return at - epoch.since >= target.settleNs ? since(epoch.since + target.settleNs) : state
}

/** More than clocks of one cluster differ, or than a step is late. */
const aheadNs = 60e9

/** A state that comes from a clock that was ahead: what it has from the future happened by now, or the target would rest until then. */
function notAhead(state: TargetState, at: Nanos): TargetState {
  const { lastAction, epoch } = state
  if (Math.max(lastAction?.at ?? at, ...Object.values(state.ruleActed), ...state.changes.slice(-1).map((change) => change.at)) <= at + aheadNs) return state
  const capped = <T extends { readonly at: Nanos }>(one: T): T => (one.at > at ? { ...one, at } : one)
  return {
    ...state,
    recommendations: state.recommendations.map(capped),
    changes: state.changes.map(capped),
    ...(lastAction === undefined ? {} : { lastAction: capped(lastAction) }),
    ruleActed: Object.fromEntries(Object.entries(state.ruleActed).map(([rule, acted]) => [rule, Math.min(acted, at)])),
    ...(epoch === undefined ? {} : { epoch: epoch.kind === 'pending' ? { ...epoch, since: Math.min(epoch.since, at) } : capped(epoch) }),
    ...(state.reversions === undefined ? {} : { reversions: state.reversions.map(capped) }),
    ...(state.observed === undefined ? {} : { observed: capped(state.observed) }),
  }
}

/**
 * The state of a predecessor of which nobody knows how it ended. A workload that does not stand where it was left, or of which nothing was left yet, may have been
 * changed at the very end: taken for an action of all its rules now, so that nothing is done twice, and cooldowns begin.
 */
export function inherited(state: TargetState, at: Nanos, snapshot: PlanInput['snapshot'], rules: readonly string[]): TargetState {
  if (!isRead(snapshot) || snapshot.desired === state.base) return state
  const to = snapshot.desired
  const from = state.base ?? to
  return {
    ...state,
    changes: [...state.changes, { at, from, to, unsure: true }],
    lastAction: { at, from, to, id: `inherited at ${at}` },
    ruleActed: { ...state.ruleActed, ...Object.fromEntries(rules.map((rule) => [rule, at])) },
    epoch: to > from ? { kind: 'pending', since: at } : { kind: 'since', at },
    base: to,
  }
}

/** A target that has never been planned for. */
export const firstSight = { recommendations: [], changes: [], ruleActed: {} }
