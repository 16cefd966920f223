import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noPath, Paths } from '../../src/sampler/paths.ts'

const ms = 1e6

describe('path histograms', () => {
  it('do not tell a tail before 200 observations', () => {
    const paths = new Paths()
    for (let i = 0; i < 199; i++) paths.add(7, paths.find(7), paths.bucketOf(10 * ms), 1)
    expect(paths.tail(paths.find(7), paths.bucketOf(9999 * ms), 1)).toBe(1)
    paths.add(7, paths.find(7), paths.bucketOf(10 * ms), 1)
    expect(paths.tail(paths.find(7), paths.bucketOf(9999 * ms), 1)).toBe(1 / 201)
    expect(paths.tail(noPath, paths.bucketOf(9999 * ms), 1)).toBe(1)
  })

  it('tell how many took at least so long, as counting would, to the eighth of an octave that it lies in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e4, max: 1e10, noNaN: true }), { minLength: 200, maxLength: 300 }),
        fc.double({ min: 1e4, max: 1e10, noNaN: true }),
        (all, asked) => {
          const paths = new Paths()
          for (const duration of all) paths.add(1, paths.find(1), paths.bucketOf(duration), 1)
          const counted = (from: number): number => (all.filter((duration) => duration >= from).length + 1) / (all.length + 1)
          const tail = paths.tail(paths.find(1), paths.bucketOf(asked), 1)
          expect(tail).toBeGreaterThanOrEqual(counted(asked) - 1e-9)
          expect(tail).toBeLessThanOrEqual(counted(asked / 1.125) + 1e-9)
          const sorted = [...all].sort((a, b) => a - b)
          const median = paths.median(paths.find(1)) as number
          expect(median).toBeGreaterThan((sorted[Math.floor((all.length - 1) / 2)] as number) / 1.1)
          expect(median).toBeLessThan((sorted[Math.ceil(all.length / 2)] as number) * 1.1)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('are at most 4,096: a new path takes the place of the lightest of its set', () => {
    const paths = new Paths()
    for (let i = 0; i < 1000; i++) paths.add(512, paths.find(512), paths.bucketOf(10 * ms), 1)
    for (let i = 1; i < 20_000; i++) paths.add(i * 2654435761, paths.find((i * 2654435761) >>> 0), paths.bucketOf(10 * ms), 1)
    expect(paths.length).toBeLessThanOrEqual(4096)
    expect(paths.evicted).toBeGreaterThan(10_000)
    expect(paths.find(512)).not.toBe(noPath)
  })
})
