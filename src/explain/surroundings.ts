/** The rules around a rule, found once for a whole bundle. */
import type { RuleIR } from '../bundle/index.ts'
import { selectorsOf } from './conditions.ts'

export interface Surroundings {
  /** The other rules of its target, in the bundle's order. */
  readonly ofTarget: (rule: RuleIR) => readonly RuleIR[]
  /** The other rules that read the same counters, in the bundle's order. */
  readonly sharing: (rule: RuleIR) => readonly string[]
}

export function surroundingsOf(rules: readonly RuleIR[]): Surroundings {
  const byTarget = Map.groupBy(rules, ({ target }) => target)
  const bySelector = new Map<string, string[]>()
  for (const rule of rules)
    for (const key of keysOf(rule)) {
      const names = bySelector.get(key)
      if (names === undefined) bySelector.set(key, [rule.name])
      else names.push(rule.name)
    }
  return {
    ofTarget: (rule) => (byTarget.get(rule.target) ?? []).filter(({ name }) => name !== rule.name),
    sharing: (rule) => [...new Set(keysOf(rule).flatMap((key) => bySelector.get(key) ?? []))].filter((name) => name !== rule.name),
  }
}

function keysOf(rule: RuleIR): readonly string[] {
  return selectorsOf(rule).map((selector) => JSON.stringify(selector))
}
