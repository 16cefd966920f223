/** Whether one span can pass the tests of a selector, and when one selector's spans are all among another's. */

import { intersection, isEmpty, satisfying } from '../../check/intervals.ts'
import { printField, printPredicate } from '../../check/print.ts'
import type { CheckedPredicate, Field, Scalar, Selector } from '../../check/program.ts'
import { contains } from './signals.ts'

/** Two tests that no span passes both; undefined where none are found. Only tests that every span must pass are compared. */
export function contradictionIn(selector: Selector): readonly [string, string] | undefined {
  const tests = conjuncts(selector.where)
  for (const [i, test] of tests.entries()) {
    const other = tests.slice(0, i).find((earlier) => clash(earlier, test))
    if (other !== undefined) return [printPredicate(other, 1), printPredicate(test, 1)]
  }
  return undefined
}

export function conjuncts(where: CheckedPredicate | undefined): readonly CheckedPredicate[] {
  if (where === undefined) return []
  return where.kind === 'and' ? where.all.flatMap(conjuncts) : [where]
}

function clash(a: CheckedPredicate, b: CheckedPredicate): boolean {
  if (a.kind === 'not' && b.kind === 'has') return a.of.kind === 'has' && sameField(a.of.field, b.field)
  if (a.kind === 'has' && b.kind === 'not') return clash(b, a)
  if (!('field' in a) || !('field' in b) || !sameField(a.field, b.field)) return false
  const [one, other] = [valuesOf(a), valuesOf(b)]
  if (one !== undefined) return one.every((value) => !passes(b, value))
  if (other !== undefined) return other.every((value) => !passes(a, value))
  const [left, right] = [intervalOf(a), intervalOf(b)]
  return left !== undefined && right !== undefined && isEmpty(intersection(left, right))
}

function sameField(a: Field, b: Field): boolean {
  return a.kind === b.kind && printField(a) === printField(b)
}

/** The only values that pass. */
function valuesOf(test: CheckedPredicate): readonly Scalar[] | undefined {
  if (test.kind === 'in') return test.values
  return test.kind === 'compare' && test.operator === '==' ? [test.value] : undefined
}

/** Numbers that pass a test of order. */
function intervalOf(test: CheckedPredicate): ReturnType<typeof satisfying> {
  return test.kind === 'compare' && typeof test.value === 'number' ? satisfying(test.operator, test.value) : undefined
}

/** Whether a span with this value of the field passes; true where it is not looked at closely. */
function passes(test: CheckedPredicate, value: Scalar): boolean {
  switch (test.kind) {
    case 'compare': {
      if (test.operator === '==') return test.value === value
      if (test.operator === '!=') return test.value !== value
      const interval = intervalOf(test)
      return interval === undefined || (typeof value === 'number' && contains(interval, value))
    }
    case 'in':
      return test.values.includes(value)
    default:
      return true
  }
}

/** Every span of the first is one of the second, as far as the tests tell; both in one window. */
export function selectsWithin(a: Selector, b: Selector): boolean {
  if (a.service !== b.service || a.operation !== b.operation) return false
  if (JSON.stringify(a.ancestor) !== JSON.stringify(b.ancestor)) return false
  if (!a.kinds.every((kind) => b.kinds.includes(kind))) return false
  const tests = conjuncts(a.where)
  return conjuncts(b.where).every((wanted) => tests.some((given) => impliesTest(given, wanted)))
}

function impliesTest(a: CheckedPredicate, b: CheckedPredicate): boolean {
  if (JSON.stringify(a) === JSON.stringify(b)) return true
  if (a.kind !== 'compare' || b.kind !== 'compare' || !sameField(a.field, b.field)) return false
  const [inner, outer] = [intervalOf(a), intervalOf(b)]
  if (inner === undefined || outer === undefined) return false
  const low = inner.low > outer.low || (inner.low === outer.low && (inner.lowOpen || !outer.lowOpen))
  const high = inner.high < outer.high || (inner.high === outer.high && (inner.highOpen || !outer.highOpen))
  return low && high
}
