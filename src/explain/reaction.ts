/** How soon a rule can answer. */
import { type ConditionIR, needsTraces, type RuleIR, type TargetIR, type ValueIR } from '../bundle/index.ts'
import { printDuration } from '../language/index.ts'
import { mayGo } from './direction.ts'
import type { EngineSettings } from './settings.ts'
import { provenanceOf } from './values.ts'

export interface Reaction {
  /** Steps that must look different before the condition can turn true. */
  readonly steps: number
  /** From the moment when the world changes to the decision, if all goes best, ns: the change comes just before a step ends. */
  readonly earliestNs: number
  /** The same if the change comes just behind the start of a step, and every step since shows it. */
  readonly latestNs: number
  /** How long the target wants the decision to stay the same, ns: part of both. */
  readonly stableNs: number
  /** How long after its last span a trace is decided, ns: part of both; 0 where the rule need not wait for traces. */
  readonly tracesNs: number
}

/** Undefined where the rule does not wait for spans: a calendar, or a condition that is always true. */
export function reactionOf(rule: RuleIR, target: TargetIR, settings: EngineSettings): Reaction | undefined {
  const steps = rule.condition.kind === 'always' ? 1 : stepsUntil(rule.condition, rule.everyNs, true)
  if (steps === 0) return undefined
  const ways = mayGo(rule.action)
  const stable = [...(ways.up ? [target.up.stableNs] : []), ...(ways.down ? [target.down.stableNs] : [])]
  const stableNs = rule.action.kind === 'freeze' || stable.length === 0 ? 0 : Math.min(...stable)
  const tracesNs = waitsForTraces(rule) ? settings.traceIdleNs : 0
  const fixed = settings.latenessNs + stableNs + tracesNs
  return { steps, earliestNs: (steps - 1) * rule.everyNs + fixed, latestNs: steps * rule.everyNs + fixed, stableNs, tracesNs }
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

function waitsForTraces({ condition, action }: RuleIR): boolean {
  return turnsByTraces(condition, true) || (action.kind === 'hold' && isTraced(action.value))
}

/** Whether the condition cannot turn true (or false) before a trace is decided. */
function turnsByTraces(condition: ConditionIR, truth: boolean): boolean {
  const parts = (of: readonly ConditionIR[], all: boolean): boolean => {
    const waits = of.filter(({ kind }) => kind !== 'during' && kind !== 'always').map((part) => turnsByTraces(part, truth))
    return waits.length > 0 && (all ? waits.includes(true) : !waits.includes(false))
  }
  switch (condition.kind) {
    case 'and':
      return parts(condition.all, truth)
    case 'or':
      return parts(condition.any, !truth)
    case 'not':
      return turnsByTraces(condition.of, !truth)
    case 'times':
    case 'for':
      return turnsByTraces(condition.of, truth)
    case 'compare':
      return isTraced(condition.left) || isTraced(condition.right)
    case 'spans':
    case 'absent':
      return needsTraces(condition.selector)
    case 'during':
    case 'always':
      return false
    default:
      return condition satisfies never
  }
}

function isTraced(value: ValueIR): boolean {
  return provenanceOf(value) === 'traced'
}

export function reactionSentences(rule: RuleIR, reaction: Reaction | undefined, settings: EngineSettings): readonly string[] {
  if (reaction === undefined)
    return [`At the first step inside the calendar: within ${printDuration(rule.everyNs)}, and ${printDuration(settings.latenessNs)} of lateness.`]
  const { steps, earliestNs, latestNs, stableNs, tracesNs } = reaction
  const parts = [`${steps === 1 ? 'one step' : `${steps} steps`} of ${printDuration(rule.everyNs)}`, `${printDuration(settings.latenessNs)} for late spans`]
  if (tracesNs > 0) parts.push(`${printDuration(tracesNs)} until traces are complete`)
  if (stableNs > 0) parts.push(`${printDuration(stableNs)} of staying wanted`)
  return [`At the earliest ${printDuration(earliestNs)} to ${printDuration(latestNs)} after what it watches has changed: ${parts.join(' + ')}.`]
}
