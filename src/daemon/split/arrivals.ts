/** From sampled ids to whole traces: what every sampler sends is fetched once and handed on with its weight. */
import type { Fetcher, FetchResult } from '../../sources/index.ts'
import type { SampledTrace, SubscribeReply, SubscribeRequest } from '../rpc/messages.ts'
import { type GivenWeights, hexOf } from './weights.ts'

export interface ArrivalsReport {
  readonly sampled: number
  /** Of which a trace came, whole or not. */
  readonly arrived: number
  readonly missing: number
  /** Sampled by two samplers, while the Collector changed its routes. */
  readonly twice: number
  /** Sampled while this modeler was away for too long, as far as the samplers told. */
  readonly lost: number
}

export interface ArrivalsOptions {
  readonly fetch: (sampler: string, trace: SampledTrace) => ReturnType<Fetcher['fetch']>
  readonly weights: GivenWeights
  /** Whether any rule needs traces. */
  readonly wanted: () => boolean
  /** A trace is there. */
  readonly bring: (trace: Extract<FetchResult, { kind: 'trace' }>) => void
}

export interface Arrivals {
  /** Where a subscription goes on. */
  cursorOf(sampler: string): SubscribeRequest
  receive(sampler: string, reply: SubscribeReply): void
  readonly report: ArrivalsReport
}

/** Ids that are remembered, so that a trace is fetched once. */
const remembered = 100_000

export function createArrivals({ fetch, weights, wanted, bring }: ArrivalsOptions): Arrivals {
  const cursors = new Map<string, SubscribeRequest>()
  const seen = new Set<string>()
  const counts = { sampled: 0, arrived: 0, missing: 0, twice: 0, lost: 0 }

  async function follow(sampler: string, trace: SampledTrace): Promise<void> {
    const result = await fetch(sampler, trace)
    if (result.kind === 'missing') {
      counts.missing++
      return
    }
    counts.arrived++
    weights.note(sampler, trace)
    bring(result)
  }

  /** The older half makes room. */
  function remember(id: string): void {
    seen.add(id)
    if (seen.size > remembered) for (const old of seen) if (seen.delete(old) && seen.size <= remembered / 2) break
  }

  return {
    cursorOf: (sampler) => cursors.get(sampler) ?? { instance: '', after: 0 },
    receive(sampler, { begun, trace, lost }) {
      if (begun !== undefined) cursors.set(sampler, { instance: begun.instance, after: begun.after })
      if (lost !== undefined) counts.lost += lost.traces
      if (trace === undefined) return
      const cursor = cursors.get(sampler)
      if (cursor !== undefined) cursors.set(sampler, { ...cursor, after: trace.cursor })
      counts.sampled++
      if (!wanted()) return
      const id = hexOf(trace.traceId)
      if (seen.has(id)) {
        counts.twice++
        return
      }
      remember(id)
      void follow(sampler, trace)
    },
    get report() {
      return counts
    },
  }
}
