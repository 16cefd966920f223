/** The evaluator with the sampler itself, not one that a test made: what both say fits together. */
import { describe, expect, it } from 'vitest'
import type { StatIR } from '../../src/bundle/index.ts'
import type { RuleOutcome } from '../../src/evaluate/index.ts'
import { createSampler, type SamplerMode } from '../../src/sampler/index.ts'
import { Bench, compare, rule, seconds, selector, type TestSpan, value } from './builders.ts'

const ads = selector('ads', 'Get')
const statistics: readonly StatIR[] = [{ kind: 'count' }, { kind: 'mean' }, { kind: 'errorRate' }, { kind: 'quantile', q: 0.5 }, { kind: 'quantile', q: 0.9 }]
const rules = [...statistics, { kind: 'anomalies' } as const].map((stat, i) => {
  const field = stat.kind === 'anomalies' ? 'duration' : 'own'
  return rule(`r${i}`, compare({ ...value(stat, { of: ads, over: 20, type: 'number' }), field }, '>=', 0.2))
})

/** 400 pages in the first 10 s; one in twenty is slow, one in ten fails. The last 56 bits of their ids are spread evenly, as random ones are: the sampler keeps by them. */
function pages(): readonly TestSpan[] {
  return Array.from({ length: 400 }, (_, i) => ({
    trace: (Math.imul(i + 1, 0x9e3779b1) >>> 0) * 2 ** 24,
    id: i + 1,
    end: 0.5 + i / 45,
    ms: i % 20 === 0 ? 900 : 10 + (i % 40),
    error: i % 10 === 0,
    service: 'ads',
    operation: 'Get',
  }))
}

function outcomes(mode: SamplerMode | undefined, budget = 1): readonly RuleOutcome[] {
  const sampler = mode === undefined ? {} : { sampler: createSampler({ mode, budget, warmAfter: 100 }) }
  const bench = new Bench(rules, { traces: sampler, staleNs: seconds(600) })
  bench.ingest([...pages(), { trace: 7, id: 1_000_000, end: 19, ms: 1, service: 'other' }])
  return bench.run().find(({ s }) => s === 20)?.outcomes ?? []
}

describe('the sampler', () => {
  it('that keeps all leaves every value as it is without one, and tells anomalies', () => {
    expect(outcomes('all').slice(0, -1)).toEqual(outcomes(undefined).slice(0, -1))
    expect(outcomes(undefined).at(-1)?.unknown).toBe('unscored')
    expect(outcomes('all').at(-1)?.because.left?.value).toBeGreaterThan(0)
  })

  it('that keeps half of the traces at random leaves estimates near the truth, from as many', () => {
    const [count, mean] = outcomes('uniform', 0.5).map(({ because }) => because.left)
    const [all, whole] = outcomes(undefined).map(({ because }) => because.left)
    expect(count?.spans).toBeLessThan(all?.spans as number)
    expect(Math.abs((count?.value as number) / (all?.value as number) - 1)).toBeLessThan(0.2)
    expect(Math.abs((mean?.value as number) / (whole?.value as number) - 1)).toBeLessThan(0.5)
    expect(count?.ofSpans).toBe(Math.round(count?.value as number))
  })
})
