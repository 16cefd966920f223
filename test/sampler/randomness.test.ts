import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSampler, type KeptTrace } from '../../src/sampler/index.ts'
import { Randomness, weightOf } from '../../src/sampler/randomness.ts'
import { type AssembledSpans, createAssembler, createDictionary, decodeRequest, SpanTable, traceStateColumns } from '../../src/spans/index.ts'
import { encodeRequest, service } from '../support/otlp.ts'

function decided(spans: readonly { readonly traceId: string; readonly traceState?: string }[]): AssembledSpans {
  const table = new SpanTable(createDictionary(), traceStateColumns)
  const plain = spans.map((span, i) => ({
    ...span,
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: 'GET',
    start: 1_700_000_000_000_000_000n,
    end: 1_700_000_000_100_000_000n,
  }))
  decodeRequest(encodeRequest([service('cart', plain)]), table)
  const assembler = createAssembler({ idleNs: 1, maxAgeNs: 60e9, maxSpans: 100, maxSpansOfTrace: 100 })
  assembler.add(table)
  return assembler.close(2e18, true)
}
const traceId = `${'0'.repeat(18)}80000000000001`

describe('the randomness of a trace', () => {
  it('is the last seven bytes of its id, or what the tracestate says', () => {
    const randomness = new Randomness()
    randomness.read(decided([{ traceId }]), 0, 1)
    expect(randomness.value).toBe(2 ** 47)
    randomness.read(decided([{ traceId, traceState: 'ot=rv:ffffffffffffff' }]), 0, 1)
    expect(randomness.value).toBe(2 ** 48 - 1)
  })

  it('keeps exactly what OpenTelemetry’s R ≥ T would keep, and the weight is 1/p of that T', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.bigInt({ min: 0n, max: 2n ** 56n - 1n }), (p, r) => {
        const randomness = new Randomness()
        randomness.value = Number(r >> 8n)
        const threshold = randomness.threshold(p)
        expect(randomness.isKept(threshold)).toBe(r >= BigInt(threshold) << 8n)
        expect(weightOf(threshold) * p).toBeCloseTo(1, 6)
      }),
    )
  })

  it('of what an upstream sampler kept, thresholds only rise, and probabilities multiply', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1, noNaN: true }), fc.double({ min: 1e-4, max: 1, noNaN: true }), (before, p) => {
        const randomness = new Randomness()
        randomness.upstream = Math.floor((1 - before) * 2 ** 48)
        const threshold = randomness.threshold(p)
        expect(threshold).toBeGreaterThanOrEqual(randomness.upstream)
        expect(weightOf(threshold) * before * p).toBeCloseTo(1, 6)
      }),
    )
  })

  it('a trace that was sampled 1 in 4 stands for 4, and says so downstream', () => {
    const kept: KeptTrace[] = []
    const sampler = createSampler({ mode: 'all', budget: 1 }, { onKept: (trace) => kept.push(trace) })
    const found = decided([{ traceId: `${'0'.repeat(18)}f0000000000000`, traceState: 'ot=th:c' }])
    sampler.decide(found)
    expect(found.weight[0]).toBe(4)
    expect(kept).toMatchObject([{ weight: 4, threshold: 'c', lane: 'all' }])
    expect(sampler.report).toMatchObject({ upstream: 1, inconsistent: 0 })
  })

  it('a threshold that its trace could not have passed is ignored, and counted', () => {
    const sampler = createSampler({ mode: 'all', budget: 1 })
    const found = decided([{ traceId: `${'0'.repeat(18)}10000000000000`, traceState: 'ot=th:c' }])
    sampler.decide(found)
    expect(found.weight[0]).toBe(1)
    expect(sampler.report).toMatchObject({ upstream: 0, inconsistent: 1 })
  })
})
