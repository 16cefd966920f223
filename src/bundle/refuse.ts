/** What a bundle asks for that this version of the engine cannot measure. It compiles; a loader refuses it, naming the rule. */
import type { ActionIR, Bundle, ConditionIR, PredicateIR, SelectorIR, ValueIR } from './ir.ts'

export interface Refusal {
  readonly rule: string
  /** As it is written in a rule: `.self`, `under`, `metric`. */
  readonly what: string
}

const tracedIntrinsics: ReadonlySet<string> = new Set(['self', 'seen', 'gap', 'own', 'depth'])

/** Each rule's uses of traced values, metrics and forecasts, each once, in the order of the rules. */
export function refusals(bundle: Bundle): readonly Refusal[] {
  return bundle.rules.flatMap((rule) => {
    const found = new Set<string>()
    ofAction(rule.action, found)
    ofCondition(rule.condition, found)
    return [...found].map((what) => ({ rule: rule.name, what }))
  })
}

function ofAction(action: ActionIR, found: Set<string>): void {
  if (action.kind === 'hold') ofValue(action.value, found)
}

function ofCondition(condition: ConditionIR, found: Set<string>): void {
  switch (condition.kind) {
    case 'and':
      for (const part of condition.all) ofCondition(part, found)
      return
    case 'or':
      for (const part of condition.any) ofCondition(part, found)
      return
    case 'not':
    case 'times':
    case 'for':
      ofCondition(condition.of, found)
      return
    case 'compare':
      ofValue(condition.left, found)
      ofValue(condition.right, found)
      return
    case 'spans':
    case 'absent':
      ofSelector(condition.selector, found)
      return
    case 'during':
    case 'always':
      return
  }
}

function ofValue(value: ValueIR, found: Set<string>): void {
  switch (value.kind) {
    case 'constant':
    case 'replicas':
    case 'ready':
      return
    case 'metric':
      found.add('metric')
      return
    case 'forecast':
      found.add('forecast')
      ofValue(value.of, found)
      return
    case 'arithmetic':
      for (const operand of value.of) ofValue(operand, found)
      return
    case 'span':
      ofSelector(value.selector, found)
      if (value.stat.kind === 'blame' || value.stat.kind === 'anomalies') found.add(`.${value.stat.kind}`)
      else if (value.field !== 'duration') found.add(`.${value.field}`)
      return
  }
}

function ofSelector(selector: SelectorIR, found: Set<string>): void {
  if (selector.where !== undefined) ofPredicate(selector.where, found)
  if (selector.ancestor === undefined) return
  found.add(selector.ancestor.relation)
  ofSelector(selector.ancestor.selector, found)
}

function ofPredicate(predicate: PredicateIR, found: Set<string>): void {
  switch (predicate.kind) {
    case 'and':
      for (const part of predicate.all) ofPredicate(part, found)
      return
    case 'or':
      for (const part of predicate.any) ofPredicate(part, found)
      return
    case 'not':
      ofPredicate(predicate.of, found)
      return
    default:
      if (predicate.field.kind === 'intrinsic' && tracedIntrinsics.has(predicate.field.name)) found.add(`where ${predicate.field.name}`)
  }
}
