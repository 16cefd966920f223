import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WorkloadSnapshot } from '../../src/evaluate/index.ts'
import {
  createWorld,
  dryRun,
  isError,
  type OrchestrationClient,
  type OrchestrationError,
  snapshotOf,
  type WorkloadState,
  type WorldClock,
} from '../../src/orchestrators/index.ts'

const state = (desired: number, ready: number, more: Partial<WorkloadState> = {}): WorkloadState => ({ desired, ready, version: 'v', ...more })

function snapshot(of: WorkloadState, previous: WorkloadSnapshot | undefined, now: number): WorkloadSnapshot {
  const result = snapshotOf(of, previous, now)
  if ('error' in result) throw new Error(result.message)
  return result
}

/** Waiting is explicit: `tick` ends the wait that the poller is in. */
function virtualClock() {
  let wake: (() => void) | undefined
  let waiting = Promise.withResolvers<void>()
  const clock = {
    time: 0,
    now: () => clock.time,
    wait: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
        waiting.resolve()
      }),
    /** The round that is under way has ended. */
    settled: () => waiting.promise,
    async tick(to: number) {
      await waiting.promise
      clock.time = to
      waiting = Promise.withResolvers<void>()
      wake?.()
      await waiting.promise
    },
  }
  return clock satisfies WorldClock
}

/** Answers what it is told to. */
function scripted(answers: Map<string, WorkloadState | OrchestrationError>): OrchestrationClient {
  const answer = async ({ name }: { name: string }) => answers.get(name) ?? ({ error: 'not-found', message: `no ${name}` } as const)
  return { name: 'scripted', get: answer, set: answer, close: async () => {} }
}

describe('a snapshot', () => {
  it('is ready since the replicas first were, and keeps that time', () => {
    const starting = snapshot(state(2, 1), undefined, 10)
    expect(starting.readySince).toBeUndefined()
    const ready = snapshot(state(2, 2), starting, 20)
    expect(ready.readySince).toBe(20)
    expect(snapshot(state(2, 2), ready, 30).readySince).toBe(20)
  })

  it('starts the clock anew when a replica is lost and when another number is wanted', () => {
    const ready = snapshot(state(2, 2), undefined, 20)
    const lost = snapshot(state(2, 1), ready, 30)
    expect(snapshot(state(2, 2), lost, 40).readySince).toBe(40)
    expect(snapshot(state(4, 4), ready, 50).readySince).toBe(50)
  })

  it('carries what blocks it and who owns it', () => {
    expect(snapshotOf(state(2, 2, { blocked: 'a rollout', owner: 'HorizontalPodAutoscaler shop/ads', note: 'n' }), undefined, 5)).toEqual({
      desired: 2,
      ready: 2,
      version: 'v',
      readySince: 5,
      blocked: 'a rollout',
      owner: 'HorizontalPodAutoscaler shop/ads',
    })
  })

  it('turns every error into one that the engine knows', () => {
    for (const error of ['conflict', 'not-found', 'not-scalable', 'forbidden', 'blocked', 'transient'] as const) {
      const result = snapshotOf({ error, message: 'm' }, undefined, 0)
      expect(result).toEqual({ error: error === 'conflict' || error === 'blocked' ? 'transient' : error, message: 'm' })
    }
  })

  it('is ready exactly while all replicas are, and never since a time before that number was wanted', () => {
    const readings = fc.array(fc.record({ desired: fc.nat(4), ready: fc.nat(4) }), { minLength: 1 })
    fc.assert(
      fc.property(readings, (list) => {
        let previous: WorkloadSnapshot | undefined
        let wantedSince = 0
        for (const [now, { desired, ready }] of list.entries()) {
          if (previous?.desired !== desired) wantedSince = now
          const next = snapshot(state(desired, ready), previous, now)
          expect(next.readySince !== undefined).toBe(ready >= desired)
          if (next.readySince !== undefined) {
            expect(next.readySince).toBeGreaterThanOrEqual(wantedSince)
            expect(list.slice(next.readySince, now + 1).every((r) => r.ready >= r.desired)).toBe(true)
          }
          previous = next
        }
      }),
    )
  })
})

describe('the world', () => {
  const ads = { id: 'deployment/ads', workload: { kind: 'deployment', name: 'ads' } }
  const web = { id: 'deployment/web', workload: { kind: 'deployment', name: 'web' } }

  it('polls every target and says what changed', async () => {
    const answers = new Map<string, WorkloadState | OrchestrationError>([['ads', state(2, 1, { note: 'a replica keeps dying' })]])
    const clock = virtualClock()
    const changes: string[] = []
    const poller = createWorld(scripted(answers), [ads, web], clock, {
      onChange: (id, now) => changes.push(`${id} ${'error' in now ? now.error : `${now.ready}/${now.desired} since ${now.readySince}`}`),
    })
    poller.start()
    await clock.settled()
    expect(poller.stateOf(ads.id)?.note).toBe('a replica keeps dying')
    answers.set('ads', state(2, 2))
    await clock.tick(10)
    await clock.tick(20)
    expect(changes).toEqual(['deployment/ads 1/2 since undefined', 'deployment/web not-found', 'deployment/ads 2/2 since 10'])
    await poller.close()
  })

  it('shows an outage, and remembers across it since when the replicas were ready', async () => {
    const answers = new Map<string, WorkloadState | OrchestrationError>([['ads', state(2, 2)]])
    const clock = virtualClock()
    const poller = createWorld(scripted(answers), [ads], clock)
    poller.start()
    await clock.settled()
    answers.set('ads', { error: 'transient', message: 'no answer' })
    await clock.tick(10)
    expect(poller.world.get(ads.id)).toEqual({ error: 'transient', message: 'no answer' })
    expect(poller.stateOf(ads.id)).toBeUndefined()
    answers.set('ads', state(2, 2))
    await clock.tick(20)
    expect(poller.world.get(ads.id)).toMatchObject({ readySince: 0 })
    await poller.close()
  })

  it('does not let a reading that was under way undo what a set answered', async () => {
    const late = Promise.withResolvers<WorkloadState>()
    const client: OrchestrationClient = { ...scripted(new Map()), get: () => late.promise }
    const poller = createWorld(client, [ads], virtualClock())
    const reading = poller.refresh(ads.id)
    poller.observe(ads.id, state(4, 2))
    late.resolve(state(2, 2))
    await reading
    expect(poller.world.get(ads.id)).toMatchObject({ desired: 4, readySince: undefined })
  })

  it('takes a failed set for no news of the workload', async () => {
    const poller = createWorld(scripted(new Map([['ads', state(2, 2)]])), [ads], virtualClock())
    await poller.refresh()
    poller.observe(ads.id, { error: 'conflict', message: 'plan again' })
    expect(poller.world.get(ads.id)).toMatchObject({ desired: 2 })
  })

  it('forgets the targets that a reload leaves out', async () => {
    const poller = createWorld(dryRun({ replicas: {}, otherwise: 2 }), [ads, web], virtualClock())
    await poller.refresh()
    poller.retarget([web])
    expect([...poller.world.keys()]).toEqual([web.id])
    poller.observe(ads.id, state(3, 3))
    expect(poller.world.has(ads.id)).toBe(false)
  })

  it('asks about at most so many at the same time, and about each once', async () => {
    let open = 0
    let most = 0
    const asked: string[] = []
    const client: OrchestrationClient = {
      ...scripted(new Map()),
      async get({ name }) {
        asked.push(name)
        most = Math.max(most, ++open)
        await new Promise((resolve) => setImmediate(resolve))
        open--
        return state(1, 1)
      },
    }
    const targets = Array.from({ length: 20 }, (_, i) => ({ id: `t${i}`, workload: { name: `t${i}` } }))
    const poller = createWorld(client, targets, virtualClock(), { concurrency: 3 })
    await poller.refresh()
    expect(most).toBe(3)
    expect(asked.toSorted()).toEqual(targets.map((t) => t.id).toSorted())
    expect([...poller.world.values()].every((s) => !isError(s))).toBe(true)
  })
})

describe('two readings of one target at the same time', () => {
  it('leave what the later one saw, in whatever order they end', async () => {
    const ads = { id: 'deployment/ads', workload: { kind: 'deployment', name: 'ads' } }
    const asked: PromiseWithResolvers<WorkloadState>[] = []
    const client: OrchestrationClient = {
      ...scripted(new Map()),
      get() {
        const answer = Promise.withResolvers<WorkloadState>()
        asked.push(answer)
        return answer.promise
      },
    }
    const poller = createWorld(client, [ads], virtualClock())
    const [first, second] = [poller.refresh(), poller.refresh()]
    asked[1]?.resolve(state(3, 3))
    await second
    asked[0]?.resolve(state(2, 2))
    await first
    expect(poller.world.get(ads.id)).toMatchObject({ desired: 3 })
    await poller.close()
  })

  it('of which the earlier one is fresh leave that, for the other may be from a copy that is behind', async () => {
    const ads = { id: 'deployment/ads', workload: { kind: 'deployment', name: 'ads' } }
    const fresh = Promise.withResolvers<WorkloadState>()
    const client: OrchestrationClient = {
      ...scripted(new Map()),
      get: async (_, options) => (options?.fresh ? fresh.promise : state(2, 2)),
    }
    const poller = createWorld(client, [ads], virtualClock())
    const reading = poller.refresh(ads.id)
    poller.start()
    await expect.poll(() => poller.world.get(ads.id)).toMatchObject({ desired: 2 })
    fresh.resolve(state(4, 4))
    await reading
    expect(poller.world.get(ads.id)).toMatchObject({ desired: 4 })
    await poller.close()
  })
})
