/** Traces of the last minutes, in bounded memory. */
import { describe, expect, it } from 'vitest'
import { RecentTraces } from '../../src/blame/recent.ts'
import { type Assembler, createAssembler, createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'
import { type Call, requestsOf, start } from './calls.ts'

const dictionary = createDictionary()

/** Decides `count` traces of the call in each second. */
class Feed {
  readonly recent: RecentTraces
  readonly #assembler: Assembler = createAssembler({ idleNs: 1e9, maxAgeNs: 60e9, maxSpans: 1_000_000, maxSpansOfTrace: 10_000 })
  readonly #table = new SpanTable(dictionary)
  #second = 0

  constructor(recent: RecentTraces) {
    this.recent = recent
  }

  /** Returns when they were decided. */
  second(count: number, call: (index: number) => Call, weightOf: (trace: number) => number = () => 1): number {
    const from = this.#second++ * 1000
    for (const request of requestsOf([{ from, every: 1, count, call }])) {
      this.#table.clear()
      decodeRequest(request, this.#table)
      const ids = new DataView(this.#table.traceId.buffer)
      // Traces of another second are others.
      for (let row = 0; row < this.#table.length; row++) ids.setUint32(this.#table.traceId.byteOffset + row * 16, this.#second)
      this.#assembler.add(this.#table)
    }
    const at = (start + from + 1000) * 1e6
    const decided = this.#assembler.close(at, true)
    const traces = [...new Set(decided.traceStart.subarray(0, decided.spans.length))]
    for (let row = 0; row < decided.spans.length; row++) decided.weight[row] = weightOf(traces.indexOf(decided.traceStart[row] as number))
    this.recent.add(decided, at)
    return at
  }
}

const cart = (ms: number): Call => ({ service: 'frontend', operation: 'GET /', self: 1, calls: [{ service: 'cart', operation: 'Get', self: ms }] })
const all = (): boolean => true

describe('recent traces', () => {
  it('are known by the step that decided them, for as long as they are kept', () => {
    const feed = new Feed(new RecentTraces(all, { keepNs: 10e9 }))
    const ends = Array.from({ length: 30 }, () => feed.second(4, () => cart(5)))
    const { recent } = feed
    const [last, before] = [ends.at(-1) as number, ends.at(-3) as number]
    expect(recent.decidedIn({ from: before, to: last })).toHaveLength(8)
    expect(recent.decidedIn({ from: last - 10e9, to: last })).toHaveLength(40)
    expect(recent.log?.traces).toBeLessThan(48)
    expect(recent.decidedIn({ from: 0, to: last }).length).toBeLessThan(48)
  })

  it('are those with a service that some rule reads', () => {
    const feed = new Feed(new RecentTraces((service) => service === 'cart', { keepNs: 60e9 }))
    const at = feed.second(6, (i) => (i % 3 === 0 ? cart(5) : { service: 'ads', operation: 'List', self: 3 }))
    expect(feed.recent.decidedIn({ from: at - 1e9, to: at })).toHaveLength(2)
  })

  it('are a sample where there are many, which stands for all of them', () => {
    const feed = new Feed(new RecentTraces(all, { keepNs: 60e9, tracesPerSecond: 50 }))
    feed.second(10, () => cart(5))
    const at = feed.second(500, (i) => cart(i % 2 === 0 ? 10 : 20))
    const { log } = feed.recent
    if (log === undefined) throw new Error('no log')
    const traces = feed.recent.decidedIn({ from: at - 1e9, to: at })
    expect(traces).toHaveLength(50)
    const weights = traces.map((trace) => log.weight[trace] as number)
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(500, 6)
    // Not the first fifty, nor one kind of them: ids decide, not what is in a trace.
    const slow = traces.filter((trace) => (log.path[trace] as number) > 15e6).length
    expect(slow).toBeGreaterThan(12)
    expect(slow).toBeLessThan(38)
  })

  it('are those that a sampler kept, each for as many as it stands for', () => {
    const feed = new Feed(new RecentTraces(all, { keepNs: 60e9, tracesPerSecond: 20 }))
    const some = feed.second(
      40,
      () => cart(5),
      (trace) => (trace % 4 === 0 ? 4 : 0),
    )
    const weightsAt = (at: number): number[] => feed.recent.decidedIn({ from: at - 1e9, to: at }).map((trace) => feed.recent.log?.weight[trace] ?? 0)
    expect(weightsAt(some)).toEqual(Array.from({ length: 10 }, () => 4))
    // And a sample of them stands for them all.
    const many = feed.second(
      400,
      () => cart(5),
      (trace) => (trace % 4 === 0 ? 4 : 0),
    )
    expect(weightsAt(many)).toHaveLength(20)
    expect(weightsAt(many).reduce((a, b) => a + b, 0)).toBeCloseTo(400, 6)
  })

  it('have the slowest with them, to be shown and not to be counted', () => {
    const feed = new Feed(new RecentTraces(all, { keepNs: 60e9, tracesPerSecond: 5 }))
    const at = feed.second(400, (i) => cart(i === 123 ? 900 : 10))
    const { log } = feed.recent
    const slowest = Array.from({ length: log?.traces ?? 0 }, (_, trace) => trace).filter((trace) => (log?.path[trace] ?? 0) > 800e6)
    expect(slowest).toHaveLength(1)
    const counted = feed.recent.decidedIn({ from: at - 60e9, to: at })
    if (log?.weight[slowest[0] as number] === 0) expect(counted).not.toContain(slowest[0])
    expect(counted.reduce((sum, trace) => sum + (log?.weight[trace] ?? 0), 0)).toBeCloseTo(400, 6)
    expect(log?.find(log.idOf(slowest[0] as number))).toBe(slowest[0])
  })

  it('take no more memory than they may, whatever comes', () => {
    const most = 2000
    const feed = new Feed(new RecentTraces(all, { keepNs: 3600e9, spansPerSecond: 600, maxSpans: most }))
    for (let second = 0; second < 60; second++) {
      const at = feed.second(second % 10 === 0 ? 300 : 30, () => cart(5))
      expect(feed.recent.log?.spans).toBeLessThanOrEqual(most)
      // The newest are there.
      expect(feed.recent.decidedIn({ from: at - 1e9, to: at }).length).toBeGreaterThan(19)
    }
    expect(feed.recent.log?.duration.length).toBeLessThanOrEqual(4096)
  })
})
