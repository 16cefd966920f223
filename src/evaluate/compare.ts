/**
 * Comparisons of values. A quantile against a constant is decided by counting, exactly, whatever the number of spans: with r = ⌈q·n⌉ the value at
 * rank r is below X if and only if at least r spans are, and at most X if and only if at least r spans are at or below it. Of a sample weights take the
 * place of numbers.
 */
import type { CompareIR, ComparisonOperator } from '../bundle/index.ts'
import { compare, mirrored } from '../language/index.ts'
import { type Builder, type Condition, gravest, type StepContext } from './context.ts'
import type { Because } from './contract.ts'
import type { Fraction } from './rank.ts'
import { compileValue, constantOf, SpanValue, type Value } from './values.ts'
import type { Window } from './window.ts'

export function compileCompare(ir: CompareIR, builder: Builder): Condition {
  const left = compileValue(ir.left, builder)
  const right = compileValue(ir.right, builder)
  const decide = against(left, ir.operator, constantOf(ir.right)) ?? against(right, mirrored(ir.operator), constantOf(ir.left))
  return (context) => {
    const seenLeft = left.observe(context)
    const seenRight = right.observe(context)
    const unknown = gravest([seenLeft.unknown, seenRight.unknown])
    const common = { kind: 'compare' as const, text: ir.text, operator: ir.operator, left: seenLeft, right: seenRight }
    if (unknown !== undefined) return { ...common, truth: 'unknown', unknown }
    const holds = decide === undefined ? compare(ir.operator, seenLeft.value as number, seenRight.value as number) : decide(context)
    return withTraces({ ...common, truth: holds ? 'true' : 'false' }, left.traceIds(context), right.traceIds(context))
  }
}

/** Tells a value of spans what it is compared with, where that is a constant; the decision by counters, where it is a quantile. */
function against(value: Value, operator: ComparisonOperator, constant: number | undefined): ((context: StepContext) => boolean) | undefined {
  if (!(value instanceof SpanValue) || constant === undefined) return undefined
  value.comparedWith(constant)
  const { quantile } = value
  if (quantile === undefined) return undefined
  return (context) => quantileHolds(value.window(context), quantile, operator, constant)
}

/** `window` holds at least one span, and counts against `threshold`. */
export function quantileHolds(window: Window, q: Fraction, operator: ComparisonOperator, threshold: number): boolean {
  const rank = window.rank(q)
  const isBelow = window.below(threshold) >= rank
  const isAtMost = window.atMost(threshold) >= rank
  switch (operator) {
    case '<':
      return isBelow
    case '<=':
      return isAtMost
    case '>':
      return !isAtMost
    case '>=':
      return !isBelow
    case '==':
      return isAtMost && !isBelow
    case '!=':
      return isBelow || !isAtMost
    default:
      return operator satisfies never
  }
}

function withTraces(because: Because, left: readonly string[], right: readonly string[]): Because {
  const traceIds = left.length > 0 ? left : right
  return traceIds.length > 0 ? { ...because, traceIds } : because
}
