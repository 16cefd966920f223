import { describe, expect, it } from 'vitest'
import { steadyClock } from '../../src/daemon/clock.ts'

/** A machine whose wall clock can be set. */
function machine() {
  let wall = 1_700_000_000_000
  let elapsed = 5000
  const now = steadyClock(
    () => wall,
    () => elapsed,
  )
  return {
    now: () => now() - 1_700_000_000_000,
    pass(ms: number) {
      wall += ms
      elapsed += ms
    },
    set(ms: number) {
      wall += ms
    },
  }
}

describe('the clock of steps', () => {
  it('is the wall clock, also while that is slewed', () => {
    const { now, pass, set } = machine()
    for (let i = 0; i < 100; i++) {
      pass(1000)
      set(50)
      now()
    }
    expect(now()).toBe(105_000)
  })

  it.each([3_600_000, -3_600_000])('goes on evenly while the wall clock is wrong by %i ms for a while', (jump) => {
    const { now, pass, set } = machine()
    pass(1000)
    set(jump)
    expect(now()).toBe(1000)
    pass(9000)
    expect(now()).toBe(10_000)
    set(-jump)
    expect(now()).toBe(10_000)
    pass(60_000)
    expect(now()).toBe(70_000)
  })

  it.each([3_600_000, -3_600_000])('believes a jump of %i ms that has stood for ten seconds', (jump) => {
    const { now, pass, set } = machine()
    set(jump)
    now()
    pass(10_000)
    expect(now()).toBe(10_000 + jump)
  })
})
