import { describe, expect, it } from 'vitest'
import type { Said } from './build.ts'
import { planned, rule, say, target } from './build.ts'

/** Rules as `name action`, all true unless said. */
function merged(base: number, ...rules: (string | [string, Partial<Parameters<typeof rule>[2]> & { said?: Said }])[]): string {
  return say(decided(base, ...rules))
}

function decided(base: number, ...rules: (string | [string, Partial<Parameters<typeof rule>[2]> & { said?: Said }])[]) {
  return planned(
    base,
    rules.map((given) => {
      const [text, { said = 'true', ...more }] = typeof given === 'string' ? [given, {}] : given
      const [name = '', ...words] = text.split(' ')
      return [rule(name, words.join(' '), more), said] as const
    }),
    { target: target({ max: 40 }) },
  )
}

describe('largest capacity wins both ways', () => {
  it('of ups the highest', () => expect(merged(10, 'a +3', 'b +200%')).toBe('ScaleUp 10 → 30'))
  it('of downs the smallest reduction', () => expect(merged(10, 'a -3', 'b -1')).toBe('ScaleDown 10 → 9'))
  it('equal intents are one', () => expect(merged(2, 'a +2', 'b +2')).toBe('ScaleUp 2 → 4'))
  it('a rule that asks to stay outvotes a down', () => {
    expect(merged(4, 'a -1', 'b to 4')).toBe('RuleConflict 4 (hold)')
    expect(decided(4, 'a -1', 'b to 4').message).toBe('a: a holds; 4 → 3 is held: a wants 3, but b wants 4; the larger capacity wins (RuleConflict)')
  })
  it('combine sum adds', () => {
    const two = [
      [rule('a', '+2'), 'true'],
      [rule('b', '+3'), 'true'],
    ] as const
    expect(say(planned(2, two, { target: target({ combine: 'sum' }) }))).toBe('ScaleUp 2 → 7')
    const down = [
      [rule('a', '-2'), 'true'],
      [rule('b', '-3'), 'true'],
    ] as const
    expect(say(planned(9, down, { target: target({ combine: 'sum' }) }))).toBe('ScaleDown 9 → 4')
  })
})

describe('up beats down', () => {
  it('and the record names both', () => {
    const d = decided(4, 'calm -1', 'slow +2')
    expect(say(d)).toBe('ScaleUp 4 → 6')
    expect(d.stages.find((x) => x.stage === 'merge')?.message).toBe('slow wants 6 and calm wants 3; up beats down (RuleConflict)')
    expect(d.message).toBe('slow: slow holds; 4 → 6 replicas (slow wants 6 and calm wants 3; up beats down (RuleConflict))')
  })
})

describe('a down needs unanimity', () => {
  it.each(['stale', 'world'] as const)('a rule that is unknown as %s blocks it', (said) => {
    expect(merged(4, 'a -1', ['b +2', { said }])).toBe('StaleEvidence 4 (hold)')
    expect(merged(4, 'a -1', ['b freeze up', { said }])).toBe('StaleEvidence 4 (hold)')
  })
  it('and the hold says whose evidence and why', () => {
    expect(decided(4, 'a -1', ['b +2', { said: 'stale' }], ['c +2', { said: 'stale' }], ['d +2', { said: 'world' }]).message).toBe(
      'a: a holds; 4 → 3 is held: nothing is taken away while b and c are unknown: the telemetry is stale; d is unknown: replicas or a metric could not be read',
    )
  })
  it.each(['empty', 'few', 'arithmetic', 'false'] as const)('one that is %s does not', (said) => {
    expect(merged(4, 'a -1', ['b +2', { said }])).toBe('ScaleDown 4 → 3')
  })
  it('ups go ahead on the rules that are known', () => expect(merged(4, 'a +1', ['b +2', { said: 'stale' }])).toBe('ScaleUp 4 → 5'))
  it('a rule that only observes blocks nothing', () => expect(merged(4, 'a -1', ['b +2', { said: 'stale', observe: true }])).toBe('ScaleDown 4 → 3'))
})

describe('floors and ceilings', () => {
  it('a ceiling stops ups', () => {
    expect(merged(4, 'a +4', 'cap to at most 6')).toBe('ScaleUp 4 → 6')
    expect(merged(6, 'a +4', 'cap to at most 6')).toBe('RuleConflict 6 (hold)')
  })
  it('a ceiling takes away only where nobody asks for more', () => {
    expect(merged(8, 'cap to at most 6')).toBe('ScaleDown 8 → 6')
    expect(merged(8, 'a +4', 'cap to at most 6')).toBe('RuleConflict 8 (hold)')
    expect(merged(8, 'a -1', 'cap to at most 4')).toBe('ScaleDown 8 → 4')
  })
  it('a floor stops downs', () => {
    expect(merged(6, 'a to 2', 'base to at least 4')).toBe('ScaleDown 6 → 4')
    expect(merged(4, 'a -1', 'base to at least 4')).toBe('RuleConflict 4 (hold)')
  })
  it('the floor decides between them', () => {
    expect(merged(2, 'base to at least 8', 'cap to at most 4')).toBe('ScaleUp 2 → 8')
    expect(merged(9, 'base to at least 8', 'cap to at most 4')).toBe('ScaleDown 9 → 8')
  })
})

describe('priority', () => {
  it('sets aside what asks for less important changes', () => {
    expect(merged(4, ['shed to 2', { priority: 10 }], 'slow +2')).toBe('ScaleDown 4 → 2')
    expect(merged(2, ['base to at least 6', { priority: 1 }], 'slow +1')).toBe('ScaleUp 2 → 6')
  })
  it('a floor that is met sets nothing aside and still counts', () => {
    expect(merged(6, ['base to at least 6', { priority: 1 }], 'slow +1')).toBe('ScaleUp 6 → 7')
    expect(merged(6, ['base to at least 6', { priority: 1 }], 'calm -1')).toBe('RuleConflict 6 (hold)')
  })
  it('a ceiling of higher priority beats a floor', () => {
    expect(merged(2, 'base to at least 8', ['cap to at most 4', { priority: 1 }])).toBe('ScaleUp 2 → 4')
  })
})

describe('a count outside the declared bounds', () => {
  it('comes back', () => {
    expect(say(planned(14, []))).toBe('ScaleDown 14 → 10')
    expect(say(planned(2, [], { target: target({ min: 4 }) }))).toBe('ScaleUp 2 → 4')
  })
  it('but an implied bound takes nothing away, and lets nothing in', () => {
    const implied = { target: target({ boundsImplied: true }) }
    expect(say(planned(14, [], implied))).toBe('Steady 14 (steady)')
    expect(say(planned(14, [[rule('a', '+2'), 'true']], implied))).toBe('TooManyReplicas 14 (hold)')
    expect(say(planned(14, [[rule('a', '-1'), 'true']], implied))).toBe('ScaleDown 14 → 13')
  })
})
