/** Several daemons and one lease, in virtual time: whatever fails, never two act. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApiResponse, KubernetesApi } from '../../../src/orchestrators/kubernetes/api.ts'
import { createLease, type Lease, type LeaseEvents, longestNote } from '../../../src/orchestrators/kubernetes/lease.ts'

/** One clock for all, which stops for those that are frozen, and time that passes only when a test says so. */
class Time {
  now = 0
  readonly #waiting: { readonly until: number; readonly wake: () => void }[] = []

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until: this.now + milliseconds, wake: resolve })
      signal.addEventListener('abort', () => resolve())
    })
  }

  /** To `time`, waking whoever waits on the way, `each` after every instant at which something happened. */
  async pass(milliseconds: number, each: () => void = () => {}): Promise<void> {
    const end = this.now + milliseconds
    for (;;) {
      await settle()
      each()
      const next = this.#waiting.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0]
      if (next === undefined) break
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      this.now = Math.max(this.now, next.until)
      next.wake()
    }
    this.now = end
  }
}

/** What was started runs until it waits for the clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

/** The API server's side: one object, compare and set by resourceVersion. */
class Leases {
  object: { metadata: { name: string; resourceVersion: string; annotations?: Record<string, string> }; spec: Record<string, unknown> } | undefined
  #version = 0
  writes = 0

  api(reach: () => 'open' | 'cut' | 'lost'): KubernetesApi {
    return {
      namespace: 'scale',
      timeoutMs: 5000,
      lines: async () => ({ status: 404, body: undefined }),
      close: async () => {},
      call: async (method, _path, body) => {
        const how = reach()
        if (how === 'cut') return { error: 'transient', message: 'cut off' }
        const answer = this.#answer(method, body as Leases['object'])
        // Carried out, and the answer never came.
        return how === 'lost' && method !== 'GET' ? { error: 'transient', message: 'no answer' } : answer
      },
    }
  }

  #answer(method: string, body: Leases['object']): ApiResponse {
    if (method === 'GET') return this.object === undefined ? { status: 404, body: {} } : { status: 200, body: structuredClone(this.object) }
    if (method === 'POST' ? this.object !== undefined : body?.metadata.resourceVersion !== this.object?.metadata.resourceVersion)
      return { status: 409, body: {} }
    this.writes++
    this.object = {
      ...structuredClone(body as NonNullable<Leases['object']>),
      metadata: { ...(body as NonNullable<Leases['object']>).metadata, resourceVersion: String(++this.#version) },
    }
    return { status: method === 'POST' ? 201 : 200, body: structuredClone(this.object) }
  }
}

function daemon(leases: Leases, time: Time, identity: string, events: LeaseEvents = {}) {
  const state = { reach: 'open' as 'open' | 'cut' | 'lost' }
  const clock = { now: () => time.now, wall: () => new Date(time.now), wait: (ms: number, signal: AbortSignal) => time.wait(ms, signal) }
  const lease = createLease(
    leases.api(() => state.reach),
    { namespace: 'scale', name: 'scaled', identity },
    events,
    clock,
  )
  lease.start()
  return { state, lease }
}

describe('a lease', () => {
  it('is had by one of those who want it, and by another within 20 s of the end of that one', async () => {
    const time = new Time()
    const leases = new Leases()
    const [a, b] = [daemon(leases, time, 'a'), daemon(leases, time, 'b')]
    await time.pass(5000)
    expect([a.lease.held, b.lease.held]).toEqual([true, false])
    expect(b.lease.holder).toBe('a')
    a.state.reach = 'cut'
    await time.pass(10_001)
    expect(a.lease.held).toBe(false)
    await time.pass(9_999)
    expect([a.lease.held, b.lease.held]).toEqual([false, true])
    expect(b.lease.transitions).toBe(1)
  })

  it('is let go at the end, so that the next has it at its next look', async () => {
    const time = new Time()
    const leases = new Leases()
    const [a, b] = [daemon(leases, time, 'a'), daemon(leases, time, 'b')]
    await time.pass(3000)
    await a.lease.close()
    expect(a.lease.held).toBe(false)
    await time.pass(2001)
    expect(b.lease.held).toBe(true)
  })

  it('hands over what its holder noted', async () => {
    const time = new Time()
    const leases = new Leases()
    const handed: (string | undefined)[] = []
    const a = daemon(leases, time, 'a', { note: () => `state at ${time.now}` })
    await time.pass(6000)
    daemon(leases, time, 'b', { onAcquired: (predecessor) => void handed.push(predecessor?.note) })
    a.state.reach = 'cut'
    await time.pass(20_000)
    expect(handed).toEqual(['state at 6000'])
  })

  it('hands it over also to one that held it before and whose first write as its new holder had no answer', async () => {
    const time = new Time()
    const leases = new Leases()
    const handed: (string | undefined)[] = []
    const b = daemon(leases, time, 'b', { note: () => 'state of b', onAcquired: (predecessor) => void handed.push(predecessor?.note) })
    await time.pass(3000)
    b.state.reach = 'cut'
    const a = daemon(leases, time, 'a', { note: () => 'state of a' })
    await time.pass(20_000)
    expect(a.lease.held).toBe(true)
    a.state.reach = 'cut'
    b.state.reach = 'lost'
    await time.pass(20_000)
    expect([leases.object?.spec.holderIdentity, b.lease.held]).toEqual(['b', false])
    b.state.reach = 'open'
    await time.pass(40_000)
    expect(b.lease.held).toBe(true)
    expect(handed).toEqual([undefined, 'state of a'])
  })

  it('is given up by one whose writes arrive and whose answers are lost', async () => {
    const time = new Time()
    const leases = new Leases()
    const [a, b] = [daemon(leases, time, 'a'), daemon(leases, time, 'b')]
    await time.pass(5000)
    a.state.reach = 'lost'
    await time.pass(35_000)
    expect([a.lease.held, b.lease.held]).toEqual([false, true])
  })

  it('whose holder has more to note than fits hands over that there was one, and nothing old', async () => {
    const time = new Time()
    const leases = new Leases()
    const handed: unknown[] = []
    let note = 'short'
    const a = daemon(leases, time, 'a', { note: () => note, onAcquired: (predecessor) => void handed.push(predecessor) })
    await time.pass(3000)
    note = 'x'.repeat(longestNote + 1)
    await time.pass(3000)
    daemon(leases, time, 'b', { onAcquired: (predecessor) => void handed.push(predecessor) })
    a.state.reach = 'cut'
    await time.pass(20_000)
    expect(handed).toEqual([undefined, { note: undefined }])
  })

  it('says when it is lost, and is had again when the API server is back', async () => {
    const time = new Time()
    const said: string[] = []
    const a = daemon(new Leases(), time, 'a', { onAcquired: () => void said.push('acquired'), onLost: (why) => said.push(why) })
    await time.pass(1000)
    a.state.reach = 'cut'
    await time.pass(12_000)
    a.state.reach = 'open'
    await time.pass(3000)
    expect(said).toEqual(['acquired', 'it was not renewed for 10 s', 'acquired'])
    expect(a.lease.held).toBe(true)
  })

  it('never has two holders that act, whatever is cut off, frozen, lost or ended, and has one whenever some daemon has had 20 s of peace', async () => {
    const change = fc.record({
      after: fc.integer({ min: 0, max: 12_000 }),
      who: fc.nat({ max: 2 }),
      reach: fc.constantFrom('open' as const, 'cut' as const, 'lost' as const),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const time = new Time()
        const leases = new Leases()
        const all = ['a', 'b', 'c'].map((identity) => daemon(leases, time, identity))
        const holders = () => all.filter(({ lease }: { lease: Lease }) => lease.held).length
        const atMostOne = () => expect(holders()).toBeLessThanOrEqual(1)
        for (const { after, who, reach } of changes) {
          await time.pass(after, atMostOne)
          ;(all[who] as (typeof all)[number]).state.reach = reach
        }
        for (const { state } of all) state.reach = 'open'
        await time.pass(20_000, atMostOne)
        expect(holders()).toBe(1)
        for (const { lease } of all) void lease.close()
      }),
      { numRuns: 200 },
    )
  })
})
