/** Differences of conditions, located where they are in the tree. Members of `and` and `or` have no order. */
import { printDuration } from '../../language/index.ts'
import type { CompareIR, ConditionIR } from '../ir.ts'
import { conditionWords } from '../words.ts'
import { align, keyOf } from './align.ts'
import { cost, type Found, most, partsOr, told } from './change.ts'
import { diffSelectors } from './selectors.ts'
import { diffValues, type Steps } from './values.ts'

type Group = Extract<ConditionIR, { kind: 'and' | 'or' }>
type Wrapper = Extract<ConditionIR, { kind: 'times' | 'for' | 'not' }>

export function diffConditions(a: ConditionIR, b: ConditionIR, steps: Steps): readonly Found[] {
  if (keyOf(a) === keyOf(b)) return []
  const whole: Found = { what: 'condition', before: conditionWords(a, steps.before), after: conditionWords(b, steps.after) }
  if (isGroup(a) || isGroup(b)) return diffGroups(a, b, steps, whole)
  if (isWrapper(a) || isWrapper(b)) return diffWrapped(a, b, steps, whole)
  if (a.kind === 'compare' && b.kind === 'compare') return diffComparisons(a, b, steps, whole)
  if (a.kind === 'spans' && b.kind === 'spans')
    return partsOr(whole, [
      ...diffSelectors(a.selector, b.selector),
      ...told('count', String(a.count), String(b.count)),
      ...told('period', printDuration(a.withinNs), printDuration(b.withinNs)),
    ])
  if (a.kind === 'absent' && b.kind === 'absent')
    return partsOr(whole, [...diffSelectors(a.selector, b.selector), ...told('for', printDuration(a.ns), printDuration(b.ns))])
  return [{ ...whole, whole: true }]
}

function diffComparisons(a: CompareIR, b: CompareIR, steps: Steps, whole: Found): readonly Found[] {
  const parts = [
    ...told('operator', a.operator, b.operator),
    ...diffValues(a.left, b.left, 'constant', steps),
    ...diffValues(a.right, b.right, 'threshold', steps),
  ]
  // Nothing but windows that changed with the step.
  if (parts.length === 0 && a.type === b.type) return []
  // Another value altogether makes another comparison.
  if (parts.some((found) => found.whole && found.what === 'value')) return [{ ...whole, whole: true }]
  const where = { before: a.text, after: b.text }
  return partsOr(whole, parts).map((found) => (found.where === undefined && found.whole === undefined ? { ...found, where } : found))
}

function isGroup(condition: ConditionIR): condition is Group {
  return condition.kind === 'and' || condition.kind === 'or'
}

/** What is no group is one of one. */
function membersOf(condition: ConditionIR): readonly ConditionIR[] {
  return condition.kind === 'and' ? condition.all : condition.kind === 'or' ? condition.any : [condition]
}

function diffGroups(a: ConditionIR, b: ConditionIR, steps: Steps, whole: Found): readonly Found[] {
  const { pairs, removed, added } = align(membersOf(a), membersOf(b), (x, y) => cost(diffConditions(x, y, steps)), most)
  if (pairs.length === 0) return [{ ...whole, whole: true }]
  const words = (member: ConditionIR, everyNs: number): string => (isGroup(member) ? `(${conditionWords(member, everyNs)})` : conditionWords(member, everyNs))
  const joint = (of: ConditionIR, other: ConditionIR): string => (isGroup(of) ? of.kind : other.kind)
  return [
    ...(isGroup(a) && isGroup(b) ? told('joined by', a.kind, b.kind) : []),
    ...pairs.flatMap(([x, y]) => diffConditions(x, y, steps)),
    ...removed.map((member) => ({ what: joint(a, b), before: words(member, steps.before) })),
    ...added.map((member) => ({ what: joint(b, a), after: words(member, steps.after) })),
  ]
}

function isWrapper(condition: ConditionIR): condition is Wrapper {
  return condition.kind === 'times' || condition.kind === 'for' || condition.kind === 'not'
}

function diffWrapped(a: ConditionIR, b: ConditionIR, steps: Steps, whole: Found): readonly Found[] {
  if (isWrapper(a) && isWrapper(b)) {
    const inner = diffConditions(a.of, b.of, steps)
    if (a.kind === b.kind) return [...diffPatience(a, b), ...inner]
    if (cost(inner) <= most) return [...told('held', patience(a), patience(b)), ...inner]
    return [{ ...whole, whole: true }]
  }
  // One side lost what was around the condition.
  const inner = isWrapper(a) ? diffConditions(a.of, b, steps) : isWrapper(b) ? diffConditions(a, b.of, steps) : []
  if (cost(inner) > most) return [{ ...whole, whole: true }]
  return [...told('held', isWrapper(a) ? patience(a) : undefined, isWrapper(b) ? patience(b) : undefined), ...inner]
}

function diffPatience(a: Wrapper, b: Wrapper): readonly Found[] {
  if (a.kind === 'times' && b.kind === 'times')
    return [...told('count', String(a.count), String(b.count)), ...told('period', printDuration(a.withinNs), printDuration(b.withinNs))]
  return a.kind === 'for' && b.kind === 'for' ? told('for', printDuration(a.ns), printDuration(b.ns)) : []
}

function patience(wrapper: Wrapper): string {
  switch (wrapper.kind) {
    case 'times':
      return `${wrapper.count} times in ${printDuration(wrapper.withinNs)}`
    case 'for':
      return `for ${printDuration(wrapper.ns)}`
    case 'not':
      return 'not'
  }
}
