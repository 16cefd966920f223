/** Conditions: comparisons of spans and of steps, and what stands behind them. */
import type { Comparison, Condition, Expression, SpanExpression } from '../tree.ts'
import { compare, mirrored } from './comparison.ts'
import { intersection, isEmpty, rangeOf, satisfying } from './intervals.ts'
import { messages } from './messages.ts'
import { printComparison, printPredicate, printSelector, printValue } from './print.ts'
import type { CheckedComparison, CheckedCondition, Constant, QuantityType, Value } from './program.ts'
import { replaceWith, say } from './scope.ts'
import { checkFieldTest, checkSelector, withTest } from './selectors.ts'
import { fieldOfPath, reasonOfStat } from './spans.ts'
import { plain, printDuration, printQuantity } from './units.ts'
import { checkQuantity, type Environment, positiveDuration, sayMismatch, sayNotMultiple, sourceOf, wholeNumber, windowOf } from './values.ts'
import { checkZone } from './zones.ts'

type ComparisonNode = Condition & { kind: 'compare' }

/** The environment of a rule: values have the rule's step as window. */
export type RuleEnvironment = Environment & { readonly everyNs: number }

/** A condition, or undefined after an error in it; every part is looked at. */
export function checkCondition(node: Condition, env: RuleEnvironment): CheckedCondition | undefined {
  switch (node.kind) {
    case 'parenthesis':
      return checkCondition(node.inner, env)
    case 'and':
    case 'or': {
      const parts = operands(node, node.kind).map((part) => checkCondition(part, env))
      const known = parts.filter((part) => part !== undefined)
      if (known.length < parts.length) return undefined
      return node.kind === 'and' && contradicts(known, env) ? undefined : { kind: node.kind, of: known, range: node.range }
    }
    case 'not': {
      const of = checkCondition(node.inner, env)
      return of === undefined ? undefined : { kind: 'not', of, range: node.range }
    }
    case 'compare':
      return checkComparison(node, env)
    case 'times':
      return checkTimes(node, env)
    case 'for': {
      const of = checkCondition(node.inner, env)
      const ns = windowOf(node.duration, env.scope, env.everyNs, '`for`')
      return of === undefined || ns === undefined ? undefined : { kind: 'for', of, ns, range: node.range }
    }
    case 'absent': {
      const selector = checkSelector(node.selector, env.scope)
      const ns = windowOf(node.duration, env.scope, env.everyNs, '`for`')
      return selector === undefined || ns === undefined ? undefined : { kind: 'absent', selector, ns, range: node.range }
    }
    case 'during':
      return checkDuring(node, env)
  }
}

/** `a and b and c` is one `and` of three, however it was nested. */
function operands(node: Condition, kind: 'and' | 'or'): readonly Condition[] {
  if (node.kind === 'parenthesis') {
    const inner = operands(node.inner, kind)
    return inner.length > 1 ? inner : [node]
  }
  return node.kind === kind ? [...operands(node.left, kind), ...operands(node.right, kind)] : [node]
}

function checkTimes(node: Condition & { kind: 'times' }, env: RuleEnvironment): CheckedCondition | undefined {
  const { scope, everyNs } = env
  const count = wholeNumber(node.count, scope, 'a count of times', 1)
  const ns = positiveDuration(node.window, scope, 'a window')
  const compared = spanFieldComparison(node.inner)
  const several = compared === undefined ? spanComparisonsIn(node.inner) : []
  if (several.length > 0) {
    for (const each of several) checkSpanTest(each, env)
    say(scope, messages.spanLogic, node.inner.range, {})
    return undefined
  }
  const of = compared === undefined ? checkCondition(node.inner, env) : undefined
  const spans = compared === undefined ? undefined : checkSpanTest(compared, env)
  if (ns === undefined) return undefined
  if (ns % everyNs !== 0) {
    sayNotMultiple(node.window, scope, ns, everyNs, 'a window')
    return undefined
  }
  if (count === undefined) return undefined
  if (spans !== undefined) return { kind: 'spans', ...spans, count, withinNs: ns, range: node.range }
  if (of === undefined) return undefined
  const steps = ns / everyNs
  if (count <= steps) return { kind: 'times', of, count, withinNs: ns, range: node.range }
  const needed = printDuration(count * everyNs)
  const parameters = { count, steps, window: printDuration(ns), step: printDuration(everyNs), needed }
  say(scope, messages.tooManyTimes, node.window.range, parameters, replaceWith(node.window.range, needed))
  return undefined
}

interface SpanTest {
  readonly node: ComparisonNode
  readonly span: SpanExpression
  readonly operator: Comparison
  readonly other: Expression
}

function inner(node: Expression): Expression {
  return node.kind === 'parenthesis' ? inner(node.inner) : node
}

/** The comparison of a field of each span, on whichever side the field is. */
function spanFieldComparison(condition: Condition): SpanTest | undefined {
  if (condition.kind === 'parenthesis') return spanFieldComparison(condition.inner)
  if (condition.kind !== 'compare') return undefined
  const left = inner(condition.left)
  if (left.kind === 'span' && fieldOfPath(left) !== undefined) return { node: condition, span: left, operator: condition.operator, other: condition.right }
  const right = inner(condition.right)
  if (right.kind === 'span' && fieldOfPath(right) !== undefined)
    return { node: condition, span: right, operator: mirrored(condition.operator), other: condition.left }
  return undefined
}

/** Comparisons of fields of each span that are joined by logic. */
function spanComparisonsIn(condition: Condition): SpanTest[] {
  switch (condition.kind) {
    case 'parenthesis':
    case 'not':
      return spanComparisonsIn(condition.inner)
    case 'and':
    case 'or':
      return [...spanComparisonsIn(condition.left), ...spanComparisonsIn(condition.right)]
    default: {
      const compared = spanFieldComparison(condition)
      return compared === undefined ? [] : [compared]
    }
  }
}

/** The comparison as a further test in the selector. */
function checkSpanTest(compared: SpanTest, env: RuleEnvironment): { selector: ReturnType<typeof withTest>; text: string } | undefined {
  const { scope } = env
  const { span, operator, node } = compared
  const selector = checkSelector(span.selector, scope)
  const field = fieldOfPath(span)
  if (field === undefined) return undefined
  const test = checkSpanComparand(field.name.text, compared, env)
  if (test === undefined || selector === undefined) return undefined
  const predicate = checkFieldTest(field.name, operator, node.operatorRange, test, scope)
  if (predicate === undefined) return undefined
  if (predicate.kind === 'compare' && typeof predicate.value === 'number' && isNever(predicate.operator, predicate.value, field.name.text)) {
    say(scope, messages.neverTrue, node.range, { text: sourceOf(scope, node.range), reason: `a duration is at least ${printDuration(0)}` })
    return undefined
  }
  return { selector: withTest(selector, predicate), text: `${printSelector(selector)}.${printPredicate(predicate)}` }
}

function isNever(operator: Comparison, bound: number, field: string): boolean {
  if (field !== 'duration' && field !== 'self' && field !== 'seen') return false
  const allowed = satisfying(operator, bound)
  return allowed !== undefined && isEmpty(intersection(allowed, { low: 0, high: Number.POSITIVE_INFINITY, lowOpen: false, highOpen: true }))
}

/** The other side as a literal or a word; arithmetic of constants is computed. */
function checkSpanComparand(field: string, compared: SpanTest, env: RuleEnvironment): Parameters<typeof checkFieldTest>[3] | undefined {
  const { scope } = env
  const other = inner(compared.other)
  switch (other.kind) {
    case 'number':
    case 'duration':
    case 'ratio':
    case 'rate':
    case 'size':
    case 'text':
    case 'boolean':
    case 'name':
      return other
    default: {
      const value = other.kind === 'span' ? undefined : checkQuantity(other, env)
      if (value === undefined && other.kind !== 'span') return undefined
      if (value?.kind === 'constant') return { kind: value.type, value: value.value, range: other.range }
      say(scope, messages.fieldComparand, other.range, { field })
      return undefined
    }
  }
}

function checkComparison(node: ComparisonNode, env: RuleEnvironment): CheckedCondition | undefined {
  const { scope } = env
  const compared = spanFieldComparison(node)
  if (compared !== undefined) {
    // Its parts are checked as well, so that one error does not hide another.
    if (checkSpanTest(compared, env) === undefined) return undefined
    const end = node.range.end
    const count = `5 times in ${printDuration(wholeSteps(60e9, env.everyNs))}`
    const fix = { title: `write ${count} behind it`, edits: [{ range: { start: end, end }, text: ` ${count}` }] }
    say(scope, messages.spanNeedsTimes, node.range, { text: sourceOf(scope, node.range) }, { fix })
    return undefined
  }
  const left = checkQuantity(node.left, env)
  // Behind `.kind` a word such as `client` is not a name.
  const right = node.right.kind === 'name' && isKind(inner(node.left)) ? undefined : checkQuantity(node.right, env)
  if (left === undefined || right === undefined) return undefined
  if (left.type !== right.type) {
    sayComparedTypes(node, left, right, env)
    return undefined
  }
  const comparison = orient(left, node.operator, right, left.type, node)
  if (comparison.left.kind === 'constant') return sayConstant(comparison, comparison.left, env)
  return comparison.right.kind === 'constant' ? checkReach(comparison, comparison.right, env) : comparison
}

function isKind(node: Expression): boolean {
  return node.kind === 'span' && node.path.length === 1 && node.path[0]?.name.text === 'kind'
}

/** The least number of whole steps that last at least so long. */
export function wholeSteps(ns: number, everyNs: number): number {
  return Math.ceil(ns / everyNs) * everyNs
}

/** A literal is what can be mended: the message is about it, whichever side it is on. */
function sayComparedTypes(node: ComparisonNode, left: Value, right: Value, env: RuleEnvironment): void {
  const { scope } = env
  const leftIsOdd = left.kind === 'constant' && right.kind !== 'constant'
  const [odd, value, wanted] = leftIsOdd ? [node.left, left, right.type] : [node.right, right, left.type]
  const unit = unitForMetric(leftIsOdd ? right : left, leftIsOdd ? left : right)
  if (unit !== undefined) {
    const metric = inner(leftIsOdd ? node.right : node.left)
    const at = metric.range.end - 1
    const parameters = { left: wanted, right: value.type, guess: `metric(…, unit ${unit})` }
    say(scope, messages.comparedTypes, node.range, parameters, replaceWith({ start: at, end: at }, `, unit ${unit}`, `add unit ${unit}`))
    return
  }
  const spans = rateForCount(node, left, right)
  if (spans !== undefined) {
    const parameters = { left: left.type, right: right.type, guess: '.rate' }
    say(scope, messages.comparedTypes, node.range, parameters, replaceWith(spans, 'rate', 'write .rate'))
    return
  }
  sayMismatch(scope, odd, value, wanted, (guess) => [messages.comparedTypes, { left: wanted, right: value.type, guess }])
}

/** The base unit, in which Prometheus' metrics are by convention, of a metric that is compared with something that has a unit. */
function unitForMetric(metric: Value, other: Value): string | undefined {
  if (metric.kind !== 'metric' || metric.type !== 'number') return undefined
  return { number: undefined, duration: '1s', ratio: '100%', rate: '1/s', size: '1B' }[other.type]
}

/** `.count > 100/s` means `.rate`. */
function rateForCount(node: ComparisonNode, left: Value, right: Value): { start: number; end: number } | undefined {
  if (left.kind !== 'span' || left.stat.kind !== 'count' || right.type !== 'rate') return undefined
  const span = inner(node.left)
  return span.kind === 'span' ? span.path.at(-1)?.name.range : undefined
}

function orient(left: Value, operator: Comparison, right: Value, type: QuantityType, node: ComparisonNode): CheckedComparison {
  const turn = left.kind === 'constant' && right.kind !== 'constant'
  return turn
    ? { kind: 'compare', left: right, operator: mirrored(operator), right: left, type, range: node.range }
    : { kind: 'compare', left, operator, right, type, range: node.range }
}

function sayConstant(comparison: CheckedComparison, left: Constant, env: RuleEnvironment): undefined {
  const bound = comparison.right.kind === 'constant' ? comparison.right.value : Number.NaN
  const truth = compare(comparison.operator, left.value, bound)
  say(env.scope, messages.constantComparison, comparison.range, { text: printComparison(comparison, env.everyNs), truth })
  return undefined
}

/** Rejects a threshold outside what the value can be, and warns of one that everything passes. */
function checkReach(comparison: CheckedComparison, bound: Constant, env: RuleEnvironment): CheckedComparison | undefined {
  const { left, operator } = comparison
  const [low, high] = rangeOf(left, env.mostReplicas ?? (() => undefined))
  const range = { low, high, lowOpen: !Number.isFinite(low), highOpen: !Number.isFinite(high) }
  const allowed = satisfying(operator, bound.value)
  const outside = bound.value < low || bound.value > high
  const never = allowed === undefined ? false : isEmpty(intersection(allowed, range))
  const always = allowed === undefined ? outside : !never && low >= allowed.low && high <= allowed.high && !open(allowed, low, high)
  if (!never && !always) return comparison
  const text = printComparison(comparison, env.everyNs)
  const reason = reasonOf(left, low, high, bound.value >= high)
  if (never) {
    say(env.scope, messages.neverTrue, comparison.range, { text, reason })
    return undefined
  }
  say(env.scope, messages.alwaysTrue, comparison.range, { text, reason })
  return comparison
}

/** Why a value cannot leave its range. */
function reasonOf(value: Value, low: number, high: number, above: boolean): string {
  if (value.kind === 'span') return reasonOfStat(value.stat, above)
  if (value.kind === 'replicas' && above) return `${value.target} has at most ${plain(high)} replicas`
  const [least, most] = [printQuantity(low, value.type), printQuantity(high, value.type)]
  if (!Number.isFinite(high)) return `it is at least ${least}`
  return Number.isFinite(low) ? `it lies between ${least} and ${most}` : `it is at most ${most}`
}

function open(allowed: { low: number; high: number; lowOpen: boolean; highOpen: boolean }, low: number, high: number): boolean {
  return (allowed.lowOpen && allowed.low === low && Number.isFinite(low)) || (allowed.highOpen && allowed.high === high && Number.isFinite(high))
}

/** `p99 > 400ms and p99 < 100ms` of one step: reports the first two that exclude each other. */
function contradicts(parts: readonly CheckedCondition[], env: RuleEnvironment): boolean {
  const seen = new Map<string, { interval: NonNullable<ReturnType<typeof satisfying>>; text: string; range: CheckedComparison['range'] }[]>()
  for (const part of parts) {
    if (part.kind !== 'compare' || part.right.kind !== 'constant') continue
    const interval = satisfying(part.operator, part.right.value)
    if (interval === undefined) continue
    const text = printComparison(part, env.everyNs)
    const key = printValue(part.left, env.everyNs)
    const others = seen.get(key) ?? []
    const opposite = others.find((other) => isEmpty(intersection(other.interval, interval)))
    if (opposite !== undefined) {
      const related = [{ file: env.scope.file, range: opposite.range, message: 'which excludes this' }]
      say(env.scope, messages.contradiction, part.range, { left: opposite.text, right: text }, { related })
      return true
    }
    seen.set(key, [...others, { interval, text, range: part.range }])
  }
  return false
}

function checkDuring(node: Condition & { kind: 'during' }, env: RuleEnvironment): CheckedCondition | undefined {
  const zone = node.zone === undefined ? 'UTC' : checkZone(node.zone, env.scope)
  const fromMinute = node.from?.value ?? 0
  const toMinute = node.to?.value ?? 24 * 60
  if (fromMinute === toMinute) {
    const time = `${pad(Math.floor(fromMinute / 60))}:${pad(fromMinute % 60)}`
    say(env.scope, messages.emptyPeriod, node.to?.range ?? node.range, { time })
    return undefined
  }
  const days = node.days.length === 0 ? [0, 1, 2, 3, 4, 5, 6] : [...new Set(node.days)].sort()
  return zone === undefined ? undefined : { kind: 'during', days, fromMinute, toMinute, zone, range: node.range }
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}
