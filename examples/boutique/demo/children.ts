/** The processes of the demo: each is started with a log file of its own and stopped by its pid. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'

export interface Child {
  readonly name: string
  readonly pid: number
  readonly log: string
  /** The port that a service reported. Rejects when it ends first. */
  readonly listening: Promise<number>
  readonly exited: boolean
  /** Resolves when it has ended. */
  readonly exit: Promise<void>
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL after `graceMs`. */
  stop(graceMs: number): Promise<void>
}

/**
 * Starts `node ARGS`. In a process group of its own: a Ctrl-C reaches the demo alone, which then stops everything in order.
 * The IPC channel tells a service that the demo has gone, whatever became of it.
 */
export function start(name: string, args: readonly string[], env: Readonly<Record<string, string>>, log: string): Child {
  const fd = openSync(log, 'a')
  const child: ChildProcess = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', fd, fd, 'ipc'], detached: true })
  closeSync(fd)
  const exit = once(child, 'exit').then(() => {})
  let exited = false
  void exit.then(() => {
    exited = true
  })
  const listening = new Promise<number>((resolve, reject) => {
    child.on('message', (message: { readonly listening?: number }) => {
      if (message.listening !== undefined) resolve(message.listening)
    })
    void exit.then(() => reject(new Error(`${name} ended before it listened: see ${log}`)))
  })
  // Whoever does not wait for the port does not care.
  listening.catch(() => {})
  return {
    name,
    pid: child.pid ?? 0,
    log,
    listening,
    get exited() {
      return exited
    },
    exit,
    kill: (signal) => void child.kill(signal),
    async stop(graceMs) {
      if (exited) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exit
      clearTimeout(timer)
    },
  }
}

/** Ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((s) => once(s, 'listening')))
  const ports = servers.map((s) => {
    const at = s.address()
    return typeof at === 'object' && at !== null ? at.port : 0
  })
  await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))))
  return ports
}

/** Polls until `probe` is true. Rejects after `limitMs`, or when `abort` says why it never will be. */
export async function until(
  what: string,
  probe: () => Promise<boolean> | boolean,
  limitMs: number,
  abort: () => string | undefined = () => undefined,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await probe())) {
    const why = abort()
    if (why !== undefined) throw new Error(why)
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Whether a process with this pid exists. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The first of `count` ports in a row that are free now. */
export async function freeRange(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const from = 20_000 + Math.floor(Math.random() * 12_000)
    const servers = Array.from({ length: count }, (_, i) => createServer().listen(from + i, '127.0.0.1'))
    const results = await Promise.allSettled(servers.map((s) => once(s, 'listening')))
    await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))))
    if (results.every((r) => r.status === 'fulfilled')) return from
  }
  throw new Error(`there are no ${count} free ports in a row`)
}
