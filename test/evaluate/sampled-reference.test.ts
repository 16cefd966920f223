/** The laws of values of a sample: they are what brute force over the kept traces and their weights says, and at weight 1 nothing is other than without a sampler. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ComparisonOperator, RuleIR } from '../../src/bundle/index.ts'
import type { Epoch, RuleOutcome } from '../../src/evaluate/index.ts'
import { at, Bench, compare, down, rule, type TestSpan, up } from './builders.ts'
import { estimated, heaviestIn, type Question, type Sampled, samplerOf } from './sampled-reference.ts'
import { asked, close, decide, endNs, heard, last, measure, measured, ns, page, peerService, reloaded, spansOf, tracesWith } from './traced-reference.ts'

/** Multiples of the unit of a weight, so that none is rounded. */
const weight = fc.constantFrom(0, 1, 1, 1.5, 2, 2.75, 10, 100)
/** Where most traces stand for as many as the next one the sample is good for more. */
const evenWeight = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 6, arbitrary: fc.constantFrom(2, 2, 2, 2.5, 3) })

const question: fc.Arbitrary<Question & { readonly operator: ComparisonOperator }> = fc
  .record({
    asked,
    share: fc.constantFrom(0.05, 0.2, 0.5, 0.8),
    total: fc.constantFrom(0, 1, 10, 100, 1000),
    isConstant: fc.boolean(),
    operator: fc.constantFrom<ComparisonOperator>('<', '<=', '>', '>=', '==', '!='),
    atLeast: fc.constantFrom(0, 0, 15),
  })
  .map(({ asked: one, share, total, isConstant, operator, atLeast }) => {
    const { kind } = one.stat
    const against =
      kind === 'errorRate' || kind === 'apdex' || kind === 'blame' ? share : kind === 'count' || kind === 'errors' || kind === 'rate' ? total : ns(50)
    return { ...one, operator, atLeast, against: isConstant ? against : undefined }
  })

function pagesWith(weights: fc.Arbitrary<number>, number: { readonly minLength: number; readonly maxLength: number }, within: number) {
  return fc.array(fc.record({ page: page.map((one) => ({ ...one, start: one.start % within })), weight: weights }), { ...number, size: 'max' })
}

const scenario = fc.record({
  pages: fc.oneof(pagesWith(weight, { minLength: 1, maxLength: 60 }, 40_000), pagesWith(evenWeight, { minLength: 60, maxLength: 140 }, 8000)),
  all: fc.array(question, { minLength: 1, maxLength: 8 }),
  epoch: fc.option(fc.integer({ min: 0, max: 40_000 }).map(ns), { nil: undefined, freq: 3 }),
  scalesUp: fc.boolean(),
})

/** Where the other side is no constant the value itself is wanted. */
const noConstant = { kind: 'replicas', target: 'deployment/adservice', workload: { name: 'adservice' }, type: 'number' } as const

function ruleOf(asked: Question & { readonly operator: ComparisonOperator }, i: number, scalesUp: boolean): RuleIR {
  const condition = compare(measure(asked), asked.operator, asked.against ?? noConstant)
  return rule(`r${i}`, condition, { action: scalesUp ? up : down, atLeastSpans: asked.atLeast })
}

function outcomesOf(rules: readonly RuleIR[], spans: readonly TestSpan[], epoch: number | undefined, weights?: ReadonlyMap<number, number>) {
  const bench = new Bench(rules, { traces: tracesWith(weights === undefined ? undefined : samplerOf(weights)), staleNs: 1e12, projection: [peerService] })
  bench.ingest(spans)
  const since: Epoch | undefined = epoch === undefined ? undefined : { kind: 'since', at: at(0) + epoch }
  return bench.run({ epochs: new Map(since === undefined ? [] : [['deployment/adservice', since] as const]) })
}

/** The value, and where it is compared with a constant what comes of that. */
function said({ because }: RuleOutcome, { against }: Question): readonly (number | string)[] {
  const { left, truth } = because
  return left === undefined ? [] : [heard(left), against === undefined ? 'unknown' : truth]
}

function truthOf(value: number | string, operator: ComparisonOperator, against: number | undefined): string {
  if (against === undefined || typeof value === 'string') return 'unknown'
  const holds = { '<': value < against, '<=': value <= against, '>': value > against, '>=': value >= against, '==': value === against, '!=': value !== against }
  return String(holds[operator])
}

describe('a value of a sample', () => {
  it('is what brute force says, and so is what it is compared with', () => {
    const reasons = new Map<string, number>()
    fc.assert(
      fc.property(scenario, ({ pages, all, epoch, scalesUp }) => {
        const made = pages.map((one, i) => spansOf(one.page, i + 1))
        const weights = new Map(pages.map((one, i) => [i + 1, one.weight]))
        const rules = all.map((one, i) => ruleOf(one, i, scalesUp))
        const steps = outcomesOf(
          rules,
          [...made, last].flatMap(({ spans }) => spans),
          epoch,
          weights,
        )
        const decided: readonly Sampled[] = decide([...made, last], endNs).map((trace) => ({ ...trace, weight: weights.get(trace.known[0]?.trace ?? 0) ?? 1 }))
        for (const { s, outcomes } of steps) {
          const seen = all.map((one, i) => said(outcomes[i] as RuleOutcome, one))
          const wanted = all.map((one, i) => {
            const value = estimated(one, decided, s * 1e9, epoch, scalesUp)
            const shown = close(seen[i]?.[0], value)
            const sort = typeof value === 'number' ? `${one.stat.kind}` : value
            if (heaviestIn(decided, s * 1e9 - one.over * 1e9, s * 1e9) !== undefined) reasons.set(sort, (reasons.get(sort) ?? 0) + 1)
            // A value that only differs in its last digits may be on the other side of what it equals.
            return [shown, shown === one.against ? (seen[i]?.[1] as string) : truthOf(shown as number | string, one.operator, one.against)]
          })
          expect([s, seen]).toEqual([s, wanted])
        }
      }),
      { numRuns: 250 },
    )
    // The law would hold emptily were nothing ever known.
    for (const sort of ['count', 'rate', 'errors', 'errorRate', 'mean', 'quantile', 'apdex', 'blame', 'sparse', 'empty'])
      expect(reasons.get(sort)).toBeGreaterThan(10)
  })

  it('is to the last bit what it is without a sampler where every weight is 1', () => {
    fc.assert(
      fc.property(scenario, ({ pages, all, epoch, scalesUp }) => {
        const spans = [...pages.flatMap((one, i) => spansOf(one.page, i + 1).spans), ...last.spans]
        const rules = all.map((one, i) => ruleOf(one, i, scalesUp))
        expect(outcomesOf(rules, spans, epoch, new Map())).toEqual(outcomesOf(rules, spans, epoch))
      }),
      { numRuns: 60 },
    )
  })

  it('does not depend on the order or the batches in which the spans arrive', () => {
    fc.assert(
      fc.property(scenario, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 50 }), ({ pages, all, epoch, scalesUp }, random, size) => {
        const spans = [...pages.flatMap((one, i) => spansOf(one.page, i + 1).spans), ...last.spans]
        const sampler = samplerOf(new Map(pages.map((one, i) => [i + 1, one.weight / 3 + 1])))
        const rules = all.map((one, i) => ruleOf(one, i, scalesUp))
        const shuffled = spans.map((span) => [random.next().value as number, span] as const).sort(([a], [b]) => a - b)
        const batches: TestSpan[][] = []
        for (let from = 0; from < spans.length; from += size) batches.push(shuffled.slice(from, from + size).map(([, span]) => span))
        expect(measured(rules, batches, epoch, sampler)).toEqual(measured(rules, [spans], epoch, sampler))
      }),
      { numRuns: 60 },
    )
  })

  it('goes on where it was when the rules are loaded again', () => {
    fc.assert(
      fc.property(scenario, fc.nat(), ({ pages, all, scalesUp }, when) => {
        const spans = [...pages.flatMap((one, i) => spansOf(one.page, i + 1).spans), ...last.spans]
        const sampler = samplerOf(new Map(pages.map((one, i) => [i + 1, one.weight])))
        const rules = all.map((one, i) => ruleOf(one, i, scalesUp))
        expect(reloaded(rules, spans, when % spans.length, sampler)).toEqual(measured(rules, [spans], undefined, sampler))
      }),
      { numRuns: 60 },
    )
  })
})
