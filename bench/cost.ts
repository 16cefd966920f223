/**
 * The cost model of src/bundle/cost.ts against what the evaluator takes: work a second of virtual time, memory once the longest window is full. A ratio
 * below one would be a bound that does not hold.
 */
import { compile, costOf } from '../src/bundle/index.ts'
import { createEvaluator, type Evaluator } from '../src/evaluate/index.ts'
import { createDictionary, type Dictionary, SpanTable } from '../src/spans/index.ts'
import type { Row } from './report.ts'

const begin = 1780272000e9

interface Case {
  readonly rule: string
  /** Spans a second. */
  readonly rate: number
  /** Of virtual time. */
  readonly seconds: number
}

const cases: readonly Case[] = [
  { rule: 'span(shop/Pay).p99 > 400ms 5 times in 60s', rate: 20, seconds: 600 },
  { rule: 'span(shop/Pay).p99 > 400ms 5 times in 60s', rate: 2_000, seconds: 120 },
  { rule: 'span(shop/Pay).p99 over 10m > 400ms', rate: 500, seconds: 700 },
  { rule: 'span(shop/Pay).mean over 1h > 400ms', rate: 20, seconds: 3_700 },
  { rule: 'span(shop/Pay).duration > 400ms 50 times in 5m', rate: 1_000, seconds: 400 },
  { rule: 'span(shop/Pay).own.p99 > 400ms 5 times in 60s', rate: 2_000, seconds: 120 },
]

export default async function cost(): Promise<Row[]> {
  if (gc === undefined) throw new Error('run with --expose-gc')
  for (const each of cases) measure({ ...each, seconds: 60 })
  return cases.flatMap(rowsOf)
}

function rowsOf(given: Case): Row[] {
  const { rule, rate } = given
  const of = costOf(rulesOf(rule)[0]!, () => rate)
  const bound = { work: of.work + (of.assembly?.work ?? 0), memory: of.memory + (of.assembly?.memory ?? 0) }
  const taken = measure(given)
  // What an evaluator needs whatever the rules are.
  const base = measure({ ...given, rule: 'span(other/Nothing).count > 1' }).memory
  const what = `${rule} at ${rate}/s`
  return [
    { what: `${what}: work`, figure: taken.work, unit: 'µs/s', ratios: { bound: bound.work / taken.work } },
    { what: `${what}: memory`, figure: (taken.memory - base) / 1000, unit: 'kB', ratios: { bound: bound.memory / Math.max(1, taken.memory - base) } },
  ]
}

function bundleOf(condition: string): NonNullable<ReturnType<typeof compile>['bundle']> {
  const { bundle } = compile({ roots: [{ name: 'x', text: `scale deployment/shop +1 when ${condition}` }] }, { compiler: 'bench' })
  if (bundle === undefined) throw new Error(`does not compile: ${condition}`)
  return bundle
}

function rulesOf(condition: string): NonNullable<ReturnType<typeof compile>['bundle']>['rules'] {
  return bundleOf(condition).rules
}

function measure({ rule, rate, seconds }: Case): { readonly work: number; readonly memory: number } {
  const bundle = bundleOf(rule)
  const dictionary = createDictionary()
  const table = new SpanTable(dictionary, [])
  table.reserve(rate)
  const before = used()
  const evaluator = createEvaluator({ bundle, dictionary, startAt: begin })
  let micros = 0
  for (let second = 0; second < seconds; second++) {
    fillTable(table, dictionary, rate, second)
    const started = process.cpuUsage()
    evaluator.ingest(table, undefined)
    for (let due = evaluator.due(undefined); due !== undefined; due = evaluator.due(undefined)) evaluator.step({ at: due, world: new Map(), epochs: new Map() })
    const { user, system } = process.cpuUsage(started)
    micros += user + system
  }
  const memory = used() - before
  keep(evaluator)
  return { work: micros / seconds, memory: Math.max(1, memory) }
}

/** Heap and what arrays hold outside it. */
function used(): number {
  gc?.()
  gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

let kept: Evaluator | undefined
/** Until its memory is measured the evaluator must not be collected. */
function keep(evaluator: Evaluator): void {
  kept = evaluator
  if (kept.watermark === undefined) throw new Error('no span was seen')
}

/** Durations over several octaves, from a generator that always says the same. */
function fillTable(table: SpanTable, dictionary: Dictionary, rate: number, second: number): void {
  table.length = 0
  for (let i = 0; i < rate; i++) {
    const row = table.length++
    const id = second * rate + i + 1
    const random = Math.imul(id, 0x9e3779b1) >>> 0
    const duration = Math.round(2 ** (20 + (random / 2 ** 32) * 10))
    const end = begin + second * 1e9 + ((i + 0.5) / rate) * 1e9
    table.service[row] = dictionary.code('shop')
    table.operation[row] = dictionary.code('Pay')
    table.kind[row] = 2
    table.status[row] = 0
    table.duration[row] = duration
    setTime(table.endTime, row, end)
    setTime(table.startTime, row, end - duration)
    new DataView(table.traceId.buffer).setUint32(row * 16 + 12, id)
    new DataView(table.spanId.buffer).setUint32(row * 8 + 4, id)
  }
}

function setTime(words: Uint32Array, row: number, nanos: number): void {
  words[row * 2] = nanos % 4294967296
  words[row * 2 + 1] = Math.floor(nanos / 4294967296)
}
