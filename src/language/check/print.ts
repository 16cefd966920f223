/** Checked values, selectors and conditions as text in the language's canonical form, with constants in place of names. */

import { quote } from '../syntax/build/literals.ts'
import type { CheckedComparison, CheckedPredicate, Field, Scalar, Selector, SpanDuration, Stat, Value } from './program.ts'
import { plain, printDuration, printQuantity, printRatio } from './units.ts'

/** By OTLP's number; a peer's is ours. */
export const kindWords: readonly string[] = ['', 'internal', 'server', 'client', 'producer', 'consumer', 'peer']
const statusWords = ['unset', 'ok', 'error']
/** Quantiles that have a name of their own. */
export const namedQuantiles: Readonly<Record<string, number>> = { p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 }
const quantileNames = new Map(Object.entries(namedQuantiles).map(([name, q]) => [q, name]))

/** `span(adservice/GetAds where duration > 1s)`. */
export function printSelector(selector: Selector): string {
  return `span(${printInner(selector)})`
}

function printInner(selector: Selector): string {
  let text = printName(selector.service)
  if (selector.operation !== undefined) text += `/${printOperation(selector.operation)}`
  const tests = [...kindTest(selector), ...(selector.where === undefined ? [] : [printPredicate(selector.where, 1)])]
  if (tests.length > 0) text += ` where ${tests.join(' and ')}`
  if (selector.ancestor !== undefined) text += ` ${selector.ancestor.relation} ${printInner(selector.ancestor.selector)}`
  return text
}

/** OTLP kinds of a selector that says nothing of `kind`. */
export function defaultKinds(hasOperation: boolean): readonly number[] {
  return hasOperation ? [1, 2, 5] : [2, 5]
}

function kindTest(selector: Selector): string[] {
  const { kinds } = selector
  if (kinds.length === 5) return []
  const usual = defaultKinds(selector.operation !== undefined)
  if (kinds.length === usual.length && usual.every((kind) => kinds.includes(kind))) return []
  if (kinds.length === 1) return [`kind == ${kindWords[kinds[0] ?? 0]}`]
  const missing = [1, 2, 3, 4, 5].filter((kind) => !kinds.includes(kind))
  if (missing.length === 1) return [`kind != ${kindWords[missing[0] ?? 0]}`]
  return [`kind in (${kinds.map((kind) => quote(kindWords[kind] ?? '')).join(', ')})`]
}

/** What the lexer takes for one word of a selector: `-` and `.` stand between letters, and `9-a` would be a difference. */
const bareWord = String.raw`(?![\d.]+-)[\w*]+(?:[-.]+[\w*]+)*`
const bareName = new RegExp(`^${bareWord}$`)
const bareOperation = new RegExp(`^${bareWord}(?:/${bareWord})*$`)

export function printName(text: string): string {
  return bareName.test(text) ? text : quote(text)
}

export function printOperation(text: string): string {
  return bareOperation.test(text) ? text : quote(text)
}

export function printField(field: Field): string {
  if (field.kind === 'intrinsic') return field.name
  return field.attribute.scope === 'resource' ? `resource.${field.attribute.name}` : field.attribute.name
}

/** Words as `listed` in parentheses stand in quotes. */
function printScalar(field: Field, value: Scalar, listed = false): string {
  const word = (text: string | undefined): string => (text === undefined ? '' : listed ? quote(text) : text)
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean') return String(value)
  if (field.kind === 'attribute') return plain(value)
  switch (field.name) {
    case 'kind':
      return word(kindWords[value])
    case 'status':
      return word(statusWords[value])
    case 'depth':
      return plain(value)
    default:
      return printDuration(value)
  }
}

/** `tightness`: 0 stands alone, 1 under `and`, 2 under `not`; a looser predicate is put in parentheses. */
export function printPredicate(predicate: CheckedPredicate, tightness = 0): string {
  switch (predicate.kind) {
    case 'or':
      return parenthesised(predicate.any.map((p) => printPredicate(p, 1)).join(' or '), tightness > 0)
    case 'and':
      return parenthesised(predicate.all.map((p) => printPredicate(p, 1)).join(' and '), tightness > 1)
    case 'not':
      return `not ${printPredicate(predicate.of, 2)}`
    case 'compare':
      return `${printField(predicate.field)} ${predicate.operator} ${printScalar(predicate.field, predicate.value)}`
    case 'matches':
      return `${printField(predicate.field)} matches ${quote(predicate.pattern)}`
    case 'in':
      return `${printField(predicate.field)} in (${predicate.values.map((value) => printScalar(predicate.field, value, true)).join(', ')})`
    case 'has':
      return `has ${printField(predicate.field)}`
  }
}

function parenthesised(text: string, needed: boolean): string {
  return needed ? `(${text})` : text
}

export function printStat(field: SpanDuration, stat: Stat): string {
  const path = field === 'duration' || stat.kind === 'blame' ? '' : `.${field}`
  switch (stat.kind) {
    case 'errorRate':
      return `${path}.error_rate`
    case 'quantile':
      return `${path}.${quantileNames.get(stat.q) ?? `quantile(${printRatio(stat.q)})`}`
    case 'apdex':
      return `${path}.apdex(${printDuration(stat.thresholdNs)})`
    default:
      return `${path}.${stat.kind}`
  }
}

/** A value; a window that is the rule's step is left out. */
export function printValue(value: Value, everyNs: number): string {
  switch (value.kind) {
    case 'constant':
      return printQuantity(value.value, value.type)
    case 'span': {
      const window = value.windowNs === everyNs ? '' : ` over ${printDuration(value.windowNs)}`
      return `${printSelector(value.selector)}${printStat(value.field, value.stat)}${window}`
    }
    case 'replicas':
    case 'ready':
      return `${value.kind}(${value.target})`
    case 'metric':
      return `metric(${quote(value.query)}${value.type === 'number' && value.unit === 1 ? '' : `, unit ${printQuantity(value.unit, value.type)}`})`
    case 'forecast':
      return `forecast(${printValue(value.of, everyNs)}, in ${printDuration(value.aheadNs)})`
    case 'arithmetic': {
      const { operator } = value
      if (operator === 'min' || operator === 'max') return `${operator}(${value.of.map((v) => printValue(v, everyNs)).join(', ')})`
      return value.of.map((v, i) => parenthesised(printValue(v, everyNs), needsParentheses(v, operator, i))).join(` ${operator} `)
    }
  }
}

function needsParentheses(value: Value, operator: '+' | '-' | '*' | '/', index: number): boolean {
  if (value.kind !== 'arithmetic' || value.operator === 'min' || value.operator === 'max') return false
  const loose = value.operator === '+' || value.operator === '-'
  return operator === '*' || operator === '/' ? loose || index > 0 : index > 0 && loose
}

export function printComparison(comparison: CheckedComparison, everyNs: number): string {
  return `${printValue(comparison.left, everyNs)} ${comparison.operator} ${printValue(comparison.right, everyNs)}`
}
