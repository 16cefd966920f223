/** Values of a sample of traces, by example: what is estimated, what stays unknown, and that luck takes no capacity away. */
import { describe, expect, it } from 'vitest'
import type { ConditionIR, RuleIR, StatIR } from '../../src/bundle/index.ts'
import type { Because, Observed } from '../../src/evaluate/index.ts'
import type { TraceSampler } from '../../src/spans/index.ts'
import { Bench, compare, down, lasting, ms, rule, seconds, selector, spans, type TestSpan, truthOf, value } from './builders.ts'
import { samplerOf } from './sampled-reference.ts'

const ads = selector('ads', 'Get')
const step = 5

/** A page of one call, complete at once; `trace` is its number. */
function call(trace: number, end: number, milliseconds: number, more: Partial<TestSpan> = {}): TestSpan {
  return { trace, id: trace, end, ms: milliseconds, service: 'ads', operation: 'Get', ...more }
}

function calls(from: number, count: number, end: number, milliseconds: (i: number) => number): TestSpan[] {
  return Array.from({ length: count }, (_, i) => call(from + i, end, milliseconds(i)))
}

function own(stat: StatIR | number, over: number = step) {
  return { ...value(stat, { of: ads, over, type: 'number' }), field: 'own' as const }
}

/** Ends the stream: its trace is decided with the last step. */
const end: TestSpan = { trace: 999_999, id: 999_999, end: 38, ms: 1, service: 'other', operation: 'Ping' }

/** Pages that end at 1 s are decided at 6 s: in the step that ends at 10 s. */
function judged(
  of: RuleIR | ConditionIR,
  found: readonly TestSpan[],
  weights: ReadonlyMap<number, number>,
  options: { readonly anomalous?: ReadonlySet<number> } = {},
) {
  const judge = 'condition' in of ? of : rule('r', of, { action: down })
  const bench = new Bench([judge], { traces: { sampler: samplerOf(weights, options.anomalous) }, staleNs: seconds(600) })
  bench.ingest([...found, end])
  return new Map(bench.run().map(({ s, outcomes }) => [s, outcomes[0]]))
}

function observed(of: ReturnType<typeof own>, found: readonly TestSpan[], weights: ReadonlyMap<number, number>, against = 0): Observed {
  return judged(compare(of, '>', against), found, weights).get(10)?.because.left as Observed
}

function every(weight: number, from: number, count: number): ReadonlyMap<number, number> {
  return new Map(Array.from({ length: count }, (_, i) => [from + i, weight]))
}

describe('an estimate', () => {
  it('counts a kept trace for as many as it stands for, and says what is behind it', () => {
    const found = calls(1, 40, 1, (i) => 10 * (i + 1))
    expect(observed(own({ kind: 'count' }), found, every(100, 1, 40), 3000)).toEqual({
      text: expect.any(String),
      type: 'number',
      value: 4000,
      spans: 40,
      ofSpans: 4000,
      // Kish's 40, with one more that might have been missed.
      effectiveSpans: 39,
    })
    expect(observed(own({ kind: 'mean' }), found, every(100, 1, 40)).value).toBe(ms(205))
    expect(observed(own(0.5), found, every(100, 1, 40)).value).toBe(ms(200))
  })

  it('leaves out the traces that were left out, whatever rank they would have had', () => {
    const found = [...calls(1, 40, 1, () => 10), ...calls(101, 40, 1, () => 900)]
    expect(observed(own(0.5), found, new Map([...every(2, 1, 40), ...every(0, 101, 40)])).value).toBe(ms(10))
  })

  it('is unknown where the rarer side of a quantile has too few draws, however many there are in the middle', () => {
    const found = calls(1, 60, 1, (i) => i + 1)
    const weights = every(100, 1, 60)
    expect([0.5, 0.9, 0.95, 0.99, 1].map((q) => observed(own(q), found, weights).unknown)).toEqual([undefined, undefined, 'sparse', 'sparse', 'sparse'])
  })

  it('of a great tick is on its side of a constant exactly, and within 1 % of the true one', () => {
    const found = calls(1, 2000, 1, (i) => i + 1)
    // The upper half counts three times: of 4,000 the value at rank 2,000 is the one at 1,000 + 1,000 / 3.
    const weights = new Map([...every(3, 1001, 1000)])
    const side = (operator: '<' | '<=' | '>' | '>=', limit: number): string | undefined =>
      judged(compare(own(0.5), operator, limit), found, weights).get(10)?.truth
    expect([side('<', ms(1334)), side('<=', ms(1334)), side('>', ms(1333)), side('>=', ms(1335))]).toEqual(['false', 'true', 'true', 'false'])
    const { value: p50, approximate } = observed(own(0.5), found, weights)
    expect([approximate, Math.abs((p50 as number) / ms(1334) - 1) < 0.01]).toEqual([true, true])
  })

  it('has no shortest and no longest span: those of a sample bound them on one side only', () => {
    const found = calls(1, 200, 1, () => 10)
    expect([observed(own({ kind: 'min' }), found, every(2, 1, 200)).unknown, observed(own({ kind: 'max' }), found, every(2, 1, 200)).unknown]).toEqual([
      'sparse',
      'sparse',
    ])
  })

  it('is worth one draw where one trace has all the spans', () => {
    const one = Array.from({ length: 200 }, (_, i) => call(1, 1, 10 + i, { id: i + 1 }))
    expect(observed(own(0.5), one, every(10, 1, 1))).toMatchObject({ unknown: 'sparse', spans: 200, ofSpans: 2000, effectiveSpans: 1 })
  })

  it('does not take those that are kept for certain for all: the many may have been missed', () => {
    // 50 oddities at weight 1; elsewhere a trace stands for 1,000.
    const found = [...calls(1, 50, 1, () => 900), ...calls(101, 30, 1, () => 10).map((span) => ({ ...span, operation: 'Other' }))]
    expect(observed(own(0.5), found, every(1000, 101, 30))).toMatchObject({ unknown: 'sparse', spans: 50 })
  })

  it('needs the effective sample that "at least N spans" asks for', () => {
    const found = calls(1, 40, 1, () => 10)
    const asks = (n: number): RuleIR => rule('r', compare(own(0.5), '>', ms(5)), { atLeastSpans: n })
    expect([39, 40].map((n) => truthOf(judged(asks(n), found, every(2, 1, 40)).get(10)))).toEqual(['true', 'sparse'])
  })
})

describe('a total of a sample', () => {
  const count = (limit: number) => compare(own({ kind: 'count' }), '<', limit)

  it('of which nothing was kept is unknown, not 0', () => {
    const found = calls(1, 20, 1, () => 10)
    expect(truthOf(judged(count(10), found, every(0, 1, 20)).get(10))).toBe('sparse')
    expect(truthOf(judged(count(10), found, new Map([...every(0, 1, 19), [20, 100]])).get(10))).toBe('sparse')
  })

  it('can be told from what five of its heaviest traces come to, and from less than what is there', () => {
    const found = calls(1, 20, 1, () => 10)
    const weights = every(100, 1, 20)
    expect([1, 19, 20, 499, 500, 2000, 2001].map((limit) => truthOf(judged(count(limit), found, weights).get(10)))).toEqual([
      'false',
      'false',
      'sparse',
      'sparse',
      'false',
      'false',
      'true',
    ])
  })

  it('of errors is not 0 because none was drawn', () => {
    const errors = compare(own({ kind: 'errors' }), '<', 5)
    const rate = (share: number) => compare({ ...own({ kind: 'errorRate' }), type: 'ratio' as const }, '<', share)
    const found = calls(1, 120, 1, () => 10)
    const weights = every(100, 1, 120)
    expect([errors, rate(0.01), rate(0.1)].map((condition) => truthOf(judged(condition, found, weights).get(10)))).toEqual(['sparse', 'sparse', 'true'])
  })
})

describe('errors that nobody sets a limit to', () => {
  it('are told by enough of them, not by none among thirty', () => {
    const errors = own({ kind: 'errors' })
    const share: ConditionIR = compare({ kind: 'arithmetic', operator: '/', of: [errors, own({ kind: 'count' })], type: 'ratio' }, '<', 0.25)
    const found = (failed: number): TestSpan[] => calls(1, 40, 1, () => 10).map((span, i) => ({ ...span, error: i < failed }))
    expect([0, 4, 5].map((failed) => truthOf(judged(share, found(failed), every(100, 1, 40)).get(10)))).toEqual(['sparse', 'sparse', 'true'])
  })
})

describe('an Apdex', () => {
  it('near 1 needs as many as would show what is missing to 1', () => {
    const found = calls(1, 40, 1, () => 10)
    const truths = (least: number): string =>
      truthOf(judged(compare(own({ kind: 'apdex', thresholdNs: ms(50) }), '>', least), found, every(100, 1, 40)).get(10))
    expect([0.85, 0.9].map(truths)).toEqual(['true', 'sparse'])
  })
})

describe('"N times in D" of spans of a sample', () => {
  const slow = { ...ads, where: { kind: 'compare', field: { kind: 'intrinsic', name: 'self' }, operator: '>', value: ms(100) } } as const
  const truths = (count: number, kept: number, weight: number): string => {
    const found = calls(1, kept + 10, 1, () => 900)
    return truthOf(judged(spans(slow, count, step), found, new Map([...every(weight, 1, kept), ...every(0, kept + 1, 10)])).get(10))
  }

  it('is true of so many that were kept, whatever these stand for', () => {
    expect(truths(5, 5, 100)).toBe('true')
  })

  it('is true of as many as those stand for that were kept, where the sample shows so many', () => {
    expect([truths(10, 6, 2), truths(13, 6, 2)]).toEqual(['true', 'false'])
  })

  it('is unknown where one trace more or less would decide, or none was kept', () => {
    expect([truths(5, 1, 100), truths(5, 0, 100)]).toEqual(['sparse', 'sparse'])
  })

  it('counts what is above a bound by weight', () => {
    const bounded = {
      ...slow,
      where: { kind: 'and', all: [slow.where, { kind: 'compare', field: { kind: 'intrinsic', name: 'duration' }, operator: '>', value: ms(500) }] },
    } as const
    const found = calls(1, 40, 1, (i) => (i < 20 ? 200 : 900))
    const { because } = judged(spans(bounded, 41, step), found, every(2, 1, 40)).get(10) as { because: Because }
    expect([because.truth, because.counted]).toEqual(['false', { have: 40, need: 41 }])
  })
})

describe('a rule that takes capacity away', () => {
  it('does not do so on a sample that drew the fast ones by luck', () => {
    // In each step 20 traces, of which one is kept; the kept ones are fast.
    const found = Array.from({ length: 6 }, (_, i) => calls(100 * i + 1, 20, 5 * i + 1, (k) => (k === 0 ? 5 : 900))).flat()
    const weights = new Map(Array.from({ length: 6 }, (_, i) => [...every(0, 100 * i + 2, 19), [100 * i + 1, 20] as const]).flat())
    const calm = (q: number): ConditionIR => lasting(compare(own(q), '<', ms(100)), 15)
    expect([...judged(calm(0.5), found, weights).values()].map(truthOf)).not.toContain('true')
    expect([...judged(calm(0.5), found, new Map()).values()].map(truthOf)).not.toContain('true')
  })

  it('begins anew behind a step of which the sample says too little: that is no idleness', () => {
    const busy = (i: number): TestSpan[] => calls(100 * i + 1, 40, 5 * i + 1, () => 5)
    const found = [busy(0), busy(1), busy(2).slice(0, 3), busy(3), busy(4)].flat()
    const calm = lasting(compare(own(0.5), '<', ms(100)), 10)
    const truths = (weights: ReadonlyMap<number, number>): readonly string[] => {
      const steps = judged(calm, found, weights)
      return [10, 15, 20, 25, 30].map((s) => truthOf(steps.get(s)))
    }
    expect(truths(every(2, 1, 500))).toEqual(['false', 'true', 'sparse', 'false', 'true'])
    expect(truths(new Map())).toEqual(['false', 'true', 'true', 'true', 'true'])
  })
})

describe('absent, of traces of which some were left out,', () => {
  it('is unknown: such a span may have been in one of these', () => {
    const under = { ...ads, ancestor: { relation: 'under', selector: selector('front') } } as const
    const condition: ConditionIR = { kind: 'absent', selector: under, ns: seconds(10), text: 'absent' }
    const pings = Array.from({ length: 7 }, (_, i): TestSpan => ({ trace: 50 + i, id: 50 + i, end: 5 * i + 1, ms: 1, service: 'other', operation: 'Ping' }))
    const truths = (weights: ReadonlyMap<number, number>): readonly string[] => [...judged(condition, pings, weights).values()].map(truthOf)
    expect(truths(new Map())).toEqual(['false', 'false', 'true', 'true', 'true', 'true', 'true', 'true'])
    // Those of 10 s, 15 s and 20 s are left out.
    expect(truths(every(0, 50, 3))).toEqual(['false', 'false', 'sparse', 'sparse', 'sparse', 'true', 'true', 'true'])
  })
})

describe('a sample that was drawn elsewhere', () => {
  const partial = (weights: ReadonlyMap<number, number>): TraceSampler => ({ ...samplerOf(weights), partial: true })
  const truths = (condition: ConditionIR, found: readonly TestSpan[], sampler: TraceSampler): readonly string[] => {
    const bench = new Bench([rule('r', condition, { action: down })], { traces: { sampler }, staleNs: seconds(600) })
    bench.ingest([...found, end])
    return bench.run().map(({ outcomes }) => truthOf(outcomes[0]))
  }

  it('hides what was left out: that nothing came is no idleness', () => {
    const found = calls(1, 40, 1, () => 5)
    expect(truths(compare(own(0.5), '<', ms(100)), found, partial(every(2, 1, 40))).slice(0, 4)).toEqual(['sparse', 'true', 'sparse', 'sparse'])
    expect(truths(compare(own({ kind: 'count' }), '<', 1000), found, partial(every(2, 1, 40))).slice(0, 4)).toEqual(['sparse', 'true', 'sparse', 'sparse'])
  })

  it('says nothing of all before one came that stands for others', () => {
    expect(
      truths(
        compare(own(0.5), '<', ms(100)),
        calls(1, 40, 1, () => 5),
        partial(every(1, 1, 40)),
      )[1],
    ).toBe('sparse')
  })
})

describe('anomalies', () => {
  const anomalies = { ...value({ kind: 'anomalies' }, { of: ads, over: 10, type: 'number' }) }
  const condition = compare(anomalies, '>', 2)

  it('are the traces with such a span that the sampler kept as anomalous, each once, and no estimate', () => {
    const found = [call(1, 1, 10), call(1, 1, 20, { id: 11 }), call(2, 1, 10), call(3, 1, 10), call(4, 1, 10, { operation: 'Other' }), call(5, 6, 10)]
    const steps = judged(
      condition,
      found,
      new Map([
        [1, 1],
        [2, 40],
        [3, 40],
        [5, 2],
      ]),
      { anomalous: new Set([1, 2, 4, 5]) },
    )
    expect([5, 10, 15, 20, 25].map((s) => steps.get(s)?.because.left?.value)).toEqual([undefined, 2, 3, 1, undefined])
    expect([5, 10, 15].map((s) => truthOf(steps.get(s)))).toEqual(['empty', 'false', 'true'])
  })

  it('count a trace once whose parts were decided in two steps', () => {
    // What comes of trace 1 after it was decided is a later part of it.
    const bench = new Bench([rule('r', condition)], { traces: { sampler: samplerOf(new Map(), new Set([1])) }, staleNs: seconds(600) })
    bench.ingest([call(1, 1, 10), call(2, 7, 10), { ...end, end: 16 }])
    const first = bench.run({ now: 21 }).map(({ outcomes }) => outcomes[0]?.because.left?.value)
    bench.ingest([call(1, 16, 10, { id: 12 }), { ...end, end: 31, trace: 77, id: 77 }])
    const then = bench.run().map(({ s, outcomes }) => [s, outcomes[0]?.because.left?.value])
    expect(first.filter((n) => n !== undefined && n > 1)).toEqual([])
    expect(then.filter(([, n]) => (n as number) > 1)).toEqual([])
    expect(then.filter(([, n]) => n === 1).length).toBeGreaterThan(0)
  })

  it('are unknown without a sampler, and while it does not tell them from ordinary ones', () => {
    const without = new Bench([rule('r', condition)])
    without.ingest([call(1, 1, 10), end])
    const cold = new Bench([rule('r', condition)], { traces: { sampler: { ...samplerOf(new Map()), scores: false } } })
    cold.ingest([call(1, 1, 10), end])
    for (const bench of [without, cold]) expect(new Set(bench.run().map(({ outcomes }) => truthOf(outcomes[0])))).toEqual(new Set(['unscored']))
  })
})

describe('a reload with other thresholds', () => {
  it.each([40, 1500])('decides by the weights of %d spans from before it', (count) => {
    const found = calls(1, count, 1, (i) => i + 1)
    const sampler = samplerOf(new Map([...every(3, 1 + count / 2, count / 2)]))
    const bench = new Bench([rule('r', compare(own(0.5, 20), '>', ms(1)))], { traces: { sampler }, staleNs: seconds(600) })
    bench.ingest(found)
    bench.ingest([{ ...end, end: 16 }])
    bench.run({ drain: false })
    // Weighted, the middle is two thirds up.
    const limits = [0.6, 0.64, 0.69, 0.75].map((share) => ms(Math.round(share * count)))
    bench.reload(limits.map((limit, i) => rule(`r${i}`, compare(own(0.5, 20), '>', limit))))
    bench.ingest([{ ...end, end: 21, trace: 77, id: 77 }])
    const [next] = bench.run({ drain: false })
    expect(next?.outcomes.map(truthOf)).toEqual(['true', 'true', 'false', 'false'])
  })
})
