import { describe, expect, it } from 'vitest'
import { mutantsOf, mutationRun } from '../../src/testing/index.ts'
import { benchOf } from './support.ts'

/** Every mutant as the text that it makes of the rule. */
function mutants(rule: string): string[] {
  const text = `let slow = 400ms\ntarget deployment/a { between 1 and 9 }\n${rule}`
  return mutantsOf(benchOf(text).program).map(({ range, text: to }) => `${text.slice(range.start, range.end)} → ${to}`)
}

describe('mutants', () => {
  it('turn comparisons, move thresholds by a tenth, counts and actions by one', () => {
    expect(mutants('scale deployment/a +2 when span(a/b).p99 > 400ms 5 times in 60s')).toEqual([
      '> → <=',
      '400ms → 440ms',
      '400ms → 360ms',
      '5 → 6',
      '5 → 4',
      '2 → 3',
      '2 → 1',
    ])
  })

  it('move what a name stands for, where it is used', () => {
    expect(mutants('scale deployment/a +1 when 2 * slow <= span(a/b).p99')).toEqual(['<= → >', '2 * slow → 880ms', '2 * slow → 720ms', '1 → 2'])
  })

  it('move whole numbers by one at least', () => {
    expect(mutants('scale deployment/a to 3 when span(a/b).count > 4')).toEqual(['> → <=', '4 → 5', '4 → 3', '3 → 4', '3 → 2'])
    expect(mutants('scale deployment/a to 3 when span(a/b).count > 100').slice(0, 3)).toEqual(['> → <=', '100 → 110', '100 → 90'])
  })

  it('reach into logic, counts of spans, calendars and durations', () => {
    const rule = `scale deployment/a +10% when (not span(a/b).error_rate >= 5% and (span(a/b).duration > 1s 3 times in 10s or during mon 08:00-09:00)) for 30s`
    expect(mutants(rule)).toEqual([
      '>= → <',
      '5% → 5.5%',
      '5% → 4.5%',
      '> → <=',
      '1s → 1.1s',
      '1s → 900ms',
      '3 → 4',
      '3 → 2',
      'during mon 08:00-09:00 → not during mon 08:00-09:00',
      '30s → 35s',
      '30s → 25s',
      '10% → 20%',
    ])
    expect(mutants('scale deployment/a to 1 when absent(span(a)) for 5s')).toEqual([
      'absent(span(a)) for 5s → not absent(span(a)) for 5s',
      '5s → 10s',
      '1 → 2',
      '1 → 0',
    ])
    expect(mutants('scale deployment/a to hold span(a).rate at 50/s per replica')).toEqual(['50/s → 55/s', '50/s → 45/s'])
    expect(mutants('freeze deployment/a when span(a).rate == 0/s')).toEqual(['== → !='])
  })

  it('are killed by a test that notices, survive one that does not, and may be no programs', async () => {
    const text = `target deployment/a { between 1 and 9 }
slow: scale deployment/a +1 when span(a/b).p99 > 400ms 2 times in 10s
test "slow" {
  load span(a/b) at 10/s taking 500ms from 0s to 10s
  expect deployment/a at 2 by 10s
}`
    const results = []
    for await (const { mutant, fate, by } of mutationRun(benchOf(text), [{ name: 'rules.scale', text }]))
      results.push([`${text.slice(mutant.range.start, mutant.range.end)} → ${mutant.text}`, fate, by])
    expect(results).toEqual([
      ['> → <=', 'killed', 'slow'],
      ['400ms → 440ms', 'survived', undefined],
      ['400ms → 360ms', 'survived', undefined],
      ['2 → 3', 'invalid', undefined],
      ['2 → 1', 'survived', undefined],
      ['1 → 2', 'killed', 'slow'],
    ])
  })
})
