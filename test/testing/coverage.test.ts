/** What tests have seen of rules, comparisons and clauses. */
import { describe, expect, it } from 'vitest'
import { createCoverage, isRuleCovered, runTest } from '../../src/testing/index.ts'
import { benchOf } from './support.ts'

const rules = `
target deployment/ads { between 1 and 3  up at most +1 per 60s  stable 1m before down  cooldown 20s  settle within 1m  mode act }
slow: scale deployment/ads +2 when (span(ads/Get).p99 > 400ms and not span(ads/Get).rate < 2/s) 2 times in 30s cooldown 40s
calm: scale deployment/ads -1 when span(ads/Get).p99 < 100ms for 30s at least 3 spans
tracked: scale deployment/web to hold span(web).rate at 1/s per replica observe
gone: freeze deployment/ads down when absent(span(pay)) for 20s or during mon 00:00-01:00
`

async function covered(tests: string) {
  const bench = benchOf(`${rules}\n${tests}`)
  const coverage = createCoverage(bench)
  for (const test of bench.program.tests) await runTest(bench, test, (step) => coverage.add(step))
  const source = (range: { readonly start: number; readonly end: number }) => bench.program.files[0]?.source.text.slice(range.start, range.end) ?? ''
  return {
    coverage,
    conditions: (rule: string) =>
      Object.fromEntries(
        (coverage.rules.find((one) => one.rule === rule)?.conditions ?? []).map(({ range, truths, kind, leaf }) => [source(range), { kind, leaf, ...truths }]),
      ),
    clauses: () => coverage.clauses.filter(({ truths }) => truths.true > 0).map(({ of, range }) => `${of}: ${source(range)}`),
    allClauses: () => coverage.clauses.map(({ of, range }) => `${of}: ${source(range)}`),
  }
}

const surge = `test "surge" {
  load span(ads/Get) at 5/s taking 500ms from 0s to 40s
  load span(ads/Get) at 5/s taking 50ms from 40s to 4m
}`

describe('coverage', () => {
  it('is none without tests', async () => {
    const { coverage, clauses } = await covered('')
    expect(coverage.rules.map(({ rule }) => rule)).toEqual(['slow', 'calm', 'tracked', 'gone'])
    for (const { truths, conditions } of coverage.rules)
      for (const seen of [truths, ...conditions.map((condition) => condition.truths)]) expect(seen).toEqual({ true: 0, false: 0, unknown: 0 })
    expect(clauses()).toEqual([])
  })

  it('counts each part of a condition by itself, at its own place', async () => {
    const { conditions, coverage } = await covered(surge)
    const steps = 49
    const slow = conditions('slow')
    const [whole, and, left, not, right] = Object.keys(slow)
    expect([whole, and, left, not, right]).toEqual([
      '(span(ads/Get).p99 > 400ms and not span(ads/Get).rate < 2/s) 2 times in 30s',
      'span(ads/Get).p99 > 400ms and not span(ads/Get).rate < 2/s',
      'span(ads/Get).p99 > 400ms',
      'not span(ads/Get).rate < 2/s',
      'span(ads/Get).rate < 2/s',
    ])
    expect(slow[left ?? '']).toMatchObject({ kind: 'compare', leaf: true })
    expect(slow[whole ?? '']).toMatchObject({ kind: 'times', leaf: false })
    for (const { true: yes, false: no, unknown } of Object.values(slow)) expect(yes + no + unknown).toBe(steps)
    const [inner, outer] = [slow[right ?? ''], slow[not ?? '']]
    expect([inner?.true, inner?.false]).toEqual([outer?.false, outer?.true])
    expect(slow[left ?? '']?.true).toBeGreaterThan(0)
    expect(slow[left ?? '']?.false).toBeGreaterThan(0)
    const truths = coverage.rules.find(({ rule }) => rule === 'slow')?.truths
    expect(truths).toEqual({ true: slow[whole ?? '']?.true, false: slow[whole ?? '']?.false, unknown: slow[whole ?? '']?.unknown })
  })

  it('of a rule is to have been true and false; of one that always holds, true', async () => {
    const { coverage } = await covered(surge)
    expect(coverage.rules.filter(isRuleCovered).map(({ rule }) => rule)).toEqual(['slow', 'calm', 'tracked'])
    expect(coverage.rules.find(({ rule }) => rule === 'gone')?.truths).toMatchObject({ false: 0 })
  })

  it('adds up over tests', async () => {
    const [once, twice] = await Promise.all([covered(surge), covered(`${surge}\n${surge.replace('"surge"', '"again"')}`)])
    const sums = ({ coverage }: typeof once) => coverage.rules.map(({ truths }) => Object.values(truths))
    expect(sums(twice)).toEqual(sums(once).map((counts) => counts.map((n) => n * 2)))
  })

  it('tells which clauses had an effect', async () => {
    const { clauses, allClauses } = await covered(surge)
    expect(allClauses()).toEqual([
      'slow: cooldown 40s',
      'calm: at least 3 spans',
      'tracked: observe',
      'deployment/ads: between 1 and 3',
      'deployment/ads: up at most +1 per 60s',
      'deployment/ads: stable 1m before down',
      'deployment/ads: cooldown 20s',
      'deployment/ads: settle within 1m',
      'deployment/ads: mode act',
    ])
    // The rise of two is cut to one and its replicas settle; the calm would take one, and is frozen.
    expect(clauses()).toEqual(['tracked: observe', 'deployment/ads: up at most +1 per 60s', 'deployment/ads: settle within 1m'])
  })
})
