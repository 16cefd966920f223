import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SampledTrace } from '../../../src/daemon/rpc/messages.ts'
import { createRing } from '../../../src/daemon/split/ring.ts'

const trace = (n: number): Omit<SampledTrace, 'cursor'> => ({
  traceId: Buffer.alloc(16, n),
  weight: 1,
  threshold: '0',
  lane: 'all',
  score: 0,
  anomalous: false,
  scored: false,
  cluster: 0,
  start: n,
  end: n,
  spans: 1,
  root: { service: 'a', operation: 'b', duration: 1, error: false },
  decided: n,
})

describe('the ring of sampled traces', () => {
  it('gives what follows a cursor', () => {
    const ring = createRing(10)
    for (let n = 1; n <= 5; n++) ring.push(trace(n))
    const { replies, after } = ring.read(3, 10)
    expect([replies.map((reply) => reply.trace?.cursor), after]).toEqual([[4, 5], 5])
    expect(ring.read(5, 10)).toEqual({ replies: [], after: 5 })
  })

  it('tells who was away for too long how much was lost, and goes on with the oldest that is there', () => {
    const ring = createRing(10)
    for (let n = 1; n <= 40; n++) ring.push(trace(n))
    const { replies } = ring.read(3, 100)
    expect(replies[0]).toEqual({ lost: { traces: 27 } })
    expect(replies.slice(1).map((reply) => reply.trace?.cursor)).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39, 40])
    expect(ring.lost).toBe(27)
  })

  it('gives every trace once, or counts it as lost, however slowly it is read', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.record({ push: fc.nat(30), read: fc.integer({ min: 0, max: 15 }) }), { maxLength: 40 }),
        (capacity, turns) => {
          const ring = createRing(capacity)
          let pushed = 0
          let after = 0
          const seen: number[] = []
          let lost = 0
          const read = (limit: number): void => {
            const next = ring.read(after, limit)
            after = next.after
            for (const reply of next.replies) {
              if (reply.lost !== undefined) lost += reply.lost.traces
              if (reply.trace !== undefined) seen.push(reply.trace.cursor)
            }
          }
          for (const turn of turns) {
            for (let i = 0; i < turn.push; i++) ring.push(trace(++pushed))
            if (turn.read > 0) read(turn.read)
          }
          read(1000)
          expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
          expect(seen.length + lost).toBe(pushed)
        },
      ),
    )
  })
})
