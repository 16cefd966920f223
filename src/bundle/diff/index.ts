/**
 * What changed between two bundles, in words of rules. Pure. The order of rules, the layout and comments of their sources and where they stand
 * do not matter; whatever decides differently shows.
 */
import type { Bundle, RuleIR } from '../ir.ts'
import { ruleWords, targetWords } from '../words.ts'
import { align } from './align.ts'
import { type Change, cost, type Found, most, pair } from './change.ts'
import { contentKey, diffRules, diffTargets } from './rules.ts'

export { type Change, foundWords, mirrored as mirroredChange, type Pair } from './change.ts'

/** Rules first, each bundle's in its order, then targets. Empty when both decide alike. */
export function diffBundles(before: Bundle, after: Bundle): readonly Change[] {
  return [...ruleChanges(before.rules, after.rules), ...targetChanges(before, after)]
}

function ruleChanges(before: readonly RuleIR[], after: readonly RuleIR[]): readonly Change[] {
  const { pairs, removed, added } = matched(before, after)
  const changes = new Map<RuleIR, readonly Change[]>()
  for (const [a, b] of pairs) {
    const name = { before: a.name, after: b.name }
    const renamed: readonly Change[] = a.name === b.name ? [] : [{ of: 'rule', kind: 'renamed', name, what: 'name', before: a.name, after: b.name }]
    changes.set(b, [...renamed, ...diffRules(a, b).map((found): Change => ({ of: 'rule', kind: 'changed', name, ...found }))])
  }
  for (const rule of added) changes.set(rule, [{ of: 'rule', kind: 'added', name: { after: rule.name }, what: 'rule', after: ruleWords(rule) }])
  return [
    ...after.flatMap((rule) => changes.get(rule) ?? []),
    ...removed.map((rule): Change => ({ of: 'rule', kind: 'removed', name: { before: rule.name }, what: 'rule', before: ruleWords(rule) })),
  ]
}

interface Matched {
  readonly pairs: readonly (readonly [RuleIR, RuleIR])[]
  readonly removed: readonly RuleIR[]
  readonly added: readonly RuleIR[]
}

/** Ends the names of rules that have no label. */
const counter = / #\d+$/

/**
 * Which rule became which: one with the same label; else one that says the same; else one of the same workload that says nearly the same. Names
 * of rules without a label hold their action and a counter, so an edit changes them: they count for little.
 */
function matched(before: readonly RuleIR[], after: readonly RuleIR[]): Matched {
  const keys = new Map([...before, ...after].map((rule) => [rule, contentKey(rule)]))
  const contentOf = (rule: RuleIR): string => keys.get(rule) ?? ''
  const pairs: [RuleIR, RuleIR][] = []
  const [left, right] = [new Set(before), new Set(after)]
  const join = (key: (rule: RuleIR) => string | undefined): void => {
    const open = new Map<string, RuleIR[]>()
    for (const rule of right) {
      const k = key(rule)
      if (k !== undefined) open.set(k, [...(open.get(k) ?? []), rule])
    }
    for (const a of left) {
      const b = open.get(key(a) ?? '')?.shift()
      if (b === undefined) continue
      pairs.push([a, b])
      left.delete(a)
      right.delete(b)
    }
  }
  join((rule) => `${rule.name}\n${contentOf(rule)}`)
  join((rule) => (counter.test(rule.name) ? undefined : rule.name))
  // Several that say the same are taken in the order of their names.
  const byName = (rules: Set<RuleIR>): readonly RuleIR[] => [...rules].sort((a, b) => (a.name < b.name ? -1 : 1))
  const [restLeft, restRight] = [byName(left), byName(right)]
  left.clear()
  right.clear()
  for (const rule of restLeft) left.add(rule)
  for (const rule of restRight) right.add(rule)
  join(contentOf)
  // Each with each costs too much where a workload has hundreds that changed.
  if (left.size * right.size > 20_000) join((rule) => rule.name)
  for (const target of new Set([...left].map((rule) => rule.target))) {
    const here = (rules: Set<RuleIR>): readonly RuleIR[] => [...rules].filter((rule) => rule.target === target)
    const [these, those] = [here(left), here(right)]
    if (these.length * those.length > 20_000) continue
    for (const [a, b] of align(these, those, distance, most).pairs) {
      pairs.push([a, b])
      left.delete(a)
      right.delete(b)
    }
  }
  const place = new Map(before.map((rule, i) => [rule, i]))
  return { pairs, removed: [...left].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)), added: [...right] }
}

function distance(a: RuleIR, b: RuleIR): number {
  return cost(diffRules(a, b)) + (a.action.kind === b.action.kind ? 0 : most)
}

function targetChanges(before: Bundle, after: Bundle): readonly Change[] {
  const old = new Map(before.targets.map((target) => [target.id, target]))
  const ids = new Set(after.targets.map(({ id }) => id))
  const of = 'target'
  return [
    ...after.targets.flatMap((target): readonly Change[] => {
      const was = old.get(target.id)
      if (was === undefined) return [{ of, kind: 'added', name: { after: target.id }, what: 'workload', after: targetWords(target) }]
      return diffTargets(was, target).map((found: Found) => ({ of, kind: 'changed', name: pair(target.id, target.id), ...found }))
    }),
    ...before.targets
      .filter(({ id }) => !ids.has(id))
      .map((target): Change => ({ of, kind: 'removed', name: { before: target.id }, what: 'workload', before: targetWords(target) })),
  ]
}
