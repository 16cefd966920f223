/** What samplers said of the traces that they kept, for the traces when they are here: a sampler whose decisions were made elsewhere. */
import type { AssembledSpans, TraceSampler } from '../../spans/index.ts'
import type { SampledTrace } from '../rpc/messages.ts'

export interface GivenWeights extends TraceSampler {
  readonly scores: boolean
  readonly partial: boolean
  note(sampler: string, trace: SampledTrace): void
  /** The trace will not come. */
  forget(traceId: string): void
}

interface Given {
  readonly weight: number
  readonly anomalous: boolean
}

export function givenWeights(): GivenWeights {
  const given = new Map<string, Given>()
  /** Whether each sampler could tell anomalous traces, when it last sent one. */
  const scored = new Map<string, boolean>()
  /** Some trace stood for others: so traces are left out where the samplers are, and that none comes says nothing. */
  let partial = false
  return {
    get scores() {
      return scored.size > 0 && [...scored.values()].every((can) => can)
    },
    get partial() {
      return partial
    },
    note(sampler, { traceId, weight, anomalous, scored: can }) {
      scored.set(sampler, can)
      // No sampler gives such a weight; a trace of which nobody knows what it stands for is no part of the sample.
      if (!(weight >= 1 && Number.isFinite(weight))) return
      if (weight > 1) partial = true
      given.set(hexOf(traceId), { weight, anomalous })
    },
    forget(traceId) {
      given.delete(traceId)
    },
    decide({ spans, traceStart, weight, anomalous }: AssembledSpans) {
      const seen = new Set<string>()
      let first = -1
      let its: Given | undefined
      for (let row = 0; row < spans.length; row++) {
        if (traceStart[row] !== first) {
          first = traceStart[row] as number
          const id = spans.traceIdOf(row)
          its = given.get(id)
          seen.add(id)
        }
        // A trace that nobody spoke of is no part of the sample.
        weight[row] = its?.weight ?? 0
        anomalous[row] = its?.anomalous === true ? 1 : 0
      }
      for (const id of seen) given.delete(id)
    },
  }
}

export function hexOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex')
}
