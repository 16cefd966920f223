/** What one comparison says of the value on its left, and how values of the same spans are ordered whatever the spans are. */
import { type Interval, intersection, isEmpty, rangeOf, satisfying } from '../../check/intervals.ts'
import { printSelector, printValue } from '../../check/print.ts'
import type { CheckedComparison, Stat, Value } from '../../check/program.ts'
import type { SpanValue } from '../../check/resolved.ts'

/** The values that pass, or all but one. */
export type Allowed = { readonly kind: 'interval'; readonly interval: Interval } | { readonly kind: 'except'; readonly value: number }

export interface Constraint {
  /** Comparisons of one signal are about one number at every step. */
  readonly signal: string
  /** The value, where it is one of spans and is compared with a constant. */
  readonly span: SpanValue | undefined
  /** What it is taken of: values with equal ones are known together. */
  readonly spans: string
  readonly allowed: Allowed
}

/** Two changing values are one signal: on which side of each other they are. */
export function constraintOf({ left, operator, right }: CheckedComparison): Constraint {
  const bound = right.kind === 'constant' ? right.value : 0
  const interval = satisfying(operator, bound)
  const allowed: Allowed = interval === undefined ? { kind: 'except', value: bound } : { kind: 'interval', interval }
  if (right.kind !== 'constant') return { signal: `${printValue(left, 0)}\n${printValue(right, 0)}`, span: undefined, spans: '', allowed }
  if (left.kind !== 'span') return { signal: printValue(left, 0), span: undefined, spans: '', allowed }
  const spans = spansOf(left)
  return { signal: `${spans} ${JSON.stringify(left.stat)}`, span: left, spans, allowed }
}

/** No value passes both. */
export function excludeEachOther(a: Constraint, b: Constraint): boolean {
  if (a.signal === b.signal) return areDisjoint(a.allowed, b.allowed)
  if (a.allowed.kind === 'except' || b.allowed.kind === 'except' || a.span === undefined || b.span === undefined || a.spans !== b.spans) return false
  if (isOrdered(a.span, b.span)) return liesAbove(a.allowed.interval, b.allowed.interval)
  return isOrdered(b.span, a.span) && liesAbove(b.allowed.interval, a.allowed.interval)
}

/** Whenever the first passes, so does the second. */
export function entails(a: Constraint, b: Constraint): boolean {
  if (a.signal === b.signal) return isWithin(a.allowed, b.allowed)
  if (a.allowed.kind === 'except' || b.allowed.kind === 'except' || a.span === undefined || b.span === undefined || a.spans !== b.spans) return false
  const [inner, outer] = [a.allowed.interval, b.allowed.interval]
  // p95 > 1s makes p99 > 1s, and p99 < 1s makes p95 < 1s.
  if (isOrdered(a.span, b.span) && outer.high === Number.POSITIVE_INFINITY) return isWithin(upwards(inner), b.allowed)
  return isOrdered(b.span, a.span) && outer.low === Number.NEGATIVE_INFINITY && isWithin(downwards(inner), b.allowed)
}

const upwards = (interval: Interval): Allowed => ({ kind: 'interval', interval: { ...interval, high: Number.POSITIVE_INFINITY, highOpen: true } })
const downwards = (interval: Interval): Allowed => ({ kind: 'interval', interval: { ...interval, low: Number.NEGATIVE_INFINITY, lowOpen: true } })

function areDisjoint(a: Allowed, b: Allowed): boolean {
  if (a.kind === 'interval' && b.kind === 'interval') return isEmpty(intersection(a.interval, b.interval))
  if (a.kind === 'except') return b.kind === 'interval' && isOnly(b.interval, a.value)
  return a.kind === 'interval' && b.kind === 'except' && isOnly(a.interval, b.value)
}

function isOnly(interval: Interval, value: number): boolean {
  return interval.low === value && interval.high === value
}

function isWithin(a: Allowed, b: Allowed): boolean {
  if (b.kind === 'except') return a.kind === 'except' ? a.value === b.value : !contains(a.interval, b.value)
  if (a.kind === 'except') return false
  const low = a.interval.low > b.interval.low || (a.interval.low === b.interval.low && (a.interval.lowOpen || !b.interval.lowOpen))
  const high = a.interval.high < b.interval.high || (a.interval.high === b.interval.high && (a.interval.highOpen || !b.interval.highOpen))
  return low && high
}

export function contains({ low, high, lowOpen, highOpen }: Interval, value: number): boolean {
  return (value > low || (value === low && !lowOpen)) && (value < high || (value === high && !highOpen))
}

/** All of the first are above all of the second. */
function liesAbove(a: Interval, b: Interval): boolean {
  return a.low > b.high || (a.low === b.high && (a.lowOpen || b.highOpen))
}

/** Both are of spans, and of the same in the same window. */
export function areOfSameSpans(a: Constraint, b: Constraint): boolean {
  return a.span !== undefined && a.spans === b.spans
}

function spansOf({ selector, field, windowNs }: SpanValue): string {
  return `${printSelector(selector)} ${field} ${windowNs}`
}

/** Whatever the spans: the first value is no greater than the second. */
export function isAtMost(a: SpanValue, b: SpanValue): boolean {
  return spansOf(a) === spansOf(b) && isOrdered(a, b)
}

/** The same of two values of the same spans. */
function isOrdered(a: SpanValue, b: SpanValue): boolean {
  if (a.stat.kind === 'errors' && b.stat.kind === 'count') return true
  const [low, high] = [place(a.stat), place(b.stat)]
  if (low !== undefined && high !== undefined) return low <= high
  return (a.stat.kind === 'mean' && high === 1) || (b.stat.kind === 'mean' && low === 0)
}

/** Where a statistic stands in the order of the durations, 0 the shortest and 1 the longest. */
function place(stat: Stat): number | undefined {
  return stat.kind === 'min' ? 0 : stat.kind === 'max' ? 1 : stat.kind === 'quantile' ? stat.q : undefined
}

/** Counts are a true 0 when there is no span; everything else is then unknown. */
export function countsSpans({ kind }: Stat): boolean {
  return kind === 'count' || kind === 'rate' || kind === 'errors' || kind === 'anomalies'
}

/** Whether two values can never compare so, whatever the spans: by the order of their statistics or by what they can be at all. */
export function neverCompare({ left, operator, right }: CheckedComparison): boolean {
  if (right.kind === 'constant') return false
  const strict = operator === '<' || operator === '>' || operator === '!='
  if (strict && printValue(left, 0) === printValue(right, 0)) return true
  if (left.kind === 'span' && right.kind === 'span') {
    if (operator === '>' && isAtMost(left, right)) return true
    if (operator === '<' && isAtMost(right, left)) return true
  }
  const [low, high] = limits(left)
  const [least, most] = limits(right)
  switch (operator) {
    case '>':
      return high <= least
    case '>=':
      return high < least
    case '<':
      return low >= most
    case '<=':
      return low > most
    case '==':
      return high < least || low > most
    case '!=':
      return low === high && least === most && low === least
  }
}

/** What a value can be; infinite ends compare with nothing. Replicas can leave their bounds by hand. */
function limits(value: Value): readonly [number, number] {
  const [low, high] = rangeOf(value, () => undefined)
  return [Number.isNaN(low) ? Number.NEGATIVE_INFINITY : low, Number.isNaN(high) ? Number.POSITIVE_INFINITY : high]
}
