import { describe, expect, it } from 'vitest'
import { createSampler, type KeptTrace, type SamplerMode, type SamplerOptions, type SamplerState } from '../../src/sampler/index.ts'
import { dawn, driftStream, type MadeSpan, Random, TraceBatch } from '../support/trace-stream.ts'

const span = (operation: string, parent: number, duration: number): MadeSpan => ({ service: 'shop', operation, parent, duration })
/** Twenty milliseconds, give or take a tenth. */
const usual = (random: Random, factor = 1): MadeSpan[] => {
  const ms = 20 * factor * Math.exp(0.1 * random.normal())
  return [span('GET', -1, ms), span('cart', 0, ms * 0.8), span('redis', 1, ms * 0.5), span('ads', 0, 1)]
}

/** A sampler that has seen `traces` usual ones, 100 a second. */
function seasoned(options: Partial<SamplerOptions> = {}, traces = 5000) {
  const kept: KeptTrace[] = []
  const sampler = createSampler({ mode: 'budgeted', budget: 0.01, ...options }, { onKept: (trace) => kept.push(trace) })
  const random = new Random(7)
  const batch = new TraceBatch(1024)
  let clock = dawn
  const next = (spans: readonly MadeSpan[]): { readonly weight: number; readonly anomalous: number } => {
    batch.clear()
    clock += 1e7
    batch.trace(spans, clock, random)
    sampler.decide(batch.found)
    return { weight: batch.found.weight[0] as number, anomalous: batch.found.anomalous[0] as number }
  }
  for (let i = 0; i < traces; i++) next(usual(random))
  return { sampler, kept, random, next }
}

describe('a decision', () => {
  it('keeps the first of a shape, and says why', () => {
    const { next, kept, random } = seasoned()
    expect(next([...usual(random), span('new', 2, 1)])).toEqual({ weight: 1, anomalous: 1 })
    expect(kept.at(-1)).toMatchObject({
      lane: 'novelty',
      threshold: '0',
      weight: 1,
      score: 1,
      anomalous: true,
      spans: 5,
      root: { service: 'shop', operation: 'GET' },
    })
  })

  it('keeps what is far slower than usual, and says so', () => {
    const { next, kept, random } = seasoned()
    expect(next(usual(random, 20))).toEqual({ weight: 1, anomalous: 1 })
    expect(kept.at(-1)?.lane).toBe('latency')
  })

  it('keeps usual traces seldom, at weights that are never above what the floor gives', () => {
    const { kept, sampler } = seasoned({}, 20_000)
    expect(sampler.report.kept).toBeGreaterThan(150)
    expect(sampler.report.kept).toBeLessThan(250)
    for (const { weight } of kept) expect(weight).toBeLessThanOrEqual(16 / (0.3 * 0.01) + 1)
    expect(kept.filter(({ lane }) => lane === 'floor').length).toBeGreaterThan(20)
  })

  it('is the same in all rows of a trace', () => {
    const batch = new TraceBatch()
    const random = new Random(3)
    const sampler = createSampler({ mode: 'budgeted', budget: 0.3, warmAfter: 10 })
    for (let i = 0; i < 500; i++) batch.trace(usual(random), dawn + i * 1e7, random)
    sampler.decide(batch.found)
    const { weight, anomalous, traceStart, spans } = batch.found
    for (let row = 0; row < spans.length; row++) {
      expect(weight[row]).toBe(weight[traceStart[row] as number])
      expect(anomalous[row]).toBe(anomalous[traceStart[row] as number])
    }
  })

  it('is uniform at the budget, and scores nothing, until enough was seen', () => {
    const { sampler, kept } = seasoned({ budget: 0.2 }, 999)
    expect(sampler.report.state).toBe('cold')
    expect(sampler.scores).toBe(false)
    expect(kept.every(({ lane, anomalous }) => lane === 'floor' && !anomalous)).toBe(true)
    expect(seasoned({ budget: 0.2 }, 1000).sampler.scores).toBe(true)
  })

  it('learns from traces without keeping them, and is warm then', () => {
    const sampler = createSampler({ mode: 'budgeted', budget: 0.01 })
    const random = new Random(5)
    const batch = new TraceBatch()
    for (let i = 0; i < 1000; i++) batch.trace(usual(random), dawn + i * 1e7, random)
    sampler.train(batch.found)
    expect(sampler.report).toMatchObject({ state: 'warm', trained: 1000, decided: 0, kept: 0 })
    expect(batch.found.weight[0]).toBe(1)
  })

  it('under mode all keeps everything at weight 1, and still scores', () => {
    const { next, random, sampler } = seasoned({ mode: 'all', budget: 1 }, 3000)
    expect(next(usual(random, 20))).toEqual({ weight: 1, anomalous: 1 })
    expect(next(usual(random))).toEqual({ weight: 1, anomalous: 0 })
    expect(sampler.report.kept).toBe(3002)
    expect(sampler.report.anomalous).toBeLessThan(100)
  })

  it('refuses a budget that is none', () => {
    for (const budget of [0, -1, 1.01, Number.NaN]) expect(() => createSampler({ mode: 'budgeted', budget })).toThrow(RangeError)
  })
})

/** What each trace of a drift stream was given. */
function weightsOf(
  mode: SamplerMode,
  traces: number,
  options: { readonly seed?: number; readonly state?: SamplerState; readonly from?: number; readonly to?: number } = {},
) {
  const sampler = createSampler({ mode, budget: 0.05 }, options.state === undefined ? {} : { state: options.state })
  const weights: number[] = []
  let seen = 0
  driftStream({ traces, seed: options.seed ?? 1 }, (batch) => {
    const before = seen
    seen += batch.traces
    if (before < (options.from ?? 0) || before >= (options.to ?? Number.POSITIVE_INFINITY)) return
    sampler.decide(batch.found)
    for (let row = 0; row < batch.found.spans.length; row++) if (batch.found.traceStart[row] === row) weights.push(batch.found.weight[row] as number)
  })
  return { sampler, weights }
}

describe('decisions', () => {
  it.each(['budgeted', 'tracemesh', 'uniform', 'all'] as const)('are the same again, and go on from a saved state as if nothing had been (%s)', (mode) => {
    const whole = weightsOf(mode, 20_000)
    expect(weightsOf(mode, 20_000).weights).toEqual(whole.weights)
    const first = weightsOf(mode, 20_000, { to: 8000 })
    const state = JSON.parse(JSON.stringify(first.sampler.save())) as SamplerState
    const second = weightsOf(mode, 20_000, { from: first.weights.length, state })
    expect(first.weights.length).toBeGreaterThan(3000)
    expect(second.weights.length).toBeGreaterThan(3000)
    expect([...first.weights, ...second.weights]).toEqual(whole.weights)
    expect(second.sampler.report).toEqual(whole.sampler.report)
  })

  it('a state of another mode is refused', () => {
    const state = createSampler({ mode: 'uniform', budget: 0.1 }).save()
    expect(() => createSampler({ mode: 'budgeted', budget: 0.1 }, { state })).toThrow(TypeError)
  })

  it('of the traces before depend on nothing later, and probabilities not on the randomness of the trace itself', () => {
    // Two streams that differ in one trace's id only: its own probability is the same, as its weight where both kept it shows.
    const weights = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => {
      const { sampler, random } = seasoned({ budget: 0.9 }, 2000)
      const batch = new TraceBatch(64)
      batch.trace(usual(random), dawn + 3000 * 1e7, new Random(id))
      sampler.decide(batch.found)
      return batch.found.weight[0] as number
    })
    const kept = weights.filter((weight) => weight > 0)
    expect(kept.length).toBeGreaterThan(1)
    expect(new Set(kept).size).toBe(1)
  })
})
