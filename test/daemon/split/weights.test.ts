/** What a modeler knows of the samples that its samplers draw. */
import { describe, expect, it } from 'vitest'
import type { SampledTrace } from '../../../src/daemon/rpc/messages.ts'
import { type GivenWeights, givenWeights } from '../../../src/daemon/split/weights.ts'
import type { AssembledSpans } from '../../../src/spans/index.ts'

const sampled = (weight: number): SampledTrace =>
  ({ traceId: Buffer.alloc(16, 1), weight, anomalous: false, scored: true }) as Partial<SampledTrace> as SampledTrace

describe('weights that samplers gave', () => {
  it('are those of a part from the first trace on that stands for others', () => {
    const weights = givenWeights()
    expect(weights.partial).toBe(false)
    weights.note('a', sampled(1))
    expect(weights.partial).toBe(false)
    weights.note('b', sampled(20))
    weights.note('a', sampled(1))
    expect(weights.partial).toBe(true)
  })

  it('are given to the trace when it is here, once; one that no sampler gives is none', () => {
    const given = [1, 20, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map((weight) => {
      const weights = givenWeights()
      weights.note('a', sampled(weight))
      return [decided(weights), decided(weights)]
    })
    expect(given).toEqual([
      [1, 0],
      [20, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ])
  })
})

/** The weight of the trace, as a step decides it. */
function decided(weights: GivenWeights): number | undefined {
  const weight = Float64Array.of(1)
  const spans = { length: 1, traceIdOf: () => '01'.repeat(16) }
  weights.decide({ spans, traceStart: Uint32Array.of(0), weight, anomalous: Uint8Array.of(0) } as Partial<
    Record<keyof AssembledSpans, unknown>
  > as AssembledSpans)
  return weight[0]
}
