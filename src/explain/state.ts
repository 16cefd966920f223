/** What a rule remembers, and for how long. */
import type { RuleIR } from '../bundle/index.ts'
import { printDuration, printSelector } from '../language/index.ts'
import { nodesOf, valuesOf } from './conditions.ts'
import { mayGo } from './direction.ts'
import { measuredIn } from './values.ts'

export function stateSentences(rule: RuleIR): readonly string[] {
  const { everyNs, cooldownNs } = rule
  const kept = new Set<string>()
  for (const value of valuesOf(rule).flatMap(measuredIn)) {
    if (value.kind !== 'span') continue
    const length = value.windowNs === everyNs ? `one step (${printDuration(everyNs)})` : printDuration(value.windowNs)
    kept.add(`Counters of ${printSelector(value.selector)} over ${length}.`)
  }
  for (const node of nodesOf(rule.condition))
    switch (node.kind) {
      case 'times':
        kept.add(`What the last ${Math.floor(node.withinNs / everyNs)} steps said (${printDuration(node.withinNs)}).`)
        break
      case 'for':
        kept.add('Since when its condition has held without a break.')
        break
      case 'spans':
        kept.add(`Counters of ${printSelector(node.selector)} over ${printDuration(node.withinNs)}.`)
        break
      case 'absent':
        kept.add(`When the last span of ${printSelector(node.selector)} ended.`)
        break
    }
  const evidence = kept.size > 0
  if (cooldownNs > 0) kept.add(`When the rule last acted, for ${printDuration(cooldownNs)}; this survives a restart.`)
  if (evidence) kept.add('Counts and clocks live in memory: after a restart of the engine they begin anew, after a reload of an unchanged rule they go on.')
  return kept.size === 0 ? ['Nothing.'] : [...kept]
}

/** What counts as evidence after an action. */
export function epochSentences(rule: RuleIR, settleNs: number): readonly string[] {
  if (
    valuesOf(rule)
      .flatMap(measuredIn)
      .every(({ kind }) => kind !== 'span') &&
    !nodesOf(rule.condition).some(({ kind }) => kind === 'spans' || kind === 'absent')
  )
    return ['It needs no evidence from spans.']
  const ready = `the new replicas are ready (at the latest ${printDuration(settleNs)} after the action)`
  const restart = `After an action on the target its counts and clocks start again: after a way down at once, after a way up when ${ready}.`
  return mayGo(rule.action).up
    ? [restart, 'Spans that started before that moment do not count towards another way up: they ran on the old replicas.']
    : [restart]
}
