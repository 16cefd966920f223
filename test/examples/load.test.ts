import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { arrivals, quantile, seeded, startLoad } from '../../examples/boutique/demo/load.ts'

const phases = [
  { name: 'calm', seconds: 100, perSecond: 10 },
  { name: 'surge', seconds: 100, perSecond: 40 },
]

describe('arrivals', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(arrivals(phases, seeded(1))).toEqual(arrivals(phases, seeded(1)))
    expect(arrivals(phases, seeded(1))).not.toEqual(arrivals(phases, seeded(2)))
  })

  it('rise, stay within the phases and keep their rates within six standard deviations', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const due = arrivals(phases, seeded(seed))
        expect(due).toEqual([...due].sort((a, b) => a - b))
        const calm = due.filter((t) => t < 100).length
        expect(Math.abs(calm - 1000)).toBeLessThan(6 * Math.sqrt(1000))
        expect(Math.abs(due.length - calm - 4000)).toBeLessThan(6 * Math.sqrt(4000))
        expect(due.at(-1)).toBeLessThan(200)
      }),
    )
  })
})

describe('quantile', () => {
  it('is the value at rank ⌈q·n⌉', () => {
    const values = Array.from({ length: 200 }, (_, i) => 200 - i)
    expect(quantile(values, 0.99)).toBe(198)
    expect(quantile(values, 0.5)).toBe(100)
    expect(quantile([7], 0.99)).toBe(7)
    expect(quantile([], 0.99)).toBeUndefined()
  })
})

describe('the load', () => {
  let server: Server | undefined
  afterEach(() => server?.close())
  const serve = (handle: (n: number, end: (status: number) => void) => void): Promise<string> => {
    let n = 0
    const listener = createServer((_, response) => handle(n++, (status) => response.writeHead(status).end('{}')))
    server = listener
    return new Promise((resolve) => {
      listener.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`))
    })
  }

  it('does not wait for slow answers before it sends the next request', async () => {
    const held: (() => void)[] = []
    const burst = [{ name: 'burst', seconds: 0.2, perSecond: 100 }]
    const expected = arrivals(burst, seeded(3)).length
    // Nothing is answered before everything has arrived: a closed loop would never get there.
    const base = await serve((n, end) => {
      held.push(() => end(200))
      if (n === expected - 1) for (const release of held) release()
    })
    const load = startLoad(base, burst, 3)
    await load.done
    expect(load.samples).toHaveLength(expected)
    expect(load.samples.every((s) => s.ok)).toBe(true)
  })

  it('counts an error answer and a refused connection as failed', async () => {
    const short = [{ name: 'short', seconds: 0.1, perSecond: 50 }]
    const base = await serve((n, end) => end(n === 0 ? 500 : 200))
    const load = startLoad(base, short, 5)
    await load.done
    expect(load.samples.filter((s) => !s.ok)).toHaveLength(1)
    await new Promise((resolve) => server?.close(resolve))
    const refused = startLoad(base, short, 5)
    await refused.done
    expect(refused.samples.length).toBeGreaterThan(0)
    expect(refused.samples.some((s) => s.ok)).toBe(false)
  })
})
