import { describe, expect, it } from 'vitest'
import type { RuleIR } from '../../src/bundle/index.ts'
import { compile, costOf } from '../../src/bundle/index.ts'
import { costTogether, costWords, ratesFrom } from '../../src/explain/index.ts'
import type { Catalog } from '../../src/language/index.ts'

function rulesOf(text: string): readonly RuleIR[] {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return bundle.rules
}

const slow = 'slow: scale deployment/ads +2 when span(ads/GetAds).p99 > 400ms'
const fast = 'fast: scale deployment/ads -1 when span(ads/GetAds).p99 < 40ms for 10m'
const other = 'other: scale deployment/shop +2 when span(shop/Buy).p99 > 400ms'
const catalog: Catalog = { format: 1, services: [{ name: 'ads', operations: [{ name: 'GetAds', kind: 'server', rate: 20 }], attributes: [] }], workloads: [] }
const words = (text: string, options: Parameters<typeof ratesFrom>[0]): string => costWords(costOf(rulesOf(text)[0] as RuleIR, ratesFrom(options)))

describe('what a rule costs', () => {
  it('is said for the rate that is known, or without a span', () => {
    expect(words(slow, { catalog })).toMatch(/^at 20\/s: at most /)
    expect(words(slow, { rates: { 'ads/GetAds': 300 }, catalog })).toMatch(/^at 300\/s: /)
    expect(words(other, { catalog })).toMatch(/^without a span: at most /)
    expect(words(other, { catalog, rate: 1000 })).toMatch(/^at 1000\/s: /)
    expect(words(slow, { catalog, rate: 5 })).toMatch(/^at 5\/s: /)
    expect(words('scale deployment/ads to at least 4 when during 08:00-09:00 in "UTC"', {})).toMatch(/^at most /)
  })
})

describe('what rules cost together', () => {
  const rates = ratesFrom({ rate: 10_000 })
  const total = (...texts: readonly string[]): { work: number; memory: number } => costTogether(rulesOf(texts.join('\n')), rates)
  const alone = (text: string) => costOf(rulesOf(text)[0] as RuleIR, rates)

  it('is the sum where they share nothing', () => {
    expect(total(slow, other).work).toBeCloseTo(alone(slow).work + alone(other).work)
    expect(total(slow, other).memory).toBeCloseTo(alone(slow).memory + alone(other).memory)
  })
  it('counts traces once, however many rules need them', () => {
    const traced = 'slow-own: scale deployment/ads +2 when span(ads/GetAds).own.p99 > 400ms'
    const another = 'far: scale deployment/shop +2 when span(shop/Buy).gap.p99 > 400ms'
    const { assembly } = alone(traced)
    expect(assembly).toMatchObject({ rate: 10_000 })
    expect(total(traced).work).toBeCloseTo(alone(traced).work + (assembly?.work ?? 0))
    expect(total(traced, another).work).toBeCloseTo(alone(traced).work + alone(another).work + (assembly?.work ?? 0))
  })
  it('counts the spans of a selector once', () => {
    const together = total(slow, fast)
    expect(together.work).toBeGreaterThan(alone(slow).work)
    expect(together.work).toBeLessThan(alone(slow).work * 1.1)
    expect(together.memory).toBeLessThan(alone(slow).memory + alone(fast).memory)
  })
})
