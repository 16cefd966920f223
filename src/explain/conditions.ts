/** Conditions as clauses, and what is found in them. */
import type { CompareIR, ConditionIR, RuleIR, SelectorIR, ValueIR } from '../bundle/index.ts'
import { mirrored, printDuration } from '../language/index.ts'
import { list } from '../plan/index.ts'
import { selectorWords } from './selectors.ts'
import { comparisonWords, measuredIn, valueWords } from './values.ts'

type Tense = 'is' | 'was'

/** A clause behind "when": `the p99 duration of GetAds on adservice was above 400ms in at least 5 of the last 12 steps of 5s`. */
export function conditionClause(condition: ConditionIR, everyNs: number, tense: Tense = 'is'): string {
  const inner = (of: ConditionIR, then: Tense = tense): string => {
    const words = conditionClause(of, everyNs, then)
    const composed = of.kind === 'and' || of.kind === 'or' || (of.kind === 'not' && of.of.kind !== 'compare')
    return composed ? `(${words})` : words
  }
  switch (condition.kind) {
    case 'and':
      return condition.all.map((part) => inner(part)).join(' and ')
    case 'or':
      return condition.any.map((part) => inner(part)).join(' or ')
    case 'not':
      return condition.of.kind === 'compare' ? compareWords(condition.of, everyNs, `${tense} not`) : `it ${tense} not so that ${inner(condition.of)}`
    case 'compare':
      return compareWords(condition, everyNs, tense)
    case 'times': {
      const { count, of, withinNs } = condition
      return `${inner(of, 'was')} in at least ${count} of the last ${Math.floor(withinNs / everyNs)} steps of ${printDuration(everyNs)}`
    }
    case 'for':
      return `${inner(condition.of, 'was')} at every step of the last ${printDuration(condition.ns)}`
    case 'spans': {
      const { count, selector, withinNs } = condition
      return `at least ${count} ${count === 1 ? 'span' : 'spans'} of ${selectorWords(selector)} ended in the last ${printDuration(withinNs)}`
    }
    case 'absent':
      return `no span of ${selectorWords(condition.selector)} ended in the last ${printDuration(condition.ns)} while other spans arrived`
    case 'during':
      return `it ${tense} ${calendarWords(condition)}`
    case 'always':
      return 'always'
    default:
      return condition satisfies never
  }
}

function compareWords(compare: CompareIR, everyNs: number, verb: string): string {
  const { left, operator, right } = compare
  // The measured side is what the sentence is about.
  return left.kind === 'constant'
    ? `${valueWords(right, everyNs)} ${verb} ${comparisonWords(mirrored(operator))} ${valueWords(left, everyNs)}`
    : `${valueWords(left, everyNs)} ${verb} ${comparisonWords(operator)} ${valueWords(right, everyNs)}`
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function calendarWords({ days, fromMinute, toMinute, zone }: Extract<ConditionIR, { kind: 'during' }>): string {
  const time = fromMinute === toMinute || (fromMinute === 0 && toMinute === 1440) ? '' : `between ${clock(fromMinute)} and ${clock(toMinute)} `
  return `${time}${dayWords(days)}in ${zone}`
}

function dayWords(days: readonly number[]): string {
  if (days.length === 0 || days.length === 7) return ''
  const names = days.map((day) => dayNames[day] ?? `day ${day}`)
  const consecutive = days.length > 2 && days.every((day, i) => i === 0 || day === ((days[i - 1] ?? 0) + 1) % 7)
  return consecutive ? `on ${names[0]} to ${names.at(-1)} ` : `on ${list(names, 'or')} `
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** The condition itself and everything inside it, from the outside in. */
export function nodesOf(condition: ConditionIR): readonly ConditionIR[] {
  switch (condition.kind) {
    case 'and':
      return [condition, ...condition.all.flatMap(nodesOf)]
    case 'or':
      return [condition, ...condition.any.flatMap(nodesOf)]
    case 'not':
    case 'times':
    case 'for':
      return [condition, ...nodesOf(condition.of)]
    default:
      return [condition]
  }
}

/** What the rule measures: values of its comparisons and the value that it holds. */
export function valuesOf(rule: RuleIR): readonly ValueIR[] {
  const compared = nodesOf(rule.condition).flatMap((node) => (node.kind === 'compare' ? [node.left, node.right] : []))
  return rule.action.kind === 'hold' ? [...compared, rule.action.value] : compared
}

/** The selectors whose spans the rule counts, each once, in the order in which they are read. */
export function selectorsOf(rule: RuleIR): readonly SelectorIR[] {
  const counted = nodesOf(rule.condition).flatMap((node) => {
    if (node.kind === 'spans' || node.kind === 'absent') return [node.selector]
    return node.kind === 'compare' ? [node.left, node.right].flatMap(selectorsIn) : []
  })
  const held = rule.action.kind === 'hold' ? selectorsIn(rule.action.value) : []
  const found = new Map([...counted, ...held].map((selector) => [JSON.stringify(selector), selector]))
  return [...found.values()]
}

function selectorsIn(value: ValueIR): readonly SelectorIR[] {
  return measuredIn(value).flatMap((measured) => (measured.kind === 'span' ? [measured.selector] : []))
}
