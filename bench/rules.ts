/**
 * The cost of a span with 10 to 10,000 rules loaded: SCALE's selectors against expressions that are evaluated one by one, with the same
 * predicates (service, operation, duration over a limit) on the same spans. Equal match counts are asserted, rule by rule.
 */
import { parse } from '@marcbachmann/cel-js'
import { Engine } from 'json-rules-engine'
import type { Bundle, RuleIR } from '../src/bundle/index.ts'
import { createEvaluator, type RuleOutcome } from '../src/evaluate/index.ts'
import { createDictionary, type Dictionary, SpanTable } from '../src/spans/index.ts'
import { median, type Row } from './report.ts'

/** One predicate of one rule. */
interface Predicate {
  readonly service: string
  readonly operation: string
  readonly overNs: number
}

/** As a peer gets it. */
interface PlainSpan {
  readonly service: string
  readonly operation: string
  readonly duration: number
}

const begin = 1780272000e9
/** Spans of one table, as a daemon would hand them on. */
const tableSize = 2048
const tables = 250
const spanCount = tableSize * tables
const streamNs = 20e9
const stepNs = 5e9
const celSpans: Readonly<Record<number, number>> = { 10: 20_000, 100: 2_000, 1000: 300, 10000: 40 }
const engineSpans: Readonly<Record<number, number>> = { 10: 1_000, 100: 100, 1000: 20 }
const ruleCounts = [10, 100, 1_000, 10_000]

export default async function rules(): Promise<Row[]> {
  const rows: Row[] = []
  rows.push(...(await shape('ten match', (count) => ({ predicates: tenMatch(count), operations: 1 }))))
  rows.push(...(await shape('over 5,000 operations', (count) => ({ predicates: spread(count), operations: Math.min(count, 5_000) }))))
  return rows
}

/** Ten rules on the one operation that the stream calls, at ten limits; the others on operations that nobody calls. */
function tenMatch(count: number): Predicate[] {
  return Array.from({ length: count }, (_, i) => ({ service: 'shop', operation: i < 10 ? operationName(0) : operationName(i), overNs: (i % 10) * 1e6 }))
}

/** The rules and the stream over 5,000 operations, or as many as there are rules. */
function spread(count: number): Predicate[] {
  return Array.from({ length: count }, (_, i) => ({ service: 'shop', operation: operationName(i % 5_000), overNs: (i % 10) * 1e6 }))
}

function operationName(i: number): string {
  return `shop.Service${i}/Call`
}

async function shape(name: string, make: (count: number) => { predicates: readonly Predicate[]; operations: number }): Promise<Row[]> {
  const rows: Row[] = []
  let first: number | undefined
  for (const count of ruleCounts) {
    const { predicates, operations } = make(count)
    const ours = measureScale(predicates, operations)
    first ??= ours.perSpan
    const ratios: Record<string, number> = { [`${ruleCounts[0]} rules`]: first / ours.perSpan }
    const cel = measureCel(predicates, operations, celSpans[count] ?? 0)
    ratios['cel-js'] = cel.perSpan / ours.perSpan
    assertEqual(cel.counts, countPrefix(predicates, operations, celSpans[count] ?? 0), `${name}, cel-js`)
    const limit = engineSpans[count]
    if (limit !== undefined) {
      const engine = await measureJsonRulesEngine(predicates, operations, limit)
      ratios['json-rules-engine'] = engine.perSpan / ours.perSpan
      assertEqual(engine.counts, countPrefix(predicates, operations, limit), `${name}, json-rules-engine`)
    }
    assertEqual(ours.counts, countPrefix(predicates, operations, spanCount), `${name}, scale`)
    rows.push({
      what: `${name}: ${count.toLocaleString('en')} rules`,
      figure: ours.perSpan,
      unit: 'ns/span',
      ratios,
      note: `${Math.round(ours.perRule)} ns/rule and step`,
    })
  }
  return rows
}

/** Median of runs: a span's way through ingest and the closing of its tick; the judging of the rules is told apart, as it costs the same without spans. */
function measureScale(predicates: readonly Predicate[], operations: number): { perSpan: number; perRule: number; counts: readonly number[] } {
  const dictionary = createDictionary()
  const stream = tablesOf(dictionary, operations)
  const perSpan: number[] = []
  const perRule: number[] = []
  let counts: readonly number[] = []
  for (let run = 0; run < 5; run++) {
    const evaluator = createEvaluator({ bundle: bundleOf(predicates), dictionary, startAt: begin })
    let ingestNs = 0
    let stepsNs = 0
    let steps = 0
    let last: readonly RuleOutcome[] = []
    const step = (drain: boolean): void => {
      for (let due = evaluator.due(undefined, drain); due !== undefined; due = evaluator.due(undefined, drain)) {
        const started = process.hrtime.bigint()
        last = evaluator.step({ at: due, world: new Map(), epochs: new Map() })
        stepsNs += Number(process.hrtime.bigint() - started)
        steps++
      }
    }
    for (const table of stream) {
      const started = process.hrtime.bigint()
      evaluator.ingest(table, undefined)
      ingestNs += Number(process.hrtime.bigint() - started)
      step(false)
    }
    step(true)
    // The same steps again without a span: what is left is what the rules cost, not the spans.
    const idle = idleStepNs(predicates, dictionary, steps)
    perSpan.push((ingestNs + Math.max(0, stepsNs - idle)) / spanCount)
    perRule.push(idle / steps / predicates.length)
    counts = last.map((outcome) => outcome.because.counted?.have ?? 0)
  }
  return { perSpan: median(perSpan), perRule: median(perRule), counts }
}

function idleStepNs(predicates: readonly Predicate[], dictionary: Dictionary, steps: number): number {
  const evaluator = createEvaluator({ bundle: bundleOf(predicates), dictionary, startAt: begin })
  const started = process.hrtime.bigint()
  for (let i = 1; i <= steps; i++) evaluator.step({ at: begin + i * stepNs, world: new Map(), epochs: new Map() })
  return Number(process.hrtime.bigint() - started)
}

function measureCel(predicates: readonly Predicate[], operations: number, spans: number): { perSpan: number; counts: readonly number[] } {
  const expressions = predicates.map(({ service, operation, overNs }) =>
    parse(`span.service == ${JSON.stringify(service)} && span.operation == ${JSON.stringify(operation)} && span.duration > ${overNs}.0`),
  )
  const stream = Array.from({ length: spans }, (_, i) => ({ span: spanAt(i, operations) }))
  const counts = predicates.map(() => 0)
  for (const context of stream.slice(0, spans / 10)) for (const expression of expressions) expression(context)
  const started = process.hrtime.bigint()
  for (const context of stream)
    for (let rule = 0; rule < expressions.length; rule++) if (expressions[rule]?.(context) === true) counts[rule] = (counts[rule] as number) + 1
  return { perSpan: Number(process.hrtime.bigint() - started) / spans, counts }
}

async function measureJsonRulesEngine(
  predicates: readonly Predicate[],
  operations: number,
  spans: number,
): Promise<{ perSpan: number; counts: readonly number[] }> {
  const engine = new Engine()
  predicates.forEach(({ service, operation, overNs }, rule) => {
    engine.addRule({
      conditions: {
        all: [
          { fact: 'service', operator: 'equal', value: service, priority: 3 },
          { fact: 'operation', operator: 'equal', value: operation, priority: 2 },
          { fact: 'duration', operator: 'greaterThan', value: overNs, priority: 1 },
        ],
      },
      event: { type: String(rule) },
    })
  })
  const counts = predicates.map(() => 0)
  for (let i = 0; i < spans / 10; i++) await engine.run({ ...spanAt(i, operations) })
  const started = process.hrtime.bigint()
  for (let i = 0; i < spans; i++) {
    const { events } = await engine.run({ ...spanAt(i, operations) })
    for (const { type } of events) counts[Number(type)] = (counts[Number(type)] as number) + 1
  }
  return { perSpan: Number(process.hrtime.bigint() - started) / spans, counts }
}

/** The stream's span number `i`, the same for all. */
function spanAt(i: number, operations: number): PlainSpan {
  return { service: 'shop', operation: operationName(i % operations), duration: durationAt(i) }
}

/** 0 to 10 ms, scattered. */
function durationAt(i: number): number {
  return ((Math.imul(i, 0x9e3779b1) >>> 8) % 10_000) * 1_000
}

function countPrefix(predicates: readonly Predicate[], operations: number, spans: number): readonly number[] {
  const byOperation = new Map<string, number[]>()
  for (let i = 0; i < spans; i++) {
    const operation = operationName(i % operations)
    const durations = byOperation.get(operation) ?? []
    if (durations.length === 0) byOperation.set(operation, durations)
    durations.push(durationAt(i))
  }
  return predicates.map(({ operation, overNs }) => (byOperation.get(operation) ?? []).filter((duration) => duration > overNs).length)
}

function assertEqual(found: readonly number[], expected: readonly number[], what: string): void {
  expected.forEach((count, rule) => {
    if (found[rule] !== count) throw new Error(`${what}: rule ${rule} matched ${found[rule]} spans, not ${count}`)
  })
}

/** `span(shop/…).duration > X` over the whole stream, so that the last step tells how many spans each rule matched. */
function bundleOf(predicates: readonly Predicate[]): Bundle {
  const rules = predicates.map(
    ({ service, operation, overNs }, i): RuleIR => ({
      name: `rule-${i}`,
      target: 'deployment/shop',
      action: { kind: 'change', amount: 1, unit: 'replicas' },
      condition: {
        kind: 'spans',
        selector: {
          service,
          operation,
          kinds: [2, 5],
          where: { kind: 'compare', field: { kind: 'intrinsic', name: 'duration' }, operator: '>', value: overNs },
        },
        count: 1,
        withinNs: streamNs,
        text: `span(${service}/${operation}).duration > ${overNs / 1e6}ms 1 times in 20s`,
      },
      everyNs: stepNs,
      cooldownNs: 0,
      atLeastSpans: 0,
      onMissing: { kind: 'hold' },
      priority: 0,
      observe: false,
      source: { file: 'bench.scale', start: 0, end: 0, line: 1 },
    }),
  )
  return { format: 1, language: 1, compiler: 'bench', digest: '', sources: [], projection: [], targets: [], rules }
}

function tablesOf(dictionary: Dictionary, operations: number): SpanTable[] {
  const service = dictionary.code('shop')
  const codes = Array.from({ length: operations }, (_, i) => dictionary.code(operationName(i)))
  return Array.from({ length: tables }, (_, t) => {
    const table = new SpanTable(dictionary, [], tableSize)
    const ids = new DataView(table.traceId.buffer)
    const spanIds = new DataView(table.spanId.buffer)
    for (let row = 0; row < tableSize; row++) {
      const i = t * tableSize + row
      const end = begin + Math.floor((i * streamNs) / spanCount)
      table.service[row] = service
      table.operation[row] = codes[i % operations] as number
      table.kind[row] = 2
      setTime(table.endTime, row, end)
      setTime(table.startTime, row, end - durationAt(i))
      table.duration[row] = durationAt(i)
      ids.setUint32(row * 16, Math.imul(i, 0x85ebca77))
      ids.setUint32(row * 16 + 8, i)
      spanIds.setUint32(row * 8, i)
    }
    table.length = tableSize
    return table
  })
}

function setTime(words: Uint32Array, row: number, nanos: number): void {
  words[row * 2] = nanos % 4294967296
  words[row * 2 + 1] = Math.floor(nanos / 4294967296)
}
