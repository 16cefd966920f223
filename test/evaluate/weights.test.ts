/** Weights are added up in whole numbers: what has come and gone leaves nothing behind. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampledTicks } from '../../src/evaluate/sampled-ticks.ts'
import { type Excess, ExcessTotals, excessOf, unitsOf, weightUnit } from '../../src/evaluate/weights.ts'

const thresholds = Float64Array.of(1000, 5e8)

/** Of traces with a weight each, and the values of their spans. */
function excess(traces: readonly { readonly weight: number; readonly values: readonly number[] }[]): Excess {
  const spans = traces.flatMap(({ weight, values }, trace) => values.map((value) => ({ weight, value, trace })))
  const columns = {
    values: Float64Array.from(spans, ({ value }) => value),
    status: Uint8Array.from(spans, ({ value }) => (value % 3 === 0 ? 2 : 0)),
    weight: Float64Array.from(spans, ({ weight }) => weight),
    traceStart: Uint32Array.from(spans, ({ trace }) => spans.findIndex((span) => span.trace === trace)),
    path: Float64Array.from(spans, ({ value }) => value * 2),
  }
  return excessOf(columns, Uint32Array.from(spans.keys()), spans.length, thresholds, 8)
}

const tick = fc
  .array(
    fc.record({
      weight: fc.double({ min: 1, max: 1e9, noNaN: true }),
      values: fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 5 }),
    }),
    { maxLength: 10 },
  )
  .map(excess)

describe('a weight', () => {
  it('is rounded by less than 8 millionths of it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (weight) => {
        expect(Math.abs(unitsOf(weight) / weightUnit - weight) / weight).toBeLessThan(8e-6)
      }),
    )
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, -1])('of %s is the fault of a sampler', (weight) => {
    expect(() => unitsOf(weight)).toThrow(RangeError)
  })
})

describe('running totals', () => {
  it('are those of what is in the window, to the last bit, however much has come and gone', () => {
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (ticks, length) => {
        const running = new ExcessTotals(2 * thresholds.length + 1)
        ticks.forEach((one, i) => {
          running.apply(one, 1)
          const gone = ticks[i - length]
          if (gone !== undefined) running.apply(gone, -1)
        })
        const fresh = new ExcessTotals(2 * thresholds.length + 1)
        // In another order: that must not show either.
        for (const one of ticks.slice(-length).toReversed()) fresh.apply(one, 1)
        expect(running).toEqual(fresh)
      }),
    )
  })

  it('are nothing where every weight is 1 and every trace has one span', () => {
    const { spans, errors, sum, path, squares, slots } = excess([1, 2, 3].map((value) => ({ weight: 1, values: [value] })))
    expect({ spans, errors, sum, path, squares, slots }).toEqual({ spans: 0, errors: 0, sum: 0n, path: 0n, squares: 0n, slots: [0, 0, 0, 0, 0] })
  })

  it('take a trace for one draw, however many spans it has', () => {
    // (2·3)² less 3 spans.
    expect(excess([{ weight: 2, values: [1, 2, 3] }]).squares).toBe(33n * BigInt(weightUnit) ** 2n)
  })
})

describe('sampled ticks', () => {
  const note = (ticks: SampledTicks, at: number, ...weights: readonly number[]): boolean => ticks.note(at, Float64Array.from(weights), weights.length)

  it('are those in which a trace was left out or stands for others', () => {
    const ticks = new SampledTicks(100)
    expect([note(ticks, 5, 1, 1), note(ticks, 10, 1, 20), note(ticks, 15, 1, 3), note(ticks, 20, 1)]).toEqual([false, true, true, false])
    expect([0, 9, 10, 15].map((from) => ticks.heaviestSince(from))).toEqual([20, 20, 3, undefined])
  })

  it('are as coarse as the last where all that stand for others were left out', () => {
    const ticks = new SampledTicks(100)
    note(ticks, 5, 0, 1)
    expect(ticks.heaviestSince(0)).toBe(Number.POSITIVE_INFINITY)
    note(ticks, 10, 50)
    note(ticks, 15, 0)
    expect([ticks.heaviestSince(5), ticks.heaviestSince(10)]).toEqual([50, 50])
  })

  it('are forgotten when no window reaches so far back, but for the last', () => {
    const ticks = new SampledTicks(10)
    note(ticks, 5, 90)
    note(ticks, 20, 80)
    expect(ticks.heaviestSince(0)).toBe(80)
  })
})
