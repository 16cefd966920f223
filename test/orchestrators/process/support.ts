/** Pools of real processes in temporary folders, cleared away whatever happens. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type Endpoint,
  isError,
  type PoolConfig,
  type PoolEvent,
  type ProcessPool,
  type ProcessPoolOptions,
  processPool,
} from '../../../src/orchestrators/index.ts'
import { identityOf } from '../../../src/orchestrators/process/identity.ts'

const worker = new URL('worker.ts', import.meta.url).pathname

/** Events as they come; `until` waits for one, also one that has passed. */
export class Events {
  readonly all: PoolEvent[] = []
  #waiting: (() => void)[] = []

  readonly push = (event: PoolEvent): void => {
    this.all.push(event)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** The `count`th event of that sort, counted from the first. */
  async until(event: PoolEvent['event'], count = 1, slot?: number): Promise<PoolEvent> {
    for (;;) {
      const found = this.all.filter((e) => e.event === event && (slot === undefined || e.slot === slot))[count - 1]
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}

export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'scale-pool-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** The start of a range of ports that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const from = await portOf(0)
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, i) => portOf(from + i + 1).catch(() => undefined)))
    if (!rest.includes(undefined)) return from
  }
}

function portOf(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })
}

export async function workerPool(config: Partial<PoolConfig> = {}): Promise<PoolConfig> {
  return {
    name: 'worker',
    command: process.execPath,
    args: [worker],
    replicas: 2,
    max: 4,
    ports: { from: await freePorts(4), count: 4 },
    drainMs: 20,
    graceMs: 5000,
    probeMs: 20,
    restart: { initialMs: 10 },
    ...config,
  }
}

/** Fails the test on an error, stops the replicas at its end. */
export async function openPool(options: ProcessPoolOptions): Promise<ProcessPool> {
  const pool = await processPool(options)
  if (isError(pool)) throw new Error(pool.message)
  onTestFinished(() => pool.close())
  return pool
}

export function endpointsIn(stateDir: string): Endpoint[] {
  return JSON.parse(readFileSync(join(stateDir, 'worker/endpoints.json'), 'utf8'))
}

/** One that has ended and waits to be reaped does not live. */
export function isAlive(pid: number): boolean {
  return identityOf(pid) !== undefined
}

/** What a process has written to a file, once there is a whole line of it. */
export async function firstLine(file: string): Promise<string> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Resolves when the process is gone; for processes that are not this one's children. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}
