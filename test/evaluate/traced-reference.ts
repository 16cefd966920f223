/**
 * What traced values must be, by definition: brute force over whole traces, of pages that are made so that all that is derived of their spans is plain. Weights
 * are those of a sampler; without one each trace counts as itself.
 */
import fc from 'fast-check'
import type { AttributeRef, RuleIR, SelectorIR, SpanField, SpanValueIR, StatIR } from '../../src/bundle/index.ts'
import type { Epoch, Observed, TracesOptions } from '../../src/evaluate/index.ts'
import type { TraceSampler } from '../../src/spans/index.ts'
import { at, Bench, compare, rule, selector, type TestSpan, value } from './builders.ts'
import { nearestRank } from './reference.ts'

/** Of all times here: about a millisecond, and a multiple of the 256 ns to which engine time is exact. */
const unit = 1_024_000
export const ns = (n: number): number => n * unit

export const idleNs = 5e9
export const maxAgeNs = 20e9
export const stepNs = 5e9
export const endNs = 80e9

/**
 * One call of a page, one after the other: what surrounds the callee's span is the gap; below it may be work of its own. The database sends no spans, and what
 * surrounds its work is its own, too.
 */
interface Call {
  readonly service: 'cart' | 'ads' | 'db'
  readonly idle: number
  readonly before: number
  readonly server: number
  readonly after: number
  readonly inner: number
  readonly failed: boolean
}

export interface Page {
  /** After the beginning. */
  readonly start: number
  readonly calls: readonly Call[]
  /** The root never comes. */
  readonly rootless: boolean
}

/** OTLP has no such kind: a call that nobody answered, as a span of the peer. */
const peerKind = 6
/** What tables of these spans must have a column of. */
export const peerService: AttributeRef = { scope: 'span', name: 'peer.service' }

/** What brute force knows of a span. */
interface Known {
  readonly service: string
  readonly kind: number
  /** Names of the operations above it, the nearest first. */
  readonly above: readonly string[]
  readonly start: number
  readonly end: number
  readonly failed: boolean
  readonly trace: number
  readonly path: number
  readonly fields: Readonly<Record<SpanField, number>>
}

export const page: fc.Arbitrary<Page> = fc
  .record({
    start: fc.integer({ min: 0, max: 55_000 }),
    calls: fc.array(
      fc.record({
        service: fc.constantFrom('cart' as const, 'ads' as const, 'db' as const),
        idle: fc.constantFrom(0, 10, 50),
        before: fc.constantFrom(0, 1, 40, 300),
        server: fc.constantFrom(10, 50, 100, 2000),
        after: fc.constantFrom(0, 1, 20),
        inner: fc.constantFrom(0, 10),
        failed: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    rootless: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  })
  // Of several pieces of a trace none is the root; which is on whose path is left to the assembler's own tests.
  .map((made) => (made.rootless ? { ...made, calls: made.calls.slice(0, 1) } : made))

export function spansOf({ start, calls, rootless }: Page, trace: number): { readonly spans: readonly TestSpan[]; readonly known: readonly Known[] } {
  const spans: TestSpan[] = []
  const known: Known[] = []
  let id = trace * 100
  const root = id
  let now = start
  const add = (span: {
    service: string
    operation: string
    kind: number
    from: number
    to: number
    parent?: number
    failed?: boolean
    attributes?: { 'peer.service': string }
  }): number => {
    const { from, to, failed = false, ...rest } = span
    spans.push({ trace, id, end: ns(to) / 1e9, ms: ns(to - from) / 1e6, error: failed, ...rest })
    return id++
  }
  const whole = calls.reduce((sum, call) => sum + call.idle + call.before + call.server + call.after, 0)
  const path = rootless ? (calls[0] as Call).before + (calls[0] as Call).server + (calls[0] as Call).after : whole
  const know = (partial: Omit<Known, 'trace' | 'path' | 'fields'>, { self, seen, gap }: { self: number; seen: number; gap: number }): void => {
    const fields = { duration: partial.end - partial.start, self, seen, gap, own: self + gap, critical: self + gap }
    known.push({ ...partial, trace, path, fields })
  }
  if (!rootless) {
    add({ service: 'frontend', operation: 'Page', kind: 2, from: start, to: start + whole })
    const idle = calls.reduce((sum, call) => sum + call.idle, 0)
    know({ service: 'frontend', kind: 2, above: [], start, end: start + whole, failed: false }, { self: idle, seen: Number.NaN, gap: 0 })
  } else id++
  for (const { service, idle, before, server, after, inner, failed } of calls) {
    now += idle
    if (service === 'db') {
      const took = before + server + after
      add({ service: 'frontend', operation: 'Do', kind: 3, from: now, to: now + took, parent: root, failed, attributes: { 'peer.service': 'db/shop' } })
      know({ service, kind: peerKind, above: rootless ? [] : ['Page'], start: now, end: now + took, failed }, { self: took, seen: took, gap: 0 })
      now += took
      continue
    }
    const client = add({ service: 'frontend', operation: 'Do', kind: 3, from: now, to: now + before + server + after, parent: root })
    const from = now + before
    const callee = add({ service, operation: 'Do', kind: 2, from, to: from + server, parent: client, failed })
    if (inner > 0) add({ service, operation: 'Work', kind: 1, from, to: from + inner, parent: callee })
    const above = rootless ? ['Do'] : ['Do', 'Page']
    const gap = before + after
    know({ service, kind: 2, above, start: from, end: from + server, failed }, { self: server - inner, seen: server + gap, gap })
    now += before + server + after
  }
  return { spans, known }
}

const selectors = {
  cart: selector('cart', 'Do'),
  any: selector('*', undefined),
  under: { ...selector('*', 'Do'), ancestor: { relation: 'under', selector: selector('frontend', 'Page') } },
  child: { ...selector('ads', 'Do'), ancestor: { relation: 'child of', selector: selector('frontend', 'Do', undefined, [3]) } },
  peer: selector('db', 'Do', undefined, [peerKind]),
  peerUnder: { ...selector('*', undefined, undefined, [peerKind]), ancestor: { relation: 'child of', selector: selector('frontend', 'Page') } },
  waiting: { ...selector('*'), where: { kind: 'compare', field: { kind: 'intrinsic', name: 'gap' }, operator: '>', value: ns(20) } },
} as const satisfies Record<string, SelectorIR>

export function isOf(name: keyof typeof selectors, span: Known): boolean {
  switch (name) {
    case 'cart':
      return span.service === 'cart'
    case 'any':
      return span.kind !== peerKind
    case 'under':
      return span.kind !== peerKind && span.above.includes('Page')
    case 'peer':
      return span.kind === peerKind
    case 'peerUnder':
      return span.kind === peerKind && span.above.includes('Page')
    case 'child':
      return span.service === 'ads'
    case 'waiting':
      return span.fields.gap > 20
  }
}

const stats: readonly StatIR[] = [
  { kind: 'count' },
  { kind: 'rate' },
  { kind: 'errors' },
  { kind: 'errorRate' },
  { kind: 'mean' },
  { kind: 'min' },
  { kind: 'max' },
  { kind: 'quantile', q: 0.5 },
  { kind: 'quantile', q: 0.9 },
  { kind: 'apdex', thresholdNs: ns(50) },
  { kind: 'blame' },
]

export interface Asked {
  readonly of: keyof typeof selectors
  readonly stat: StatIR
  readonly field: SpanField
  readonly over: number
}

export const asked: fc.Arbitrary<Asked> = fc
  .record({
    of: fc.constantFrom(...(Object.keys(selectors) as (keyof typeof selectors)[])),
    stat: fc.constantFrom(...stats),
    field: fc.constantFrom<SpanField>('duration', 'self', 'seen', 'gap', 'own', 'critical'),
    over: fc.constantFrom(5, 10, 20),
  })
  .map((one) => (one.stat.kind === 'blame' ? { ...one, field: 'critical' as const } : one))
  // Without either it is a value of the stream.
  .map((one) => (one.field === 'duration' && (one.of === 'cart' || one.of === 'any') ? { ...one, field: 'own' as const } : one))

export function measure({ of, stat, field, over }: Asked): SpanValueIR {
  return { ...value(stat, { of: selectors[of], over, type: 'number' }), field }
}

export interface Decided {
  readonly at: number
  readonly known: readonly Known[]
}

/** When each trace is decided, in the steps up to `lastStep`, which takes all that is left. */
export function decide(pages: readonly ReturnType<typeof spansOf>[], lastStep: number): readonly Decided[] {
  return pages.map(({ spans, known }) => {
    const ends = spans.map(({ end }) => Math.round(end * 1e9))
    const rooted = spans.some(({ operation }) => operation === 'Page')
    const complete = Math.max(...ends) + idleNs
    const aged = Math.min(...ends) + maxAgeNs
    const when = rooted ? Math.min(complete, aged) : aged
    return { at: Math.min(lastStep, Math.ceil(when / stepNs) * stepNs), known }
  })
}

/** The value at a step, or why there is none. */
export function expected(
  { of, stat, field, over }: Asked,
  decided: readonly Decided[],
  now: number,
  epoch: number | undefined,
  scalesUp: boolean,
): number | string {
  const from = epoch ?? Number.NEGATIVE_INFINITY
  if (from >= now) return 'settling'
  const inWindow = decided.filter((trace) => trace.at <= now && trace.at > now - over * 1e9)
  const isEvidence = ({ start, end }: Known): boolean => ns(scalesUp ? start : end) >= from
  const found = inWindow.flatMap(({ known }) => known).filter((span) => isOf(of, span) && !Number.isNaN(span.fields[field]) && isEvidence(span))
  const values = found.map((span) => ns(span.fields[field])).sort((a, b) => a - b)
  const n = values.length
  if (stat.kind === 'count' || stat.kind === 'rate' || stat.kind === 'errors') {
    const last = Math.max(...decided.filter((trace) => trace.at <= now).flatMap(({ known }) => known.map(({ end }) => ns(end))))
    if (n === 0 && (inWindow.length === 0 || last < from)) return 'empty'
    if (stat.kind === 'count') return n
    if (stat.kind === 'errors') return found.filter(({ failed }) => failed).length
    const first = from + idleNs
    if (first > now - stepNs) return 'settling'
    return n / ((now - Math.max(first, now - over * 1e9)) / 1e9)
  }
  if (n === 0) return 'empty'
  const sum = values.reduce((a, b) => a + b)
  switch (stat.kind) {
    case 'errorRate':
      return found.filter(({ failed }) => failed).length / n
    case 'mean':
      return sum / n
    case 'min':
      return values[0] as number
    case 'max':
      return values[n - 1] as number
    case 'quantile':
      return nearestRank(values, stat.q)
    case 'apdex':
      return values.reduce((points, one) => points + (one <= stat.thresholdNs ? 1 : one <= 4 * stat.thresholdNs ? 0.5 : 0), 0) / n
    case 'blame': {
      const paths = new Map(found.map(({ trace, path }) => [trace, ns(path)]))
      const whole = [...paths.values()].reduce((a, b) => a + b)
      return whole === 0 ? 'arithmetic' : sum / whole
    }
    default:
      throw new Error(`no reference for ${stat.kind}`)
  }
}

/** Ends the stream, so that there is a step for every trace. */
export const last = spansOf(
  { start: 77_000, calls: [{ service: 'ads', idle: 0, before: 1, server: 10, after: 1, inner: 0, failed: false }], rootless: false },
  600,
)

/** What each rule measures at each step: a number, or why there is none. */
export function measured(
  rules: readonly RuleIR[],
  arriving: readonly (readonly TestSpan[])[],
  epoch: number | undefined,
  sampler?: TraceSampler,
): ReadonlyMap<number, readonly (number | string)[]> {
  const bench = new Bench(rules, { traces: tracesWith(sampler), staleNs: 1e12, projection: [peerService] })
  for (const batch of arriving) bench.ingest(batch)
  const since: Epoch | undefined = epoch === undefined ? undefined : { kind: 'since', at: at(0) + epoch }
  const steps = bench.run({ epochs: new Map(since === undefined ? [] : [['deployment/adservice', since] as const]) })
  return new Map(steps.map(({ s, outcomes }) => [s, outcomes.map(({ because }) => heard(because.left as Observed))]))
}

/** The same, with the rules loaded again where `reload` says, after some of the spans, which arrive in the order of their ends. */
export function reloaded(
  rules: readonly RuleIR[],
  spans: readonly TestSpan[],
  reload: number,
  sampler?: TraceSampler,
): ReadonlyMap<number, readonly (number | string)[]> {
  const bench = new Bench(rules, { traces: tracesWith(sampler), staleNs: 1e12, projection: [peerService] })
  const arriving = spans.toSorted((a, b) => a.end - b.end)
  const seen = new Map<number, readonly (number | string)[]>()
  const run = (drain: boolean): void => {
    for (const { s, outcomes } of bench.run({ drain }))
      seen.set(
        s,
        rules.map(({ name }) => heard(outcomes.find(({ rule: of }) => of === name)?.because.left as Observed)),
      )
  }
  bench.ingest(arriving.slice(0, reload))
  run(false)
  // In another order, and among others: what belongs to what must be told by more than its number.
  bench.reload([rule('new', compare(measure({ of: 'any', stat: { kind: 'count' }, field: 'seen', over: 5 }), '>=', 0)), ...rules.toReversed()])
  bench.ingest(arriving.slice(reload))
  run(true)
  return seen
}

export function tracesWith(sampler: TraceSampler | undefined): TracesOptions {
  return { idleNs, maxAgeNs, ...(sampler === undefined ? {} : { sampler }) }
}

export function heard({ value: seen, unknown }: Observed): number | string {
  return seen ?? (unknown as string)
}

/** Sums of floats that differ in the last digits are the same value. */
export function close(seen: number | string | undefined, wanted: number | string): number | string | undefined {
  return typeof seen === 'number' && typeof wanted === 'number' && Math.abs(seen - wanted) <= 1e-9 * Math.abs(wanted) ? seen : wanted
}
