/** What stands behind `span(…)`: a statistic of the spans or of one of their durations. */

import { nearest } from '../syntax/nearest.ts'
import { quantileStat } from '../syntax/repair/numbers.ts'
import { pathWithin } from '../syntax/repair/statistics.ts'
import type { Expression, PathSegment, SpanExpression } from '../tree.ts'
import { messages } from './messages.ts'
import { namedQuantiles } from './print.ts'
import { intrinsics, type QuantityType, type SpanDuration, type Stat, type Value } from './program.ts'
import { replaceWith, respell, say } from './scope.ts'
import { checkSelector } from './selectors.ts'
import { printDuration, printRatio } from './units.ts'
import { constantOf, type Environment, positiveDuration } from './values.ts'

export const spanDurations: readonly SpanDuration[] = ['duration', 'self', 'seen', 'gap', 'own', 'critical']

/** Statistics of spans, and of durations. */
const ofSpans: Readonly<Record<string, { readonly stat: Stat; readonly type: QuantityType }>> = {
  count: { stat: { kind: 'count' }, type: 'number' },
  rate: { stat: { kind: 'rate' }, type: 'rate' },
  errors: { stat: { kind: 'errors' }, type: 'number' },
  error_rate: { stat: { kind: 'errorRate' }, type: 'ratio' },
  blame: { stat: { kind: 'blame' }, type: 'ratio' },
  anomalies: { stat: { kind: 'anomalies' }, type: 'number' },
}
const ofDurations: Readonly<Record<string, Stat>> = {
  ...Object.fromEntries(Object.entries(namedQuantiles).map(([name, q]) => [name, { kind: 'quantile', q } as const])),
  mean: { kind: 'mean' },
  min: { kind: 'min' },
  max: { kind: 'max' },
}

/** What may stand behind `span(…).`, or behind a duration there. */
export const statNames: readonly string[] = [...Object.keys(ofSpans), ...Object.keys(ofDurations), 'quantile', 'apdex']

/** Of a statistic, the type of what it measures; `apdex` and `quantile` have arguments. */
export function statType(name: string): QuantityType | undefined {
  if (Object.hasOwn(ofSpans, name)) return ofSpans[name]?.type
  if (name === 'apdex') return 'ratio'
  return name === 'quantile' || Object.hasOwn(ofDurations, name) ? 'duration' : undefined
}

/** Statistics of the spans as such, which stand behind no other duration than their own. */
export function isOfSpans(stat: string): boolean {
  return Object.hasOwn(ofSpans, stat)
}

const choices =
  '.count .rate .errors .error_rate .p50 .p95 .p99 .quantile(99.5%) .mean .min .max .apdex(400ms) .self .seen .gap .own .critical .blame .anomalies'
/** Words of other languages for the same. */
const synonyms: Readonly<Record<string, string>> = {
  avg: 'mean',
  average: 'mean',
  median: 'p50',
  total: 'count',
  failures: 'errors',
  errorRate: 'error_rate',
  error_ratio: 'error_rate',
  throughput: 'rate',
  rps: 'rate',
  qps: 'rate',
  p100: 'max',
  latency: 'p99',
}

function isSpanDuration(word: string): word is SpanDuration {
  return (spanDurations as readonly string[]).includes(word)
}

function isStat(word: string): boolean {
  return Object.hasOwn(ofSpans, word) || Object.hasOwn(ofDurations, word) || word === 'quantile' || word === 'apdex'
}

export function checkSpanValue(node: SpanExpression, env: Environment): Value | undefined {
  const { scope, everyNs, window } = env
  if (window !== undefined) window.used = true
  if (everyNs === undefined) {
    say(scope, messages.notConstant, node.range, { what: 'this' })
    return undefined
  }
  const selector = checkSelector(node.selector, scope)
  const measured = checkPath(node, env)
  if (selector === undefined || measured === undefined) return undefined
  const value = { kind: 'span' as const, selector, ...measured, windowNs: window?.ns ?? everyNs }
  scope.resolved.spans.set(node, value)
  return value
}

function checkPath(node: SpanExpression, env: Environment): { field: SpanDuration; stat: Stat; type: QuantityType } | undefined {
  const { scope } = env
  const [first, second, third] = node.path
  if (first === undefined) {
    say(scope, messages.statMissing, node.range, { choices: '.count, .rate, .error_rate, .p99, .mean' }, statisticWithin(node))
    return undefined
  }
  const field = first.name.text
  if (!isSpanDuration(field)) {
    if (second !== undefined && !isStat(field)) {
      if (sayWordBefore(first, second, node, env)) return undefined
      const range = { start: first.range.start, end: node.range.end }
      say(scope, messages.attributeAsStat, range, { attribute: scope.tree.source.text.slice(range.start, range.end) })
      return undefined
    }
    // `.p99.9`: a point in a quantile ends the word.
    if (second !== undefined && /^p\d+$/.test(field) && /^\d+$/.test(second.name.text)) {
      const range = { start: first.range.start, end: second.range.end }
      const suggestion = quantileStat(`${field.slice(1)}.${second.name.text}%`)
      const parameters = { name: `${field}.${second.name.text}`, suggestion: `.${suggestion}`, choices }
      say(scope, messages.unknownStat, range, parameters, replaceWith(range, suggestion))
      return undefined
    }
    const measured = checkStat(first, undefined, env)
    return second === undefined || measured === undefined ? measured : unknownStat(second, [], env)
  }
  if (second === undefined) {
    const fix = { title: `write .${field}.p99`, edits: [{ range: { start: first.name.range.end, end: first.name.range.end }, text: '.p99' }] }
    say(scope, messages.durationStatMissing, first.range, { field }, { fix })
    return undefined
  }
  const measured = checkStat(second, first, env)
  return third === undefined || measured === undefined ? measured : unknownStat(third, [], env)
}

/** Of `span(ads/GetAds.p99)`: the statistic behind the parenthesis. */
function statisticWithin({ selector, range: { end } }: SpanExpression): Parameters<typeof say>[4] {
  const name = selector.operation ?? selector.service
  const dot = name.quoted ? undefined : pathWithin(name.text)
  if (dot === undefined) return {}
  const path = name.text.slice(dot)
  const edits = [
    { range: { start: name.range.start + dot, end: name.range.end }, text: '' },
    { range: { start: end, end }, text: path },
  ]
  return { fix: { title: `write ${path} behind the parenthesis`, edits } }
}

/**
 * A single word before a statistic, as in `span(ads).GetAds.p99` and `span(ads/Get).latency.p99`: no attribute, whose statistics there are none, but an operation, a
 * misspelt duration, or what the statistic says anyway. Whether it is one of these.
 */
function sayWordBefore(first: PathSegment, second: PathSegment, node: SpanExpression, env: Environment): boolean {
  const { scope } = env
  const word = first.name.text
  const rest = node.path.slice(1)
  const statistic = rest.length === 2 && isSpanDuration(second.name.text) ? rest[1] : rest.length === 1 ? second : undefined
  if (statistic === undefined || !isStat(statistic.name.text) || first.arguments !== undefined || isIntrinsic(word)) return false
  const path = scope.tree.source.text.slice(second.range.start, node.range.end)
  const { service, operation } = node.selector
  const durations = rest.length === 2 ? [] : spanDurations
  if (wordsForDuration.has(word)) {
    const edits = [{ range: { start: first.range.start, end: second.range.start }, text: '' }]
    const parameters = { name: word, suggestion: `.${path}`, choices }
    say(scope, messages.unknownStat, first.name.range, parameters, { fix: { title: `leave out .${word}`, edits } })
  } else if (operation !== undefined || nearest(word, durations) !== undefined) unknownStat(first, durations, env)
  else {
    const selected = `${scope.tree.source.text.slice(service.range.start, service.range.end)}/${word}`
    const edits = [
      { range: { start: service.range.end, end: service.range.end }, text: `/${word}` },
      { range: { start: first.range.start, end: second.range.start }, text: '' },
    ]
    const suggestion = `span(${selected}).${path}`
    say(scope, messages.unknownStat, first.name.range, { name: word, suggestion, choices }, { fix: { title: `write ${suggestion}`, edits } })
  }
  return true
}

const wordsForDuration: ReadonlySet<string> = new Set(['latency', 'time', 'response_time', 'responseTime', 'elapsed', 'durations', 'latencies'])

function isIntrinsic(word: string): boolean {
  return (intrinsics as readonly string[]).includes(word)
}

function checkStat(
  segment: PathSegment,
  field: PathSegment | undefined,
  env: Environment,
): { field: SpanDuration; stat: Stat; type: QuantityType } | undefined {
  const { scope } = env
  const name = segment.name.text
  const duration = field === undefined ? 'duration' : (field.name.text as SpanDuration)
  const simple = Object.hasOwn(ofDurations, name) ? ofDurations[name] : undefined
  const spans = Object.hasOwn(ofSpans, name) ? ofSpans[name] : undefined
  if (simple !== undefined || spans !== undefined) {
    if (segment.arguments !== undefined) {
      say(scope, messages.statArguments, segment.range, { stat: name, usage: `.${name}` }, replaceWith(segment.range, name))
      return undefined
    }
    if (simple !== undefined) return { field: duration, stat: simple, type: 'duration' }
    if (spans === undefined) return undefined
    if (field !== undefined && duration !== 'duration') {
      const edits = [{ range: { start: field.range.start, end: segment.range.start }, text: '' }]
      say(scope, messages.statOfSpansOnly, segment.range, { stat: name, field: duration }, { fix: { title: `leave out .${duration}`, edits } })
      return undefined
    }
    return { field: name === 'blame' ? 'critical' : 'duration', ...spans }
  }
  if (name === 'quantile') {
    const q = checkQuantile(segment, env)
    return q === undefined ? undefined : { field: duration, stat: { kind: 'quantile', q }, type: 'duration' }
  }
  if (name === 'apdex') {
    const argument = onlyArgument(segment, '.apdex(400ms)', env)
    const thresholdNs = argument === undefined ? undefined : positiveDuration(argument, scope, 'the threshold of apdex', 'latency')
    return thresholdNs === undefined ? undefined : { field: duration, stat: { kind: 'apdex', thresholdNs }, type: 'ratio' }
  }
  return unknownStat(segment, field === undefined ? [...spanDurations, ...Object.keys(ofSpans)] : [], env)
}

function onlyArgument(segment: PathSegment, usage: string, env: Environment): Expression | undefined {
  const [argument] = segment.arguments ?? []
  if (argument !== undefined && segment.arguments?.length === 1) return argument
  say(env.scope, messages.statArguments, segment.range, { stat: segment.name.text, usage })
  return undefined
}

function checkQuantile(segment: PathSegment, env: Environment): number | undefined {
  const argument = onlyArgument(segment, '.quantile(99.5%)', env)
  const q = argument === undefined ? undefined : constantOf(argument, env.scope, 'ratio', 'a quantile')
  if (argument === undefined || q === undefined || (q > 0 && q < 1)) return q
  const extreme = q === 1 ? 'max' : q === 0 ? 'min' : undefined
  const given = printRatio(q)
  say(env.scope, messages.quantile, argument.range, { given }, extreme === undefined ? {} : replaceWith(segment.range, extreme))
  return undefined
}

function unknownStat(segment: PathSegment, more: readonly string[], env: Environment): undefined {
  const name = segment.name.text
  if (isIntrinsic(name)) {
    say(env.scope, messages.attributeAsStat, segment.range, { attribute: name })
    return undefined
  }
  const digits = /^p(\d{1,5})$/.exec(name)?.[1]
  const quantile = digits === undefined ? 0 : Number(digits) / 10 ** digits.length
  const suggestion =
    quantile > 0 && quantile < 1 && digits !== undefined && digits.length > 1
      ? `quantile(${printRatio(quantile)})`
      : Object.hasOwn(synonyms, name)
        ? synonyms[name]
        : nearest(name, [...more, ...Object.keys(ofDurations), 'quantile', 'apdex'])
  const known = suggestion === undefined ? undefined : `.${suggestion}`
  const more_ = suggestion === undefined ? {} : respell(segment.name.range, suggestion)
  say(env.scope, messages.unknownStat, segment.name.range, { name, suggestion: known, choices }, more_)
  return undefined
}

/** The per-span field that a path without a statistic names, such as `.duration` or `.status`. Not `.kind`, which belongs in `where`: there it replaces the default. */
export function fieldOfPath(node: SpanExpression): PathSegment | undefined {
  const [first, second] = node.path
  if (first === undefined || second !== undefined || first.arguments !== undefined) return undefined
  return ['duration', 'self', 'seen', 'gap', 'own', 'status', 'name', 'depth'].includes(first.name.text) ? first : undefined
}

/** Bounds that a value of spans can never leave. */
export function rangeOfStat(field: SpanDuration, stat: Stat): readonly [number, number] {
  switch (stat.kind) {
    case 'errorRate':
    case 'blame':
    case 'apdex':
      return [0, 1]
    case 'count':
    case 'rate':
    case 'errors':
    case 'anomalies':
      return [0, Number.POSITIVE_INFINITY]
    default:
      // A gap is a difference: a server that answers before it has read the whole request can have a negative one.
      return [field === 'gap' || field === 'own' ? Number.NEGATIVE_INFINITY : 0, Number.POSITIVE_INFINITY]
  }
}

/** Why a value of spans cannot leave its range, for people. */
export function reasonOfStat(stat: Stat, above: boolean): string {
  if (stat.kind === 'errorRate' || stat.kind === 'blame' || stat.kind === 'apdex') return above ? 'it is a share, at most 100%' : 'it is a share, at least 0%'
  return stat.kind === 'count' || stat.kind === 'errors' || stat.kind === 'anomalies' || stat.kind === 'rate'
    ? 'it counts spans, at least 0'
    : `a duration is at least ${printDuration(0)}`
}
