/** What a bundle asks for that this version of the engine cannot measure. It compiles; a loader refuses it, naming the rule. */
import type { ActionIR, Bundle, ConditionIR, ValueIR } from './ir.ts'

export interface Refusal {
  readonly rule: string
  /** As it is written in a rule: `metric`, `forecast`. */
  readonly what: string
}

/** Each rule's uses of metrics and forecasts, each once, in the order of the rules. */
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
    case 'span':
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
  }
}
