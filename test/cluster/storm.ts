/**
 * Everything that goes wrong around an autoscaler, in rounds that a seed decides: of two daemons that share a lease, of the API server, of other people's hands, of
 * telemetry and of clocks. What must hold is judged afterwards, from the ledger.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Caller, type Cluster, tokenOf } from './cluster.ts'
import { Member } from './daemons.ts'
import { type Allowed, type Violation, violations } from './invariants.ts'
import { type Entry, ledgerOf } from './ledger.ts'
import type { Manner } from './relay.ts'
import { apps, create, deployment } from './support.ts'
import { type Load, startTelemetry } from './telemetry.ts'

const rulesOf = (name: string): string => `
target deployment/${name} {
  between 2 and 8
  up at most +3 per 12s
  down at most -2 per 12s
  stable 0s before down
  cooldown 3s
  settle within 5s
}
ads-slow: scale deployment/${name} +2 when span(adservice/GetAds).p99 > 400ms 2 times in 3s every 1s
ads-idle: scale deployment/${name} -1 when span(adservice/GetAds).p99 < 100ms for 3s every 1s
`

export const allowed: Allowed = {
  daemons: ['scaled-a', 'scaled-b'],
  min: 2,
  max: 8,
  step: { up: 2, down: 1 },
  pace: { up: 3, down: 2, perMs: 12_000 },
  cooldownMs: 3000,
  calm: { belowMs: 100, forMs: 3000, tickMs: 1000 },
  delayMs: 2000,
}

const times = { duration: '3s', deadline: '2s', retry: '500ms' }
const fast = 20
const slow = 800

export interface Round {
  readonly number: number
  readonly at: number
  readonly load: Load
  readonly faults: readonly string[]
}

export interface Outcome {
  readonly rounds: readonly Round[]
  readonly entries: readonly Entry[]
  readonly violations: readonly Violation[]
  /** What the daemons logged, in order; times are their own, which jump. */
  readonly said: readonly Said[]
  /**
   * What more load led to when all was well again: more replicas; or, of a workload whose changes people undid three times and more, nothing, and saying so.
   */
  readonly afterwards: 'scales' | 'contended' | 'nothing'
}

export interface Said {
  readonly by: string
  readonly at: number
  readonly line: string
}

interface Storm {
  readonly cluster: Cluster
  readonly name: string
  readonly members: readonly Member[]
  readonly pick: <T>(of: readonly T[]) => T
  /** Between two numbers, whole. */
  readonly between: (from: number, to: number) => number
}

/** On a workload and with daemons of its own. */
export async function storm(cluster: Cluster, name: string, seed: number, rounds: number, said: (line: string) => void): Promise<Outcome> {
  const random = seeded(seed)
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const between = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  await create(cluster, apps, deployment(name, 2))
  const from = cluster.audit().length
  const start = (caller: Caller) =>
    Member.start({ cluster, name: caller, rules: rulesOf(name), lease: { name, ...times }, clock: true, engine: 'lateness: 300ms, stale: 2s' })
  const members = [await start('scaled-a'), await start('scaled-b')]
  const telemetry = startTelemetry(slow)
  const listen = (): void => telemetry.to(members.filter(({ running }) => running).map(({ scaled }) => scaled.http))
  listen()
  const done: Round[] = []
  const around = { cluster, name, members, pick, between }
  let byHand = 0
  try {
    for (let number = 1; number <= rounds; number++) {
      const load = pick<Load>([slow, slow, slow, fast, fast, fast, fast, fast, 'silent'])
      telemetry.set(load)
      // A person who undoes three changes within ten minutes is a fight, which the daemon leaves for half an hour.
      const open = byHand < 2 ? names : names.filter((fault) => !fault.startsWith('a person'))
      const chosen = [pick(open)]
      if (random() < 0.4) chosen.push(pick(open.filter((fault) => fault !== chosen[0])))
      byHand += chosen.filter((fault) => fault.startsWith('a person')).length
      const round = { number, at: Date.now(), load, faults: chosen }
      done.push(round)
      said(`round ${number}: ${load === 'silent' ? 'silence' : `${load} ms`}, ${chosen.join(' and ')}`)
      await Promise.all([...chosen.map((fault) => faults[fault](around).then(listen)), sleep(between(1500, 3500))])
      await restored(around, listen)
    }
    const ledger = (): Entry[] => ledgerOf(cluster.audit().slice(from), { deployment: name, lease: name })
    const afterwards = await afterStorm(around, telemetry, listen, ledger)
    const entries = ledger()
    return { rounds: done, entries, violations: violations(entries, telemetry.history, allowed), afterwards, said: saidBy(members) }
  } finally {
    telemetry.stop()
    for (const member of members) await member.close()
  }
}

/** Everything runs again, though not what it had in mind. */
async function restored({ cluster, members }: Storm, listen: () => void): Promise<void> {
  cluster.thaw('apiserver')
  await cluster.untilReady()
  for (const member of members) {
    if (member.frozen) member.thaw()
    if (!member.running) await member.run()
    member.relay.set('pass')
    member.jump(0)
  }
  listen()
}

async function afterStorm(
  { cluster, name, members }: Storm,
  telemetry: { set(load: Load): void },
  listen: () => void,
  ledger: () => Entry[],
): Promise<Outcome['afterwards']> {
  listen()
  await cluster.call('PATCH', `${apps}/${name}`, { spec: { replicas: 2 } }, tokenOf('person'), 'application/merge-patch+json')
  telemetry.set(slow)
  const began = Date.now()
  for (const until = began + 60_000; Date.now() < until; await sleep(500)) {
    const entries = ledger()
    if (entries.some((entry) => entry.kind === 'write' && allowed.daemons.includes(entry.by) && entry.at > began && entry.to > (entry.from ?? entry.to)))
      return 'scales'
    if (reversions(entries) >= 3 && members.some(saysContended)) return 'contended'
  }
  return 'nothing'
}

/** Changes by others that undo the daemon's last one. */
function reversions(entries: readonly Entry[]): number {
  const writes = entries.filter((entry) => entry.kind === 'write')
  return writes.filter(({ by, to }, i) => {
    const before = writes[i - 1]
    if (before?.from === undefined || allowed.daemons.includes(by) || !allowed.daemons.includes(before.by)) return false
    return Math.sign(to - before.to) === -Math.sign(before.to - before.from)
  }).length
}

function saidBy(members: readonly Member[]): Said[] {
  const lines = members.flatMap(({ name, log }) =>
    log.map(({ time, msg, ...more }) => ({ by: name, at: Date.parse(String(time)), line: `${msg} ${JSON.stringify(more)}` })),
  )
  return lines.sort((a, b) => a.at - b.at)
}

const saysContended = ({ space }: Member): boolean => space.decisionLog().at(-1)?.reason === 'ContendedTarget'

/** Each resolves when it is over, or leaves it to `restored`. */
const faults = {
  async nothing() {},
  async 'the leader is killed'({ members, between }: Storm) {
    const one = await leading(members)
    await one?.kill()
    await sleep(between(0, 3000))
  },
  async 'the follower is killed'({ members }: Storm) {
    const one = await leading(members)
    await members.find((member) => member !== one && member.running)?.kill()
  },
  async 'the leader ends'({ members }: Storm) {
    const one = await leading(members)
    if (one?.running && !one.frozen) await one.stop().catch(() => {})
  },
  async 'the leader is frozen'({ members, between }: Storm) {
    const one = await leading(members)
    if (one?.running) one.freeze()
    await sleep(between(500, 5000))
    one?.thaw()
  },
  async 'the leader is cut off'({ members, between }: Storm) {
    const one = await leading(members)
    one?.relay.set('drop')
    await sleep(between(500, 5000))
    one?.relay.set('pass')
  },
  async 'answers to the leader are lost'({ members, between }: Storm) {
    const one = await leading(members)
    one?.relay.set(({ method }): Manner => (method === 'GET' ? 'pass' : 'deaf'))
    await sleep(between(500, 4000))
    one?.relay.set('pass')
  },
  async 'the API server is throttled or broken'({ members, pick, between }: Storm) {
    const manner = pick<Manner>([{ status: 429, retryAfter: 1 }, { status: 500 }, { status: 503, retryAfter: 1 }, { status: 504 }])
    for (const { relay } of members) relay.set(() => (between(0, 1) === 0 ? manner : 'pass'))
    await sleep(between(500, 4000))
    for (const { relay } of members) relay.set('pass')
  },
  async 'the API server is restarted'({ cluster, between }: Storm) {
    await cluster.kill('apiserver')
    await sleep(between(0, 1000))
    await cluster.startPart('apiserver')
  },
  async 'the API server is frozen'({ cluster, between }: Storm) {
    cluster.freeze('apiserver')
    await sleep(between(300, 3500))
    cluster.thaw('apiserver')
  },
  async 'a storm of conflicts'({ cluster, name, between }: Storm) {
    for (const until = Date.now() + between(1000, 3000); Date.now() < until; await sleep(5)) {
      const change = { metadata: { annotations: { 'storm.test/at': String(Date.now()) } } }
      await cluster.call('PATCH', `${apps}/${name}`, change, tokenOf('gitops'), 'application/merge-patch+json').catch(() => {})
    }
  },
  async 'a person scales'({ cluster, name, between }: Storm) {
    await sleep(between(0, 1500))
    const change = { spec: { replicas: between(1, 10) } }
    await cluster.call('PATCH', `${apps}/${name}/scale`, change, tokenOf('person'), 'application/merge-patch+json').catch(() => {})
  },
  async 'a person scales at the same moment as the daemon'({ cluster, name, members, between }: Storm) {
    let told = false
    for (const { relay } of members)
      relay.set(({ method, path }) => {
        // Between its reading and its write.
        if (!told && method === 'GET' && path.includes('horizontalpodautoscalers') && !path.includes('watch=')) {
          told = true
          const change = { spec: { replicas: between(2, 8) } }
          void cluster.call('PATCH', `${apps}/${name}/scale`, change, tokenOf('person'), 'application/merge-patch+json').catch(() => {})
        }
        return 'pass'
      })
    await sleep(3000)
    for (const { relay } of members) relay.set('pass')
  },
  async 'a rollout that is stuck for a while'({ cluster, name, between }: Storm) {
    const template = (stuck: string | null) => ({
      spec: { template: { metadata: { labels: { 'storm.test/at': String(Date.now()), 'scale.test/unschedulable': stuck } } } },
    })
    await cluster.call('PATCH', `${apps}/${name}`, template('yes'), tokenOf('person'), 'application/merge-patch+json').catch(() => {})
    await sleep(between(500, 3000))
    for (let tries = 0; tries < 50; tries++) {
      const answer = await cluster.call('PATCH', `${apps}/${name}`, template(null), tokenOf('person'), 'application/merge-patch+json').catch(() => undefined)
      if (answer?.status === 200) return
      await sleep(200)
    }
  },
  async 'a clock jumps'({ members, pick, between }: Storm) {
    const member = pick(members)
    if (!member.running) return
    member.jump(pick([-3_600_000, -30_000, -3000, 3000, 30_000, 3_600_000]))
    await sleep(between(500, 5000))
  },
} satisfies Record<string, (around: Storm) => Promise<void>>

const names = Object.keys(faults) as (keyof typeof faults)[]

/** Who holds the lease by its own word; undefined if nobody says so. */
async function leading(members: readonly Member[]): Promise<Member | undefined> {
  for (const member of members) {
    if (!member.running || member.frozen) continue
    const answer = await fetch(`${member.scaled.api}/v1/status`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
    const status = (await answer?.json().catch(() => undefined)) as { lease?: { leads: boolean } } | undefined
    if (status?.lease?.leads === true) return member
  }
  return members.find(({ running, frozen }) => running && !frozen)
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
