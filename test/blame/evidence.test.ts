/** What traces say of a decision, by example: rules in the language, traces that an engine decides. */
import { describe, expect, it } from 'vitest'
import { DecisionEvidence } from '../../src/blame/index.ts'
import { type Bundle, compile } from '../../src/bundle/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import type { BlameEvidence, RankedEvidence } from '../../src/explain/index.ts'
import type { Decision } from '../../src/plan/index.ts'
import { simulatedWorld, step } from '../../src/recordings/index.ts'
import { decodeRequest } from '../../src/spans/index.ts'
import { type Call, type Load, requestsOf, start } from './calls.ts'

function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return bundle
}

const page = (cart: number, gap = 2): Call => ({
  service: 'frontend',
  operation: 'GET /',
  self: 5,
  calls: [
    { service: 'cart', operation: 'Get', self: cart, gap },
    { service: 'ads', operation: 'List', self: 4, gap: 2 },
  ],
})

/** Five pages a second for two minutes; from the 60th second on the cart takes 300 ms. */
const slowCart: readonly Load[] = [
  { from: 0, every: 200, count: 300, call: (i) => page(10 + (i % 5)) },
  { from: 60_000, every: 200, count: 300, call: (i) => page(300 + (i % 5)) },
]

const cartRule = 'target deployment/cart { between 1 and 9 }\ncart-slow: scale deployment/cart +1 when span(cart/Get).own.p95 > 100ms 2 times in 15s'

interface Seen {
  readonly decision: Decision
  readonly blame: BlameEvidence | undefined
}

interface Drive {
  /** Requests that are taken before the clock is looked at. */
  readonly batch?: number
  readonly readyAfterNs?: number
  /** Swapped at the 30th second. */
  readonly reload?: Bundle
}

/** Everything but steady decisions, with what traces say of it. */
function driven(text: string, loads: readonly Load[], { batch = 1, readyAfterNs = 30e9, reload }: Drive = {}): Seen[] {
  let bundle = bundleOf(text)
  let evidence = new DecisionEvidence(bundle)
  const traces = { onDecided: evidence.decided }
  let engine = createEngine({ bundle, traces })
  const world = simulatedWorld(
    (reload ?? bundle).targets.map(({ id }) => ({ id, replicas: 2 })),
    readyAfterNs,
  )
  const seen: Seen[] = []
  const take = (drain: boolean): void => {
    for (let at = engine.due(undefined, drain); at !== undefined; at = engine.due(undefined, drain)) {
      const { decisions } = step(engine, world, at)
      evidence.stepped(decisions)
      for (const decision of decisions) if (decision.outcome !== 'steady') seen.push({ decision, blame: evidence.of(decision) })
    }
  }
  const requests = requestsOf(loads)
  for (let from = 0; from < requests.length; from += batch) {
    const table = engine.table()
    for (const request of requests.slice(from, from + batch)) {
      table.clear()
      decodeRequest(request, table)
      engine.ingest(table)
    }
    take(false)
    if (reload === undefined || bundle === reload || from < 150) continue
    bundle = reload
    evidence = new DecisionEvidence(bundle, { previous: evidence })
    engine = createEngine({ bundle, traces: { onDecided: evidence.decided }, previous: engine })
  }
  take(true)
  return seen
}

/** Of the first decision; a test fails where it has no ranking. */
function first(seen: readonly Seen[]): RankedEvidence {
  const blame = seen[0]?.blame
  if (blame === undefined || 'missing' in blame) throw new Error(`no ranking: ${JSON.stringify(blame)}`)
  return blame
}

const clock = (ms: number): string => new Date(start + ms).toISOString()

describe('what traces say of a decision', () => {
  it('names the service at fault, and what its caller has to do with it', () => {
    const seen = driven(cartRule, slowCart)
    expect(seen[0]?.decision).toMatchObject({ target: 'deployment/cart', outcome: 'scale', reason: 'ScaleUp' })
    const { why, sureness, services, note, hint, confidence } = first(seen)
    expect(sureness).toBe('clear')
    expect(why).toMatch(
      /^cart is at fault, and not frontend, which calls it: it added 2\d\dms to a trace, all that services added, nearly all of it in its own work; frontend took 29\dms longer at p99, but added nothing itself\.$/,
    )
    expect(services.map(({ service }) => service)).toEqual(['cart', 'ads', 'frontend'])
    expect(services[0]).toMatchObject({ share: 1, gap: 0 })
    expect({ note, hint }).toEqual({})
    expect(confidence).toMatchObject({ agreement: 1, resamples: 40 })
  })

  it('compares what the rules counted with what was before they could begin to count', () => {
    const seen = driven(cartRule, slowCart)
    const at = (seen[0]?.decision.at ?? 0) / 1e6 - start
    const { window, baseline } = first(seen)
    // Two steps of 5 s; what is a step older the rule may have counted, too.
    expect(window).toMatchObject({ from: clock(at - 10_000), to: clock(at) })
    expect(baseline).toMatchObject({ to: clock(at - 15_000) })
    expect(window.traces).toBeGreaterThan(40)
    expect(baseline.traces).toBeGreaterThan(200)
  })

  it('draws the worst trace that the rule counted, and a typical one', () => {
    const seen = driven(cartRule, slowCart)
    const { exemplars } = first(seen)
    expect(exemplars.map(({ what }) => what)).toEqual(['the worst that cart-slow counted', 'of those in which cart took long'])
    expect(seen[0]?.decision.rules[0]?.because.of?.[0]?.traceIds ?? seen[0]?.decision.rules[0]?.because.traceIds).toContain(exemplars[0]?.traceId)
    expect(exemplars[0]?.waterfall[2]).toMatch(/^\* {2}cart\/Get +·█+· +304ms +304ms +2ms$/)
    for (const { waterfall } of exemplars) for (const line of waterfall) expect(line.length).toBeLessThanOrEqual(96)
  })

  it('is the same however the spans came', () => {
    const one = driven(cartRule, slowCart)
    expect(driven(cartRule, slowCart, { batch: 10 })).toEqual(one)
    expect(driven(cartRule, slowCart)).toEqual(one)
  })

  it('goes on comparing with what was before the trouble while the trouble lasts', () => {
    const rankings = driven(cartRule, slowCart, { readyAfterNs: 5e9 }).flatMap(({ decision, blame }) =>
      decision.outcome === 'scale' && blame !== undefined && !('missing' in blame) ? [blame] : [],
    )
    expect(rankings.length).toBeGreaterThan(2)
    expect(new Set(rankings.map(({ baseline }) => baseline.to)).size).toBe(1)
    for (const { services } of rankings) expect(services[0]).toMatchObject({ service: 'cart' })
  })

  it('says that a rule on plain latency looks at the wrong service', () => {
    const seen = driven(
      `target deployment/frontend { between 1 and 9 }
target deployment/cart { between 1 and 9 }
pages-slow: scale deployment/frontend +1 when span(frontend/"GET /").p99 > 200ms 4 times in 60s
cart-slow: scale deployment/cart +1 when span(cart/Get).own.p95 > 900ms`,
      slowCart,
    )
    expect(seen[0]?.decision.target).toBe('deployment/frontend')
    expect(first(seen).note).toBe('pages-slow looks at frontend only: unless deployment/frontend is what runs cart, more of it may not help.')
  })

  it('has a hint where all is lost on the way', () => {
    const far: readonly Load[] = [slowCart[0] as Load, { from: 60_000, every: 200, count: 300, call: () => page(10, 400) }]
    const { why, hint } = first(driven(cartRule, far))
    expect(why).toContain('nearly all of it between its callers and it')
    expect(hint).toContain('replicas seldom cure network delay')
  })

  it('outlives a reload', () => {
    const changed = bundleOf(`${cartRule}\nads-slow: scale deployment/ads +1 when span(ads/List).own.p95 > 1s`)
    const { baseline } = first(driven(cartRule, slowCart, { reload: changed }))
    expect(baseline).toEqual(first(driven(cartRule, slowCart)).baseline)
  })
})

describe('what it cannot say', () => {
  it('is why: there is no baseline', () => {
    const [, slow] = slowCart
    const [seen] = driven(cartRule, [slow as Load])
    expect(seen?.decision.outcome).toBe('scale')
    expect(seen?.blame).toEqual({ missing: 'there is no trace from before the trouble to compare with; 10 are needed' })
  })

  it('is why: traces are put together elsewhere', () => {
    const [seen] = driven(cartRule, slowCart)
    const evidence = new DecisionEvidence(bundleOf(cartRule))
    expect(evidence.of(seen?.decision as Decision)).toEqual({ missing: 'no trace has been put together here yet' })
  })

  it('is why: too few traces in the window', () => {
    const rare: readonly Load[] = [slowCart[0] as Load, { from: 80_000, every: 4000, count: 20, call: () => page(300) }]
    const [seen] = driven(cartRule, rare)
    expect(seen?.decision.outcome).toBe('scale')
    expect(seen?.blame).toEqual({
      missing: expect.stringMatching(/^[2-4] traces only through what these rules read ended in the 15s that they look at; 10 are needed to compare$/),
    })
  })

  it('is left out where nobody asks for more, and where no rule needs traces', () => {
    const down = 'target deployment/cart { between 1 and 9 }\ncart-idle: scale deployment/cart -1 when span(cart/Get).own.p95 < 100ms 2 times in 15s'
    const [seen] = driven(down, slowCart)
    expect(seen?.decision.reason).toBe('ScaleDownStabilized')
    expect(seen?.blame).toBeUndefined()
    const plain = 'target deployment/cart { between 1 and 9 }\ncart-slow: scale deployment/cart +1 when span(cart/Get).p95 > 100ms 2 times in 15s'
    const [other] = driven(plain, slowCart)
    expect(other?.decision.reason).toBe('ScaleUp')
    expect(other?.blame).toBeUndefined()
  })
})
