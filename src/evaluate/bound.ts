/**
 * Lower bounds of the duration. `span(a/b).duration > 400ms 5 times in 60s` puts its bound into the selector; taken out again, selectors that differ in it
 * alone are one series, counted against all the bounds at once, and the loosest bound turns most spans away with one comparison.
 */
import type { PredicateIR, SelectorIR } from '../bundle/index.ts'

/** A selector as the spans of `selector` whose duration is greater than `above`. */
export interface BoundedSelector {
  readonly selector: SelectorIR
  /** Minus infinity: no bound. */
  readonly above: number
}

export function takeBound(selector: SelectorIR): BoundedSelector {
  const { where, ...rest } = selector
  if (where === undefined) return { selector, above: Number.NEGATIVE_INFINITY }
  const parts = where.kind === 'and' ? where.all : [where]
  const bounds = parts.map(boundOf)
  const kept = parts.filter((_, i) => bounds[i] === undefined)
  if (kept.length === parts.length) return { selector, above: Number.NEGATIVE_INFINITY }
  const above = Math.max(...bounds.filter((bound) => bound !== undefined))
  const [only] = kept
  if (only === undefined) return { selector: rest, above }
  return { selector: { ...rest, where: kept.length === 1 ? only : { kind: 'and', all: kept } }, above }
}

function boundOf(predicate: PredicateIR): number | undefined {
  if (predicate.kind !== 'compare' || predicate.field.kind !== 'intrinsic' || predicate.field.name !== 'duration') return undefined
  if (typeof predicate.value !== 'number') return undefined
  if (predicate.operator === '>') return predicate.value
  return predicate.operator === '>=' ? justBelow(predicate.value) : undefined
}

/** The greatest float64 below a number: `d >= x` is `d > justBelow(x)`. */
export function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE
  const words = new DataView(new ArrayBuffer(8))
  words.setFloat64(0, value)
  words.setBigInt64(0, words.getBigInt64(0) - (value > 0 ? 1n : -1n))
  return words.getFloat64(0)
}
