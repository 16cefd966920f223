import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { simulatedWorld } from '../../src/recordings/world.ts'
import { ads, planned, rule, s } from '../plan/build.ts'

const seen = (world: ReturnType<typeof simulatedWorld>, at: number) => {
  const w = world.at(at * s).get(ads)
  if (w === undefined || 'error' in w) throw new Error('not read')
  return w
}

describe('a simulated workload', () => {
  it('scales at once and is ready after the delay', () => {
    const world = simulatedWorld([{ id: ads, replicas: 2 }], 30 * s)
    expect(seen(world, 0)).toEqual({ desired: 2, ready: 2, version: '1', readySince: 0 })
    world.set(ads, 4, 10 * s)
    expect(seen(world, 10)).toEqual({ desired: 4, ready: 2, version: '2', readySince: undefined })
    expect(seen(world, 39)).toMatchObject({ ready: 2 })
    expect(seen(world, 40)).toEqual({ desired: 4, ready: 4, version: '2', readySince: 40 * s })
    expect(seen(world, 90)).toMatchObject({ readySince: 40 * s })
  })
  it('withdraws what has not started first', () => {
    const world = simulatedWorld([{ id: ads, replicas: 2 }], 30 * s)
    world.set(ads, 5, 0)
    world.set(ads, 3, 10 * s)
    expect(seen(world, 10)).toMatchObject({ desired: 3, ready: 2 })
    expect(seen(world, 30)).toMatchObject({ desired: 3, ready: 3, readySince: 30 * s })
    world.set(ads, 1, 40 * s)
    expect(seen(world, 40)).toMatchObject({ desired: 1, ready: 1, readySince: 40 * s })
  })
  it('is ready at once without a delay', () => {
    const world = simulatedWorld([{ id: ads, replicas: 2 }], 0)
    world.set(ads, 4, 10 * s)
    expect(seen(world, 10)).toMatchObject({ desired: 4, ready: 4, readySince: 10 * s })
  })
  it('takes a decision that was planned on its version, and no other', () => {
    const world = simulatedWorld([{ id: ads, replicas: 2 }], 0)
    const decision = planned(2, [[rule('r', '+2'), 'true']], { snapshot: seen(world, 0) })
    expect(world.apply(decision)).toBe(true)
    expect(world.apply(decision)).toBe(false)
    expect(world.replicas()).toEqual(new Map([[ads, 4]]))
    expect(world.apply({ ...decision, target: 'deployment/other' })).toBe(false)
  })
  it('never has more ready than desired, and all of them one delay after the last change', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9 }))), (moves) => {
        const world = simulatedWorld([{ id: ads, replicas: 3 }], 30 * s)
        let at = 0
        for (const [wait, replicas] of moves) {
          at += wait
          world.set(ads, replicas, at * s)
          const { ready, desired } = seen(world, at)
          expect(ready).toBeGreaterThanOrEqual(0)
          expect(ready).toBeLessThanOrEqual(desired)
        }
        const { ready, desired, readySince } = seen(world, at + 30)
        expect(ready).toBe(desired)
        expect(readySince).toBeLessThanOrEqual((at + 30) * s)
      }),
    )
  })
})
