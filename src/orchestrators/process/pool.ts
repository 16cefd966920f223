/** One pool: its remembered number of replicas, the replicas that make it true, and the list of those that are ready. */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { OrchestrationError, SetRequest, WorkloadState } from '../contract.ts'
import { type Pool, type PoolEvent, range } from './config.ts'
import { findByEnvironment, identityOf } from './identity.ts'
import { marker, Replica } from './replica.ts'
import { type PoolRecord, type ReplicaRecord, readRecord, writeAtomically } from './store.ts'

/** A replica that may be given work. */
export interface Endpoint {
  readonly slot: number
  readonly host: string
  /** Undefined for a pool without ports. */
  readonly port?: number
  readonly pid: number
}

export interface RunningPool {
  readonly name: string
  get(): WorkloadState
  set(request: SetRequest): WorkloadState | OrchestrationError
  endpoints(): readonly Endpoint[]
  /** Resolves once every process has ended. */
  stop(): Promise<void>
  /** Stops watching; the processes live on. */
  leave(): void
}

/** Adopts what an earlier instance left running, then starts and stops what is needed. Text says why the pool cannot be run. */
export function runPool(pool: Pool, onEvent: ((event: PoolEvent) => void) | undefined): RunningPool | string {
  for (const dir of [pool.dir, pool.logDir, dirname(pool.endpointsFile)]) mkdirSync(dir, { recursive: true })
  const stateFile = `${pool.dir}/state.json`
  const known = readRecord(stateFile)
  if (typeof known === 'string') return known
  const clamp = (replicas: number) => Math.min(pool.max, Math.max(pool.min, replicas))
  let desired = clamp(known?.desired ?? pool.replicas)
  // Bounds that were changed while nobody watched are a change like any other.
  let version = known === undefined ? 1 : known.version + (desired === known.desired ? 0 : 1)
  let lastId = known?.lastId
  const replicas: Replica[] = []
  let listed = ''
  let closed = false
  let closing = false
  /** Until every replica is taken over nothing is written: callers must not lose those that come last, not even for a moment. */
  let adopting = true

  function replicaOf(slot: number): Replica {
    for (let next = replicas.length; next <= slot; next++) replicas.push(new Replica(pool, next, changed, onEvent))
    return replicas[slot] as Replica
  }

  function changed(): void {
    if (closed || adopting) return
    try {
      save()
      list()
    } catch (error) {
      // A full disk must not end the supervisor; the next change tries again.
      onEvent?.({ pool: pool.name, slot: -1, event: 'failed', pid: undefined, message: `The pool's files cannot be written: ${(error as Error).message}` })
    }
  }

  function save(): void {
    const living = replicas.flatMap((r) => r.record ?? [])
    const record: PoolRecord = { desired, version, ...(lastId === undefined ? {} : { lastId }), replicas: living }
    writeAtomically(stateFile, `${JSON.stringify(record, undefined, 2)}\n`)
  }

  function list(): void {
    const text = `${JSON.stringify(endpoints(), undefined, 2)}\n`
    if (text === listed) return
    listed = text
    writeAtomically(pool.endpointsFile, text)
  }

  function endpoints(): Endpoint[] {
    return replicas.flatMap(({ phase, slot, port, running }) =>
      phase === 'ready' && running !== undefined ? { slot, host: pool.host, ...(port === undefined ? {} : { port }), pid: running.pid } : [],
    )
  }

  /** The highest slots go first, so that the lowest keep their caches warm and their ports known. */
  function reconcile(): void {
    for (let slot = replicas.length - 1; slot >= desired; slot--) replicas[slot]?.want(false)
    for (let slot = 0; slot < desired; slot++) replicaOf(slot).want(true)
  }

  function get(): WorkloadState {
    const ready = replicas.filter((r) => r.phase === 'ready').length
    const failing = replicas.find((r) => r.trouble !== undefined)
    return {
      desired,
      ready,
      version: String(version),
      ...(failing === undefined ? {} : { note: `Replica ${failing.slot} ${failing.trouble}: see ${pool.logDir}/${failing.slot}.log.` }),
    }
  }

  function set(request: SetRequest): WorkloadState | OrchestrationError {
    if (closed || closing) return { error: 'transient', message: `process:${pool.name} is being closed: ask again after the restart.`, unwritten: true }
    if (request.id === lastId || request.replicas === desired) return get()
    if (request.version !== String(version))
      return { error: 'conflict', message: `process:${pool.name} is at ${desired} and has changed since the decision was planned: plan again.` }
    if (!Number.isInteger(request.replicas) || request.replicas < pool.min || request.replicas > pool.max)
      return {
        error: 'blocked',
        message: `process:${pool.name} may have ${range(pool.min, pool.max)} replicas, not ${request.replicas}: change the pool's bounds.`,
      }
    const before = { desired, version, lastId }
    desired = request.replicas
    version++
    lastId = request.id
    try {
      // Before anything is done: whoever takes over after a kill finishes it instead of doing it again.
      save()
    } catch (error) {
      ;({ desired, version, lastId } = before)
      return { error: 'transient', message: `process:${pool.name} is left as it is, its state cannot be written: ${(error as Error).message}`, unwritten: true }
    }
    reconcile()
    return get()
  }

  const before = listedPids(pool.endpointsFile)
  for (const record of leftRunning(pool, known)) replicaOf(record.slot).adopt(record, before.has(record.pid))
  adopting = false
  reconcile()
  changed()

  return {
    name: pool.name,
    get,
    set,
    endpoints,
    async stop() {
      closing = true
      for (const replica of replicas) replica.end()
      await Promise.all(replicas.map((r) => r.idle()))
      closed = true
    },
    leave() {
      closed = true
      for (const replica of replicas) replica.abandon()
    },
  }
}

/** Who was ready when the list was last written; nobody when there is none that can be read. */
function listedPids(file: string): ReadonlySet<number> {
  try {
    return new Set((JSON.parse(readFileSync(file, 'utf8')) as Endpoint[]).map(({ pid }) => pid))
  } catch {
    return new Set()
  }
}

/** The living processes of the pool, one a slot: those written down, and those that were started just before a kill. */
function leftRunning(pool: Pool, known: PoolRecord | undefined): ReplicaRecord[] {
  const bySlot = new Map<number, ReplicaRecord>()
  for (const record of known?.replicas ?? []) if (identityOf(record.pid) === record.identity) bySlot.set(record.slot, record)
  for (const { pid, value } of findByEnvironment(marker)) {
    const [dir, slotText, spec] = value.split('|')
    const slot = Number(slotText)
    const identity = identityOf(pid)
    if (dir !== pool.dir || spec === undefined || !Number.isInteger(slot) || identity === undefined || bySlot.has(slot)) continue
    bySlot.set(slot, { slot, pid, identity, spec })
  }
  return [...bySlot.values()]
}
