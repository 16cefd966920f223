/**
 * Decoding OTLP requests of 2,048 spans with realistic attributes: our walk into columns, protobufjs' generated static
 * code into objects, and memcpy of the same bytes, taking turns in one run. `memcpy, Buffer.from` is what merely keeping a copy of
 * each request costs; one warm target, always the same memory, is the bound that no decoder reaches.
 */
import type { AttributeRef } from '../src/bundle/index.ts'
import { createDictionary, decodeRequest, SpanTable } from '../src/spans/index.ts'
import { protobufjsStatic } from './peers/protobufjs.ts'
import { requests } from './peers/requests.ts'
import { median, type Row } from './report.ts'

const spansPerRequest = 2048
/** 192 requests, 134 MB: more than processors cache, so that all runs read memory as a busy daemon does. */
const requestCount = 192
const turns = 5
const warmUpTurns = 1
/** At least so long is a run's turn. */
const turnMs = 50

const three: readonly AttributeRef[] = ['http.response.status_code', 'rpc.method', 'server.address'].map((name) => ({ scope: 'span', name }))

export default async function measure(): Promise<readonly Row[]> {
  const input = requests(requestCount, spansPerRequest)
  const bytes = input.reduce((sum, request) => sum + request.length, 0)
  const spans = requestCount * spansPerRequest
  const decodeStatic = protobufjsStatic()
  const target = new Uint8Array(Math.max(...input.map((request) => request.length)))
  /** Keeps the copies from being optimized away. */
  const sink: number[] = []
  const runs: readonly Run[] = [
    { what: 'core columns', once: columns([]) },
    { what: 'three attributes', once: columns(three) },
    { what: 'protobufjs static', once: (request) => decodeStatic(request) },
    { what: 'memcpy, Buffer.from', once: (request) => sink.push(Buffer.from(request)[17] as number) },
    { what: 'memcpy, one warm target', once: (request) => target.set(request) },
  ]
  const rate = new Map<string, number>()
  for (const [what, times] of interleaved(runs, input)) rate.set(what, (spans / median(times)) * 1000)
  const of = (what: string): number => rate.get(what) as number
  const ratios = (what: string) => ({
    'protobufjs static': of(what) / of('protobufjs static'),
    'memcpy, Buffer.from': of(what) / of('memcpy, Buffer.from'),
    'memcpy, one warm target': of(what) / of('memcpy, one warm target'),
  })
  return runs.map(({ what }, i) => ({
    what,
    figure: of(what),
    unit: 'spans/s',
    ...(i < 2 ? { ratios: ratios(what) } : {}),
    ...(i === 0 ? { note: `${Math.round(bytes / spans)} bytes a span, medians over ${turns} turns, ${spans} spans a pass` } : {}),
  }))
}

interface Run {
  readonly what: string
  readonly once: (request: Uint8Array) => unknown
}

function columns(projection: readonly AttributeRef[]): Run['once'] {
  const table = new SpanTable(createDictionary(), projection, spansPerRequest)
  return (request) => {
    table.clear()
    const result = decodeRequest(request, table)
    if (!result.ok || result.spans !== spansPerRequest) throw new Error('the benchmark decoded something else')
  }
}

/**
 * Milliseconds of every pass over the input. The runs take turns, so that a slow minute of the machine slows all, and the quick ones make
 * several passes a turn. The first turns warm up.
 */
function interleaved(runs: readonly Run[], input: readonly Uint8Array[]): Map<string, number[]> {
  const times = new Map<string, number[]>(runs.map(({ what }) => [what, []]))
  for (let turn = 0; turn < warmUpTurns + turns; turn++)
    for (const { what, once } of runs) {
      const begun = performance.now()
      do {
        const before = performance.now()
        for (const request of input) once(request)
        if (turn >= warmUpTurns) times.get(what)?.push(performance.now() - before)
      } while (performance.now() - begun < turnMs)
    }
  return times
}
