/**
 * Client-side load balancing over the endpoints file that scaled's process pool keeps: a JSON list of the replicas that are ready.
 * Least requests in flight: a replica that just started takes the load that its elders are behind with.
 */
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface Endpoint {
  readonly slot: number
  readonly host: string
  readonly port: number
  readonly pid: number
}

export interface Balancer {
  /** Runs `task` on a ready replica, and once more on another one if there it could not be run at all. Rejects when none is ready. */
  run<T>(task: (base: string) => Promise<T>): Promise<T>
  close(): void
}

/** Replicas of the file; undefined when it is missing or half written, which the next reading mends. */
export function readEndpoints(file: string): readonly Endpoint[] | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly Endpoint[]
  } catch {
    return undefined
  }
}

export function balance(file: string): Balancer {
  let ready: readonly string[] = []
  let turn = 0
  const inFlight = new Map<string, number>()
  const read = (): void => {
    const endpoints = readEndpoints(file)
    if (endpoints !== undefined) ready = endpoints.map((e) => `http://${e.host}:${e.port}`)
  }
  read()
  // The file is replaced, not rewritten: watch its folder. The timer covers a file system that does not notify.
  const watcher: FSWatcher = watch(dirname(file), (_, name) => {
    if (name === null || name === basename(file)) read()
  })
  const timer = setInterval(read, 1000).unref()

  /** Among equals in turn, so that an idle system spreads its few requests. */
  const pick = (except?: string): string | undefined => {
    turn++
    let best: string | undefined
    for (let i = 0; i < ready.length; i++) {
      const candidate = ready[(turn + i) % ready.length]
      if (candidate === undefined || candidate === except) continue
      if (best === undefined || (inFlight.get(candidate) ?? 0) < (inFlight.get(best) ?? 0)) best = candidate
    }
    return best
  }
  const on = async <T>(base: string, task: (base: string) => Promise<T>): Promise<T> => {
    inFlight.set(base, (inFlight.get(base) ?? 0) + 1)
    try {
      return await task(base)
    } finally {
      const left = (inFlight.get(base) ?? 1) - 1
      if (left === 0) inFlight.delete(base)
      else inFlight.set(base, left)
    }
  }
  return {
    async run(task) {
      const first = pick()
      if (first === undefined) throw new Error('no replica is ready')
      try {
        return await on(first, task)
      } catch (error) {
        // `fetch` rejects with a TypeError when it had no answer: the replica has just gone.
        const second = error instanceof TypeError ? pick(first) : undefined
        if (second === undefined) throw error
        return await on(second, task)
      }
    },
    close() {
      watcher.close()
      clearInterval(timer)
    },
  }
}
