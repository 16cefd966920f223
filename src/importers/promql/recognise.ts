/** Which queries are measured on spans: request rates, latencies and error shares. */
import { seconds } from '../draft.ts'
import { durationSeconds } from '../quantity.ts'
import { type Selected, selectSpans } from './labels.ts'
import { parseQuery, type Query } from './parse.ts'

export interface Signal {
  /** `span(ads/Get).p99 over 2m` */
  readonly value: string
  readonly type: 'duration' | 'rate' | 'ratio' | 'number'
  /** What 1 of the query is in seconds, per second, or as a share. */
  readonly unit: number
  readonly notes: readonly string[]
}

type Metric = Extract<Query, { kind: 'metric' }>

/** Undefined: not recognised. `fallback`: the name of the scaled workload. */
export function recognise(text: string, fallback: string): Signal | undefined {
  const query = parseQuery(text)
  return query === undefined ? undefined : signalOf(query, fallback)
}

function signalOf(query: Query, fallback: string): Signal | undefined {
  if (query.kind === 'binary') return binarySignal(query, fallback)
  if (query.kind !== 'call') return undefined
  const { name, of } = query
  if (name === 'histogram_quantile') return quantileSignal(of, fallback)
  const total = totalOf(query)
  if (total !== undefined) return rateSignal(total, fallback)
  const [inner] = of
  if (
    ['scalar', 'max', 'min', 'avg', 'sum', 'ceil', 'floor', 'round', 'clamp_min', 'clamp_max', 'avg_over_time', 'max_over_time'].includes(name) &&
    inner !== undefined
  )
    return noted(signalOf(inner, fallback), `${name}() around the query is left out.`)
  return undefined
}

function binarySignal({ operator, left, right }: Extract<Query, { kind: 'binary' }>, fallback: string): Signal | undefined {
  if (operator === 'or')
    return noted(signalOf(left, fallback), 'The query gives 0 where there is no data. Here no data is unknown, and unknown scales nothing.')
  if (operator === '/' && right.kind !== 'number') return meanSignal(left, right, fallback) ?? shareSignal(left, right, fallback)
  if (operator !== '*' && operator !== '/') return undefined
  const [signal, factor] =
    right.kind === 'number' ? [signalOf(left, fallback), right.value] : left.kind === 'number' ? [signalOf(right, fallback), left.value] : []
  if (signal === undefined || factor === undefined || factor <= 0 || (operator === '/' && left.kind === 'number')) return undefined
  return { ...signal, unit: operator === '*' ? signal.unit / factor : signal.unit * factor }
}

interface Total {
  readonly metric: Metric
  readonly per: 'rate' | 'increase'
}

/** `sum(rate(metric[2m]))`, with or without the sum. */
function totalOf(query: Query): Total | undefined {
  if (query.kind !== 'call') return undefined
  const [inner] = query.of
  if (inner === undefined) return undefined
  if (query.name === 'sum') return totalOf(inner)
  const per = query.name === 'rate' || query.name === 'irate' ? 'rate' : query.name === 'increase' ? 'increase' : undefined
  return per !== undefined && inner.kind === 'metric' && inner.range !== undefined ? { metric: inner, per } : undefined
}

const requests = /(?:^|_)(?:calls|requests?|rq|handled|spanmetrics|span_metrics|http|grpc|rpc|duration|latency)(?:_|$)/

function rateSignal({ metric, per }: Total, fallback: string): Signal | undefined {
  const { name } = metric
  if (!requests.test(name) || /_(?:sum|bucket|bytes|size)(?:_|$)/.test(name)) return undefined
  const spans = selectSpans(metric.matchers, fallback)
  const of = spans.errors ? withError(spans) : spans.text
  const window = windowOf(metric)
  const guess = made(metric)
  return per === 'rate'
    ? { value: `${of}.rate${window}`, type: 'rate', unit: 1, notes: [guess, ...spans.notes] }
    : { value: `${of}.count${window}`, type: 'number', unit: 1, notes: [guess, ...spans.notes] }
}

function quantileSignal([q, of]: readonly Query[], fallback: string): Signal | undefined {
  if (q?.kind !== 'number' || q.value <= 0 || q.value >= 1 || of === undefined) return undefined
  const total = totalOf(of)
  const unit = total === undefined ? undefined : secondsOf(total.metric.name)
  if (total === undefined || unit === undefined) return undefined
  const spans = selectSpans(total.metric.matchers, fallback)
  return { ...ofDuration(spans, quantileWord(q.value), total.metric, unit.seconds), notes: [made(total.metric), ...unit.notes, ...spans.notes] }
}

/** `sum(rate(x_sum[5m])) / sum(rate(x_count[5m]))` */
function meanSignal(left: Query, right: Query, fallback: string): Signal | undefined {
  const [sum, count] = [totalOf(left)?.metric, totalOf(right)?.metric]
  if (sum === undefined || count === undefined || !sum.name.endsWith('_sum') || count.name !== sum.name.replace(/_sum$/, '_count')) return undefined
  const unit = secondsOf(sum.name)
  if (unit === undefined) return undefined
  const spans = selectSpans(sum.matchers, fallback)
  return { ...ofDuration(spans, 'mean', sum, unit.seconds), notes: [made(sum), ...unit.notes, ...spans.notes] }
}

/** Failed requests by all of them. */
function shareSignal(left: Query, right: Query, fallback: string): Signal | undefined {
  const [part, all] = [totalOf(left)?.metric, totalOf(right)?.metric]
  if (part === undefined || all === undefined || part.name !== all.name || !requests.test(part.name)) return undefined
  const spans = selectSpans(all.matchers, fallback)
  if (spans.errors || !selectSpans(part.matchers, fallback).errors) return undefined
  return { value: `${spans.text}.error_rate${windowOf(all)}`, type: 'ratio', unit: 1, notes: [made(all), ...spans.notes] }
}

function ofDuration({ text }: Selected, stat: string, metric: Metric, unit: number): Omit<Signal, 'notes'> {
  return { value: `${text}.${stat}${windowOf(metric)}`, type: 'duration', unit }
}

/** Of one unit of a histogram's values; undefined where they are no durations. */
function secondsOf(name: string): { readonly seconds: number; readonly notes: readonly string[] } | undefined {
  if (/milliseconds|(?:^|_)ms(?:_|$)/.test(name)) return { seconds: 1e-3, notes: [] }
  if (/seconds|spanmetrics_latency/.test(name)) return { seconds: 1, notes: [] }
  if (/duration|latency|time/.test(name)) return { seconds: 1, notes: [`${name} is taken to be in seconds.`] }
  return undefined
}

function quantileWord(q: number): string {
  const named: Readonly<Record<string, string>> = { 0.5: 'p50', 0.75: 'p75', 0.9: 'p90', 0.95: 'p95', 0.99: 'p99', 0.999: 'p999' }
  return named[q] ?? `quantile(${Number((q * 100).toPrecision(10))}%)`
}

/** Whole steps of five seconds. */
function windowOf({ range = '' }: Metric): string {
  const length = durationSeconds(range, 's') ?? 60
  return ` over ${seconds(Math.max(5, Math.ceil(length / 5) * 5))}`
}

function withError({ text }: { readonly text: string }): string {
  return text.includes(' where ') ? text.replace(/\)$/, ' and status == error)') : text.replace(/\)$/, ' where status == error)')
}

function made({ name }: Metric): string {
  return `${name} is guessed to count these spans: compare both before you trust the rule.`
}

function noted(signal: Signal | undefined, note: string): Signal | undefined {
  return signal === undefined ? undefined : { ...signal, notes: [...signal.notes, note] }
}
