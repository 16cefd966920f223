/** Replays in a worker thread: the newest request counts, and those before it are given up between two steps. */
import { Worker } from 'node:worker_threads'
import type { Catalog } from '../../src/language/index.ts'
import type { Picture, Problem } from './contract.ts'
import type { ReplaySettings } from './replay.ts'

export type Job =
  | {
      readonly kind: 'replay'
      readonly request: number
      readonly path: string
      readonly texts: readonly (readonly [name: string, text: string])[]
      readonly replicas: Readonly<Record<string, number>>
    }
  | { readonly kind: 'explain'; readonly request: number; readonly decision: string }
  /** A catalog of the recording that was replayed last. */
  | { readonly kind: 'learn' }

export type Told =
  | { readonly kind: 'progress'; readonly request: number; readonly share: number }
  | { readonly kind: 'picture'; readonly request: number; readonly picture: Picture }
  | { readonly kind: 'refused'; readonly request: number; readonly problems: readonly Problem[] }
  | { readonly kind: 'cancelled'; readonly request: number }
  | { readonly kind: 'explanation'; readonly request: number; readonly decision: string; readonly text: string | undefined }
  | { readonly kind: 'learned'; readonly path: string; readonly catalog: Catalog }

export interface WorkerStart {
  readonly settings: ReplaySettings
  /** Shared: the request that is wanted now. */
  readonly newest: Int32Array
}

export interface Replays {
  send(job: Job): void
  close(): Promise<void>
}

/** `onBroken`: the thread died of a bug, and a new one takes its place at the next job. */
export function startReplays(script: URL, settings: ReplaySettings, onTold: (told: Told) => void, onBroken: (message: string) => void): Replays {
  const newest = new Int32Array(new SharedArrayBuffer(4))
  let worker: Worker | undefined
  const running = (): Worker => {
    if (worker !== undefined) return worker
    const started = new Worker(script, { workerData: { settings, newest } satisfies WorkerStart })
    started.on('message', onTold)
    started.on('error', (error) => {
      if (worker === started) worker = undefined
      onBroken(error instanceof Error ? error.message : String(error))
    })
    worker = started
    return started
  }
  return {
    send(job) {
      if (job.kind === 'replay') Atomics.store(newest, 0, job.request)
      running().postMessage(job)
    },
    async close() {
      await worker?.terminate()
    },
  }
}
