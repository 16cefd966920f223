/**
 * A copy of some of the API server's objects, kept by a list and a watch that goes on from it: what is read every few seconds is read from here. In step
 * with the server or not in use: whenever the stream is cut, the copy says that it does not know until it is open again.
 */
import { isError } from '../contract.ts'
import type { KubernetesApi } from './api.ts'

export interface Identified {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid?: string; readonly resourceVersion?: string }
}

export interface Mirror<T extends Identified> {
  /** Whether it is a copy of what stands now. Where it is not, ask the API server. */
  readonly inStep: boolean
  get(name: string): T | undefined
  all(): Iterable<T>
  /** Called with the name of every object that came, changed or went, and with undefined when anything may have. Returns what ends it; the last to end closes the copy. */
  onChange(listener: (name: string | undefined) => void): () => void
  close(): void
}

export interface MirrorOptions<T> {
  /** What is kept of an object: specs of pods are large. */
  readonly keep: (object: never) => T
  /** `fieldSelector=…` */
  readonly query?: string
  /** Nobody listens any more, and the copy is closed. */
  readonly unused?: () => void
  /** Resolves after so long, or when the signal aborts. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** An API server sends a bookmark about once a minute: a stream that is silent for longer is dead. */
const quietMs = 90_000
const watchSeconds = 290
const pageSize = 500
const backoffMs = { first: 500, last: 30_000 }
/** An account that may not list may be given the right later. */
const refusedMs = 300_000

type Outcome = 'listed' | 'ended' | 'expired' | 'refused' | 'failed'

interface Event {
  readonly type?: string
  readonly object?: Identified & { readonly code?: number }
}

export function createMirror<T extends Identified>(api: KubernetesApi, path: string, options: MirrorOptions<T>): Mirror<T> {
  const { keep, query = '', wait = waitFor } = options
  const stop = new AbortController()
  const objects = new Map<string, T>()
  const listeners = new Set<(name: string | undefined) => void>()
  let inStep = false
  let version = ''

  function tell(name: string | undefined): void {
    for (const listener of listeners) listener(name)
  }

  async function list(): Promise<Outcome> {
    const found = new Map<string, T>()
    let next = ''
    do {
      const response = await api.call(
        'GET',
        `${path}?limit=${pageSize}${query === '' ? '' : `&${query}`}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`,
      )
      if (isError(response)) return 'failed'
      if (response.status === 410) return 'expired'
      if (response.status !== 200) return response.status === 403 || response.status === 404 ? 'refused' : 'failed'
      const { items, metadata } = response.body as { items?: readonly never[]; metadata?: { continue?: string; resourceVersion?: string } }
      if (!Array.isArray(items) || metadata?.resourceVersion === undefined) return 'failed'
      for (const item of items) {
        const kept = keep(item as never)
        found.set(kept.metadata.name, kept)
      }
      version = metadata.resourceVersion
      next = metadata.continue ?? ''
    } while (next !== '')
    objects.clear()
    for (const [name, object] of found) objects.set(name, object)
    return 'listed'
  }

  /** Until the stream ends. `expired`: what comes after `version` is not known any more. */
  async function watch(): Promise<Outcome> {
    let expired = false
    const where = `${path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=${watchSeconds}&resourceVersion=${encodeURIComponent(version)}${query === '' ? '' : `&${query}`}`
    const opened = (): void => {
      inStep = true
      tell(undefined)
    }
    const response = await api.lines(where, stop.signal, quietMs, opened, (text) => {
      const event = parse(text)
      const object = event?.object
      if (object === undefined) return
      if (event?.type === 'ERROR') {
        expired ||= object.code === 410
        return
      }
      version = object.metadata.resourceVersion ?? version
      if (event?.type === 'BOOKMARK') return
      if (event?.type === 'DELETED') objects.delete(object.metadata.name)
      else objects.set(object.metadata.name, keep(object as never))
      tell(object.metadata.name)
    })
    if (expired || (!isError(response) && response.status === 410)) return 'expired'
    if (isError(response)) return 'failed'
    if (response.status === 200) return 'ended'
    return response.status === 403 || response.status === 404 ? 'refused' : 'failed'
  }

  async function run(): Promise<void> {
    let pauseMs = backoffMs.first
    let fresh = false
    while (!stop.signal.aborted) {
      const result: Outcome = fresh ? await watch() : await list()
      // Between two streams the copy stands as it was: the next one goes on from the same version. It is used again when that is open.
      if (fresh) inStep = false
      if (result === 'listed' || result === 'ended') {
        fresh = true
        pauseMs = backoffMs.first
        continue
      }
      fresh = result === 'failed' && fresh
      await wait(result === 'refused' ? refusedMs : result === 'expired' ? 0 : pauseMs, stop.signal)
      pauseMs = Math.min(pauseMs * 2, backoffMs.last)
    }
  }

  void run()
  return {
    get inStep() {
      return inStep
    },
    get: (name) => objects.get(name),
    all: () => objects.values(),
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stop.abort()
        options.unused?.()
      }
    },
    close: () => stop.abort(),
  }
}

function parse(text: string): Event | undefined {
  try {
    return JSON.parse(text) as Event
  } catch {
    return undefined
  }
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
