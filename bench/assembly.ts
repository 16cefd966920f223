/**
 * Traces put together, with all derived columns, beside plain ingest (decoding and the evaluator's counting) of the same requests in the same run; the
 * memory that it takes over ten million traces; and the caps under attack.
 */
import { type Bundle, compile } from '../src/bundle/index.ts'
import { createEvaluator } from '../src/evaluate/index.ts'
import { type Assembler, type AssemblyOptions, createAssembler, createDictionary, type Dictionary, decodeRequest, SpanTable } from '../src/spans/index.ts'
import { encodeRequest, type PlainSpan, service } from '../test/support/otlp.ts'
import { median, type Row } from './report.ts'

const dawn = 1_780_272_000_000_000_000n
const second = 1e9
const options: AssemblyOptions = { idleNs: 5e9, maxAgeNs: 60e9, maxSpans: 1 << 20, maxSpansOfTrace: 10_000 }
/** The window of the memory and attack runs: what ten seconds bring, and room to spare. */
const tight: AssemblyOptions = { ...options, maxSpans: 200_000 }

export default async function assembly(): Promise<Row[]> {
  // What the requests of the last take is no part of the others' memory.
  return [...memory(), ...neverEnding(), ...oneTrace(), ...throughput()]
}

export const tracesPerRequest = 100
const requestCount = 300
const turns = 5

/** Requests of a hundred traces each, of thirteen spans over five services, thousand traces a second. */
function throughput(): Row[] {
  const input = shopRequests(requestCount)
  const spans = requestCount * tracesPerRequest * shopSpans
  const what = ['decode and evaluate', 'assembly and derived columns', 'decode, evaluate and assembly'] as const
  const times = new Map<string, number[]>(what.map((w) => [w, []]))
  for (let turn = 0; turn <= turns; turn++) {
    for (const run of what) {
      const ms = run === 'assembly and derived columns' ? assembleTables(input) : decodeAndEvaluate(input, run === 'decode, evaluate and assembly')
      if (turn > 0) times.get(run)?.push(ms)
    }
  }
  const rate = (run: string): number => (spans / median(times.get(run) as number[])) * 1000
  return what.map((run, i) => ({
    what: run,
    figure: rate(run),
    unit: 'spans/s',
    ...(i === 0
      ? { note: `medians of ${turns} turns, ${spans.toLocaleString('en')} spans in traces of ${shopSpans}` }
      : { ratios: { 'decode and evaluate': rate(run) / rate(what[0]) } }),
  }))
}

function decodeAndEvaluate(input: readonly Uint8Array[], assemble: boolean): number {
  const dictionary = createDictionary()
  const table = new SpanTable(dictionary, [], 2048)
  const evaluator = createEvaluator({ bundle: rules(), dictionary, latenessNs: 0 })
  const assembler = createAssembler(options)
  let out = 0
  const step = (drain: boolean): void => {
    for (let at = evaluator.due(undefined, drain); at !== undefined; at = evaluator.due(undefined, drain)) {
      evaluator.step({ at, world: new Map(), epochs: new Map() })
      if (assemble) out += assembler.close(at).spans.length
    }
  }
  const started = cpuMs()
  for (const request of input) {
    table.clear()
    if (!decodeRequest(request, table).ok) throw new Error('a request is broken')
    evaluator.ingest(table, undefined)
    if (assemble) assembler.add(table)
    step(false)
  }
  step(true)
  if (assemble) out += assembler.close(Number(dawn), true).spans.length
  const ms = cpuMs() - started
  if (assemble) expectAll(out, assembler)
  return ms
}

function assembleTables(input: readonly Uint8Array[]): number {
  const dictionary = createDictionary()
  const tables = input.map((request) => {
    const table = new SpanTable(dictionary, [], tracesPerRequest * shopSpans)
    if (!decodeRequest(request, table).ok) throw new Error('a request is broken')
    return table
  })
  const assembler = createAssembler(options)
  let out = 0
  const started = cpuMs()
  for (const [i, table] of tables.entries()) {
    assembler.add(table)
    // Ten requests a second, a close every five.
    if (i % 50 === 49) out += assembler.close(Number(dawn) + ((i + 1) / 10) * second).spans.length
  }
  out += assembler.close(Number(dawn), true).spans.length
  const ms = cpuMs() - started
  expectAll(out, assembler)
  return ms
}

function expectAll(out: number, { report }: Assembler): void {
  const expected = requestCount * tracesPerRequest * shopSpans
  if (out !== expected || report.late + report.orphans + report.evicted > 0) throw new Error(`${out} of ${expected} spans, ${JSON.stringify(report)}`)
}

/** A rule for the requests of each service. */
function rules(): Bundle {
  const text = ['frontend', 'catalog', 'cart', 'ads', 'currency'].map((name) => `scale deployment/${name} +1 when span(${name}).p99 > 400ms`).join('\n')
  const { bundle } = compile({ roots: [{ name: 'bench.scale', text }] }, { compiler: 'bench' })
  if (bundle === undefined) throw new Error('the rules do not compile')
  return bundle
}

/** [service, operation, kind, parent, from, to] in tenths of a millisecond. */
const shop: readonly (readonly [string, string, number, number, number, number])[] = [
  ['frontend', 'GET /product', 2, -1, 0, 1000],
  ['frontend', 'shop.Catalog/Get', 3, 0, 20, 200],
  ['catalog', 'shop.Catalog/Get', 2, 1, 30, 190],
  ['frontend', 'shop.Cart/Get', 3, 0, 210, 600],
  ['cart', 'shop.Cart/Get', 2, 3, 250, 590],
  ['cart', 'GET', 3, 4, 300, 500],
  ['cart', 'merge', 1, 4, 510, 580],
  ['frontend', 'shop.Ads/Get', 3, 0, 215, 700],
  ['ads', 'shop.Ads/Get', 2, 7, 220, 690],
  ['ads', 'rank', 1, 8, 300, 650],
  ['frontend', 'shop.Currency/Convert', 3, 0, 720, 900],
  ['currency', 'shop.Currency/Convert', 2, 10, 725, 890],
  ['frontend', 'render', 1, 0, 910, 990],
]
export const shopSpans = shop.length

/** `count` requests of a hundred traces of thirteen spans each, a trace a millisecond. */
export function shopRequests(count: number): Uint8Array[] {
  let id = 1
  return Array.from({ length: count }, (_, r) => {
    const byService = new Map<string, PlainSpan[]>()
    for (let t = 0; t < tracesPerRequest; t++) {
      const traceId = hex(scattered(id), 32)
      const first = id
      id += shopSpans
      const start = dawn + BigInt(r * tracesPerRequest + t) * 1_000_000n
      for (const [i, [name, operation, kind, parent, from, to]] of shop.entries()) {
        const spans = byService.get(name) ?? []
        byService.set(name, spans)
        spans.push({
          traceId,
          spanId: hex(scattered(first + i), 16),
          ...(parent < 0 ? {} : { parentSpanId: hex(scattered(first + parent), 16) }),
          name: operation,
          kind,
          start: start + BigInt(from) * 100_000n,
          end: start + BigInt(to) * 100_000n,
          attributes: { 'rpc.system': 'grpc', 'server.port': 8080n },
        })
      }
    }
    return encodeRequest([...byService].map(([name, spans]) => service(name, spans, {})))
  })
}

function scattered(n: number): number {
  return Math.imul(n, 0x9e3779b1) >>> 0
}

function hex(n: number, digits: number): string {
  return n.toString(16).padStart(8, '0').padEnd(digits, '7')
}

/** Tables of spans that are written without a request, so that ten million traces take seconds. */
class Writer {
  readonly table: SpanTable
  readonly #trace: DataView
  readonly #span: DataView
  readonly #parent: DataView

  constructor(dictionary: Dictionary, rows: number) {
    this.table = new SpanTable(dictionary, [], rows)
    this.#trace = new DataView(this.table.traceId.buffer)
    this.#span = new DataView(this.table.spanId.buffer)
    this.#parent = new DataView(this.table.parentSpanId.buffer)
    this.table.service.fill(dictionary.code('shop'))
    this.table.kind.fill(1)
  }

  /** Times are nanoseconds. */
  write(trace: number, span: number, parent: number, end: number, duration: number): void {
    const { table } = this
    const row = table.length++
    this.#trace.setUint32(row * 16, scattered(trace))
    this.#trace.setUint32(row * 16 + 12, trace)
    this.#span.setUint32(row * 8 + 4, span)
    this.#parent.setUint32(row * 8 + 4, parent)
    writeWords(table.startTime, row, end - duration)
    writeWords(table.endTime, row, end)
    table.duration[row] = duration
  }
}

function writeWords(words: Uint32Array, row: number, time: number): void {
  words[row * 2] = time % 4294967296
  words[row * 2 + 1] = time / 4294967296
}

const batch = 2000

/** Ten million traces of two spans, ten thousand a second; what the process holds after one, five and ten million. */
function memory(): Row[] {
  const rows: Row[] = []
  const assembler = createAssembler(tight)
  const writer = new Writer(createDictionary(), batch)
  const at = Number(dawn)
  let out = 0
  const started = cpuMs()
  for (let trace = 1; trace <= 10e6; trace++) {
    const end = at + trace * 1e5
    writer.write(trace, 1, 0, end, 5e6)
    writer.write(trace, 2, 1, end - 1e6, 3e6)
    if (writer.table.length === batch) {
      assembler.add(writer.table)
      writer.table.clear()
    }
    if (trace % 10_000 === 0) out += assembler.close(end).spans.length
    if (trace === 1e6 || trace === 5e6 || trace === 10e6) {
      const { openSpans } = assembler.report
      rows.push({
        ...mebibytes(`resident after ${trace / 1e6} million traces`),
        note: `${buffers()} MiB of buffers, ${heap()} MiB of heap, ${openSpans.toLocaleString('en')} spans open`,
      })
    }
  }
  const ms = cpuMs() - started
  out += assembler.close(at, true).spans.length
  if (out !== 20e6) throw new Error(`${out} spans came out`)
  return [...rows, { what: 'traces of two spans', figure: (out / ms) * 1000, unit: 'spans/s', note: 'made, assembled and closed every second' }]
}

/** A million traces whose roots never come, twenty thousand a second: those of sixty seconds do not fit. */
function neverEnding(): Row[] {
  const assembler = createAssembler(tight)
  const writer = new Writer(createDictionary(), batch)
  let out = 0
  for (let trace = 1; trace <= 1e6; trace++) {
    const end = Number(dawn) + trace * 5e4
    writer.write(trace, 2, 1, end, 3e6)
    if (writer.table.length === batch) {
      assembler.add(writer.table)
      writer.table.clear()
    }
    if (trace % 20_000 === 0) out += assembler.close(end).spans.length
  }
  const { evicted, aged, openSpans, dropped } = assembler.report
  if (out + openSpans + dropped !== 1e6) throw new Error('spans were lost')
  const note = `${evicted.toLocaleString('en')} evicted, ${aged} aged, ${openSpans.toLocaleString('en')} open, ${dropped} dropped; ${buffers()} MiB of buffers, ${heap()} MiB of heap`
  return [{ ...mebibytes('1 million traces without an end: resident'), note }]
}

/** One trace of a million spans within a second, before any close. */
function oneTrace(): Row[] {
  const assembler = createAssembler(tight)
  const writer = new Writer(createDictionary(), batch)
  const started = cpuMs()
  let out = 0
  for (let span = 1; span <= 1e6; span++) {
    const end = Number(dawn) + span * 1e3
    writer.write(1, span, span === 1 ? 0 : span - 1, end, 1e3)
    if (writer.table.length === batch) {
      assembler.add(writer.table)
      writer.table.clear()
    }
  }
  out += assembler.close(Number(dawn) + 2 * second).spans.length
  const ms = cpuMs() - started
  const { oversized, laterParts, late, dropped, openSpans } = assembler.report
  if (out + openSpans + dropped !== 1e6) throw new Error('spans were lost')
  const note = `${oversized} oversized, ${laterParts} later parts, ${late.toLocaleString('en')} late, ${dropped.toLocaleString('en')} dropped, ${Math.round(ms)} ms; ${buffers()} MiB of buffers, ${heap()} MiB of heap`
  return [{ ...mebibytes('1 trace of 1 million spans: resident'), note }]
}

/** Of this process: what else the machine does is not counted. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function settled(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

function mebibytes(what: string): Row {
  return { what, figure: settled() / 2 ** 20, unit: 'MiB' }
}

function heap(): number {
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
}

function buffers(): number {
  return Math.round(process.memoryUsage().arrayBuffers / 2 ** 20)
}
