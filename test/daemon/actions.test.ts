import { describe, expect, it } from 'vitest'
import type { WorkloadRef } from '../../src/bundle/index.ts'
import { createActions } from '../../src/daemon/actions.ts'
import type { PendingAction } from '../../src/daemon/store.ts'
import type { OrchestrationClient, OrchestrationError, SetRequest, WorkloadState } from '../../src/orchestrators/index.ts'
import { createWorld, inFlightMs } from '../../src/orchestrators/index.ts'
import type { Decision } from '../../src/plan/index.ts'

const workload: WorkloadRef = { kind: 'deployment', name: 'adservice' }
const target = 'deployment/adservice'
const decision: Decision = {
  ...{ id: 'd1', at: 1024, target, outcome: 'scale', reason: 'ScaleUp', message: 'ads are slow', from: 2, to: 4, version: '1' },
  ...{ rules: [], stages: [] },
}
const down: OrchestrationError = { error: 'transient', message: 'nobody answers' }

/** An orchestrator of one workload whose answers can be lost and whose doors can be closed. */
function fakeOrchestrator() {
  const fake = {
    desired: 2,
    version: 1,
    sets: [] as SetRequest[],
    /** Undefined: well. */
    getError: undefined as OrchestrationError | undefined,
    setError: undefined as OrchestrationError | undefined,
    /** The request is carried out and its answer never arrives. */
    loseAnswers: false,
    /** A request that nobody waits for any more is carried out by this, or never. */
    onItsWay: undefined as (() => void) | undefined,
    delay: false,
  }
  const state = (): WorkloadState => ({ desired: fake.desired, ready: fake.desired, version: String(fake.version) })
  const client: OrchestrationClient = {
    name: 'fake',
    get: async () => fake.getError ?? state(),
    async set(_, request) {
      if (fake.setError !== undefined) return fake.setError
      if (request.version !== String(fake.version)) return { error: 'conflict', message: 'moved on' }
      fake.sets.push(request)
      const carryOut = (): void => {
        fake.desired = request.replicas
        fake.version++
      }
      if (fake.delay) {
        fake.onItsWay = carryOut
        return down
      }
      carryOut()
      return fake.loseAnswers ? down : state()
    },
    close: async () => {},
  }
  return { fake, client }
}

async function setUp(options: { pending?: Record<string, PendingAction>; persist?: () => Promise<void>; isTarget?: boolean } = {}) {
  const { fake, client } = fakeOrchestrator()
  const world = createWorld(client, [{ id: target, workload }], { now: () => 2048, wait: async () => {} })
  const clock = { now: 0 }
  const acted: string[] = []
  const failed: string[] = []
  /** What was on disk at each write. */
  const written: string[][] = []
  const actions = createActions({
    client,
    world,
    persist:
      options.persist ??
      (async () => {
        written.push([...actions.pending.keys()])
      }),
    acted: ({ id }, { unsure = false } = {}) => acted.push(unsure ? `perhaps ${id}` : id),
    failed: (_, { error }) => failed.push(error),
    mayAct: () => true,
    isTarget: () => options.isTarget ?? true,
    pending: options.pending ?? {},
    now: () => clock.now,
  })
  return { clock, fake, client, world, actions, acted, failed, written }
}

describe('carrying out a decision', () => {
  it('writes it down, sets, tells the engine and strikes it out, in this order', async () => {
    const { fake, actions, acted, written, world } = await setUp()
    await world.refresh()
    expect(await actions.carryOut(decision, workload)).toBe(decision)
    expect(fake.sets).toEqual([{ replicas: 4, version: '1', reason: 'ads are slow', id: 'd1', mayWrite: expect.any(Function) }])
    expect(acted).toEqual(['d1'])
    expect(written).toEqual([[target], []])
    expect(world.world.get(target)).toMatchObject({ desired: 4 })
  })

  it('does nothing that could not be written down', async () => {
    const { fake, actions, acted } = await setUp({ persist: () => Promise.reject(new Error('disk full')) })
    const result = await actions.carryOut(decision, workload)
    expect(result).toMatchObject({ outcome: 'hold', reason: 'FailedUpdateScale', to: 2, message: expect.stringContaining('disk full') })
    expect([fake.sets, acted, actions.pending.size]).toEqual([[], [], 0])
  })

  it('does not begin a second one beside it', async () => {
    const { fake, actions, world } = await setUp()
    await world.refresh()
    const both = await Promise.all([actions.carryOut(decision, workload), actions.carryOut({ ...decision, id: 'd2', to: 5 }, workload)])
    expect(both.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['d1 scale', 'd2 hold'])
    expect(fake.sets).toHaveLength(1)
  })

  it.each(['conflict', 'not-found', 'not-scalable', 'forbidden', 'blocked'] as const)('holds and reads again after %s', async (error) => {
    const { fake, actions, acted, failed, world, written } = await setUp()
    await world.refresh()
    fake.setError = { error, message: 'because' }
    fake.desired = 7
    expect(await actions.carryOut(decision, workload)).toMatchObject({
      outcome: 'hold',
      reason: 'FailedUpdateScale',
      message: expect.stringContaining('because'),
    })
    expect([acted, failed, actions.pending.size, written.at(-1)]).toEqual([[], [error], 0, []])
    expect(world.world.get(target)).toMatchObject({ desired: 7 })
  })

  it('counts an action whose answer was lost as done when the workload shows it', async () => {
    const { fake, actions, acted } = await setUp()
    fake.loseAnswers = true
    expect(await actions.carryOut(decision, workload)).toBe(decision)
    expect([fake.sets.length, acted, actions.pending.size]).toEqual([1, ['d1'], 0])
  })

  it('says of an action whose answer was lost, and whose workload somebody has changed since, that it counts as done', async () => {
    const { fake, client, actions, acted } = await setUp()
    fake.loseAnswers = true
    const { get } = client
    client.get = async (which) => {
      fake.desired = 3
      return get(which)
    }
    expect(await actions.carryOut(decision, workload)).toMatchObject({
      outcome: 'hold',
      reason: 'FailedUpdateScale',
      message: expect.stringContaining('it counts as done'),
    })
    expect([fake.sets.length, acted, actions.pending.size]).toEqual([1, ['perhaps d1'], 0])
  })

  it('waits with an action without an answer, of which nothing is seen, for as long as it may be carried out', async () => {
    const { fake, client, clock, actions, acted, world } = await setUp()
    await world.refresh()
    fake.delay = true
    expect(await actions.carryOut(decision, workload)).toMatchObject({
      outcome: 'hold',
      message: expect.stringContaining('The workload will show whether it was'),
    })
    expect([fake.desired, await actions.resolve(), [...actions.pending.keys()]]).toEqual([2, [], [target]])
    expect(await actions.carryOut({ ...decision, id: 'd2' }, workload)).toMatchObject({ outcome: 'hold' })
    clock.now = inFlightMs - 1
    fake.onItsWay?.()
    await world.refresh()
    expect([await actions.resolve(), acted, fake.sets.length]).toEqual([[decision], ['d1'], 1])
    // And one that never was: after that time it is read once more, as it is now and not from a copy.
    expect(await actions.carryOut({ ...decision, id: 'd3', from: 4, to: 6, version: '2' }, workload)).toMatchObject({ outcome: 'hold' })
    clock.now += inFlightMs
    const readings: unknown[] = []
    const { get } = client
    client.get = (which, how) => {
      readings.push(how)
      return get(which, how)
    }
    await actions.resolve()
    await actions.idle()
    expect([actions.pending.size, readings]).toEqual([1, [{ fresh: true }]])
    expect([await actions.resolve(), actions.pending.size, acted]).toEqual([[], 0, ['d1']])
  })

  it('plans anew at once after one that surely was not written', async () => {
    const { fake, actions, acted, world } = await setUp()
    await world.refresh()
    fake.setError = { ...down, unwritten: true }
    expect(await actions.carryOut(decision, workload)).toMatchObject({ outcome: 'hold', message: expect.stringContaining('nobody answers') })
    expect([actions.pending.size, acted]).toEqual([0, []])
  })

  it('holds the target until the fate of an action without an answer is known', async () => {
    const { fake, actions, acted, world } = await setUp()
    await world.refresh()
    fake.loseAnswers = true
    fake.getError = down
    expect(await actions.carryOut(decision, workload)).toMatchObject({ outcome: 'hold' })
    expect(await actions.resolve()).toEqual([])
    expect([...actions.pending.keys()]).toEqual([target])
    fake.getError = undefined
    await world.refresh()
    expect(actions.world().get(target)).toMatchObject({ desired: 4, blocked: expect.stringContaining('from 2 to 4') })
    expect(await actions.resolve()).toEqual([decision])
    expect([acted, actions.pending.size, fake.sets.length]).toEqual([['d1'], 0, 1])
    expect(actions.world().get(target)).not.toHaveProperty('blocked')
  })
})

describe('an action of a run that was killed', () => {
  const pending = { [target]: { workload, decision } }

  it('was done when the workload has its replicas: it counts once, and nothing is set again', async () => {
    const { fake, actions, acted, world, written } = await setUp({ pending })
    fake.desired = 4
    expect(await actions.resolve()).toEqual([])
    await world.refresh()
    expect(await actions.resolve()).toEqual([decision])
    expect(await actions.resolve()).toEqual([])
    expect([acted, fake.sets, written]).toEqual([['d1'], [], [[]]])
  })

  it('was not done when the workload has those of before: planning starts anew', async () => {
    const { clock, fake, actions, acted, world, written } = await setUp({ pending })
    await world.refresh()
    expect([await actions.resolve(), actions.pending.size]).toEqual([[], 1])
    clock.now = inFlightMs
    await actions.resolve()
    await actions.idle()
    expect(await actions.resolve()).toEqual([])
    expect([acted, fake.sets, written, actions.pending.size]).toEqual([[], [], [[]], 0])
  })

  it('counts as done when somebody has set others since: nobody can tell, and to rest once too often does less harm', async () => {
    const { fake, actions, acted, world } = await setUp({ pending })
    fake.desired = 7
    await world.refresh()
    expect(await actions.resolve()).toEqual([])
    expect([acted, fake.sets, actions.pending.size]).toEqual([['perhaps d1'], [], 0])
  })

  it('stays open while the workload cannot be read, and is void when it is gone', async () => {
    const { fake, actions, acted, world } = await setUp({ pending })
    fake.getError = down
    await world.refresh()
    await actions.resolve()
    expect(actions.pending.size).toBe(1)
    fake.getError = { error: 'not-found', message: 'gone' }
    await world.refresh()
    await actions.resolve()
    expect([actions.pending.size, acted]).toEqual([0, []])
  })

  it('is void when no rule has its target any more', async () => {
    const { actions, acted } = await setUp({ pending, isTarget: false })
    await actions.resolve()
    expect([actions.pending.size, acted]).toEqual([0, []])
  })
})
