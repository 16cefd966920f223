import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClusterOptions, Clusters, defaultClusters } from '../../src/sampler/clusters.ts'
import { Fading } from '../../src/sampler/fading.ts'
import { hamming } from '../../src/sampler/sketch.ts'

const minute = 60e9
const halfLife = 30 * minute
const sketch = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()).map((words) => Uint32Array.from(words))
/** A sketch with some bits of another turned over. */
const near = (of: Uint32Array, bits: readonly number[]): Uint32Array => {
  const copy = Uint32Array.from(of)
  for (const bit of bits) copy[bit >>> 5] = (copy[bit >>> 5] as number) ^ (1 << (bit & 31))
  return copy
}
const zero = new Uint32Array(4)

function clusters(options: Partial<ClusterOptions> = {}): { readonly fading: Fading; readonly all: Clusters } {
  const fading = new Fading(halfLife)
  fading.advance(0)
  return { fading, all: new Clusters(fading, { ...defaultClusters, ...options }) }
}

describe('micro-clusters', () => {
  it('take sketches that are near, and no others', () => {
    const { all } = clusters()
    const slot = all.insert(zero)
    expect(all.insert(near(zero, [3, 70, 100]))).toBe(slot)
    expect(
      all.insert(
        near(
          zero,
          Array.from({ length: 40 }, (_, i) => i),
        ),
      ),
    ).not.toBe(slot)
    expect(all.weightOf(slot)).toBe(2)
  })

  it('a heavy cluster does not swallow what is far from its centre, however small its radius stays', () => {
    const { all } = clusters()
    const slot = all.insert(zero)
    for (let i = 0; i < 10_000; i++) all.add(slot, zero)
    const far = near(
      zero,
      Array.from({ length: 64 }, (_, i) => i * 2),
    )
    expect(all.insert(far)).not.toBe(slot)
  })

  it('turning a sketch away leaves the state as it was, bit for bit', () => {
    const { all } = clusters({ limit: 64 })
    const slot = all.insert(zero)
    const { slots: _, ...before } = all.save()
    const second = all.insert(near(zero, [...Array(64).keys()]))
    const state = all.save()
    expect(second).not.toBe(slot)
    expect(state.ones.slice(0, 1024)).toEqual(before.ones.slice(0, 1024))
    expect(state.weight.slice(0, 8)).toEqual(before.weight.slice(0, 8))
  })

  it('have a radius and members that no flip of all sketches by one mask changes', () => {
    fc.assert(
      fc.property(
        fc.array(sketch, { minLength: 1, maxLength: 20 }),
        fc.array(fc.array(fc.nat(127), { maxLength: 6 }), { maxLength: 20 }),
        sketch,
        (some, turned, mask) => {
          const points = [...some, ...turned.map((bits) => near(some[0] as Uint32Array, bits))]
          const [plain, flipped] = [clusters({ limit: 64 }).all, clusters({ limit: 64 }).all]
          const slots = points.map((point) => plain.insert(point))
          expect(points.map((point) => flipped.insert(point.map((word, i) => word ^ (mask[i] as number))))).toEqual(slots)
          for (const slot of new Set(slots)) expect(flipped.radiusOf(slot)).toBeCloseTo(plain.radiusOf(slot), 9)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('have the mean distance of their members from the centre as radius', () => {
    const { all } = clusters()
    const members = [zero, zero, near(zero, [1]), near(zero, [1, 2, 90])]
    const slot = all.insert(zero)
    for (const member of members.slice(1)) all.add(slot, member)
    // Bit 1 is a tie: half of the members are one off, whichever the centre has.
    const centre = zero
    expect(all.radiusOf(slot)).toBe(members.reduce((sum, member) => sum + hamming(centre, 0, member, 0), 0) / members.length)
  })

  it('fade in event time, also while they are idle, weight and members together', () => {
    const { all, fading } = clusters()
    const slot = all.insert(zero)
    all.add(slot, near(zero, [5]))
    const radius = all.radiusOf(slot)
    fading.advance(halfLife)
    expect(all.weightOf(slot)).toBe(1)
    expect(all.radiusOf(slot)).toBe(radius)
  })

  it('are not changed by bringing all weights down, as happens every 64 half-lives', () => {
    const { all, fading } = clusters()
    const slot = all.insert(zero)
    all.add(slot, near(zero, [5]))
    const radius = all.radiusOf(slot)
    const factor = fading.advance(65 * halfLife)
    expect(factor).toBe(2 ** -65)
    all.scale(factor)
    expect(all.weightOf(slot)).toBe(2 ** -64)
    expect(all.radiusOf(slot)).toBe(radius)
  })

  it('outliers are pruned where they did not grow as a potential cluster would: by ξ(t, t0), every T_p', () => {
    const { all, fading } = clusters()
    all.prune()
    const once = all.insert(zero)
    const grows = all.insert(near(zero, [...Array(64).keys()]))
    for (let i = 0; i < 5; i++) all.add(grows, near(zero, [...Array(64).keys()]))
    // T_p = half-life · log2(10/9): 4.56 minutes.
    fading.advance(4.5 * minute)
    all.prune()
    expect(all.idOf(once)).not.toBe(0)
    fading.advance(4.6 * minute)
    all.prune()
    expect(all.idOf(once)).toBe(0)
    expect(all.idOf(grows)).not.toBe(0)
    expect(all.faded).toBe(1)
  })

  it('are never more than the limit: the lightest makes room', () => {
    const { all } = clusters({ limit: 4 })
    const far = (i: number): Uint32Array => Uint32Array.from([0, 1, 2, 3], (word) => (word === i % 4 ? 0xffffffff << (i % 3) : i * 0x01010101))
    const heavy = all.insert(far(0))
    for (let i = 0; i < 3; i++) all.add(heavy, far(0))
    for (let i = 1; i < 50; i++) all.insert(far(i))
    expect(all.length).toBe(4)
    expect(all.weightOf(heavy)).toBeGreaterThanOrEqual(4)
    expect(all.evicted).toBeGreaterThan(0)
  })
})
