/**
 * Whether one condition is true whenever another is, at every step and whatever the spans. It is decided by the shape of the two: a `yes` is
 * certain, a `no` is not.
 */
import type { CheckedCondition, Value } from '../../check/program.ts'
import type { Atom, Compare, Formula } from './formula.ts'
import { selectsWithin } from './predicates.ts'
import { areOfSameSpans, countsSpans, entails } from './signals.ts'
import { isAlways, isSubset, minutesOf } from './weekly.ts'

/** What the rules of the two conditions say beside them. */
export interface Surroundings {
  /** `at least N spans` of the first and of the second. */
  readonly atLeast: readonly [number, number]
}

/** Both are of rules with one step. */
export function implies(a: Formula, b: Formula, s: Surroundings): boolean {
  if (a.kind === 'or') return a.of.every((part) => implies(part, b, s))
  if (b.kind === 'and') return b.of.every((part) => implies(a, part, s))
  if (a.kind === 'and' && a.of.some((part) => implies(part, b, s))) return true
  if (b.kind === 'or') return b.of.some((part) => implies(a, part, s))
  return (a.kind === 'compare' || a.kind === 'atom') && (b.kind === 'compare' || b.kind === 'atom') && leafImplies(a, b, s)
}

function leafImplies(a: Compare | Atom, b: Compare | Atom, s: Surroundings): boolean {
  if (b.kind === 'compare') return a.kind === 'compare' && compareImplies(a, b, s)
  if (!b.negated && isTrivial(b.of)) return true
  if (a.kind === 'atom') return a.of.kind === b.of.kind && atomImplies(a, b, s)
  const once = b.of.kind === 'times' && b.of.count === 1 && !b.negated ? b.inner : undefined
  return once !== undefined && implies(a, once, s) && areStaleTogether(a, once)
}

function compareImplies(a: Compare, b: Compare, { atLeast: [first, second] }: Surroundings): boolean {
  if (!entails(a.constraint, b.constraint)) return false
  // What is compared must be known whenever the other is.
  return first >= second || (isCount(b.of.left) && isCount(b.of.right))
}

function atomImplies(a: Atom, b: Atom, s: Surroundings): boolean {
  const [first, second] = s.atLeast
  if (a.of.kind === 'during' && b.of.kind === 'during') return a.of.zone === b.of.zone && isSubset(minutesOf(a.of, a.negated), minutesOf(b.of, b.negated))
  if (!a.negated && !b.negated && repeatedImplies(a, b, s)) return true
  return first === second && a.negated === b.negated && a.meaning === b.meaning
}

function isTrivial(of: CheckedCondition): boolean {
  return of.kind === 'always' || (of.kind === 'during' && isAlways(minutesOf(of)))
}

function isCount(value: Value): boolean {
  if (value.kind === 'arithmetic') return value.of.every(isCount)
  return value.kind === 'forecast' ? isCount(value.of) : value.kind !== 'span' || countsSpans(value.stat)
}

function repeatedImplies({ of: a, inner: innerA }: Atom, { of: b, inner: innerB }: Atom, s: Surroundings): boolean {
  if (a.kind === 'spans' && b.kind === 'spans') return a.count >= b.count && a.withinNs <= b.withinNs && selectsWithin(a.selector, b.selector)
  if (a.kind === 'absent' && b.kind === 'absent') return a.ns >= b.ns && selectsWithin(b.selector, a.selector)
  if (innerA === undefined || innerB === undefined) return false
  if (a.kind === 'times' && b.kind === 'times')
    return a.count >= b.count && a.withinNs <= b.withinNs && implies(innerA, innerB, s) && areStaleTogether(innerA, innerB)
  if (a.kind === 'for' && b.kind === 'for')
    return a.ns === b.ns && s.atLeast[0] === s.atLeast[1] && areIdleTogether(innerA, innerB) && implies(innerA, innerB, s)
  return false
}

/**
 * A stale step is no time to count: the second must not be stale where the first still counts. A `times` is stale for as long as a stale step
 * among those that it counts could make the difference, which depends on its window.
 */
function areStaleTogether(a: Formula, b: Formula): boolean {
  const [first, second] = [leavesOf(a), leavesOf(b)]
  if (!second.some(readsSpans)) return true
  return first.every(readsSpans) && ![...first, ...second].some(counts)
}

function counts(leaf: Compare | Atom): boolean {
  if (leaf.kind === 'compare') return false
  return leaf.of.kind === 'times' || (leaf.inner !== undefined && leavesOf(leaf.inner).some(counts))
}

/** Whenever the one is unknown, so is the other. */
export function areKnownTogether(a: Formula, b: Formula): boolean {
  return areIdleTogether(a, b) || (a.kind === 'atom' && b.kind === 'atom' && a.negated === b.negated && a.meaning === b.meaning)
}

/** `for` passes over idle steps: those of the one must be those of the other. */
function areIdleTogether(a: Formula, b: Formula): boolean {
  if (a.kind !== 'compare' || b.kind !== 'compare' || !areOfSameSpans(a.constraint, b.constraint)) return false
  const [one, other] = [a.constraint.span, b.constraint.span]
  return one !== undefined && other !== undefined && countsSpans(one.stat) === countsSpans(other.stat)
}

function leavesOf(formula: Formula): readonly (Compare | Atom)[] {
  return formula.kind === 'compare' || formula.kind === 'atom' ? [formula] : formula.of.flatMap(leavesOf)
}

function readsSpans(leaf: Compare | Atom): boolean {
  if (leaf.kind === 'compare') return valueReadsSpans(leaf.of.left) || valueReadsSpans(leaf.of.right)
  return leaf.of.kind !== 'during' && leaf.of.kind !== 'always'
}

function valueReadsSpans(value: Value): boolean {
  switch (value.kind) {
    case 'span':
      return true
    case 'forecast':
      return valueReadsSpans(value.of)
    case 'arithmetic':
      return value.of.some(valueReadsSpans)
    default:
      return false
  }
}
