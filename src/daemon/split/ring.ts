/** The most recent sampled traces by cursor, and who waits for more. */
import type { SampledTrace, SubscribeReply } from '../rpc/messages.ts'

export interface Ring {
  push(trace: Omit<SampledTrace, 'cursor'>): void
  /**
   * What follows `after`, at most `limit`, and from where to go on; a client that was away for longer than the ring is long is told first how much it lost.
   */
  read(after: number, limit: number): { readonly replies: readonly SubscribeReply[]; readonly after: number }
  readonly last: number
  /** Calls back when something is there, until the returned function is called. */
  onPush(listener: () => void): () => void
  /** Traces that some subscriber was told it lost. */
  readonly lost: number
}

export function createRing(capacity: number): Ring {
  const traces: SampledTrace[] = []
  const listeners = new Set<() => void>()
  let last = 0
  let lost = 0
  return {
    push(trace) {
      traces.push({ ...trace, cursor: ++last })
      // Let it run over by half, so that a push is not a shift of everything.
      if (traces.length > capacity * 1.5) traces.splice(0, traces.length - capacity)
      for (const listener of listeners) listener()
    },
    read(after, limit) {
      const oldest = last - Math.min(capacity, traces.length) + 1
      const from = Math.max(after + 1, oldest)
      const missed = from - after - 1
      lost += missed
      const start = traces.length - (last - from + 1)
      const found = traces.slice(start, start + limit)
      const told = missed > 0 ? [{ lost: { traces: missed } }] : []
      return { replies: [...told, ...found.map((trace) => ({ trace }))], after: found.at(-1)?.cursor ?? Math.max(after, oldest - 1) }
    },
    get last() {
      return last
    },
    onPush(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get lost() {
      return lost
    },
  }
}
