/** What the orchestrators last said of every target, kept fresh by polling, and by what they say of changes: the engine's view of the world. */
import type { WorkloadRef } from '../bundle/index.ts'
import type { WorkloadError, WorkloadSnapshot, World } from '../evaluate/index.ts'
import type { Nanos } from '../spans/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type WorkloadState } from './contract.ts'

/**
 * A state with since when its replicas are ready. `previous` is the last snapshot of the same workload, also from before a time when it
 * could not be read. A change of `desired` starts the clock anew: replicas that were ready before it say nothing about the new ones.
 */
export function snapshotOf(state: WorkloadState | OrchestrationError, previous: WorkloadSnapshot | undefined, now: Nanos): WorkloadSnapshot | WorkloadError {
  if (isError(state)) {
    const error = state.error === 'conflict' || state.error === 'blocked' ? 'transient' : state.error
    return { error, message: state.message }
  }
  const { desired, ready, version, blocked, owner, paused } = state
  const before = previous?.desired === desired ? previous.readySince : undefined
  return {
    desired,
    ready,
    version,
    readySince: ready >= desired ? (before ?? now) : undefined,
    ...(blocked === undefined ? {} : { blocked }),
    ...(owner === undefined ? {} : { owner }),
    ...(paused === undefined ? {} : { paused }),
  }
}

/** Time as the poller sees it; tests give a virtual one. */
export interface WorldClock {
  now(): Nanos
  /** Resolves after `milliseconds`, or at once when `signal` aborts; never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export interface WorldTarget {
  /** The target's id, which is the key in the world. */
  readonly id: string
  readonly workload: WorkloadRef
}

export interface WorldOptions {
  /** Milliseconds from the end of a round of polling to the start of the next; 2000 by default. */
  readonly intervalMs?: number
  /** Workloads that are asked about at the same time; 8 by default. */
  readonly concurrency?: number
  /** Called after each reading that says something else than the last one of that target. */
  readonly onChange?: (id: string, now: WorkloadSnapshot | WorkloadError) => void
}

export interface WorldPoller {
  /** The latest of every target that has been read; a live view. */
  readonly world: World
  /** States as the orchestrators gave them, with the notes that a snapshot leaves out. */
  stateOf(id: string): WorkloadState | undefined
  /** Reads the named target, or all of them, now, and not from copies. */
  refresh(id?: string): Promise<void>
  /** Takes in what a `set` answered, so that the next step need not wait for a poll. Errors are not taken in: they say nothing of the workload. */
  observe(id: string, state: WorkloadState | OrchestrationError): void
  /** Other targets, after a reload; what is known of those that stay is kept. */
  retarget(targets: readonly WorldTarget[]): void
  /** Polls, and looks at what changes, until closed; the first round starts at once. */
  start(): void
  close(): Promise<void>
}

export function createWorld(client: OrchestrationClient, targets: readonly WorldTarget[], clock: WorldClock, options: WorldOptions = {}): WorldPoller {
  const intervalMs = options.intervalMs ?? 2000
  const concurrency = options.concurrency ?? 8
  const world = new Map<string, WorkloadSnapshot | WorkloadError>()
  /** Survives errors, so that a short outage does not restart `readySince`. */
  const lastSnapshot = new Map<string, WorkloadSnapshot>()
  const states = new Map<string, WorkloadState>()
  /** Counts what was taken in per target: a reading that was asked for earlier than that is stale when it arrives. */
  const epochs = new Map<string, number>()
  const stop = new AbortController()
  /** Readings are numbered as they are begun: one that ends after a later one was taken in is older than what is known. */
  let readings = 0
  const taken = new Map<string, { readonly reading: number; readonly fresh: boolean }>()
  let current: readonly WorldTarget[] = targets
  /** What ends the watching, by target id; empty before `start`. */
  const watches = new Map<string, () => void>()
  let started = false
  /** Changed since they were last read; many changes at once are one reading. */
  const changed = new Set<string>()
  let loop: Promise<void> | undefined

  function take(id: string, state: WorkloadState | OrchestrationError): void {
    const next = snapshotOf(state, lastSnapshot.get(id), clock.now())
    const before = world.get(id)
    world.set(id, next)
    if (isError(state)) states.delete(id)
    else states.set(id, state)
    if (!('error' in next)) lastSnapshot.set(id, next)
    if (options.onChange !== undefined && !same(before, next)) options.onChange(id, next)
  }

  async function read(target: WorldTarget, fresh = false): Promise<void> {
    const epoch = epochs.get(target.id)
    const reading = ++readings
    const state = await client.get(target.workload, { fresh })
    // A later one from a copy may be behind all the same.
    const last = taken.get(target.id)
    const isOld = epochs.get(target.id) !== epoch || (last !== undefined && last.reading > reading && (last.fresh || !fresh))
    if (stop.signal.aborted || isOld || !current.some((t) => t.id === target.id)) return
    taken.set(target.id, { reading, fresh })
    take(target.id, state)
  }

  function watchAll(): void {
    const kept = new Set(current.map(({ id }) => id))
    for (const [id, end] of watches) {
      if (kept.has(id)) continue
      end()
      watches.delete(id)
    }
    for (const target of current) {
      if (client.watch === undefined || watches.has(target.id)) continue
      watches.set(
        target.id,
        client.watch(target.workload, () => {
          if (changed.size === 0) setImmediate(readChanged)
          changed.add(target.id)
        }),
      )
    }
  }

  function readChanged(): void {
    const ids = new Set(changed)
    changed.clear()
    for (const target of current) if (ids.has(target.id) && !stop.signal.aborted) void read(target)
  }

  async function readAll(fresh: boolean): Promise<void> {
    const queue = current[Symbol.iterator]()
    // The lanes share one iterator, so each target is read once.
    const lane = async (): Promise<void> => {
      for (const target of queue) await read(target, fresh)
    }
    await Promise.all(Array.from({ length: Math.min(concurrency, current.length) }, lane))
  }

  return {
    world,
    stateOf: (id) => states.get(id),
    async refresh(id) {
      if (id === undefined) return readAll(true)
      const target = current.find((t) => t.id === id)
      if (target !== undefined) await read(target, true)
    },
    observe(id, state) {
      epochs.set(id, (epochs.get(id) ?? 0) + 1)
      if (!isError(state) && current.some((t) => t.id === id)) take(id, state)
    },
    retarget(next) {
      current = next
      const kept = new Set(next.map((t) => t.id))
      for (const map of [world, lastSnapshot, states, epochs, taken]) for (const id of map.keys()) if (!kept.has(id)) map.delete(id)
      if (started) watchAll()
    },
    start() {
      started = true
      watchAll()
      loop ??= (async () => {
        while (!stop.signal.aborted) {
          await readAll(false)
          if (!stop.signal.aborted) await clock.wait(intervalMs, stop.signal)
        }
      })()
    },
    async close() {
      stop.abort()
      for (const end of watches.values()) end()
      await loop
    },
  }
}

function same(a: WorkloadSnapshot | WorkloadError | undefined, b: WorkloadSnapshot | WorkloadError): boolean {
  if (a === undefined) return false
  if ('error' in a || 'error' in b) return 'error' in a && 'error' in b && a.error === b.error && a.message === b.message
  return (
    a.desired === b.desired &&
    a.ready === b.ready &&
    a.readySince === b.readySince &&
    a.blocked === b.blocked &&
    a.owner === b.owner &&
    samePause(a.paused, b.paused)
  )
}

function samePause(a: WorkloadSnapshot['paused'], b: WorkloadSnapshot['paused']): boolean {
  return a === b || (a !== undefined && b !== undefined && a.up === b.up && a.down === b.down && a.until === b.until && a.by === b.by)
}
