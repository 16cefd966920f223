/** Made-up incidents, each with one service at fault that plain latency does not name. */
import { describe, expect, it } from 'vitest'
import { type BlameReport, blame, seededRandom, type TraceLog, verdict } from '../../src/blame/index.ts'
import { between, type Call, type Load, logOf } from './calls.ts'

const minute = 60_000

/** Times vary by up to ±20 % and one in fifty is ten times as long. */
function noise(seed: number): (ms: number) => number {
  const random = seededRandom(seed)
  return (ms) => ms * (0.8 + 0.4 * random()) * (random() < 0.02 ? 10 : 1)
}

/** A minute of `before` and a minute of `after`. */
function incident(before: () => Call, after: () => Call, counts: readonly [number, number] = [200, 200]): TraceLog {
  const load = (from: number, call: () => Call, count: number): Load => ({ from, every: minute / count, count, call })
  return logOf([load(0, before, counts[0]), load(minute, after, counts[1])])
}

function judged(log: TraceLog): BlameReport {
  return blame(log, between(0, minute), between(minute, 2 * minute), { random: seededRandom(7), resamples: 50 })
}

/** Who comes first by a signal. */
function firstBy({ services }: BlameReport, signal: 'plain' | 'self' | 'own' | 'critical'): string {
  return services.reduce((a, b) => ((b[signal] ?? 0) > (a[signal] ?? 0) ? b : a)).service
}

interface Shop {
  readonly cartSelf?: number
  readonly cartGap?: number
  readonly checkoutSelf?: number
  readonly checkoutCalls?: number
}

/** A front page that asks the cart twice, and a checkout that asks three services. */
function shop(seed: number, { cartSelf = 5, cartGap = 2, checkoutSelf = 4, checkoutCalls = 0 }: Shop = {}): () => Call {
  const vary = noise(seed)
  const cart = (): Call => ({ service: 'cart', operation: 'Get', self: vary(cartSelf), gap: vary(cartGap) })
  return () => ({
    service: 'frontend',
    operation: 'GET /',
    self: vary(3),
    calls: [
      cart(),
      { service: 'catalog', operation: 'List', self: vary(8), gap: vary(2) },
      cart(),
      {
        service: 'checkout',
        operation: 'Place',
        self: vary(checkoutSelf),
        gap: vary(2),
        calls: ['payment', 'shipping', 'mail'].map((name) => ({ service: name, operation: 'Do', self: vary(4), gap: vary(2) + vary(checkoutCalls) })),
      },
    ],
  })
}

describe('who is at fault', () => {
  it('is the callee that is short of CPU: requests wait before it and take longer in it', () => {
    const report = judged(incident(shop(1), shop(2, { cartSelf: 40, cartGap: 30 })))
    expect(firstBy(report, 'plain')).toBe('frontend')
    expect(verdict(report)).toMatchObject({ sureness: 'clear', service: 'cart', hint: undefined })
    expect(verdict(report).sentence).toContain('Plain p99 would have named frontend')
    expect(report.services[0]?.share).toBeGreaterThan(0.95)
  })

  it('is the callee behind a slow network, where replicas do not help', () => {
    const report = judged(incident(shop(1), shop(2, { cartGap: 200 })))
    expect(firstBy(report, 'plain')).toBe('frontend')
    expect(firstBy(report, 'self')).not.toBe('cart')
    expect(verdict(report)).toMatchObject({ sureness: 'clear', service: 'cart' })
    expect(verdict(report).hint).toContain('replicas seldom cure network delay')
  })

  it('is a starved caller, and not the services that it calls, all of which look slower from there', () => {
    const report = judged(incident(shop(1), shop(2, { checkoutCalls: 30 })))
    expect(['payment', 'shipping', 'mail']).toContain(firstBy(report, 'critical'))
    expect(['payment', 'shipping', 'mail']).toContain(firstBy(report, 'own'))
    expect(verdict(report)).toMatchObject({ sureness: 'clear', service: 'checkout' })
    expect(verdict(report).sentence).toContain('in its calls to others (all took longer)')
  })

  it('is the only caller that sees its only callee slower', () => {
    const call = (seed: number, wait: number) => {
      const vary = noise(seed)
      const catalog = (gap: number): Call => ({ service: 'catalog', operation: 'List', self: vary(4), gap: vary(gap) })
      return (): Call => ({
        service: 'frontend',
        operation: 'GET /',
        self: vary(3),
        calls: [catalog(2), { service: 'recommendation', operation: 'List', self: vary(2), gap: vary(wait), calls: [catalog(wait)] }],
      })
    }
    const report = judged(incident(call(1, 2), call(2, 60)))
    expect(report.services[0]?.service).toBe('recommendation')
    expect(report.services[0]?.share).toBeGreaterThan(0.9)
  })

  it('is a callee that takes far longer than its caller waits', () => {
    const call = (seed: number, ads: number, cart: number) => {
      const vary = noise(seed)
      return (): Call => ({
        service: 'frontend',
        operation: 'GET /',
        self: vary(3),
        calls: [
          { service: 'ads', operation: 'Get', self: vary(ads), gap: 2, timeout: 100 },
          { service: 'cart', operation: 'Get', self: vary(cart), gap: vary(2) },
        ],
      })
    }
    const report = judged(incident(call(1, 20, 5), call(2, 2000, 95)))
    // The caller sees 80 ms more of the ads and 90 ms more of the cart.
    expect(firstBy(report, 'critical')).toBe('cart')
    expect(report.services[0]?.service).toBe('ads')
  })

  it('stays when clients that wait send a tenth of the traffic', () => {
    const report = judged(incident(shop(1), shop(2, { cartGap: 200 }), [400, 40]))
    expect(verdict(report)).toMatchObject({ sureness: 'clear', service: 'cart' })
  })

  it('stays when requests of another kind come', () => {
    const vary = noise(3)
    const slowByNature = (): Call => ({
      service: 'frontend',
      operation: 'GET /report',
      self: vary(3),
      calls: [{ service: 'reports', operation: 'Make', self: vary(400), gap: 2 }],
    })
    const mixed = shop(2, { cartGap: 40 })
    let n = 0
    const report = judged(incident(shop(1), () => (n++ % 4 === 0 ? slowByNature() : mixed())))
    expect(firstBy(report, 'critical')).toBe('reports')
    expect(report.services[0]?.service).toBe('cart')
  })

  it('is told of a way that nobody went before', () => {
    const vary = noise(3)
    const other = (): Call => ({
      service: 'frontend',
      operation: 'GET /',
      self: vary(3),
      calls: [{ service: 'catalog', operation: 'List', self: vary(8), gap: vary(2) }],
    })
    const report = judged(incident(other, shop(2, { cartGap: 300 })))
    expect(report.services[0]?.service).toBe('cart')
  })
})

describe('how sure it is', () => {
  it('is not sure of a few traces', () => {
    const report = judged(incident(shop(1), shop(2, { cartSelf: 50 }), [3, 3]))
    expect(report.services[0]?.service).toBe('cart')
    expect(verdict(report).sureness).toBe('unclear')
  })

  it('says of few traces that they are few', () => {
    const report = judged(incident(shop(1), shop(2), [4, 5]))
    const { sureness, sentence } = verdict(report)
    expect(sureness).toBe('unclear')
    expect(sentence).toMatch(/unclear which service.*may be chance.*4 traces before and 5 after are few/s)
  })

  it('is not sure where nothing happened', () => {
    for (const seed of [10, 20, 30]) {
      const report = judged(incident(shop(seed), shop(seed + 1)))
      expect(verdict(report).sureness).not.toBe('clear')
    }
  })

  it('knows that nothing became slower, and that there is nothing to compare', () => {
    const same = incident(
      () => shop(1)(),
      () => shop(1)(),
    )
    expect(verdict(judged(same))).toMatchObject({ sureness: 'nothing', service: undefined })
    const empty = blame(same, between(-minute, 0), between(0, minute), { random: seededRandom(1) })
    expect(verdict(empty)).toMatchObject({ sureness: 'empty', sentence: 'No trace began in the baseline: there is nothing to compare.' })
    expect(empty.services).toEqual([])
  })

  it('says the same every time', () => {
    const log = incident(shop(1), shop(2, { cartSelf: 8 }))
    expect(judged(log)).toEqual(judged(log))
  })
})
