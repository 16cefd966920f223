/** One replica of a pool: started, watched, made ready, drained, stopped, started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Pool, PoolEvent } from './config.ts'
import { identityOf } from './identity.ts'
import { accepts, isReady } from './probe.ts'
import type { ReplicaRecord } from './store.ts'

/** The variable by which a replica is found again when its number was never written down: `STATE_DIR/POOL|SLOT|SPEC`. */
export const marker = 'SCALED_REPLICA'

/**
 * empty → starting → ready → draining → stopping → empty; a replica that dies by itself is in backoff until it is started again.
 * Draining: still serving, no longer listed. Stopping: told to end.
 */
export type Phase = 'empty' | 'starting' | 'ready' | 'draining' | 'stopping' | 'backoff'

interface Running {
  readonly pid: number
  readonly identity: string
  readonly spec: string
  readonly since: number
}

export class Replica {
  readonly slot: number
  readonly port: number | undefined
  phase: Phase = 'empty'
  running: Running | undefined
  /** Why it is not running, while in backoff. */
  trouble: string | undefined
  readonly #pool: Pool
  /** Called after each change of phase or process, before the event that tells of it. */
  readonly #changed: () => void
  readonly #onEvent: ((event: PoolEvent) => void) | undefined
  #wanted = false
  #abandoned = false
  #failures = 0
  /** The step that comes next: a probe, the end of draining, SIGKILL, a new start. */
  #timer: NodeJS.Timeout | undefined
  /** Looks whether an adopted process still lives: only a parent is told. */
  #watch: NodeJS.Timeout | undefined
  #child: ChildProcess | undefined
  #idle: PromiseWithResolvers<void> | undefined

  constructor(pool: Pool, slot: number, changed: () => void, onEvent: ((event: PoolEvent) => void) | undefined) {
    this.#pool = pool
    this.slot = slot
    this.port = pool.ports === undefined ? undefined : pool.ports.from + slot
    this.#changed = changed
    this.#onEvent = onEvent
  }

  get record(): ReplicaRecord | undefined {
    return this.running === undefined ? undefined : { slot: this.slot, pid: this.running.pid, identity: this.running.identity, spec: this.running.spec }
  }

  /** Whether there is to be a process in this slot. Takes its time; `idle` tells when one that is not wanted has gone. */
  want(wanted: boolean): void {
    this.#wanted = wanted
    if (wanted) {
      if (this.phase === 'empty') void this.#start()
      else if (this.phase === 'draining') this.#begin('starting')
    } else if (this.phase === 'ready') this.#drain()
    else if (this.phase === 'starting') this.#stop()
    else if (this.phase === 'backoff') this.#begin('empty')
  }

  /** As `want(false)`, at once: when everything ends, there is nobody left to drain for. */
  end(): void {
    this.#wanted = false
    if (this.phase === 'backoff') this.#begin('empty')
    else if (this.phase !== 'empty' && this.phase !== 'stopping') this.#stop()
  }

  /**
   * Takes over a living process that another instance started. One that was `listed` was ready, and stays so: its callers go on with it.
   * One of another configuration is stopped, and started anew if it is wanted.
   */
  adopt(record: ReplicaRecord, listed: boolean): void {
    this.running = { pid: record.pid, identity: record.identity, spec: record.spec, since: Date.now() }
    this.#watch = setInterval(() => {
      if (identityOf(record.pid) !== record.identity) this.#gone('ended')
    }, this.#pool.probeMs)
    this.#say('adopted', 'goes on under a new supervisor')
    if (record.spec !== this.#pool.spec) this.#stop()
    else if (listed) this.#beReady('as before')
    else this.#begin('starting')
  }

  /** Resolves once no process is left in a slot that is not wanted. */
  idle(): Promise<void> {
    if (this.phase === 'empty') return Promise.resolve()
    this.#idle ??= Promise.withResolvers()
    return this.#idle.promise
  }

  /** Stops watching; the process lives on. */
  abandon(): void {
    this.#abandoned = true
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
    this.#child?.removeAllListeners()
    this.#child?.unref()
  }

  async #start(): Promise<void> {
    this.phase = 'starting'
    // Somebody else's server on the port would pass for a replica that is ready.
    const taken = this.port !== undefined && (await accepts(this.#pool.host, this.port))
    if (this.#abandoned) return
    if (this.phase !== 'starting') this.#gone('was not started')
    else if (taken) this.#gone(`could not be started: port ${this.port} is in use by another process`)
    else this.#spawn()
  }

  #spawn(): void {
    const { command, args, cwd, env, host, dir, logDir, spec } = this.#pool
    const fill = (text: string) => text.replaceAll('{port}', String(this.port ?? '')).replaceAll('{slot}', String(this.slot))
    let child: ChildProcess
    try {
      // A file, not a pipe, and a group of its own: the replica must survive this process.
      const log = openSync(`${logDir}/${this.slot}.log`, 'a')
      try {
        child = spawn(command, args.map(fill), {
          ...(cwd === undefined ? {} : { cwd }),
          env: {
            ...process.env,
            ...env,
            HOST: host,
            SLOT: String(this.slot),
            ...(this.port === undefined ? {} : { PORT: String(this.port) }),
            [marker]: `${dir}|${this.slot}|${spec}`,
          },
          detached: true,
          stdio: ['ignore', log, log],
        })
      } finally {
        closeSync(log)
      }
    } catch (error) {
      this.#gone(`could not be started: ${(error as Error).message}`)
      return
    }
    this.#child = child
    if (child.pid === undefined) {
      child.once('error', (error) => this.#gone(`could not be started: ${error.message}`))
      return
    }
    child.once('error', () => {})
    child.once('exit', (code, signal) => this.#gone(signal === null ? `exited with code ${code}` : `was ended by ${signal}`))
    this.running = { pid: child.pid, identity: identityOf(child.pid) ?? '', spec, since: Date.now() }
    this.#say('started', command)
    this.#begin('starting')
  }

  #begin(phase: 'starting' | 'empty'): void {
    clearTimeout(this.#timer)
    this.phase = phase
    this.#changed()
    if (phase === 'starting') {
      void this.#probe()
      return
    }
    this.trouble = undefined
    this.#idle?.resolve()
    this.#idle = undefined
  }

  async #probe(): Promise<void> {
    const { running } = this
    if (running === undefined) return
    const ready = await isReady(this.#pool.ready, this.#pool.host, this.port, Date.now() - running.since)
    if (this.#abandoned || this.phase !== 'starting' || this.running !== running) return
    if (ready) this.#beReady(`after ${Date.now() - running.since} ms`)
    else this.#timer = setTimeout(() => void this.#probe(), this.#pool.probeMs)
  }

  #beReady(how: string): void {
    this.phase = 'ready'
    this.trouble = undefined
    this.#changed()
    this.#say('ready', how)
  }

  #drain(): void {
    this.phase = 'draining'
    this.#changed()
    this.#say('draining', `for ${this.#pool.drainMs} ms`)
    this.#timer = setTimeout(() => this.#stop(), this.#pool.drainMs)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.phase = 'stopping'
    this.#changed()
    this.#say('stopping', 'SIGTERM')
    this.#signal('SIGTERM')
    this.#timer = setTimeout(() => {
      this.#say('killed', `did not end within ${this.#pool.graceMs} ms`)
      this.#signal('SIGKILL')
    }, this.#pool.graceMs)
  }

  /** To the whole group, so that what a wrapper started ends with it. */
  #signal(signal: NodeJS.Signals): void {
    const { running } = this
    if (running === undefined || (this.#child === undefined && identityOf(running.pid) !== running.identity)) return
    signalGroup(running.pid, signal)
  }

  #gone(how: string): void {
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
    const { running, phase } = this
    this.running = undefined
    this.#child = undefined
    // Orphans of the group would hold the port that the next replica needs.
    if (running !== undefined) signalGroup(running.pid, 'SIGKILL')
    if (phase === 'draining' || phase === 'stopping') {
      this.#begin('empty')
      this.#say('exited', how, running?.pid)
      if (this.#wanted) void this.#start()
      return
    }
    const { initialMs, maxMs, resetAfterMs } = this.#pool.restart
    if (running !== undefined && Date.now() - running.since >= resetAfterMs) this.#failures = 0
    const delay = Math.min(maxMs, initialMs * 2 ** this.#failures++)
    this.phase = 'backoff'
    this.trouble = how
    this.#timer = setTimeout(() => void this.#start(), delay)
    this.#changed()
    this.#say('failed', `${how}; starts again in ${delay} ms`, running?.pid)
  }

  #say(event: PoolEvent['event'], message: string, pid = this.running?.pid): void {
    this.#onEvent?.({ pool: this.#pool.name, slot: this.slot, event, pid, message })
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Gone already.
  }
}
