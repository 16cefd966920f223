/** One run: the load, the view, and what was seen of it. */
import { initialReplicas, phases, seed, surge, thresholdMs } from '../scenario.ts'
import { type Endpoint, readEndpoints } from '../services/balancer.ts'
import { type DecisionRecord, follow, readStatus, type Status } from './daemon.ts'
import { type Load, startLoad } from './load.ts'
import type { Restart } from './restart.ts'
import { type Action, describe, judge, p99PerSecond, type Story, seconds } from './story.ts'
import type { System } from './system.ts'
import type { View } from './view.ts'

export interface Outcome {
  readonly story: Story
  /** When the load began, in milliseconds since the epoch. */
  readonly began: number
  /** What a restart of the daemon is judged by, except for the actions; undefined without one. */
  readonly restart: Omit<Restart, 'actions'> | undefined
}

const bounds = { surge, thresholdMs, initialReplicas }
const total = phases.reduce((sum, p) => sum + p.seconds, 0)
/** Long enough for the spawned replicas to exist, too short for them to be ready: the worst moment to lose the daemon. */
const killAfterActionMs = 200
const restartAfterMs = 1000
/** The calm after the last event, so that it is seen. */
const epilogueSeconds = 3

/** Runs the load to its end, or until the loop has closed. Rejects when a part of the system ends, or at `stop`. */
export async function run(system: System, view: View, killDaemon: boolean, stop: AbortSignal): Promise<Outcome> {
  const began = Date.now()
  const load = startLoad(system.frontend, phases, seed)
  const elapsed = (): number => (Date.now() - began) / 1000
  const actions: Action[] = []
  const ready: { at: number; replicas: number }[] = []
  const pids = new Set<number>()
  const events: string[] = []
  let restart: Promise<Omit<Restart, 'actions' | 'pids'>> | undefined
  let status: Status | undefined

  const say = (text: string): void => {
    events.push(`${seconds(elapsed()).padStart(6)}  ${text}`)
  }
  const decided = (record: DecisionRecord): void => {
    if (record.outcome !== 'scale' || actions.some((a) => a.id === record.id)) return
    const action = toAction(record, began, elapsed())
    actions.push(action)
    say(describe(action))
    if (!killDaemon || restart !== undefined) return
    restart = killAndRestart(system, elapsed, say)
    // Awaited at the end; what makes it fail shows as a broken system before.
    restart.catch(() => {})
  }
  const look = (): void => {
    const endpoints = readEndpoints(system.places.endpoints)
    if (endpoints === undefined) return
    for (const { pid } of endpoints) pids.add(pid)
    if (ready.at(-1)?.replicas === endpoints.length) return
    if (ready.length > 0) say(`${endpoints.length} replicas are ready`)
    ready.push({ at: elapsed(), replicas: endpoints.length })
  }

  const following = new AbortController()
  const end = AbortSignal.any([stop, following.signal])
  const followed = follow(system.api, decided, end)
  const statusTimer = setInterval(async () => {
    status = (await readStatus(system.api)) ?? status
  }, 500)
  let over = false
  void load.done.then(() => {
    over = true
  })
  try {
    let closed: number | undefined
    while (!over) {
      look()
      const why = system.broken()
      if (why !== undefined) throw new Error(why)
      view.show(picture(load, elapsed(), status, ready.at(-1)?.replicas ?? 0, events))
      if (elapsed() > surge.to && judge({ samples: load.samples, actions, ready }, bounds).checks.every((c) => c.ok)) closed ??= elapsed()
      if (closed !== undefined && elapsed() > closed + epilogueSeconds) load.stop()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const restarted = await restart
    return { story: { samples: load.samples, actions, ready }, began, restart: restarted && { ...restarted, pids } }
  } finally {
    clearInterval(statusTimer)
    following.abort()
    load.stop()
    await followed
  }
}

export function toAction(record: DecisionRecord, began: number, seen: number): Action {
  const { id, from = 0, to = 0, reason, message } = record
  return { id, seen, step: (Date.parse(record.time) - began) / 1000, from, to, reason, message }
}

async function killAndRestart(system: System, elapsed: () => number, say: (text: string) => void): Promise<Omit<Restart, 'actions' | 'pids'>> {
  await new Promise((resolve) => setTimeout(resolve, killAfterActionMs))
  const before = readEndpoints(system.places.endpoints) ?? []
  const oldPid = system.daemonPid
  const killed = elapsed()
  say(`scaled (pid ${oldPid}) is killed with SIGKILL`)
  await system.killDaemon(restartAfterMs)
  const back = elapsed()
  say(`scaled is back (pid ${system.daemonPid})`)
  return { before, after: await endpointsSoon(system), oldPid, newPid: system.daemonPid, killed, back }
}

/** The list of the new daemon, once it has looked at every replica. */
async function endpointsSoon(system: System): Promise<readonly Endpoint[]> {
  await new Promise((resolve) => setTimeout(resolve, 1000))
  return readEndpoints(system.places.endpoints) ?? []
}

function picture(load: Load, elapsed: number, status: Status | undefined, ready: number, events: readonly string[]): Parameters<View['show']>[0] {
  let start = 0
  const phase = phases.find((p) => {
    start += p.seconds
    return elapsed < start
  })
  return {
    elapsed: Math.min(elapsed, total),
    total,
    phase: phase?.name ?? 'over',
    perSecond: phase?.perSecond ?? 0,
    p99s: p99PerSecond(load.samples, elapsed),
    thresholdMs,
    ready,
    desired: status?.desired,
    rules: status?.rules ?? [],
    hold: status?.hold,
    events,
  }
}
