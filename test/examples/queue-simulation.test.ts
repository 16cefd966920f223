import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Database } from '../../examples/queue-and-workers/simulation/database.ts'
import { Clock, either, type Process, Signal } from '../../examples/queue-and-workers/simulation/events.ts'
import { Queue } from '../../examples/queue-and-workers/simulation/queue.ts'
import { chanceOf } from '../../examples/queue-and-workers/simulation/random.ts'

describe('virtual time', () => {
  it('lets events happen in the order of their moments, and equals as they were asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (moments) => {
        const clock = new Clock()
        const happened: { readonly at: number; readonly i: number }[] = []
        for (const [i, at] of moments.entries()) clock.at(at, () => happened.push({ at: clock.now, i }))
        clock.run(20)
        const sorted = moments.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i)
        expect(happened).toEqual(sorted)
      }),
    )
  })

  it('leaves what lies beyond to the next run', () => {
    const clock = new Clock()
    const seen: number[] = []
    const process = function* (): Process {
      for (;;) {
        yield clock.after(10)
        seen.push(clock.now)
      }
    }
    clock.start(process())
    clock.run(25)
    expect([clock.now, seen]).toEqual([25, [10, 20]])
    clock.run(30)
    expect([clock.now, seen]).toEqual([30, [10, 20, 30]])
  })

  it('goes on with the first of two signals, once', () => {
    const clock = new Clock()
    const answer = new Signal()
    let resumed = 0
    either(answer, clock.after(5)).whenFired(() => resumed++)
    clock.run(10)
    answer.fire()
    expect(resumed).toBe(1)
    answer.whenFired(() => resumed++)
    expect(resumed).toBe(2)
  })
})

describe('the queue', () => {
  /** Messages that take as long as they say. */
  function queueOf(capacity: number, workers: number): { clock: Clock; queue: Queue<number>; begun: number[] } {
    const clock = new Clock()
    const begun: number[] = []
    const queue = new Queue<number>(capacity, workers, (ms, done) => {
      begun.push(clock.now)
      clock.after(ms).whenFired(done)
    })
    return { clock, queue, begun }
  }

  it('lets publishers wait while it is full', () => {
    const { clock, queue, begun } = queueOf(1, 1)
    const accepted: number[] = []
    for (let i = 0; i < 4; i++) queue.publish(10).whenFired(() => accepted.push(clock.now))
    clock.run(100)
    // One is being worked on, one waits inside, two outside.
    expect(accepted).toEqual([0, 0, 10, 20])
    expect(begun).toEqual([0, 10, 20, 30])
  })

  it('forgets what was abandoned outside, and not what is inside', () => {
    const { clock, queue, begun } = queueOf(1, 1)
    queue.publish(10)
    const inside = queue.publish(10)
    const outside = queue.publish(10)
    for (const publication of [inside, outside]) queue.abandon(publication)
    clock.run(100)
    expect(begun).toEqual([0, 10])
    expect([inside.happened, outside.happened]).toEqual([true, false])
  })

  it('gives waiting messages to new workers at once', () => {
    const { clock, queue, begun } = queueOf(10, 1)
    for (let i = 0; i < 3; i++) queue.publish(10)
    clock.run(5)
    queue.workers = 3
    clock.run(100)
    expect(begun).toEqual([0, 5, 5])
  })
})

describe('the database', () => {
  /** Moments at which so many transactions of 100 ms commit that begin together. */
  function commits(count: number, replicas: number, slots: number): readonly number[] {
    const clock = new Clock()
    const database = new Database(clock, replicas, slots)
    const moments: number[] = []
    for (let i = 0; i < count; i++) database.transact(100).whenFired(() => moments.push(clock.now))
    clock.run(1e6)
    return moments
  }

  it('runs as many as it has room for at full speed', () => {
    expect(commits(8, 1, 8)).toEqual(Array(8).fill(100))
    expect(commits(8, 2, 4)).toEqual(Array(8).fill(100))
  })

  it('finishes fewer a second, the more there are beyond', () => {
    const perSecond = [8, 10, 16, 32].map((count) => (1000 * count) / (commits(count, 1, 8).at(-1) ?? 0))
    expect(perSecond[0]).toBeCloseTo(80)
    expect(perSecond).toEqual(perSecond.toSorted((a, b) => b - a))
    expect(perSecond[3]).toBeLessThan(40)
  })

  it('hurries on when it gets a replica', () => {
    const clock = new Clock()
    const database = new Database(clock, 1, 1)
    const moments: number[] = []
    for (let i = 0; i < 2; i++) database.transact(100).whenFired(() => moments.push(clock.now))
    // Two in one place: half the speed, less 6 %.
    clock.run(106)
    database.replicas = 2
    clock.run(1000)
    expect(moments).toEqual([expect.closeTo(156, 6), expect.closeTo(156, 6)])
  })
})

describe('chance', () => {
  it('is the same for the same seed, and as it should be on average', () => {
    const draws = (seed: number): number[] => {
      const chance = chanceOf(seed)
      return Array.from({ length: 20_000 }, () => chance.exponential(10))
    }
    expect(draws(7)).toEqual(draws(7))
    expect(draws(8)).not.toEqual(draws(7))
    const mean = draws(7).reduce((sum, draw) => sum + draw, 0) / 20_000
    expect(mean).toBeGreaterThan(9.7)
    expect(mean).toBeLessThan(10.3)
  })
})
