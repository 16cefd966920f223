import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBufferPool } from '../../src/daemon/receivers/pool.ts'

const large = 100_000

describe('the buffer pool', () => {
  it('gives the same memory again', () => {
    const pool = createBufferPool(2 ** 20)
    const first = pool.take(large)
    pool.give(first)
    const second = pool.take(large + 1)
    expect(second.buffer).toBe(first.buffer)
    expect([first.length, second.length]).toEqual([large, large + 1])
  })

  it('keeps no more than it may', () => {
    const pool = createBufferPool(2 ** 17)
    const [a, b] = [pool.take(large), pool.take(large)]
    pool.give(a)
    pool.give(b)
    expect(pool.take(large).buffer).toBe(a.buffer)
    expect(pool.take(large).buffer).not.toBe(b.buffer)
  })

  it('never has two users of one memory', () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat({ max: 200_000 }), fc.constant('give' as const)), { maxLength: 50 }), (steps) => {
        const pool = createBufferPool(2 ** 18)
        const taken: Buffer[] = []
        for (const step of steps) {
          if (step === 'give') {
            const buffer = taken.shift()
            if (buffer !== undefined) pool.give(buffer)
          } else {
            const buffer = pool.take(step)
            expect(buffer.length).toBe(step)
            // Small ones share a slab of Node's, each its own part.
            for (const other of taken)
              if (other.buffer === buffer.buffer)
                expect(other.byteOffset + other.length <= buffer.byteOffset || buffer.byteOffset + buffer.length <= other.byteOffset).toBe(true)
            taken.push(buffer)
          }
        }
      }),
    ))
})
