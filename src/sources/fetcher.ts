/**
 * Fetches traces that were just decided: a sampled id may be there before its trace, and a trace before all of its spans. So it is asked for a little later,
 * and again and again until it is whole: it has a root, every parent is there, and nothing has come since the last look.
 */
import { createDictionary, decodeJson, decodeRequest, SpanTable } from '../spans/index.ts'
import type { Fetched, TraceRequest, TraceSource } from './contract.ts'

export type FetchResult =
  /** whole: false: given up with what there was. */
  | { readonly kind: 'trace'; readonly bytes: Uint8Array; readonly encoding: 'protobuf' | 'json'; readonly whole: boolean }
  /** Given up, or not even begun. `why` for people. */
  | { readonly kind: 'missing'; readonly why: string }

export interface FetcherOptions {
  readonly source: TraceSource
  /** Milliseconds; only differences matter. */
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Requests under way at once; 8 by default. */
  readonly parallel?: number
  /** Traces that are waited for at once; what is more is missing. 10,000 by default. */
  readonly queue?: number
}

export interface FetcherReport {
  readonly waiting: number
  readonly requests: number
  readonly whole: number
  /** Given up with what there was: parts were still missing. */
  readonly incomplete: number
  /** Given up without any span. */
  readonly missing: number
  /** Not begun, because too many were waited for. */
  readonly overflowed: number
  /** Answers that were no answers. */
  readonly failures: number
  readonly lastFailure: string | undefined
}

export interface Fetcher {
  /** Resolves, never rejects, a minute after the call at the latest, and the time of one request. */
  fetch(request: TraceRequest): Promise<FetchResult>
  readonly report: FetcherReport
  /** Everything that is waited for is missing. */
  close(): void
}

/** From the decision to the first look, and from look to look; then it is given up. */
const firstMs = 2000
const retryMs = [1000, 2000, 4000, 8000, 16_000]
const giveUpMs = 60_000

export function createFetcher(options: FetcherOptions): Fetcher {
  const { source, now, sleep, parallel = 8, queue = 10_000 } = options
  const stop = new AbortController()
  const turns = new Turns(parallel)
  const counts = { requests: 0, whole: 0, incomplete: 0, missing: 0, overflowed: 0, failures: 0 }
  let waiting = 0
  let lastFailure: string | undefined

  async function ask(request: TraceRequest): Promise<Fetched> {
    await turns.take()
    try {
      counts.requests++
      return await source.fetch(request)
    } finally {
      turns.give()
    }
  }

  async function follow(request: TraceRequest): Promise<FetchResult> {
    const began = now()
    let best: Look | undefined
    let why = `${source.name} does not have it`
    await sleep(firstMs, stop.signal)
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const answer = await ask(request)
      let waitMs = retryMs[Math.min(attempt, retryMs.length - 1)] as number
      if (answer.kind === 'too-large') return { kind: 'missing', why: answer.message }
      if (answer.kind === 'failed') {
        counts.failures++
        lastFailure = answer.message
        why = `${source.name}: ${answer.message}`
        waitMs = Math.max(waitMs, answer.retryAfterMs ?? 0)
      } else if (answer.kind === 'found') {
        const look = lookAt(answer)
        if (look.isWhole && look.spans === best?.spans) return { kind: 'trace', bytes: answer.bytes, encoding: answer.encoding, whole: true }
        // An answer with fewer spans than before comes from a replica that has seen less.
        if (look.spans > 0 && look.spans >= (best?.spans ?? 0)) best = look
      }
      if (now() + waitMs - began > giveUpMs) break
      await sleep(waitMs, stop.signal)
    }
    if (best === undefined) return { kind: 'missing', why: stop.signal.aborted ? 'it was not waited for any longer' : why }
    return { kind: 'trace', bytes: best.bytes, encoding: best.encoding, whole: false }
  }

  return {
    async fetch(request) {
      if (waiting >= queue) {
        counts.overflowed++
        return { kind: 'missing', why: 'too many traces are waited for' }
      }
      waiting++
      const result = await follow(request)
      waiting--
      if (result.kind === 'missing') counts.missing++
      else if (result.whole) counts.whole++
      else counts.incomplete++
      return result
    },
    get report() {
      return { waiting, ...counts, lastFailure }
    },
    close() {
      stop.abort()
    },
  }
}

interface Look {
  readonly bytes: Uint8Array
  readonly encoding: 'protobuf' | 'json'
  readonly spans: number
  readonly isWhole: boolean
}

function lookAt({ bytes, encoding, partial }: Extract<Fetched, { kind: 'found' }>): Look {
  const table = new SpanTable(createDictionary(), [], 64)
  const decoded = encoding === 'json' ? decodeJson(bytes, table) : decodeRequest(bytes, table)
  if (!decoded.ok) return { bytes, encoding, spans: 0, isWhole: false }
  const ids = new Set<string>()
  for (let row = 0; row < table.length; row++) ids.add(table.spanIdOf(row))
  let roots = 0
  let dangling = 0
  for (let row = 0; row < table.length; row++) {
    const parent = table.parentSpanIdOf(row)
    if (parent === noParent) roots++
    else if (!ids.has(parent)) dangling++
  }
  return { bytes, encoding, spans: ids.size, isWhole: !partial && roots > 0 && dangling === 0 }
}

const noParent = '0'.repeat(16)

/** So many at once, the others in order. */
class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(turns: number) {
    this.#free = turns
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
