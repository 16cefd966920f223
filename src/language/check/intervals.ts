/** Intervals of numbers: which values an expression can have, and at which values of a signal a rule can fire. */
import type { Comparison } from '../tree.ts'
import { unitFactor } from './arithmetic.ts'
import type { Value } from './program.ts'
import { rangeOfStat } from './spans.ts'

/** From `low` to `high`; an end is open where its value is not part of it. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly lowOpen: boolean
  readonly highOpen: boolean
}

export const everything: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, lowOpen: true, highOpen: true }

/** The values x with `x operator bound`; undefined for `!=`, which is no interval. */
export function satisfying(operator: Comparison, bound: number): Interval | undefined {
  switch (operator) {
    case '<':
    case '<=':
      return { ...everything, high: bound, highOpen: operator === '<' }
    case '>':
    case '>=':
      return { ...everything, low: bound, lowOpen: operator === '>' }
    case '==':
      return { low: bound, high: bound, lowOpen: false, highOpen: false }
    case '!=':
      return undefined
  }
}

export function intersection(a: Interval, b: Interval): Interval {
  const low = Math.max(a.low, b.low)
  const high = Math.min(a.high, b.high)
  return {
    low,
    high,
    lowOpen: (a.low === low && a.lowOpen) || (b.low === low && b.lowOpen),
    highOpen: (a.high === high && a.highOpen) || (b.high === high && b.highOpen),
  }
}

export function isEmpty(interval: Interval): boolean {
  return interval.low > interval.high || (interval.low === interval.high && (interval.lowOpen || interval.highOpen))
}

/** True when the two have no value in common but also nothing between them. */
export function touch(a: Interval, b: Interval): boolean {
  return a.high === b.low || b.high === a.low
}

/** The least and the greatest value that an expression can have; `mostReplicas` is the declared upper bound of a target. */
export function rangeOf(value: Value, mostReplicas: (target: string) => number | undefined): readonly [number, number] {
  switch (value.kind) {
    case 'constant':
      return [value.value, value.value]
    case 'span':
      return rangeOfStat(value.field, value.stat)
    case 'replicas':
      return [0, mostReplicas(value.target) ?? Number.POSITIVE_INFINITY]
    case 'ready':
      // A rollout can have more ready replicas than are desired.
      return [0, Number.POSITIVE_INFINITY]
    case 'metric':
    case 'forecast':
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    case 'arithmetic': {
      const [low, high] = combined(
        value.operator,
        value.of.map((operand) => rangeOf(operand, mostReplicas)),
      )
      const factor = unitFactor(
        value.operator,
        value.of.map((operand) => operand.type),
      )
      return [low * factor, high * factor]
    }
  }
}

function combined(operator: (Value & { kind: 'arithmetic' })['operator'], ranges: readonly (readonly [number, number])[]): readonly [number, number] {
  const [[a, b] = [0, 0], [c, d] = [0, 0]] = ranges
  switch (operator) {
    case '+':
      return [a + c, b + d]
    case '-':
      return [a - d, b - c]
    case 'min':
      return [Math.min(...ranges.map((r) => r[0])), Math.min(...ranges.map((r) => r[1]))]
    case 'max':
      return [Math.max(...ranges.map((r) => r[0])), Math.max(...ranges.map((r) => r[1]))]
    case '*':
      return corners([times(a, c), times(a, d), times(b, c), times(b, d)])
    case '/':
      // A divisor that can be zero can make any size, but never another sign than the operands have.
      if (c < 0 && d > 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
      return corners([over(a, c, 1), over(a, d, c < 0 ? -1 : 1), over(b, c, 1), over(b, d, c < 0 ? -1 : 1)])
  }
}

function corners(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b
}

function over(a: number, b: number, signOfZero: number): number {
  if (b === 0) return a === 0 ? 0 : (a * signOfZero) / 0
  return Number.isFinite(b) ? a / b : 0
}
