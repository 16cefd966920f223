/** From spans at samplers to traced values at a modeler: what was kept counts for what was not. */
import { describe, expect, it } from 'vitest'
import type { SampledTrace, SubscribeReply } from '../../../src/daemon/rpc/messages.ts'
import { createArrivals } from '../../../src/daemon/split/arrivals.ts'
import { createPipeline } from '../../../src/daemon/split/pipeline.ts'
import { createRing } from '../../../src/daemon/split/ring.ts'
import { givenWeights } from '../../../src/daemon/split/weights.ts'
import { createEngine } from '../../../src/engine/index.ts'
import { createSampler, type Sampler } from '../../../src/sampler/index.ts'
import { createEmbedded, type FetchResult } from '../../../src/sources/index.ts'
import { createDictionary, decodeRequest, SpanTable } from '../../../src/spans/index.ts'
import { encodeRequest, service } from '../../support/otlp.ts'
import { begin, bundleOf, latenessNs } from './place.ts'

const bundle = bundleOf(`
target deployment/ads { between 1 and 9 }
many: scale deployment/ads +1 when span(ads/Get under front).count over 60s > 100
`)

/** A trace of two spans: `front` calls `ads`. */
function traceBytes(n: number, endMs: number): Uint8Array {
  const id = (n * 2654435761).toString(16).padStart(8, '0').slice(-8).repeat(4)
  const end = BigInt(begin) + BigInt(endMs) * 1_000_000n
  const common = { traceId: id, kind: 2, start: end - 5_000_000n, end }
  return encodeRequest([
    service('front', [{ ...common, spanId: '01'.padStart(16, '0'), name: 'GET /' }]),
    service('ads', [{ ...common, spanId: '02'.padStart(16, '0'), parentSpanId: '01'.padStart(16, '0'), name: 'Get' }]),
  ])
}

/** A sampler that has seen `traces` in half a minute. */
function sampled(traces: number, make: (onKept: Parameters<typeof createSampler>[1]) => Sampler) {
  const clock = { now: begin }
  const ring = createRing(100_000)
  const embedded = createEmbedded({ maxBytes: 2 ** 26 })
  const sampler = make({ onKept: (trace) => pipeline.kept(trace) })
  const pipeline = createPipeline({
    sampler,
    ring,
    embedded,
    now: () => clock.now,
    latenessNs,
    traces: { idleNs: 5e9, maxAgeNs: 60e9, maxSpans: 1e6 },
    startAt: begin,
  })
  const table = new SpanTable(createDictionary())
  for (let n = 1; n <= traces; n++) {
    const endMs = Math.floor((n * 30_000) / traces)
    clock.now = begin + endMs * 1e6
    table.clear()
    decodeRequest(traceBytes(n, endMs), table)
    pipeline.add(table)
    pipeline.look()
  }
  clock.now = begin + 60e9
  pipeline.look()
  return { ring, embedded, pipeline }
}

const uniform = (budget: number) => (hooks: Parameters<typeof createSampler>[1]) => createSampler({ mode: 'uniform', budget }, hooks)

describe('a sampler', () => {
  it('tells of each trace that it keeps, and keeps its spans', async () => {
    const { ring, embedded, pipeline } = sampled(500, (hooks) => createSampler({ mode: 'all', budget: 1 }, hooks))
    const { replies } = ring.read(0, 1000)
    expect(replies).toHaveLength(500)
    const { trace } = replies[0] as SubscribeReply
    expect(trace).toMatchObject({ weight: 1, lane: 'all', spans: 2, root: { service: 'front', operation: 'GET /', duration: 5e6, error: false } })
    const answer = await embedded.fetch({ traceId: Buffer.from(trace?.traceId ?? []).toString('hex') })
    const table = new SpanTable(createDictionary())
    if (answer.kind === 'found') decodeRequest(answer.bytes, table)
    expect(table.length).toBe(2)
    expect(pipeline.report).toMatchObject({ openTraces: 0, decidedTraces: 500 })
  })
})

describe('a modeler', () => {
  it('counts what was sampled for what was not', async () => {
    const { ring, embedded } = sampled(5000, uniform(0.1))
    const weights = givenWeights()
    const judge = createEngine({ bundle, latenessNs, startAt: begin + 60e9, countedElsewhere: true, traces: { sampler: weights } })
    const brought: Promise<unknown>[] = []
    const table = judge.table()
    const arrivals = createArrivals({
      weights,
      wanted: () => true,
      fetch(_, { traceId }) {
        const answer = embedded.fetch({ traceId: Buffer.from(traceId).toString('hex') }).then((found): FetchResult => {
          return found.kind === 'found' ? { kind: 'trace', bytes: found.bytes, encoding: 'protobuf', whole: true } : { kind: 'missing', why: found.kind }
        })
        brought.push(answer)
        return answer
      },
      bring({ bytes }) {
        table.clear()
        decodeRequest(bytes, table)
        judge.bring(table)
      },
    })
    arrivals.receive('sampler-0', { begun: { instance: 'one', after: 0 } })
    const { replies } = ring.read(0, 100_000)
    for (const reply of replies) arrivals.receive('sampler-0', reply)
    // The Collector's routes changed: another sampler has kept one of them, too.
    arrivals.receive('sampler-1', replies[0] as SubscribeReply)
    await Promise.all(brought)
    await Promise.resolve()
    expect(arrivals.report).toMatchObject({ sampled: replies.length + 1, arrived: replies.length, twice: 1, missing: 0 })
    judge.reached(begin + 65e9)
    const at = judge.due() as number
    const { outcomes } = judge.step(at, new Map(), { ticks: [], missing: false })
    const [outcome] = outcomes
    // Some 500 of 5,000 traces are there, each for ten.
    const value = outcome?.because.left?.value ?? 0
    expect(outcome?.truth).toBe('true')
    expect(replies.length).toBeLessThan(700)
    expect(Math.abs(value - 5000)).toBeLessThan(5000 * 0.15)
    expect(value).toBeCloseTo(replies.length * 10, 0)
  })

  it('goes on where it was when a subscription breaks', () => {
    const arrivals = createArrivals({ weights: givenWeights(), wanted: () => false, fetch: () => new Promise(() => {}), bring: () => {} })
    expect(arrivals.cursorOf('a')).toEqual({ instance: '', after: 0 })
    arrivals.receive('a', { begun: { instance: 'one', after: 7 } })
    arrivals.receive('a', { trace: { cursor: 8 } as SampledTrace })
    arrivals.receive('a', { lost: { traces: 3 } })
    expect(arrivals.cursorOf('a')).toEqual({ instance: 'one', after: 8 })
    expect(arrivals.report).toMatchObject({ sampled: 1, lost: 3 })
  })
})
