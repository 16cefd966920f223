/**
 * Decided traces of the last minutes, by the step that decided them: what rules on traces have seen. Memory is bounded: of busy services a sample of the
 * traces is kept, with weights, and with its slowest to be shown. Which, follows from their ids alone, so that every run keeps the same.
 */
import type { AssembledSpans, Nanos } from '../spans/index.ts'
import { isWhole } from './comparison.ts'
import { TraceLog, type Window } from './log.ts'

export interface RecentOptions {
  /** For how long traces are kept. */
  readonly keepNs: number
  /** Traces and spans that are kept of each second; of shorter steps as much less. */
  readonly tracesPerSecond?: number
  readonly spansPerSecond?: number
  /** Spans in all, some 70 bytes each; beyond it the oldest are forgotten early. */
  readonly maxSpans?: number
}

export const defaultRecent = { tracesPerSecond: 20, spansPerSecond: 1000, maxSpans: 250_000 } as const

/** Of what a step decided beyond its share: kept to be shown. */
const slowest = 2
/** What the first step, and one after a long silence, may keep: as much as so many seconds. */
const firstSeconds = 5
const mostSeconds = 60
/** Memory is tidied when so much of it is stale. */
const staleShare = 1 / 8

interface Step {
  readonly at: Nanos
  readonly traces: number
}

export class RecentTraces {
  log: TraceLog | undefined
  readonly #isRelevant: (service: string) => boolean
  readonly #options: Required<RecentOptions>
  /** By service code: 1 relevant, 2 not. */
  #relevance = new Uint8Array(256)
  /** Those that decided traces, oldest first. */
  #steps: Step[] = []

  /** Traces without a service that is relevant are not kept. */
  constructor(isRelevant: (service: string) => boolean, options: RecentOptions, previous?: RecentTraces) {
    this.#isRelevant = isRelevant
    this.#options = { ...defaultRecent, ...options }
    this.log = previous?.log
    this.#steps = previous === undefined ? [] : previous.#steps
  }

  /** Takes what the step that ended at `at` decided; `at` never goes back. */
  add(decided: AssembledSpans, at: Nanos): void {
    const { spans } = decided
    this.log ??= new TraceLog(spans.dictionary)
    const before = this.log.traces
    this.#take(decided, this.log, this.#secondsSince(at))
    if (this.log.traces > before) this.#steps.push({ at, traces: this.log.traces - before })
    this.#forget(at)
  }

  /** Whole traces that were decided in (from, to], oldest first, as indices of the log. */
  decidedIn({ from, to }: Window): number[] {
    const { log } = this
    const found: number[] = []
    let first = 0
    for (const { at, traces } of this.#steps) {
      if (log !== undefined && at > from && at <= to) for (let trace = first; trace < first + traces; trace++) if (isWhole(log, trace)) found.push(trace)
      first += traces
    }
    return found
  }

  #secondsSince(at: Nanos): number {
    const last = this.#steps.at(-1)
    return last === undefined ? firstSeconds : Math.min(mostSeconds, (at - last.at) / 1e9)
  }

  #take(decided: AssembledSpans, log: TraceLog, seconds: number): void {
    const { tracesPerSecond, spansPerSecond } = this.#options
    const found = this.#relevant(decided)
    const [mostTraces, mostSpans] = [Math.ceil(tracesPerSecond * seconds), Math.ceil(spansPerSecond * seconds)]
    if (found.length <= mostTraces && found.reduce((sum, { first, end }) => sum + end - first, 0) <= mostSpans) {
      for (const { first, end } of found) log.take(decided, first, end)
      return
    }
    const taken = new Set<Found>()
    let room = mostSpans
    let [weightOfAll, weightOfTaken] = [0, 0]
    for (const trace of found.toSorted((a, b) => a.hash - b.hash || a.first - b.first)) {
      const weight = decided.weight[trace.first] as number
      weightOfAll += weight
      const size = trace.end - trace.first
      if (taken.size === mostTraces || size > room) continue
      taken.add(trace)
      room -= size
      weightOfTaken += weight
    }
    const path = ({ first }: Found): number => decided.path[first] as number
    const shown = found
      .filter((trace) => !taken.has(trace) && trace.end - trace.first <= spansPerSecond)
      .sort((a, b) => path(b) - path(a) || a.first - b.first)
      .slice(0, slowest)
    for (const trace of found) {
      const { first, end } = trace
      if (taken.has(trace)) log.take(decided, first, end, ((decided.weight[first] as number) * weightOfAll) / weightOfTaken)
      else if (shown.includes(trace)) log.take(decided, first, end, 0)
    }
  }

  /** The traces with a relevant service; of those that a sampler let go nothing is known. */
  #relevant({ spans, traceStart, weight, peer }: AssembledSpans): Found[] {
    const found: Found[] = []
    for (let first = 0; first < spans.length; ) {
      let end = first
      let relevant = false
      for (; end < spans.length && traceStart[end] === first; end++)
        relevant ||= this.#concerns(spans.service[end] as number) || this.#concerns(peer[end] as number)
      if (relevant && (weight[first] as number) > 0) found.push({ first, end, hash: hashOf(spans.traceId, first * 16) })
      first = end
    }
    return found
  }

  #concerns(code: number): boolean {
    if (code >= this.#relevance.length) {
      const bigger = new Uint8Array(2 ** Math.ceil(Math.log2(code + 1)))
      bigger.set(this.#relevance)
      this.#relevance = bigger
    }
    if (this.#relevance[code] === 0) this.#relevance[code] = this.#isRelevant((this.log as TraceLog).dictionary.text(code)) ? 1 : 2
    return this.#relevance[code] === 1
  }

  #forget(at: Nanos): void {
    const log = this.log as TraceLog
    const { keepNs, maxSpans } = this.#options
    let [steps, traces] = [0, 0]
    const spansLeft = (): number => log.spans - (traces < log.traces ? (log.firstRow[traces] as number) : log.spans)
    for (const step of this.#steps) {
      if (step.at > at - keepNs && spansLeft() <= maxSpans) break
      steps++
      traces += step.traces
    }
    if (traces === 0 || (log.spans <= maxSpans && traces < staleShare * log.traces)) return
    // Beyond the limit a little more goes, so that not every step has to tidy.
    while (log.spans > maxSpans && steps < this.#steps.length && spansLeft() > (1 - staleShare) * maxSpans) traces += (this.#steps[steps++] as Step).traces
    log.dropFirst(traces)
    this.#steps = this.#steps.slice(steps)
  }
}

interface Found {
  readonly first: number
  readonly end: number
  /** Of its id: which traces are kept does not depend on what is in them. */
  readonly hash: number
}

/** FNV-1a and a finalizer (murmur3's): ids that only count up are spread as well as random ones. */
function hashOf(ids: Uint8Array, at: number): number {
  let hash = 0x811c9dc5
  for (let i = at; i < at + 16; i++) hash = Math.imul(hash ^ (ids[i] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
