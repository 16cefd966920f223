/** How soon a rule can answer. */
import type { ConditionIR, RuleIR, TargetIR } from '../bundle/index.ts'
import { printDuration } from '../language/index.ts'
import { mayGo } from './direction.ts'
import type { EngineSettings } from './settings.ts'

export interface Reaction {
  /** Steps that must look different before the condition can turn true. */
  readonly steps: number
  /** From the moment when the world changes to the decision, if all goes best, ns: the change comes just before a step ends. */
  readonly earliestNs: number
  /** The same if the change comes just behind the start of a step, and every step since shows it. */
  readonly latestNs: number
  /** How long the target wants the decision to stay the same, ns: part of both. */
  readonly stableNs: number
}

/** Undefined where the rule does not wait for spans: a calendar, or a condition that is always true. */
export function reactionOf(rule: RuleIR, target: TargetIR, settings: EngineSettings): Reaction | undefined {
  const steps = rule.condition.kind === 'always' ? 1 : stepsUntil(rule.condition, rule.everyNs, true)
  if (steps === 0) return undefined
  const ways = mayGo(rule.action)
  const stable = [...(ways.up ? [target.up.stableNs] : []), ...(ways.down ? [target.down.stableNs] : [])]
  const stableNs = rule.action.kind === 'freeze' || stable.length === 0 ? 0 : Math.min(...stable)
  const fixed = settings.latenessNs + stableNs
  return { steps, earliestNs: (steps - 1) * rule.everyNs + fixed, latestNs: steps * rule.everyNs + fixed, stableNs }
}

/** The fewest steps that turn the condition true (or false), if it has been the other for long. 0: no step does, time alone may. */
function stepsUntil(condition: ConditionIR, everyNs: number, truth: boolean): number {
  const parts = (of: readonly ConditionIR[], all: boolean): number => {
    const steps = of.map((part) => stepsUntil(part, everyNs, truth))
    const counted = steps.filter((n) => n > 0)
    if (all) return Math.max(0, ...steps)
    return counted.length === 0 ? 0 : Math.min(...counted)
  }
  switch (condition.kind) {
    case 'and':
      return parts(condition.all, truth)
    case 'or':
      return parts(condition.any, !truth)
    case 'not':
      return stepsUntil(condition.of, everyNs, !truth)
    case 'compare':
      return 1
    case 'times':
      return truth ? condition.count - 1 + stepsUntil(condition.of, everyNs, true) : stepsUntil(condition.of, everyNs, false)
    case 'for':
      return truth ? Math.ceil(condition.ns / everyNs) - 1 + stepsUntil(condition.of, everyNs, true) : stepsUntil(condition.of, everyNs, false)
    case 'spans':
      return 1
    case 'absent':
      return truth ? Math.ceil(condition.ns / everyNs) : 1
    case 'during':
    case 'always':
      return 0
    default:
      return condition satisfies never
  }
}

export function reactionSentences(rule: RuleIR, reaction: Reaction | undefined, settings: EngineSettings): readonly string[] {
  if (reaction === undefined)
    return [`At the first step inside the calendar: within ${printDuration(rule.everyNs)}, and ${printDuration(settings.latenessNs)} of lateness.`]
  const { steps, earliestNs, latestNs, stableNs } = reaction
  const parts = [`${steps === 1 ? 'one step' : `${steps} steps`} of ${printDuration(rule.everyNs)}`, `${printDuration(settings.latenessNs)} for late spans`]
  if (stableNs > 0) parts.push(`${printDuration(stableNs)} of staying wanted`)
  return [`At the earliest ${printDuration(earliestNs)} to ${printDuration(latestNs)} after what it watches has changed: ${parts.join(' + ')}.`]
}
