/** The most recent of the traces that were assembled and kept here: what stands in for a trace store where there is none. */
import type { SpanTable } from '../spans/index.ts'
import type { Fetched, TraceSource } from './contract.ts'
import { encodeTraces } from './encode.ts'

export interface Embedded extends TraceSource {
  /** Keeps rows [from, to), which are one trace, or a later part of one. The oldest make room. */
  keep(traceId: string, table: SpanTable, from: number, to: number): void
  readonly report: { readonly traces: number; readonly bytes: number; readonly evicted: number }
}

/** The greatest number of parts that are remembered of one trace. */
const maxParts = 16

export function createEmbedded({ maxBytes }: { readonly maxBytes: number }): Embedded {
  /** Oldest first. */
  const kept = new Map<string, Uint8Array[]>()
  let bytes = 0
  let evicted = 0
  return {
    name: 'the traces that are kept here',
    keep(traceId, table, from, to) {
      const part = encodeTraces(table, from, to)
      const parts = kept.get(traceId) ?? []
      if (parts.length >= maxParts || part.length > maxBytes) return
      kept.set(traceId, [...parts, part])
      bytes += part.length
      for (const [oldest, its] of kept) {
        if (bytes <= maxBytes) break
        kept.delete(oldest)
        evicted++
        for (const { length } of its) bytes -= length
      }
    },
    fetch({ traceId }): Promise<Fetched> {
      const parts = kept.get(traceId)
      // Repeated fields of messages that follow each other are one message.
      return Promise.resolve(parts === undefined ? { kind: 'missing' } : { kind: 'found', bytes: Buffer.concat(parts), encoding: 'protobuf', partial: false })
    },
    search({ limit }) {
      return Promise.resolve({ traces: [...kept.keys()].slice(-limit).map((traceId) => ({ traceId })) })
    },
    get report() {
      return { traces: kept.size, bytes, evicted }
    },
  }
}
