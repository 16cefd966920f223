/** What is said of values that were estimated from the traces that a sampler kept. */
import { describe, expect, it } from 'vitest'
import type { RuleOutcome } from '../../src/evaluate/index.ts'
import { type DecisionExplanation, explainDecision, readRecord } from '../../src/explain/index.ts'
import { describe as clause } from '../../src/plan/index.ts'
import { decisionLine } from '../../src/recordings/index.ts'
import { Bench, compare, ms, rule, seconds, selector, value } from '../evaluate/builders.ts'
import { samplerOf } from '../evaluate/sampled-reference.ts'
import { planned, rule as planRule } from '../plan/build.ts'

const own = { ...value(0.5, { of: selector('ads', 'Get') }), field: 'own' as const }
const slow = compare(own, '>', ms(400), 'span(ads/Get).own.p50 > 400ms')

/** One step in which `kept` of 4,000 slow traces were kept, each with the same weight; `spans` of each. */
function judged(kept: number, spans = 1): RuleOutcome {
  const weights = new Map(Array.from({ length: 40 }, (_, i) => [i + 1, i < kept ? 100 : 0]))
  const bench = new Bench([rule('slow', slow)], { traces: { sampler: samplerOf(weights) }, staleNs: seconds(600) })
  const found = [...weights.keys()].flatMap((trace) =>
    Array.from({ length: spans }, (_, i) => ({ trace, id: trace * 1000 + i, end: 1, ms: 600, service: 'ads', operation: 'Get' })),
  )
  bench.ingest([...found, { trace: 999, id: 999, end: 11, ms: 1, service: 'other' }])
  return bench.run().find(({ s }) => s === 10)?.outcomes[0] as RuleOutcome
}

/** As the log gives it back. */
function explained(outcome: RuleOutcome): DecisionExplanation {
  const { because, truth, unknown } = outcome
  const said = truth === 'unknown' ? (unknown ?? 'empty') : truth
  const result = readRecord(decisionLine(planned(4, [[planRule('slow', '+2'), said, { because }]])))
  if ('error' in result) throw new Error(result.error)
  return explainDecision(result.decision)
}

describe('an estimate', () => {
  it('says from how many spans it was estimated, of about how many', () => {
    const outcome = judged(40)
    expect(explained(outcome).rules[0]?.lines[0]?.numbers).toBe('600ms, estimated from 40 of about 4,000 spans')
    expect(clause(outcome.because)).toBe('span(ads/Get).own.p50 > 400ms (600ms, 40 of about 4,000 spans)')
  })

  it('says what these are worth where one trace has many of them', () => {
    expect(explained(judged(40, 50)).rules[0]?.lines[0]?.numbers).toBe('599.8ms, estimated from 2,000 of about 200,000 spans, worth 40')
  })

  it('says what would have turned it round', () => {
    expect(explained(judged(40)).otherwise).toEqual([
      'For slow to be false: span(ads/Get).own.p50 had to be at most 400ms; it was 600ms, estimated from 40 of about 4,000 spans, 200ms more.',
    ])
  })
})

describe('a sample that is too coarse', () => {
  it('is named, with what there was of it', () => {
    const { rules, otherwise } = explained(judged(4))
    expect(rules[0]?.lines[0]).toMatchObject({ numbers: 'unknown: sparse, with 4 of about 400 spans, worth 3.2', truth: 'unknown (sparse)' })
    expect(otherwise).toEqual([
      'For slow to be true: span(ads/Get).own.p50 > 400ms: more traces had to be kept, and then: span(ads/Get).own.p50 had to be above 400ms; there were too few (4 of about 400 spans, worth 3.2).',
    ])
  })

  it('of which nothing was kept is not said to be empty', () => {
    expect(explained(judged(0)).rules[0]?.lines[0]).toMatchObject({ numbers: 'unknown: sparse, with no span that was kept', truth: 'unknown (sparse)' })
  })
})
