/** The laws of traced values: they are what brute force over whole traces says, in whatever order and batches the spans arrive. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, down, rule, type TestSpan, up } from './builders.ts'
import { asked, close, decide, endNs, expected, last, measure, measured, ns, page, reloaded, spansOf, stepNs } from './traced-reference.ts'

const scenario = fc.record({
  pages: fc.array(page, { maxLength: 25 }),
  all: fc.array(asked, { minLength: 1, maxLength: 8 }),
  epoch: fc.option(fc.integer({ min: 0, max: 60_000 }).map(ns), { nil: undefined }),
  scalesUp: fc.boolean(),
})

describe('a traced value', () => {
  it('is what brute force says', () => {
    fc.assert(
      fc.property(scenario, ({ pages, all, epoch, scalesUp }) => {
        const made = pages.map((one, i) => spansOf(one, i + 1))
        const rules = all.map((one, i) => rule(`r${i}`, compare(measure(one), '>=', 0), { action: scalesUp ? up : down }))
        const seen = measured(rules, [[...made, last].flatMap(({ spans }) => spans)], epoch)
        const decided = decide([...made, last], endNs)
        for (const [s, values] of seen) {
          const wanted = all.map((one, i) => close(values[i], expected(one, decided, s * 1e9, epoch, scalesUp)))
          expect([s, values]).toEqual([s, wanted])
        }
        expect([...seen.keys()]).toEqual(Array.from({ length: endNs / stepNs }, (_, i) => (i + 1) * 5))
      }),
      { numRuns: 300 },
    )
  })

  it('goes on where it was when the rules are loaded again', () => {
    fc.assert(
      fc.property(scenario, fc.nat(), ({ pages, all, scalesUp }, at) => {
        const spans = [...pages.flatMap((one, i) => spansOf(one, i + 1).spans), ...last.spans]
        const rules = all.map((one, i) => rule(`r${i}`, compare(measure(one), '>=', 0), { action: scalesUp ? up : down }))
        expect(reloaded(rules, spans, at % spans.length)).toEqual(measured(rules, [spans], undefined))
      }),
      { numRuns: 100 },
    )
  })

  it('does not depend on the order or the batches in which the spans arrive', () => {
    fc.assert(
      fc.property(scenario, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 20 }), ({ pages, all, epoch, scalesUp }, random, size) => {
        const spans = [...pages.flatMap((one, i) => spansOf(one, i + 1).spans), ...last.spans]
        const rules = all.map((one, i) => rule(`r${i}`, compare(measure(one), '>=', 0), { action: scalesUp ? up : down }))
        const shuffled = spans.map((span) => [random.next().value as number, span] as const).sort(([a], [b]) => a - b)
        const batches: TestSpan[][] = []
        for (let from = 0; from < spans.length; from += size) batches.push(shuffled.slice(from, from + size).map(([, span]) => span))
        expect(measured(rules, batches, epoch)).toEqual(measured(rules, [spans], epoch))
      }),
      { numRuns: 100 },
    )
  })
})
