/** Differences of two rules, and of two targets. */
import { printDuration, printQuantity } from '../../language/index.ts'
import type { ConditionIR, PaceIR, RuleIR, TargetIR } from '../ir.ts'
import { actionWords, ruleWords, targetWords } from '../words.ts'
import { keyOf } from './align.ts'
import { type Found, told } from './change.ts'
import { diffConditions } from './conditions.ts'
import { diffValues } from './values.ts'

/** Whatever it says but its name and its place. */
export function contentKey({ name: _, source: __, ...content }: RuleIR): string {
  return keyOf(content)
}

export function diffRules(a: RuleIR, b: RuleIR): readonly Found[] {
  if (contentKey(a) === contentKey(b)) return []
  const found = [
    ...told('workload', a.target, b.target),
    ...diffActions(a, b),
    ...located(diffConditions(a.condition, b.condition, { before: a.everyNs, after: b.everyNs }), a.condition, b.condition),
    ...told('every', printDuration(a.everyNs), printDuration(b.everyNs)),
    ...told('cooldown', someDuration(a.cooldownNs), someDuration(b.cooldownNs)),
    ...told('at least', someSpans(a), someSpans(b)),
    ...told('on missing', missing(a), missing(b)),
    ...told('priority', String(a.priority), String(b.priority)),
    ...told('between', bounds(a), bounds(b)),
    ...told('mode', a.observe ? 'observe' : 'act', b.observe ? 'observe' : 'act'),
    ...told('documentation', quoted(a.doc), quoted(b.doc)),
  ]
  return found.length > 0 ? found : differentIn(ruleWords(a), ruleWords(b))
}

/** In a condition of one comparison there is nothing to locate. */
function located(found: readonly Found[], a: ConditionIR, b: ConditionIR): readonly Found[] {
  if (leaves(a) > 1 || leaves(b) > 1) return found
  return found.map(({ where: _, ...rest }) => rest)
}

function leaves(condition: ConditionIR): number {
  switch (condition.kind) {
    case 'and':
      return condition.all.reduce((sum, member) => sum + leaves(member), 0)
    case 'or':
      return condition.any.reduce((sum, member) => sum + leaves(member), 0)
    case 'not':
    case 'times':
    case 'for':
      return leaves(condition.of)
    default:
      return 1
  }
}

function diffActions(a: RuleIR, b: RuleIR): readonly Found[] {
  const [x, y] = [a.action, b.action]
  if (keyOf(x) === keyOf(y)) return []
  if (x.kind !== 'hold' || y.kind !== 'hold' || x.perReplica !== y.perReplica) return told('action', actionWords(x, a.everyNs), actionWords(y, b.everyNs))
  return [
    ...diffValues(x.value, y.value, 'value', { before: a.everyNs, after: b.everyNs }).map(({ where: _, ...found }) => ({
      ...found,
      what: `held ${found.what}`,
    })),
    ...told('held at', printQuantity(x.at, x.value.type), printQuantity(y.at, y.value.type)),
  ]
}

export function diffTargets(a: TargetIR, b: TargetIR): readonly Found[] {
  if (keyOf(a) === keyOf(b)) return []
  const found = [
    ...told('at least', String(a.min), String(b.min), 'replicas'),
    ...told('at most', String(a.max), String(b.max), 'replicas'),
    ...told('bounds', a.boundsImplied ? 'implied' : 'declared', b.boundsImplied ? 'implied' : 'declared'),
    ...diffPaces('up', a.up, b.up),
    ...diffPaces('down', a.down, b.down),
    ...told('cooldown', someDuration(a.cooldownNs), someDuration(b.cooldownNs)),
    ...told('settle within', printDuration(a.settleNs), printDuration(b.settleNs)),
    ...told('mode', a.mode, b.mode),
    ...told('combine', a.combine, b.combine),
  ]
  return found.length > 0 ? found : differentIn(targetWords(a), targetWords(b))
}

function diffPaces(direction: 'up' | 'down', a: PaceIR, b: PaceIR): readonly Found[] {
  const words = ({ limits }: PaceIR): readonly string[] =>
    limits.map(({ amount, unit, perNs }) => `${printQuantity(amount, unit === 'ratio' ? 'ratio' : 'number')} per ${printDuration(perNs)}`)
  const [before, after] = [words(a), words(b)]
  const removed = before.filter((limit) => !after.includes(limit))
  const added = after.filter((limit) => !before.includes(limit))
  const what = `${direction} at most`
  const limits =
    removed.length === 1 && added.length === 1
      ? told(what, removed[0], added[0])
      : [...removed.flatMap((limit) => told(what, limit, undefined)), ...added.flatMap((limit) => told(what, undefined, limit))]
  return [...told(`stable before ${direction}`, someDuration(a.stableNs), someDuration(b.stableNs)), ...limits]
}

/** Something that these comparisons do not know, or that reads alike: it differs all the same. */
function differentIn(before: string, after: string): readonly Found[] {
  return [{ what: 'content', before, after, whole: true }]
}

function someDuration(ns: number): string | undefined {
  return ns === 0 ? undefined : printDuration(ns)
}

function someSpans({ atLeastSpans }: RuleIR): string | undefined {
  return atLeastSpans === 0 ? undefined : `${atLeastSpans} spans`
}

function missing({ onMissing }: RuleIR): string {
  return onMissing.kind === 'hold' ? 'hold' : `floor ${onMissing.replicas} after ${printDuration(onMissing.afterNs)}`
}

function bounds({ between }: RuleIR): string | undefined {
  return between === undefined ? undefined : `${between.min} and ${between.max}`
}

function quoted(doc: string | undefined): string | undefined {
  return doc === undefined ? undefined : JSON.stringify(doc)
}
