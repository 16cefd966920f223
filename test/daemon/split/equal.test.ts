/** Several samplers and one modeler decide what one process decides, to the last bit. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serialize } from '../../../src/bundle/index.ts'
import { createEngine } from '../../../src/engine/index.ts'
import type { Decision } from '../../../src/plan/index.ts'
import { type SimulatedWorld, simulatedWorld, step } from '../../../src/recordings/index.ts'
import { begin, bundleOf, type Clock, decodeInto, latenessNs, modelerOf, SamplerPlace, type Span } from './place.ts'

const rules = `
target deployment/ads { between 1 and 9  up at most +3 per 30s  stable 15s before down  cooldown 40s  settle within 20s }
slow: scale deployment/ads +2 when span(ads/Get).p90 > 100ms 2 times in 20s
calm: scale deployment/ads -1 when span(ads/Get).p90 < 100ms for 10s
busy: scale deployment/cart to hold span(cart/*).rate at 2/s per replica when span(cart).count > 0
errors: scale deployment/cart +1 when span(cart/*).error_rate > 20% and span(ads).mean over 10s > 50ms every 10s
many: scale deployment/cart +1 when span(cart/Add).duration > 150ms 5 times in 20s
gone: scale deployment/cart to at most 3 when absent(span(cart)) for 15s
spread: scale deployment/ads +1 when span(ads).p50 over 20s > span(cart).p50 over 20s and span(ads).max > 250ms
`
const bundle = bundleOf(rules)
/** Other thresholds, of the same selectors; a rule less, and one that acts on its own. */
const reloaded = bundleOf(`${rules.replaceAll('100ms', '120ms').replace(/gone: .*\n/, '')}fast: scale deployment/ads -1 when span(ads/Get).p50 over 10s < 20ms`)
/** The rules change before this step, which different watermarks may reach at different times of the clock. */
const reloadedAt = begin + 45e9

interface Arrival {
  readonly at: number
  readonly span: Span
}

const arrivals = fc
  .array(
    fc.record({
      service: fc.constantFrom('ads', 'cart'),
      operation: fc.constantFrom('Get', 'Add'),
      endMs: fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 20_000, max: 40_000 })),
      durationMs: fc.integer({ min: 1, max: 300 }),
      failed: fc.boolean(),
      delayMs: fc.integer({ min: 0, max: latenessNs / 1e6 - 1 }),
      // Sent again, as after a lost acknowledgement.
      twice: fc.boolean(),
    }),
    { minLength: 60, maxLength: 250 },
  )
  .map((all) =>
    all
      .flatMap(({ delayMs, twice, ...span }, i): Arrival[] => {
        // Slow first, fast later, so that both directions are asked for; five spans a trace.
        const durationMs = span.endMs > 60_000 ? Math.ceil(span.durationMs / 4) : span.durationMs
        const one = { at: begin + (span.endMs + delayMs) * 1e6, span: { ...span, durationMs, id: i + 1, trace: Math.floor(i / 5) + 1 } }
        return twice ? [one, { ...one, at: one.at + 1 }] : [one]
      })
      .sort((a, b) => a.at - b.at),
  )

const newWorld = (): SimulatedWorld =>
  simulatedWorld(
    bundle.targets.map(({ id }) => ({ id, replicas: 2 })),
    7e9,
  )

/** So long after the last span everything has been judged. */
const endMs = 150_000
const turnMs = 500

/** Calls `turn` with what arrives in each half second. */
async function play(all: readonly Arrival[], clock: Clock, turn: (spans: readonly Span[]) => Promise<void> | void): Promise<void> {
  let from = 0
  for (let atMs = 0; atMs <= endMs; atMs += turnMs) {
    clock.now = begin + atMs * 1e6
    const to = all.findIndex(({ at }, i) => i >= from && at > clock.now)
    const until = to < 0 ? all.length : to
    const spans = all.slice(from, until).map(({ span }) => span)
    from = until
    await turn(spans)
  }
}

async function decidedAlone(all: readonly Arrival[], reload = false): Promise<readonly Decision[]> {
  const clock = { now: begin }
  let engine = createEngine({ bundle, latenessNs, startAt: begin })
  const world = newWorld()
  const decisions: Decision[] = []
  await play(all, clock, (spans) => {
    if (spans.length > 0) expect(engine.ingest(decodeInto(engine.table(), spans), clock.now).late).toBe(0)
    for (let at = engine.due(clock.now); at !== undefined; at = engine.due(clock.now)) {
      if (reload && at === reloadedAt) engine = createEngine({ bundle: reloaded, latenessNs, previous: engine })
      decisions.push(...step(engine, world, at).decisions)
    }
  })
  return decisions
}

async function decidedSplit(all: readonly Arrival[], samplers: number, reload = false): Promise<readonly Decision[]> {
  const clock = { now: begin }
  const places = Array.from({ length: samplers }, (_, i) => new SamplerPlace(clock, { name: `sampler ${i}` }))
  const modeler = modelerOf(bundle, places, clock)
  const { gathering, look } = modeler
  let { engine } = modeler
  const world = newWorld()
  const decisions: Decision[] = []
  await play(all, clock, async (spans) => {
    for (const [i, place] of places.entries()) place.take(spans.filter(({ trace }) => trace % samplers === i))
    look()
    const { watermark } = gathering
    if (watermark !== undefined) engine.reached(watermark)
    for (let at = engine.due(); at !== undefined; at = engine.due()) {
      if (reload && at === reloadedAt) {
        engine = createEngine({ bundle: reloaded, latenessNs, previous: engine, countedElsewhere: true })
        gathering.configure({ bundle: serialize(reloaded), latenessNs, layout: engine.layout })
      }
      const seen = world.at(at)
      const counted = await gathering.count(engine.begin(at, seen))
      expect(counted.missing).toBe(false)
      const result = engine.step(at, seen, counted)
      for (const decision of result.decisions) if (decision.outcome === 'scale' && world.apply(decision)) engine.acted(decision)
      decisions.push(...result.decisions)
    }
  })
  return decisions
}

describe('several samplers and one modeler', () => {
  it('decide what one process decides: the same numbers, the same exemplars, the same words', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 3 }), async (all, samplers) => {
        const alone = await decidedAlone(all)
        const split = await decidedSplit(all, samplers)
        expect(split.map((decision) => JSON.stringify(decision))).toEqual(alone.map((decision) => JSON.stringify(decision)))
        for (const { reason } of alone) seen.add(reason)
      }),
      { numRuns: 40 },
    )
    // The law would hold emptily where nothing is decided.
    for (const reason of ['ScaleUp', 'ScaleDown', 'Cooldown', 'Settling', 'Steady']) expect(seen).toContain(reason)
  })

  it('also over a reload', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (all) => {
        const alone = await decidedAlone(all, true)
        const split = await decidedSplit(all, 2, true)
        expect(split.map((decision) => JSON.stringify(decision))).toEqual(alone.map((decision) => JSON.stringify(decision)))
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })

  // Up to 512 spans of a tick are kept one by one, more as a histogram.
  it.each([
    ['both have a histogram', 2000, 0.5],
    ['both have few, and together many', 800, 0.5],
    ['one has a histogram and one few', 1000, 0.7],
  ])('also where %s', async (_, perTick, share) => {
    const all = Array.from({ length: 3 * perTick }, (_, i): Arrival => {
      const endMs = Math.floor((i * 5000) / perTick)
      const trace = 2 * (i + 1) + (i % 100 < share * 100 ? 0 : 1)
      return { at: begin + endMs * 1e6, span: { service: 'ads', operation: 'Get', endMs, durationMs: 1 + ((i * 7919) % 1500), id: i + 1, trace } }
    })
    expect(await decidedSplit(all, 2)).toEqual(await decidedAlone(all))
  })
})
