import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fractionOf, rankOf } from '../../src/evaluate/rank.ts'
import { Bucketing, bucketStart, DenseSketch } from '../../src/evaluate/sketch.ts'
import { Bench, busy, compare, ms, rule, value } from './builders.ts'
import { nearestRank } from './reference.ts'

describe('the nearest rank', () => {
  it('is not misled by floating point', () => {
    expect(0.07 * 100).toBeGreaterThan(7)
    expect(rankOf(fractionOf(0.07), 100)).toBe(7)
    expect(rankOf(fractionOf(99.9 / 100), 1000)).toBe(999)
    expect(rankOf(fractionOf(0.99), 1)).toBe(1)
    expect(rankOf(fractionOf(1), 17)).toBe(17)
    expect(rankOf(fractionOf(0), 17)).toBe(1)
  })

  it('is the least rank that covers the share q, in whole numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 2 ** 40 }), (q, n) => {
        const rank = BigInt(rankOf(fractionOf(q / 10_000), n))
        expect(rank * 10_000n >= BigInt(q) * BigInt(n)).toBe(true)
        expect((rank - 1n) * 10_000n < BigInt(q) * BigInt(n)).toBe(true)
      }),
    )
  })
})

describe('buckets', () => {
  it('are within 0.8 % of every value, and in order', () => {
    const bucketing = new Bucketing()
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 52, noNaN: true }), (duration) => {
        const bucket = bucketing.bucketOf(duration)
        expect(bucketStart(bucket)).toBeLessThanOrEqual(duration)
        expect(bucketStart(bucket + 1)).toBeGreaterThan(duration)
        const middle = (bucketStart(bucket) + bucketStart(bucket + 1)) / 2
        expect(Math.abs(middle - duration) / duration).toBeLessThan(0.008)
      }),
    )
    expect(bucketing.bucketOf(0)).toBe(0)
  })

  it('give back what was taken away', () => {
    const sketch = new DenseSketch()
    for (const bucket of [700, 3, 1500, 700]) sketch.add(bucket, 2)
    sketch.add(3, -2)
    sketch.add(1500, -2)
    expect(sketch.bucketAt(1)).toBe(700)
    expect(sketch.bucketAt(4)).toBe(700)
    expect(() => sketch.bucketAt(5)).toThrow(RangeError)
  })
})

describe('a value from a sketch', () => {
  it('stays on the side of every threshold in its bucket', () => {
    const limits = [411, 412, 412.4, 412.6, 413, 414]
    const bench = new Bench(limits.map((limit) => rule(`over ${limit}`, compare(value(0.5), '>', ms(limit)))))
    bench.ingest(busy(5, 1_000, (i) => 410 + i / 200))
    const outcomes = bench.run()[0]?.outcomes ?? []
    expect(outcomes.map((outcome) => outcome.truth)).toEqual(['true', 'true', 'true', 'false', 'false', 'false'])
    const shown = new Set(outcomes.map((outcome) => outcome.because.left?.value as number))
    expect(shown.size).toBe(1)
    for (const found of shown) expect(found > ms(412.4) && found <= ms(412.6)).toBe(true)
    expect(outcomes[0]?.because.left?.approximate).toBe(true)
  })
})

describe('a quantile of many spans', () => {
  const operators = ['<', '<=', '>', '>=', '==', '!='] as const
  const durations = fc.array(fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(400, 400.000001)), { minLength: 1, maxLength: 1_500 })

  it('is decided exactly, and the value shown never contradicts the decision, over one step and over three', () => {
    fc.assert(
      fc.property(
        fc.array(durations, { minLength: 3, maxLength: 3 }),
        fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.999),
        fc.integer({ min: 1, max: 2_000 }),
        fc.constantFrom(5, 15),
        (steps, q, limit, over) => {
          const rules = operators.map((operator) => rule(operator, compare(value(q, { over }), operator, ms(limit))))
          // Another threshold on the same series: the counters of many rules are one set.
          rules.push(rule('other', compare(value(q, { over }), '>', ms(400))))
          const bench = new Bench(rules)
          bench.ingest(steps.flatMap((found, i) => busy((i + 1) * 5, found.length, (at) => found[at] as number)))
          bench.run().forEach(({ outcomes }, i) => {
            const window = over === 5 ? (steps[i] as number[]) : steps.slice(0, i + 1).flat()
            const exact = nearestRank(
              window.map((n) => Math.round(n * 1e6)).sort((a, b) => a - b),
              q,
            )
            const held = {
              '<': exact < ms(limit),
              '<=': exact <= ms(limit),
              '>': exact > ms(limit),
              '>=': exact >= ms(limit),
              '==': exact === ms(limit),
              '!=': exact !== ms(limit),
            }
            for (const operator of operators) {
              const outcome = outcomes.find((found) => found.rule === operator)
              expect(outcome?.truth).toBe(String(held[operator]))
              const shown = outcome?.because.left
              expect(Math.abs((shown?.value as number) - exact) / exact).toBeLessThan(0.01)
              expect(Math.sign((shown?.value as number) - ms(limit))).toBe(Math.sign(exact - ms(limit)))
              if (shown?.approximate === undefined) expect(shown?.value).toBe(exact)
              expect(shown?.spans).toBe(window.length)
            }
            expect(outcomes.at(-1)?.truth).toBe(String(exact > ms(400)))
          })
        },
      ),
      { numRuns: 40 },
    )
  })
})
