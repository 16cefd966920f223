import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WorkloadRef } from '../../src/bundle/index.ts'
import type { Actions } from '../../src/daemon/actions.ts'
import { createControl } from '../../src/daemon/control.ts'
import type { Engine } from '../../src/engine/index.ts'
import type { Decision } from '../../src/plan/index.ts'

const every = 100e6
const workload: WorkloadRef = { kind: 'deployment', name: 'adservice' }

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** An engine with a step every 100 ms, whose decisions are those that `decide` names. */
function setUp(decide: (n: number) => Decision['outcome'], carryOut: (decision: Decision) => Promise<Decision>) {
  const start = Date.now() * 1e6
  let n = 0
  const taken: number[] = []
  const decided: string[] = []
  const failures: unknown[] = []
  const engine = {
    due: (now: number) => (start + (n + 1) * every <= now ? start + (n + 1) * every : undefined),
    step(at: number) {
      n++
      taken.push((at - start) / every)
      const outcome = decide(n)
      const decision = { id: String(n), at, target: 't', outcome, reason: 'ScaleUp', message: '', from: 1, to: 2, version: '', rules: [], stages: [] }
      return { at, outcomes: [], decisions: [decision] }
    },
  } as unknown as Engine
  const actions: Actions = {
    pending: new Map(),
    world: () => new Map(),
    carryOut,
    resolve: async () => [],
    idle: async () => {},
  }
  const control = createControl({
    due: () => engine.due(Date.now() * 1e6),
    engine: () => engine,
    actions,
    leads: () => true,
    workloadOf: () => workload,
    lookEveryMs: () => 20,
    stepped: () => {},
    decided: ({ id, outcome }) => decided.push(`${id} ${outcome}`),
    failed: (error) => failures.push(error),
  })
  return { control, taken, decided, failures }
}

describe('the control loop', () => {
  it('takes each step once, in order, when the clock has passed it', async () => {
    const { control, taken, decided } = setUp(
      () => 'steady',
      async (decision) => decision,
    )
    control.start()
    await vi.advanceTimersByTimeAsync(99)
    expect(taken).toEqual([])
    await vi.advanceTimersByTimeAsync(450)
    expect(taken).toEqual([1, 2, 3, 4, 5])
    expect(decided).toEqual(['1 steady', '2 steady', '3 steady', '4 steady', '5 steady'])
    await control.stop()
  })

  it('waits for a quick action before the next step', async () => {
    const order: string[] = []
    const { control, taken } = setUp(
      (n) => (n === 1 ? 'scale' : 'steady'),
      async (decision) => {
        await new Promise((resolve) => setTimeout(resolve, 250))
        order.push(`done after ${taken.length}`)
        return decision
      },
    )
    control.start()
    await vi.advanceTimersByTimeAsync(500)
    expect(order).toEqual(['done after 1'])
    await control.stop()
  })

  it('goes on evaluating beside a slow one', async () => {
    const answer = Promise.withResolvers<Decision>()
    const { control, taken, decided } = setUp(
      (n) => (n === 1 ? 'scale' : 'steady'),
      () => answer.promise,
    )
    control.start()
    await vi.advanceTimersByTimeAsync(2000)
    expect(taken.length).toBeGreaterThan(15)
    expect(decided).not.toContain('1 scale')
    answer.resolve({ id: '1', outcome: 'scale' } as Decision)
    await vi.advanceTimersByTimeAsync(0)
    expect(decided.at(-1)).toBe('1 scale')
    await control.stop()
  })

  it('goes on after a bug in a step', async () => {
    const { control, taken, failures } = setUp(
      (n) => {
        if (n === 2) throw new Error('bug')
        return 'steady'
      },
      async (decision) => decision,
    )
    control.start()
    await vi.advanceTimersByTimeAsync(400)
    expect([taken.length >= 3, failures.length]).toEqual([true, 1])
    await control.stop()
  })

  it('takes what is due when it stops, and nothing after', async () => {
    const { control, taken } = setUp(
      () => 'steady',
      async (decision) => decision,
    )
    control.start()
    vi.setSystemTime(Date.now() + 350)
    await control.stop()
    expect(taken).toEqual([1, 2, 3])
    await vi.advanceTimersByTimeAsync(1000)
    control.wake()
    expect(taken).toEqual([1, 2, 3])
  })
})
