/**
 * Whether one condition is true whenever another is, at every step and whatever the spans. It is decided by the shape of the two: a `yes` is
 * certain, a `no` is not.
 */
import type { CheckedCondition, Value } from '../../check/program.ts'
import type { SpanValue } from '../../check/resolved.ts'
import { type Formula, formulaOf, meaningOf } from './formula.ts'
import { selectsWithin } from './predicates.ts'
import { constraintOf, countsSpans, entails, sameSpans } from './signals.ts'
import { isAlways, isSubset, minutesOf } from './weekly.ts'

/** What the rules of the two conditions say beside them. */
export interface Surroundings {
  /** The step of both. */
  readonly everyNs: number
  /** `at least N spans` of the first and of the second. */
  readonly atLeast: readonly [number, number]
}

export function implies(a: CheckedCondition, b: CheckedCondition, surroundings: Surroundings): boolean {
  return follows(formulaOf(a), formulaOf(b), surroundings)
}

function follows(a: Formula, b: Formula, s: Surroundings): boolean {
  if (a.kind === 'or') return a.of.every((part) => follows(part, b, s))
  if (b.kind === 'and') return b.of.every((part) => follows(a, part, s))
  if (a.kind === 'and' && a.of.some((part) => follows(part, b, s))) return true
  if (b.kind === 'or') return b.of.some((part) => follows(a, part, s))
  return a.kind !== 'and' && leafFollows(a, b, s)
}

function leafFollows(a: Formula, b: Formula, s: Surroundings): boolean {
  const [first, second] = s.atLeast
  if (first === second && meaningOf(a) === meaningOf(b)) return true
  if (a.kind === 'compare' && b.kind === 'compare') {
    // What is compared must be known whenever the other is.
    if (first < second && !isCount(b.of.left, b.of.right)) return false
    return entails(constraintOf(a.of), constraintOf(b.of))
  }
  if (b.kind === 'atom' && !b.negated && isTrivial(b.of)) return true
  if (a.kind === 'atom' && b.kind === 'atom') {
    if (a.of.kind === 'during' && b.of.kind === 'during') return a.of.zone === b.of.zone && isSubset(minutesOf(a.of, a.negated), minutesOf(b.of, b.negated))
    return !a.negated && !b.negated && repeatedFollows(a.of, b.of, s)
  }
  return (
    a.kind === 'compare' &&
    b.kind === 'atom' &&
    !b.negated &&
    b.of.kind === 'times' &&
    b.of.count === 1 &&
    follows(a, formulaOf(b.of.of), s) &&
    isStaleTogether(a, formulaOf(b.of.of))
  )
}

function isTrivial(of: CheckedCondition): boolean {
  return of.kind === 'always' || (of.kind === 'during' && isAlways(minutesOf(of)))
}

function isCount(...values: readonly Value[]): boolean {
  return values.every((value) => value.kind !== 'span' || countsSpans(value.stat))
}

function repeatedFollows(a: CheckedCondition, b: CheckedCondition, s: Surroundings): boolean {
  if (a.kind === 'spans' && b.kind === 'spans') return a.count >= b.count && a.withinNs <= b.withinNs && selectsWithin(a.selector, b.selector)
  if (a.kind === 'absent' && b.kind === 'absent') return a.ns >= b.ns && selectsWithin(b.selector, a.selector)
  if (a.kind === 'times' && b.kind === 'times') {
    const [inner, outer] = [formulaOf(a.of), formulaOf(b.of)]
    return a.count >= b.count && a.withinNs <= b.withinNs && follows(inner, outer, s) && isStaleTogether(inner, outer)
  }
  if (a.kind === 'for' && b.kind === 'for') {
    const [inner, outer] = [formulaOf(a.of), formulaOf(b.of)]
    return a.ns === b.ns && s.atLeast[0] === s.atLeast[1] && isIdleTogether(inner, outer) && follows(inner, outer, s)
  }
  return false
}

/** A stale step is no time to count: the second must not be stale where the first still counts. */
function isStaleTogether(a: Formula, b: Formula): boolean {
  return !leavesOf(b).some(readsSpans) || leavesOf(a).every(readsSpans)
}

/** `for` passes over idle steps: those of the one must be those of the other. */
function isIdleTogether(a: Formula, b: Formula): boolean {
  if (a.kind !== 'compare' || b.kind !== 'compare') return false
  const [one, other] = [constraintOf(a.of).span, constraintOf(b.of).span]
  return one !== undefined && other !== undefined && sameSpans(one, other) && countsSpans(one.stat) === countsSpans(other.stat)
}

function leavesOf(formula: Formula): readonly Formula[] {
  return formula.kind === 'and' || formula.kind === 'or' ? formula.of.flatMap(leavesOf) : [formula]
}

function readsSpans(leaf: Formula): boolean {
  if (leaf.kind === 'compare') return spansIn(leaf.of.left).length + spansIn(leaf.of.right).length > 0
  return leaf.kind === 'atom' && leaf.of.kind !== 'during' && leaf.of.kind !== 'always'
}

function spansIn(value: Value): readonly SpanValue[] {
  switch (value.kind) {
    case 'span':
      return [value]
    case 'forecast':
      return spansIn(value.of)
    case 'arithmetic':
      return value.of.flatMap(spansIn)
    default:
      return []
  }
}
