/** What a sampler that is cut off, dead, or started anew does to what the modeler knows. */
import { describe, expect, it } from 'vitest'
import { begin, bundleOf, modelerOf, SamplerPlace, type Span } from './place.ts'

const bundle = bundleOf(`
target deployment/ads { between 1 and 9 }
many: scale deployment/ads +1 when span(ads/Get).count > 150
few: scale deployment/ads -1 when span(ads/Get).count < 80
`)

let id = 0
/** `count` spans of each of two shards that end at `atMs`. */
function spansAt(atMs: number, count: number): Span[] {
  return Array.from({ length: 2 * count }, (_, i) => ({ service: 'ads', operation: 'Get', endMs: atMs, durationMs: 1, id: ++id, trace: 2 * id + (i % 2) }))
}

interface Judged {
  readonly s: number
  readonly many: string
  readonly few: string
}

/** Two samplers, a modeler, and half seconds of `perSecond` spans for each sampler. */
function scene(options: { readonly keepNs?: number; readonly maxOpenSpans?: number } = {}) {
  const clock = { now: begin }
  const places = [new SamplerPlace(clock, { ...options, name: 'a' }), new SamplerPlace(clock, { ...options, name: 'b' })] as const
  const modeler = modelerOf(bundle, places, clock)
  const { engine, gathering, look } = modeler
  const world = new Map([['deployment/ads', { desired: 2, ready: 2, version: '1', readySince: begin }]])
  const judged: Judged[] = []

  async function turn(): Promise<void> {
    const { watermark } = gathering
    if (watermark !== undefined) engine.reached(watermark)
    for (let at = engine.due(); at !== undefined; at = engine.due()) {
      const { outcomes } = engine.step(at, world, await gathering.count(engine.begin(at, world)))
      const truth = (name: string): string => {
        const found = outcomes.find(({ rule }) => rule === name)
        return found?.unknown ?? found?.truth ?? 'not judged'
      }
      judged.push({ s: (at - begin) / 1e9, many: truth('many'), few: truth('few') })
    }
  }

  async function until(s: number, perTick = 50): Promise<void> {
    for (let half = Math.round((clock.now - begin) / 0.5e9) + 1; half <= 2 * s; half++) {
      clock.now = begin + half * 0.5e9
      const spans = spansAt(half * 500 - 250, perTick / 10)
      for (const [i, place] of places.entries()) if (place.reachable) place.take(spans.filter(({ trace }) => trace % 2 === i))
      look()
      await turn()
    }
  }
  const at = (s: number): Judged | undefined => judged.find((step) => step.s === s)
  return { clock, places, ...modeler, until, judged, at }
}

describe('two samplers and a modeler', () => {
  it('add up: neither share alone would be enough', async () => {
    const { until, at } = scene()
    await until(30, 100)
    expect(at(15)).toEqual({ s: 15, many: 'true', few: 'false' })
  })

  it('do not know what a dead sampler would have counted: half of the spans are no reason to scale down', async () => {
    const { until, places, at, judged, gathering, messages } = scene()
    await until(20)
    expect(at(10)).toMatchObject({ many: 'false', few: 'false' })
    places[0].kill()
    await until(60)
    // The other sampler goes on with 50 spans a step, where both have 100.
    expect(judged.slice(2).map(({ s, many, few }) => `${s} ${many} ${few}`)).toEqual([15, 20, 25, 30, 35, 40, 45, 50].map((s) => `${s} stale stale`))
    expect(messages).toEqual(['sampler-0: the sampler says nothing: what it would have counted is unknown until it is back'])
    expect(gathering.samplers).toMatchObject([
      { state: 'silent', missedTicks: 8 },
      { state: 'connected', missedTicks: 0 },
    ])
  })

  it('go on when the sampler is back, with what was lost counted', async () => {
    const { until, places, at, gathering } = scene()
    await until(22)
    places[0].kill()
    await until(40)
    places[0].reachable = true
    await until(70)
    expect(at(30)).toMatchObject({ few: 'stale' })
    expect(at(50)).toEqual({ s: 50, many: 'false', few: 'false' })
    const [back] = gathering.samplers
    expect(back).toMatchObject({ state: 'connected', restarts: 1, instance: 'a, run 2' })
    expect(back?.lostSpans).toBeGreaterThan(0)
    // From the tick that was open when it died to the first whole one of the new run.
    expect(back?.missedTicks).toBe(6)
  })

  it('lose nothing when only the connection breaks for a while', async () => {
    const { until, places, judged, gathering } = scene()
    await until(21)
    places[0].cut()
    await until(21.5)
    places[0].reachable = true
    await until(60)
    expect(judged.filter(({ few }) => few !== 'false')).toEqual([])
    expect(gathering.samplers[0]).toMatchObject({ state: 'connected', missedTicks: 0, restarts: 0, lostSpans: 0 })
  })

  it('wait for a sampler that is a little late, and judge nothing meanwhile', async () => {
    const { until, places, judged } = scene()
    await until(30)
    places[0].cut()
    const { length } = judged
    await until(38)
    expect(judged.length).toBe(length)
  })
})

describe('two addresses of one sampler', () => {
  it('do not count its spans twice: the second is not used, and what it would say is unknown', async () => {
    const clock = { now: begin }
    const one = new SamplerPlace(clock)
    const { gathering, messages, look, engine } = modelerOf(bundle, [one, one], clock)
    expect(messages).toEqual(['sampler-1: the sampler is the one at sampler-0: its spans would be counted twice'])
    for (let half = 1; half <= 50; half++) {
      clock.now = begin + half * 0.5e9
      one.take(spansAt(half * 500 - 250, 5))
      look()
    }
    expect(gathering.samplers.map(({ state }) => state)).toEqual(['connected', 'silent'])
    engine.reached(gathering.watermark as number)
    const at = engine.due() as number
    expect((await gathering.count(engine.begin(at, new Map()))).missing).toBe(true)
  })
})

describe('a sampler', () => {
  it('forgets a modeler that does not come back', async () => {
    const { until, places, clock } = scene({ keepNs: 20e9 })
    await until(20)
    places[0].cut()
    expect(places[0].sessions.report).toMatchObject({ sessions: 1 })
    clock.now += 21e9
    places[0].sessions.look()
    expect(places[0].sessions.report).toMatchObject({ sessions: 0, openSpans: 0 })
  })

  it('gives up a modeler that lets more pile up than it keeps, and the modeler knows', async () => {
    const { clock, places } = scene({ maxOpenSpans: 100 })
    clock.now += 1e9
    places[0].take(spansAt(900, 101).filter(({ trace }) => trace % 2 === 0))
    expect(places[0].sessions.report).toEqual({ sessions: 0, openSpans: 0, givenUp: 1 })
  })
})
