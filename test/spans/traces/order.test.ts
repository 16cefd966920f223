/** What is decided, and everything about it, is a function of the set of spans and of event time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDictionary } from '../../../src/spans/index.ts'
import { assembler, at, bytesOf, type Kind, type Span, tableOf } from './builders.ts'

const second = 1000
const closes = Array.from({ length: 12 }, (_, i) => (i + 1) * 5 * second)

const span: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.integer({ min: 1, max: 5 }),
    id: fc.integer({ min: 1, max: 8 }),
    parent: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    service: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom<Kind>('internal', 'server', 'client', 'producer', 'consumer'),
    from: fc.nat(40).map((n) => n * second),
    length: fc.oneof(
      fc.nat(300),
      fc.nat(18).map((n) => n * second),
    ),
    status: fc.constantFrom(0, 0, 0, 2),
    size: fc.option(fc.nat(2), { nil: undefined }),
  })
  .map(({ parent, size, length, ...rest }) => ({
    ...rest,
    to: rest.from + length,
    ...(parent === undefined ? {} : { parent }),
    ...(size === undefined ? {} : { size }),
  }))

/** Each span with when it arrives: a rank among the others, and before which close, at the latest that which passes its end. */
const arrivals = (spans: readonly Span[]) =>
  fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: spans.length,
    maxLength: spans.length,
  })

function replay(
  spans: readonly Span[],
  when: readonly (readonly [number, number])[],
  batch: number,
): { readonly bytes: readonly Buffer[]; readonly report: object } {
  const dictionary = createDictionary()
  const traces = assembler({ maxAgeNs: 20e9, seed: batch })
  const last = (s: Span): number => closes.findIndex((close) => s.to <= close)
  const before = spans.map((s, i) => Math.floor((when[i]?.[0] as number) * (last(s) + 0.999)))
  const order = [...spans.keys()].sort((a, b) => (when[a]?.[1] as number) - (when[b]?.[1] as number) || a - b)
  const bytes = closes.map((close, step) => {
    const arrived = order.filter((i) => before[i] === step).map((i) => spans[i] as Span)
    for (let i = 0; i < arrived.length; i += batch) traces.add(tableOf(arrived.slice(i, i + batch), dictionary))
    return Buffer.from(bytesOf(traces.close(at(close))))
  })
  bytes.push(Buffer.from(bytesOf(traces.close(at(1e6), true))))
  return { bytes, report: traces.report }
}

describe('assembly', () => {
  it('hands out the same bytes in the same steps, however spans arrive and in whatever batches', () => {
    const runs = fc
      .array(span, { minLength: 1, maxLength: 25 })
      .chain((spans) => fc.tuple(fc.constant(spans), arrivals(spans), arrivals(spans), fc.integer({ min: 1, max: 9 })))
    fc.assert(
      fc.property(runs, ([spans, one, other, batch]) => {
        const [a, b] = [replay(spans, one, 1), replay(spans, other, batch)]
        for (const [i, bytes] of a.bytes.entries()) expect(bytes.equals(b.bytes[i] as Buffer)).toBe(true)
        expect(a.report).toEqual(b.report)
      }),
      { numRuns: 1000 },
    )
  })

  it('hands out every span once, or counts it', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }), (spans, maxSpans, maxSpansOfTrace) => {
        const traces = assembler({ maxSpans, maxSpansOfTrace })
        const dictionary = createDictionary()
        let out = 0
        for (const close of closes) {
          for (const s of spans) {
            if (s.to <= close && s.to > close - 5 * second) traces.add(tableOf([s], dictionary))
            expect(traces.report.openSpans).toBeLessThanOrEqual(maxSpans)
          }
          out += traces.close(at(close)).spans.length
        }
        out += traces.close(at(1e6), true).spans.length
        const added = spans.filter((s) => s.to > 0 && s.to <= (closes.at(-1) as number)).length
        expect(out + traces.report.duplicate + traces.report.dropped).toBe(added)
        expect([traces.report.openSpans, traces.report.openTraces]).toEqual([0, 0])
      }),
      { numRuns: 300 },
    )
  })
})
