import { describe, expect, it } from 'vitest'
import { findChange, leastStrength, seededRandom } from '../../src/blame/index.ts'
import { type Call, logOf, start } from './calls.ts'

/** Two kinds of requests by turns, one of them slow by nature; the cart is slow from `from` to `to` seconds of 120, reports are until `cold`. */
function log(from: number, to: number, count = 240, cold = 0) {
  const random = seededRandom(5)
  const vary = (ms: number): number => ms * (0.7 + 0.6 * random())
  return logOf([
    {
      from: 0,
      every: 120_000 / count,
      count,
      call: (i): Call => {
        const at = (i * 120) / count
        const slow = at >= from && at < to
        const cart: Call = { service: 'cart', operation: 'Get', self: vary(10), gap: vary(slow ? 40 : 2) }
        const report: Call = { service: 'reports', operation: 'Make', self: vary(at < cold ? 1500 : 500), gap: 2 }
        return { service: 'frontend', operation: i % 2 === 0 ? 'GET /' : 'GET /report', self: vary(3), calls: i % 2 === 0 ? [cart] : [report, cart] }
      },
    },
  ])
}

const seconds = (ns: number): number => ns / 1e9 - start / 1e3

describe('where the trouble is', () => {
  it('is the stretch in which a service took longer, and what came before is the baseline', () => {
    const change = findChange(log(60, 90))
    expect(change?.service).toBe('cart')
    expect(change?.strength).toBeGreaterThan(leastStrength)
    expect(seconds(change?.window.from ?? 0)).toBeCloseTo(60, -0.7)
    expect(seconds(change?.window.to ?? 0)).toBeCloseTo(90, -0.7)
    expect(change?.baseline.to).toBe(change?.window.from)
  })

  it('is compared with what came after where nothing came before', () => {
    const change = findChange(log(0, 40))
    expect(seconds(change?.window.from ?? 0)).toBeCloseTo(0, -0.7)
    expect(change?.baseline.from).toBe(change?.window.to)
  })

  it('is not how the recording starts, where something came later', () => {
    // Reports took a second longer at first, the cart does 40 ms later.
    const change = findChange(log(60, 90, 240, 30))
    expect(change?.service).toBe('cart')
    expect(seconds(change?.window.from ?? 0)).toBeCloseTo(60, -0.7)
    expect(change?.baseline.to).toBe(change?.window.from)
    expect(findChange(log(1000, 1000, 240, 30))?.service).toBe('reports')
  })

  it('reaches to the end where it has not ended', () => {
    const change = findChange(log(80, 1000))
    expect(seconds(change?.window.from ?? 0)).toBeCloseTo(80, -0.7)
    expect(seconds(change?.window.to ?? 0)).toBeGreaterThan(118)
  })

  it('is weak where nothing happened, and nowhere in a handful of traces', () => {
    expect(findChange(log(1000, 1000))?.strength ?? 0).toBeLessThan(leastStrength)
    expect(findChange(log(0, 60, 12))).toBeUndefined()
  })
})
