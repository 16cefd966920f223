import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addedBy, type Charge, charge, nothing } from '../../src/blame/charge.ts'
import { type Cell, Comparison, type Shift, tracesOf } from '../../src/blame/comparison.ts'
import { blame, noRow, seededRandom, TraceLog, verdict } from '../../src/blame/index.ts'
import { createAssembler, createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'
import { encodeRequest, service } from '../support/otlp.ts'
import { between, type Call, logOf, start } from './calls.ts'

/** Gaps of the calls to the cart, a trace a second: those before the tenth second, and those after. */
function logWith(before: readonly number[], after: readonly number[]): TraceLog {
  const call =
    (gaps: readonly number[]) =>
    (i: number): Call => ({
      service: 'frontend',
      operation: 'GET /',
      self: 2,
      calls: [{ service: 'cart', operation: 'Get', self: 4, gap: gaps[i] as number }],
    })
  return logOf([
    { from: 0, every: 100, count: before.length, call: call(before) },
    { from: 10_000, every: 100, count: after.length, call: call(after) },
  ])
}

function compared(log: TraceLog): Comparison {
  return new Comparison(log, tracesOf(log, between(0, 10_000)), tracesOf(log, between(10_000, 20_000)))
}

/** Without queues. */
function charged(cells: readonly Cell[], shifts: readonly Pick<Shift, 'before' | 'after' | 'rise' | 'delta'>[], traces: number): Map<number, Charge> {
  return charge(
    { cells, behind: new Map() },
    shifts.map((shift) => ({ calls: shift.after, mean: 100, ...shift })),
    traces,
  )
}

/** Even, so that halves are whole nanoseconds. */
const gaps = fc.array(
  fc.integer({ min: 1, max: 12 }).map((n) => n * 2),
  { minLength: 1, maxLength: 20 },
)

describe('a comparison', () => {
  it('knows by how much calls rose, and how many of them, as counting all pairs does', () => {
    fc.assert(
      fc.property(gaps, gaps, (before, after) => {
        const comparison = compared(logWith(before, after))
        const times = comparison.asRecorded
        const cell = comparison.cells.findIndex(({ kind }) => kind === 'gap')
        const shift = comparison.shifts(times.before, times.after)[cell]
        const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length
        const wins = after.flatMap((a) => before.map((b) => Math.sign(a - b))).reduce((a, b) => a + b, 0)
        expect(shift).toMatchObject({ before: before.length, after: after.length })
        expect(shift?.delta).toBeCloseTo(wins / (before.length * after.length), 12)
        expect(shift?.rise).toBeCloseTo((mean(after) - mean(before)) * 1e6, 0)
      }),
      { numRuns: 50 },
    )
  })

  it('counts a trace as often as it is drawn', () => {
    const comparison = compared(logWith([2, 10], [20, 4]))
    const cell = comparison.cells.findIndex(({ kind }) => kind === 'gap')
    const shift = comparison.shifts(Uint32Array.of(0, 3, 0, 0), Uint32Array.of(0, 0, 1, 1))[cell]
    expect(shift).toMatchObject({ before: 3, after: 2, rise: 2e6, delta: 0 })
  })

  it('counts a trace for as many as it stands for', () => {
    const log = logWith([2, 10], [20, 4])
    log.weight.set([3, 1, 1, 1])
    const comparison = compared(log)
    const cell = comparison.cells.findIndex(({ kind }) => kind === 'gap')
    const { before, after } = comparison.asRecorded
    // Mean (3 · 2 + 10) ÷ 4 before, and of four pairs before three are with the short one; as sure as (3 + 1)² ÷ (9 + 1) calls of one weight.
    expect(comparison.shifts(before, after)[cell]).toMatchObject({ before: 1.6, after: 2, calls: 2, mean: 4e6, rise: 8e6, delta: 0.75 })
    // Weights are relative: of traces that all stand for five the ranking is the same.
    const ranked = (of: TraceLog) => blame(of, between(0, 10_000), between(10_000, 20_000), { random: seededRandom(1), resamples: 10 })
    const [one, five] = [logWith([2, 4, 2, 6], [20, 30, 24, 28]), logWith([2, 4, 2, 6], [20, 30, 24, 28])]
    five.weight.fill(5, 0, five.traces)
    expect(ranked(five).services.map(({ spans, ...rest }) => ({ ...rest, spans: spans / 5 }))).toEqual(ranked(one).services)
    // What is only there to be shown is no trace.
    five.weight.fill(0, 0, five.traces)
    expect(ranked(five)).toMatchObject({ tracesBefore: 0, tracesAfter: 0, services: [] })
  })
})

describe('a charge', () => {
  const cart = { kind: 'self', service: 1, caller: 1, operation: 2 } as const

  it('is what most calls rose by, not what a few did', () => {
    const of = (delta: number, count: number): number => {
      const charges = charged([cart], [{ before: count, after: count, rise: 100, delta }], count)
      return addedBy(charges.get(1) ?? nothing)
    }
    expect(of(1, 1000)).toBeGreaterThan(99)
    expect(of(0.05, 1000)).toBeLessThan(5)
    expect(of(1, 2)).toBeLessThan(of(1, 20))
    expect(of(-0.5, 1000)).toBe(0)
  })

  it('grows with the rise and with the calls of a trace, and is never negative', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        (rise, delta, calls) => {
          const of = (shiftRise: number, traces: number): number =>
            addedBy(charged([cart], [{ before: 50, after: calls, rise: shiftRise, delta }], traces).get(1) ?? nothing)
          expect(of(rise, 10)).toBeGreaterThanOrEqual(0)
          expect(of(Math.abs(rise) * 2, 10)).toBeGreaterThanOrEqual(of(Math.abs(rise), 10))
          expect(of(rise, 20)).toBeCloseTo(of(rise, 10) / 2, 3)
        },
      ),
    )
  })

  it('gives what is between two services to one of them, all of it', () => {
    const edge = (caller: number, service: number) => ({ kind: 'gap', caller, service, operation: 9 }) as const
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 5, maxLength: 5 }), (rises) => {
        const cells = [edge(1, 2), edge(1, 3), edge(1, 4), edge(5, 2), edge(5, 3)]
        const charges = charged(
          cells,
          rises.map((rise) => ({ before: 1e6, after: 1e6, rise, delta: 1 })),
          1e6,
        )
        const sum = [...charges.values()].reduce((total, of) => total + addedBy(of), 0)
        const all = rises.reduce((a, b) => a + b, 0)
        expect(Math.abs(sum - all)).toBeLessThanOrEqual(1e-4 * all + 1e-6)
        for (const of of charges.values()) expect(Math.min(of.self, of.gap, of.calls, of.queue)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('a log', () => {
  it('takes traces whose first caller nobody records, and later parts of traces as no traces', () => {
    const dictionary = createDictionary()
    const assembler = createAssembler({ idleNs: 1e9, maxAgeNs: 60e9, maxSpans: 1000, maxSpansOfTrace: 100 })
    const log = new TraceLog(dictionary)
    const table = new SpanTable(dictionary)
    const span = (number: number, at: number) => {
      table.clear()
      const spanId = `000000000000000${number}`
      const times = { start: BigInt(start + at) * 1_000_000n, end: BigInt(start + at + 5) * 1_000_000n }
      const traceId = 'ab'.repeat(16)
      decodeRequest(encodeRequest([service('cart', [{ traceId, spanId, parentSpanId: 'ffffffffffffffff', name: 'Get', kind: 2, ...times }])]), table)
      assembler.add(table)
      log.add(assembler.close((start + at + 10) * 1e6, true))
    }
    span(1, 0)
    span(2, 30_000)
    expect(log.spans).toBe(2)
    const whole = Array.from(log.root.subarray(0, log.traces)).filter((row) => row !== noRow)
    expect(whole).toEqual([0])
  })

  it('forgets what is older than its windows, and ranks the rest as before', () => {
    const quiet = Array.from({ length: 80 }, () => 2)
    const log = logWith(
      [...quiet.slice(20), ...quiet.slice(60)],
      Array.from({ length: 40 }, (_, i) => 50 + (i % 5)),
    )
    const judged = () => blame(log, between(3000, 10_000), between(10_000, 20_000), { random: seededRandom(1), resamples: 20 })
    const before = judged()
    const ids = before.exemplars.map((trace) => log.idOf(trace))
    log.dropBefore(between(2000, 0).from)
    expect(log.traces).toBe(100)
    expect({ ...judged(), exemplars: [] }).toEqual({ ...before, exemplars: [] })
    expect(judged().exemplars.map((trace) => log.idOf(trace))).toEqual(ids)
    expect(verdict(judged()).service).toBe('cart')
    log.dropBefore(Number.POSITIVE_INFINITY)
    expect({ traces: log.traces, spans: log.spans }).toEqual({ traces: 0, spans: 0 })
  })
})
