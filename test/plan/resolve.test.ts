import { describe, expect, it } from 'vitest'
import { changed, tracked } from '../../src/plan/resolve.ts'
import { planned, rule, s, say, settled, target } from './build.ts'

describe('an action becomes an absolute number', () => {
  it.each([
    ['+2', 2, 'ScaleUp 2 → 4'],
    ['-1', 2, 'ScaleDown 2 → 1'],
    ['-5', 3, 'ScaleDown 3 → 1'],
    ['+50%', 3, 'ScaleUp 3 → 5'],
    ['+1%', 3, 'ScaleUp 3 → 4'],
    ['-50%', 5, 'ScaleDown 5 → 2'],
    ['-1%', 5, 'ScaleDown 5 → 4'],
    ['to 4', 2, 'ScaleUp 2 → 4'],
    ['to 4', 6, 'ScaleDown 6 → 4'],
    ['to 4', 4, 'Steady 4 (steady)'],
    ['to at least 4', 2, 'ScaleUp 2 → 4'],
    ['to at least 4', 6, 'Steady 6 (steady)'],
    ['to at most 4', 6, 'ScaleDown 6 → 4'],
    ['to at most 4', 2, 'Steady 2 (steady)'],
  ])('%s at %i: %s', (text, base, expected) => {
    expect(say(planned(base, [[rule('r', text), 'true']]))).toBe(expected)
  })

  it('asks for nothing while false or unknown', () => {
    for (const said of ['false', 'empty', 'few', 'arithmetic'] as const) expect(say(planned(2, [[rule('r', '+2'), said]]))).toBe('Steady 2 (steady)')
    expect(say(planned(2, [[rule('r', '+2'), 'stale']]))).toBe('StaleEvidence 2 (hold)')
    expect(say(planned(2, [[rule('r', '+2'), 'world']]))).toBe('StaleEvidence 2 (hold)')
  })

  it('forgives the last bits of a product', () => {
    expect(changed(100, 0.1, 'ratio')).toBe(110)
    expect(changed(10, -0.1, 'ratio')).toBe(9)
    expect(changed(0, 0.5, 'ratio')).toBe(1)
    expect(changed(0, -0.5, 'ratio')).toBe(0)
  })
})

describe('to hold … at …', () => {
  const held = (at: number, value: number, base: number, per = false): string =>
    say(planned(base, [[rule('r', `hold ${at}${per ? ' per replica' : ''}`), 'true', { hold: { text: 'span(a/b).rate', type: 'rate', value } }]]))
  it.each([
    [50, 100, 3, false, 'ScaleUp 3 → 6'],
    [50, 60, 3, false, 'ScaleUp 3 → 4'],
    [50, 55, 3, false, 'WithinTolerance 3 (hold)'],
    [50, 50, 3, false, 'Steady 3 (steady)'],
    [50, 45, 5, false, 'Steady 5 (steady)'],
    [50, 20, 5, false, 'ScaleDown 5 → 2'],
    [50, 400, 5, true, 'ScaleUp 5 → 8'],
    [50, 260, 5, true, 'WithinTolerance 5 (hold)'],
    [50, 100, 5, true, 'ScaleDown 5 → 2'],
  ])('at %i, measured %i, with %i replicas, per replica %s: %s', (at, value, base, per, expected) => {
    expect(held(at, value, base, per)).toBe(expected)
  })

  it('gives HPA the whole ratio from zero', () => {
    expect(tracked(0, 130, 50, false)).toEqual({ replicas: 3, tolerated: false })
    expect(tracked(0, 130, 50, true)).toEqual({ replicas: 3, tolerated: false })
  })

  it('asks for nothing without a value, and a stale one blocks downs', () => {
    const stale = { hold: { text: 'span(a/b).rate', type: 'rate', value: undefined, unknown: 'stale' as const } }
    const d = planned(4, [
      [rule('r', 'hold 50'), 'true', stale],
      [rule('down', '-1'), 'true'],
    ])
    expect(say(d)).toBe('StaleEvidence 4 (hold)')
    expect(d.rules[0]?.silent).toContain('stale')
  })
})

describe('rule clauses', () => {
  it('between narrows what the rule asks for and never turns its direction', () => {
    expect(say(planned(2, [[rule('r', '+8', { between: { min: 1, max: 5 } }), 'true']]))).toBe('ScaleUp 2 → 5')
    expect(say(planned(7, [[rule('r', '+2', { between: { min: 1, max: 5 } }), 'true']]))).toBe('TooManyReplicas 7 (hold)')
    expect(say(planned(2, [[rule('r', '-1', { between: { min: 4, max: 8 } }), 'true']]))).toBe('TooFewReplicas 2 (hold)')
  })

  it('a rule rests for its own cooldown, and the hold says so', () => {
    const r = rule('r', '+2', { cooldownNs: 60 * s })
    const d = planned(2, [[r, 'true']], { state: settled(0, 2, { ruleActed: { r: 960 * s } }) })
    expect(say(d)).toBe('Cooldown 2 (hold)')
    expect(d.message).toBe('r rests another 20s after it acted')
    expect(d.rules).toMatchObject([{ fired: false, wants: 4, silent: 'rests another 20s after it acted' }])
    expect(say(planned(2, [[r, 'true']], { state: settled(0, 2, { ruleActed: { r: 940 * s } }) }))).toBe('ScaleUp 2 → 4')
  })

  it('on missing floor lifts, never lowers, once it has been stale for so long', () => {
    const r = rule('r', '-1', { onMissing: { kind: 'floor', replicas: 4, afterNs: 60 * s } })
    expect(say(planned(2, [[r, 'stale', { staleSince: 941 * s }]]))).toBe('StaleEvidence 2 (hold)')
    expect(say(planned(2, [[r, 'stale', { staleSince: 940 * s }]]))).toBe('ScaleUp 2 → 4')
    expect(say(planned(6, [[r, 'stale', { staleSince: 940 * s }]]))).toBe('StaleEvidence 6 (hold)')
    // A hold without `when` is true, and what is missing is its value.
    const h = rule('h', 'hold 50', { onMissing: { kind: 'floor', replicas: 4, afterNs: 60 * s } })
    const hold = { text: 'span(a/b).rate', type: 'rate', value: undefined, unknown: 'stale' } as const
    expect(say(planned(2, [[h, 'true', { staleSince: 941 * s, hold }]]))).toBe('StaleEvidence 2 (hold)')
    expect(say(planned(2, [[h, 'true', { staleSince: 940 * s, hold }]]))).toBe('ScaleUp 2 → 4')
  })

  it('says when somebody else changed the workload', () => {
    const d = planned(5, [[rule('r', '+2'), 'true']], { state: settled(999 * s, 2), target: target() })
    expect(d.stages[0]?.message).toBe('somebody else changed deployment/adservice from 2 to 5 replicas; planning from 5; r wants 7')
    expect(say(d)).toBe('ScaleUp 5 → 7')
  })
})
