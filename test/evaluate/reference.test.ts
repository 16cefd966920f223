/** The laws: the evaluator says what the definition says, in whatever order and batches the spans arrive. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConditionIR, RuleIR, SpanValueIR, StatIR } from '../../src/bundle/index.ts'
import type { Epoch } from '../../src/evaluate/index.ts'
import {
  at,
  Bench,
  compare,
  constant,
  down,
  durationOver,
  lasting,
  ms,
  rule,
  selector,
  slow,
  spans,
  type TestSpan,
  times,
  truthOf,
  up,
  value,
} from './builders.ts'
import { Reference } from './reference.ts'

const target = 'deployment/adservice'
const selectors = [selector('adservice', 'GetAds'), selector('*'), selector('adservice', 'Get*'), selector('adservice', 'GetAds', durationOver(ms(100)))]
const operators = ['<', '<=', '>', '>=', '==', '!='] as const
const stats: readonly StatIR[] = [
  { kind: 'count' },
  { kind: 'rate' },
  { kind: 'errors' },
  { kind: 'errorRate' },
  { kind: 'mean' },
  { kind: 'min' },
  { kind: 'max' },
  { kind: 'quantile', q: 0.5 },
  { kind: 'quantile', q: 0.9 },
  { kind: 'quantile', q: 0.99 },
  { kind: 'apdex', thresholdNs: ms(50) },
]

/** Few distinct durations, so that values meet thresholds exactly. */
const durations = fc.constantFrom(1, 10, 50, 100, 101, 200, 200.001, 400, 3000)

const spansOf = fc.array(
  fc.record({
    end: fc.oneof(
      fc.integer({ min: 0, max: 239 }).map((n) => n / 2),
      fc.double({ min: 0, max: 119.9, noNaN: true }),
    ),
    ms: durations,
    service: fc.constantFrom('adservice', 'adservice', 'other'),
    operation: fc.constantFrom('hipstershop.AdService/GetAds', '/hipstershop.AdService/GetAds', 'GetOther'),
    kind: fc.constantFrom(2, 2, 2, 3),
    error: fc.boolean(),
  }),
  { maxLength: 60 },
)

const spanValue: fc.Arbitrary<SpanValueIR> = fc
  .record({ of: fc.constantFrom(...selectors), stat: fc.constantFrom(...stats), over: fc.constantFrom(10, 10, 20, 40) })
  .map(({ of, stat, over }) => value(stat, { of, over, type: stat.kind === 'quantile' || ['mean', 'min', 'max'].includes(stat.kind) ? 'duration' : 'number' }))

const comparison = fc
  .tuple(spanValue, fc.constantFrom(...operators), durations, fc.constantFrom(0, 0.5, 1, 2), fc.option(spanValue), fc.boolean())
  .map(([left, operator, duration, number, other, mirrored]): ConditionIR => {
    const literal = constant(left.type === 'duration' ? ms(duration) : number, left.type)
    const right = other?.type === left.type ? other : literal
    return mirrored ? compare(right, operator, left) : compare(left, operator, right)
  })

const condition: fc.Arbitrary<ConditionIR> = fc.letrec<{ node: ConditionIR }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: comparison },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...selectors), fc.integer({ min: 1, max: 4 })).map(([of, n]) => spans(of, n, 20)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...selectors).map((of): ConditionIR => ({ kind: 'absent', selector: of, ns: 20e9, text: 'absent' })),
    },
    { weight: 2, arbitrary: fc.tuple(tie('node'), fc.integer({ min: 1, max: 3 })).map(([of, n]) => times(of, n, 40)) },
    { weight: 2, arbitrary: fc.tuple(tie('node'), fc.constantFrom(10, 20, 30)).map(([of, s]) => lasting(of, s)) },
    { weight: 1, arbitrary: fc.tuple(tie('node'), tie('node')).map(([a, b]): ConditionIR => ({ kind: 'and', all: [a, b] })) },
    { weight: 1, arbitrary: fc.tuple(tie('node'), tie('node')).map(([a, b]): ConditionIR => ({ kind: 'or', any: [a, b] })) },
    { weight: 1, arbitrary: tie('node').map((of): ConditionIR => ({ kind: 'not', of })) },
  ),
})).node

const rules: fc.Arbitrary<readonly RuleIR[]> = fc
  .array(fc.record({ condition, action: fc.constantFrom(up, down), atLeastSpans: fc.constantFrom(0, 0, 2), every: fc.constantFrom(5, 10) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((found) => found.map((options, i) => rule(`rule-${i}`, structuredClone(options.condition), options)))

const epoch: fc.Arbitrary<Epoch | undefined> = fc.option(
  fc.oneof(
    fc.double({ min: 0, max: 130, noNaN: true }).map((s): Epoch => ({ kind: 'since', at: Math.floor(at(s) / 256) * 256 })),
    fc.integer({ min: 0, max: 240 }).map((n): Epoch => ({ kind: 'since', at: at(n / 2) })),
    fc.integer({ min: 0, max: 24 }).map((n): Epoch => ({ kind: 'pending', since: at(n * 5) })),
  ),
  { nil: undefined },
)

const epochsOf = (known: Epoch | undefined): ReadonlyMap<string, Epoch> => new Map(known === undefined ? [] : [[target, known]])

/** A span of another service at the end, so that all steps are due; every span with an id of its own. */
function numbered(found: readonly TestSpan[], end: number): TestSpan[] {
  return [...found, { end, ms: 1, service: 'last' }].map((span, id) => ({ ...span, id }))
}

describe('the evaluator against the definition', () => {
  it('agrees at every step, for any rules, spans, duplicates and epochs', () => {
    fc.assert(
      fc.property(rules, spansOf, fc.array(fc.nat(59)), epoch, fc.constantFrom(119, 250), (irs, found, repeats, known, end) => {
        const all = numbered(found, end)
        const stream = [...all, ...repeats.flatMap((i) => all[i % all.length] ?? [])]
        const bench = new Bench(irs)
        const report = bench.ingest(stream)
        expect(report.late + report.future).toBe(0)
        const references = new Map(irs.map((ir) => [ir.name, new Reference(ir, all, known)]))
        for (const { s, outcomes } of bench.run({ epochs: epochsOf(known) }))
          for (const outcome of outcomes)
            expect(`${s} ${outcome.rule} ${truthOf(outcome)}`).toBe(`${s} ${outcome.rule} ${references.get(outcome.rule)?.step(s)}`)
      }),
      { numRuns: 400 },
    )
  })

  it('says the same, to the last byte, in any order within the lateness and in any batches', () => {
    fc.assert(
      fc.property(
        rules,
        spansOf,
        fc.infiniteStream(fc.integer({ min: 0, max: 4999 })),
        fc.integer({ min: 1, max: 9 }),
        epoch,
        (irs, found, delays, size, known) => {
          const all = numbered(found, 119)
          const epochs = epochsOf(known)
          const inOrder = new Bench(irs)
          inOrder.ingest(all.toSorted((a, b) => a.end - b.end))
          const expected = inOrder.run({ epochs })

          const arrivals = all.map((span) => ({ span, arrival: span.end + (delays.next().value as number) / 1000 }))
          arrivals.sort((a, b) => a.arrival - b.arrival)
          const shuffled = new Bench(irs)
          const steps: ReturnType<Bench['run']> = []
          for (let i = 0; i < arrivals.length; i += size) {
            const report = shuffled.ingest(arrivals.slice(i, i + size).map(({ span }) => span))
            expect(report.late).toBe(0)
            steps.push(...shuffled.run({ epochs, drain: false }))
          }
          steps.push(...shuffled.run({ epochs }))
          expect(JSON.stringify(steps)).toBe(JSON.stringify(expected))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('says the same when the rules are loaded anew, in another order and among others, at any moment', () => {
    const others = [rule('finer', slow, { every: 1 }), rule('other', compare(value(0.75, { of: selector('*'), over: 40 }), '<', ms(77)), { every: 10 })]
    fc.assert(
      fc.property(rules, spansOf, fc.array(fc.nat(119), { maxLength: 3 }), fc.subarray(others), epoch, (irs, found, moments, more, known) => {
        const all = numbered(found, 119).toSorted((a, b) => a.end - b.end)
        const epochs = epochsOf(known)
        const steady = new Bench(irs)
        steady.ingest(all)
        const expected = steady.run({ epochs })

        const reloaded = new Bench(irs)
        const steps: ReturnType<Bench['run']> = []
        for (const [i, span] of all.entries()) {
          if (moments.includes(i)) reloaded.reload(i % 2 === 0 ? [...more, ...irs.toReversed()] : irs)
          reloaded.ingest([span])
          steps.push(...reloaded.run({ epochs, drain: false }))
        }
        steps.push(...reloaded.run({ epochs }))
        const said = (among: typeof steps): string[] =>
          among.flatMap(({ s, outcomes }) =>
            irs.flatMap((ir) => outcomes.filter((outcome) => outcome.rule === ir.name).map((outcome) => `${s} ${JSON.stringify(outcome)}`)),
          )
        expect(said(steps)).toEqual(said(expected))
      }),
      { numRuns: 150 },
    )
  })

  it('never counts a span from before an epoch that becomes known late', () => {
    const counted: RuleIR = rule('counted', compare(value('count', { over: 20, type: 'number' }), '>=', 0))
    fc.assert(
      fc.property(spansOf, fc.double({ min: 5, max: 100, noNaN: true }), fc.nat(30), (found, s, delay) => {
        const all = numbered(found, 119)
        const since = Math.floor(at(s) / 256) * 256
        const bench = new Bench([counted])
        bench.ingest(all)
        const steps = bench.run({ epochs: (step) => (step < since + delay * 1e9 ? new Map() : new Map([[target, { kind: 'since', at: since }]])) })
        for (const step of steps) {
          const have = step.outcomes[0]?.because.left?.spans ?? 0
          if (at(step.s) < since + delay * 1e9) continue
          const evidence = all.filter((span) => span.service === 'adservice' && span.kind === 2 && span.operation !== 'GetOther')
          const allowed = evidence.filter((span) => at(span.end) - span.ms * 1e6 >= since && span.end < step.s && span.end >= step.s - 20)
          expect(have).toBeLessThanOrEqual(allowed.length)
          if (step.s >= s + delay + 25) expect(have).toBe(allowed.filter((span) => span.end >= step.s - 20).length)
        }
      }),
      { numRuns: 100 },
    )
  })
})
