/**
 * Three daemons with one lease, of which one acts: whatever is done to the one that leads, there are never two that write, another takes over within 20 s, and it knows what was
 * done before it. Times are those of production: 15 s, 10 s and 2 s.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { clusterBinary } from './binary.ts'
import { type Caller, Cluster } from './cluster.ts'
import { Member } from './daemons.ts'
import { type Entry, ledgerOf, printed, type Write } from './ledger.ts'
import { apps, create, deployment } from './support.ts'
import { startTelemetry, type Telemetry } from './telemetry.ts'

const production = { duration: '15s', deadline: '10s', retry: '2s' }

describe.skipIf('missing' in clusterBinary())('of three daemons with one lease', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
  })
  afterAll(() => cluster.close())

  interface Trio {
    readonly members: readonly Member[]
    readonly telemetry: Telemetry
    readonly entries: () => Entry[]
    /** The one that holds the lease, when one does. */
    leader(): Promise<Member>
    /** Who else holds it, and how long that took from now, ms. */
    successor(of: Member): Promise<{ readonly next: Member; readonly tookMs: number }>
  }

  /** Two replicas and slow spans, for which the rules want two more every `cooldown`. */
  async function trio(name: string, cooldown: string): Promise<Trio> {
    await create(cluster, apps, deployment(name, 2))
    const from = cluster.audit().length
    const rules = `
target deployment/${name} { between 2 and 20 cooldown ${cooldown} settle within 2s }
slow: scale deployment/${name} +2 when span(adservice/GetAds).p99 > 400ms 2 times in 3s every 1s`
    const start = (caller: Caller) => Member.start({ cluster, name: caller, rules, lease: { name, ...production } })
    const members = await Promise.all([start('scaled-a'), start('scaled-b'), start('scaled-c')])
    const telemetry = startTelemetry(800)
    telemetry.to(members.map(({ scaled }) => scaled.http))
    onTestFinished(async () => {
      telemetry.stop()
      await Promise.all(members.map((member) => member.close()))
    })
    const entries = (): Entry[] => ledgerOf(cluster.audit().slice(from), { deployment: name, lease: name })
    const holder = (): Member | undefined => {
      const now = entries().findLast((entry) => entry.kind === 'tenure')?.holder
      return members.find((member) => member.name === now)
    }
    return {
      members,
      telemetry,
      entries,
      async leader() {
        await expect.poll(holder, { timeout: 30_000 }).toBeDefined()
        return holder() as Member
      },
      async successor(of) {
        const began = Date.now()
        const next = (): Member | undefined => (holder() === of ? undefined : holder())
        await expect.poll(next, { timeout: 40_000, interval: 100 }).toBeDefined()
        return { next: next() as Member, tookMs: Date.now() - began }
      },
    }
  }

  const writesOf = (entries: readonly Entry[]): Write[] => entries.filter((entry): entry is Write => entry.kind === 'write' && entry.by.startsWith('scaled-'))

  /** Each write by the one that held the lease at its revision. */
  function expectOneWriter(entries: readonly Entry[]): void {
    let holder: string | undefined
    for (const entry of entries) {
      if (entry.kind === 'tenure') holder = entry.holder
      else if (entry.by.startsWith('scaled-')) expect(entry.by, printed(entries)).toBe(holder)
    }
  }

  /** As the rules would have it of one daemon: two more each time, and never again before the target has rested. */
  function expectEachStepOnce(entries: readonly Entry[], cooldownMs: number): void {
    const writes = writesOf(entries)
    for (const [i, { from, to, at }] of writes.entries()) {
      expect(to - (from ?? 0), printed(entries)).toBe(2)
      // Steps are a second apart, and a write comes some time after its step.
      if (i > 0) expect(at - (writes[i - 1] as Write).at, printed(entries)).toBeGreaterThan(cooldownMs - 1000)
    }
  }

  const followerWrote = (entries: readonly Entry[], next: Member): boolean => writesOf(entries).some(({ by }) => by === next.name)

  it('one leads; when it is killed another takes over within 20 s and goes on from its cooldown', async () => {
    const { entries, leader, successor } = await trio('killed', '30s')
    await expect.poll(() => writesOf(entries()).length, { timeout: 30_000 }).toBe(1)
    const first = await leader()
    await first.kill()
    const { next, tookMs } = await successor(first)
    console.log(`killed: taken over after ${tookMs} ms`)
    expect(tookMs).toBeLessThan(20_000)
    expect((await next.scaled.logged(({ msg }) => msg === 'this daemon holds the lease and acts')).warm).toBe(true)
    await expect.poll(() => followerWrote(entries(), next), { timeout: 60_000 }).toBe(true)
    expectOneWriter(entries())
    expectEachStepOnce(entries(), 30_000)
  })

  it('one is frozen in the midst of it, and when it thaws it knows that it does not lead any more', async () => {
    const { entries, leader, successor, members, telemetry } = await trio('frozen', '4s')
    await expect.poll(() => writesOf(entries()).length, { timeout: 30_000 }).toBe(1)
    const first = await leader()
    first.freeze()
    telemetry.to(members.filter((member) => member !== first).map(({ scaled }) => scaled.http))
    const { next, tookMs } = await successor(first)
    console.log(`frozen: taken over after ${tookMs} ms`)
    expect(tookMs).toBeLessThan(20_000)
    await expect.poll(() => followerWrote(entries(), next), { timeout: 60_000 }).toBe(true)
    first.thaw()
    telemetry.to(members.map(({ scaled }) => scaled.http))
    await first.scaled.logged(({ msg }) => msg.startsWith('this daemon does not act any more'))
    const writes = writesOf(entries()).length
    await expect.poll(() => writesOf(entries()).length, { timeout: 60_000 }).toBeGreaterThan(writes + 1)
    expectOneWriter(entries())
    expectEachStepOnce(entries(), 4000)
  })

  it('one is cut off from the API server: it stops by itself before another begins, and follows when it is back', async () => {
    const { entries, leader, successor } = await trio('cut', '4s')
    await expect.poll(() => writesOf(entries()).length, { timeout: 30_000 }).toBe(1)
    const first = await leader()
    first.relay.set('drop')
    const lost = first.scaled.logged(({ msg }) => msg.startsWith('this daemon does not act any more')).then(() => Date.now())
    const { next, tookMs } = await successor(first)
    console.log(`cut off: taken over after ${tookMs} ms`)
    expect(tookMs).toBeLessThan(20_000)
    const acquired = entries().findLast((entry) => entry.kind === 'tenure')?.at as number
    expect(await lost).toBeLessThan(acquired)
    await expect.poll(() => followerWrote(entries(), next), { timeout: 60_000 }).toBe(true)
    first.relay.set('pass')
    await first.scaled.logged(({ msg, holder }) => msg.startsWith('another daemon holds the lease') && holder === next.name)
    expectOneWriter(entries())
    expectEachStepOnce(entries(), 4000)
  })

  it('one whose answers are lost gives the lease up, and its step is counted once by its successor too', async () => {
    const { entries, leader, successor } = await trio('deaf', '40s')
    const first = await leader()
    // Its writes arrive, and it does not hear so.
    first.relay.set(({ method }) => (method === 'GET' ? 'pass' : 'deaf'))
    const { next } = await successor(first)
    await expect.poll(() => writesOf(entries()).length, { timeout: 90_000 }).toBeGreaterThan(1)
    expect(next.name).not.toBe(first.name)
    expectOneWriter(entries())
    expectEachStepOnce(entries(), 40_000)
  })

  it('one ends in good order: the next need not wait for the lease to expire', async () => {
    const { entries, leader, successor } = await trio('ended', '20s')
    await expect.poll(() => writesOf(entries()).length, { timeout: 30_000 }).toBe(1)
    const first = await leader()
    expect(await first.stop()).toBe(0)
    const { next, tookMs } = await successor(first)
    console.log(`ended: taken over after ${tookMs} ms`)
    expect(tookMs).toBeLessThan(5000)
    await expect.poll(() => followerWrote(entries(), next), { timeout: 60_000 }).toBe(true)
    expectOneWriter(entries())
    expectEachStepOnce(entries(), 20_000)
  })

  it('those that follow write nothing, and say what they would have done', async () => {
    const { entries, leader, members } = await trio('standby', '4s')
    await expect.poll(() => writesOf(entries()).length, { timeout: 60_000 }).toBeGreaterThan(1)
    const first = await leader()
    for (const member of members) {
      if (member === first) continue
      const held = (): boolean => member.space.decisionLog().some(({ reason }) => reason === 'Standby')
      await expect.poll(held, { timeout: 30_000 }).toBe(true)
    }
    expect(new Set(writesOf(entries()).map(({ by }) => by))).toEqual(new Set([first.name]))
  })
})
