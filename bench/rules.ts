/**
 * The cost of a span with 10 to 10,000 rules loaded: SCALE's selectors against expressions that are evaluated one by one, with the same
 * predicates (service, operation, duration over a limit) on the same spans. Equal match counts are asserted, rule by rule.
 */
import { parse } from '@marcbachmann/cel-js'
import { Engine } from 'json-rules-engine'
import type { Bundle, RuleIR } from '../src/bundle/index.ts'
import { createEvaluator } from '../src/evaluate/index.ts'
import { createDictionary, type Dictionary, SpanTable } from '../src/spans/index.ts'
import type { Row } from './report.ts'

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

/** What the stream calls and what the rules ask for. */
interface Workload {
  readonly name: string
  readonly predicates: (count: number) => readonly Predicate[]
  /** Operations that the stream calls in turn. */
  readonly operations: number
}

const minuteNs = 60e9
const midnight = 1780272000e9
const stepNs = 5e9
/** Five steps that end with a minute: two to warm up, two to measure, and one at whose end all rules are judged. */
const steps = 5
const end = midnight + minuteNs
const begin = end - steps * stepNs
/** Spans of one table, as a daemon would hand them on. */
const tableSize = 2048
const tables = 500
const spanCount = tableSize * tables
const runs = 4
const limitNs = 400e6
const celSpans: Readonly<Record<number, number>> = { 10: 20_000, 100: 4_000, 1000: 400, 10000: 40 }
const engineSpans: Readonly<Record<number, number>> = { 10: 1_000, 100: 100, 1000: 20 }

export default async function rules(): Promise<Row[]> {
  const limit = (operation: number): Predicate => ({ service: 'shop', operation: operationName(operation), overNs: limitNs })
  const workloads: readonly Workload[] = [
    { name: 'ten rules match', operations: 10, predicates: (count) => Array.from({ length: count }, (_, i) => limit(i)) },
    { name: 'over 5,000 operations', operations: 5_000, predicates: (count) => Array.from({ length: count }, (_, i) => limit(i % 5_000)) },
    {
      name: 'ten rules count every span',
      operations: 1,
      predicates: (count) => Array.from({ length: count }, (_, i) => (i < 10 ? { ...limit(0), overNs: i * 1e6 } : limit(i))),
    },
  ]
  const rows: Row[] = []
  for (const workload of workloads) rows.push(...(await rowsOf(workload)))
  return rows
}

function operationName(i: number): string {
  return `shop.Service${i}/Call`
}

async function rowsOf({ name, predicates: make, operations }: Workload): Promise<Row[]> {
  const rows: Row[] = []
  const dictionary = createDictionary()
  const stream = tablesOf(dictionary, operations)
  let fewest: number | undefined
  // The compiler's threads are on this process's account too: let it finish first.
  measureScale(make(10), dictionary, stream)
  for (const count of [10, 100, 1_000, 10_000]) {
    const predicates = make(count)
    const ours = measureScale(predicates, dictionary, stream)
    assertEqual(ours.counts, countPrefix(predicates, operations, spanCount), `${name}, scale`)
    fewest ??= ours.perSpan
    const celCount = celSpans[count] ?? 0
    const cel = measureCel(predicates, operations, celCount)
    assertEqual(cel.counts, countPrefix(predicates, operations, celCount), `${name}, cel-js`)
    const ratios: Record<string, number> = { '10 rules': fewest / ours.perSpan, 'cel-js': cel.perSpan / ours.perSpan }
    const engineCount = engineSpans[count]
    if (engineCount !== undefined) {
      const engine = await measureJsonRulesEngine(predicates, operations, engineCount)
      assertEqual(engine.counts, countPrefix(predicates, operations, engineCount), `${name}, json-rules-engine`)
      ratios['json-rules-engine'] = engine.perSpan / ours.perSpan
    }
    const note = `last step: ${ours.lastStepMs.toFixed(1)} ms`
    rows.push({ what: `${name}: ${count.toLocaleString('en')} rules`, figure: ours.perSpan, unit: 'ns/span', ratios, note })
  }
  return rows
}

/**
 * A span's whole way: ingest, and its part of closing the step. All rules are judged at the end of the last step, which is told apart: judging costs the same
 * whatever the number of spans. A rule that asks for nothing closes the steps before.
 */
function measureScale(
  predicates: readonly Predicate[],
  dictionary: Dictionary,
  stream: readonly SpanTable[],
): { perSpan: number; lastStepMs: number; counts: readonly number[] } {
  const bundle = bundleOf(predicates)
  let perSpan = Number.POSITIVE_INFINITY
  let lastStepMs = Number.POSITIVE_INFINITY
  let counts: readonly number[] = []
  for (let run = 0; run < runs; run++) {
    const evaluator = createEvaluator({ bundle, dictionary, latenessNs: 0, startAt: begin })
    let started = 0
    const step = (drain: boolean): void => {
      for (let due = evaluator.due(undefined, drain); due !== undefined; due = evaluator.due(undefined, drain)) {
        const before = cpuNs()
        const outcomes = evaluator.step({ at: due, world: new Map(), epochs: new Map() })
        const after = cpuNs()
        if (due === begin + 2 * stepNs) started = after
        else if (due === begin + 4 * stepNs) perSpan = Math.min(perSpan, (after - started) / ((spanCount * 2) / steps))
        else if (due === end) {
          lastStepMs = Math.min(lastStepMs, (after - before) / 1e6)
          counts = outcomes.slice(1).map((outcome) => outcome.because.counted?.have ?? 0)
        }
      }
    }
    for (const table of stream) {
      evaluator.ingest(table, undefined)
      step(false)
    }
    step(true)
  }
  return { perSpan, lastStepMs, counts }
}

/** Of this process: what else the machine does is not counted. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

function measureCel(predicates: readonly Predicate[], operations: number, spans: number): { perSpan: number; counts: readonly number[] } {
  const expressions = predicates.map(({ service, operation, overNs }) =>
    parse(`span.service == ${JSON.stringify(service)} && span.operation == ${JSON.stringify(operation)} && span.duration > ${overNs}.0`),
  )
  const stream = Array.from({ length: spans }, (_, i) => ({ span: spanAt(i, operations) }))
  const counts = predicates.map(() => 0)
  for (const context of stream.slice(0, spans / 10)) for (const expression of expressions) expression(context)
  const started = cpuNs()
  for (const context of stream)
    for (let rule = 0; rule < expressions.length; rule++) if (expressions[rule]?.(context) === true) counts[rule] = (counts[rule] as number) + 1
  return { perSpan: (cpuNs() - started) / spans, counts }
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
  const started = cpuNs()
  for (let i = 0; i < spans; i++) {
    const { events } = await engine.run({ ...spanAt(i, operations) })
    for (const { type } of events) counts[Number(type)] = (counts[Number(type)] as number) + 1
  }
  return { perSpan: (cpuNs() - started) / spans, counts }
}

/** The stream's span number `i`, the same for all. */
function spanAt(i: number, operations: number): PlainSpan {
  return { service: 'shop', operation: operationName(i % operations), duration: durationAt(i) }
}

/** 1 to 100 ms, scattered; one span of a hundred takes ten times as long. */
function durationAt(i: number): number {
  const scattered = Math.imul(i, 0x9e3779b1) >>> 8
  return (scattered % 100 === 0 ? 10 : 1) * (1 + (scattered % 9_901) / 100) * 1e6
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

/** `span(shop/…).duration > X` over the whole stream, so that the last step tells how many spans each rule matched; before them the rule that closes the steps. */
function bundleOf(predicates: readonly Predicate[]): Bundle {
  const rules = predicates.map(({ service, operation, overNs }, i) => countingRule(`rule-${i}`, service, operation, overNs, minuteNs))
  return {
    format: 1,
    language: 1,
    compiler: 'bench',
    digest: '',
    sources: [],
    projection: [],
    targets: [],
    rules: [countingRule('closes', 'nobody', 'Nothing', 0, stepNs), ...rules],
  }
}

function countingRule(name: string, service: string, operation: string, overNs: number, everyNs: number): RuleIR {
  return {
    name,
    target: 'deployment/shop',
    action: { kind: 'change', amount: 1, unit: 'replicas' },
    condition: {
      kind: 'spans',
      selector: { service, operation, kinds: [2, 5], where: { kind: 'compare', field: { kind: 'intrinsic', name: 'duration' }, operator: '>', value: overNs } },
      count: 1,
      withinNs: steps * stepNs,
      text: `span(${service}/${operation}).duration > ${overNs / 1e6}ms 1 times in 25s`,
    },
    everyNs,
    cooldownNs: 0,
    atLeastSpans: 0,
    onMissing: { kind: 'hold' },
    priority: 0,
    observe: false,
    source: { file: 'bench.scale', start: 0, end: 0, line: 1 },
  }
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
      const ended = begin + Math.floor((i * steps * stepNs) / spanCount)
      table.service[row] = service
      table.operation[row] = codes[i % operations] as number
      table.kind[row] = 2
      setTime(table.endTime, row, ended)
      setTime(table.startTime, row, ended - durationAt(i))
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
