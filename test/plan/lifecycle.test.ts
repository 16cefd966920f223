import { describe, expect, it } from 'vitest'
import { advance, type TargetState } from '../../src/plan/index.ts'
import { s, snapshot, target } from './build.ts'

const left = (at: number): TargetState => ({
  recommendations: [{ at, replicas: 4 }],
  changes: [{ at, from: 2, to: 4 }],
  lastAction: { at, from: 2, to: 4, id: 'a' },
  ruleActed: { 'ads-slow': at },
  epoch: { kind: 'since', at },
  base: 4,
})

describe('a state whose times lie ahead', () => {
  it('of a clock that was an hour fast is taken to have happened now: the target does not rest for an hour', () => {
    const state = advance(left(3600 * s), target(), 100 * s, snapshot(4))
    expect(state).toEqual(left(100 * s))
  })

  it('by no more than clocks differ stays as it is', () => {
    const state = left(105 * s)
    expect(advance(state, target(), 100 * s, snapshot(4))).toBe(state)
  })
})
