/** What a load makes, by its laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckedLoad } from '../../src/language/index.ts'
import { SpanTable } from '../../src/spans/index.ts'
import { createLoad, latestEnd, spansOf } from '../../src/testing/load.ts'
import { type PlainRow, rowOf } from '../support/spans.ts'
import { benchOf, ms, s } from './support.ts'

const start = 1_704_067_200e9

function rowsOf(text: string, paused: Parameters<typeof createLoad>[4] = [], stepNs = 5 * s, number = 1): PlainRow[] {
  // A rule that names the attributes gives them columns.
  const rule =
    'scale deployment/x +1 when span(x where color == "red" and http.response.status_code >= 500 and resource.k8s.pod.name matches "x-*").count > 1 for 1m'
  const bench = benchOf(`${rule}\ntest "t" { ${text} }`)
  const load = bench.program.tests[0]?.statements[0] as CheckedLoad
  const table = new SpanTable(bench.dictionary, bench.bundle.projection)
  const source = createLoad(load, number, start, bench.dictionary, paused)
  for (let ns = stepNs; ns < latestEnd(load) + stepNs; ns += stepNs) source.fill(table, ns)
  return Array.from({ length: table.length }, (_, i) => rowOf(table, i))
}

const generated = fc.record({
  perMinute: fc.integer({ min: 1, max: 3000 }),
  takingMs: fc.integer({ min: 1, max: 5000 }),
  jitter: fc.integer({ min: 0, max: 100 }),
  failing: fc.integer({ min: 0, max: 100 }),
  from: fc.integer({ min: 0, max: 60 }),
  lasting: fc.integer({ min: 1, max: 40 }),
})

describe('a load', () => {
  it('has its rate, its durations and its failures, within its period', () => {
    fc.assert(
      fc.property(generated, ({ perMinute, takingMs, jitter, failing, from, lasting }) => {
        const rows = rowsOf(`load span(a/b) at ${perMinute}/min taking ${takingMs}ms ± ${jitter}% failing ${failing}% from ${from}s to ${from + lasting}s`)
        const perSecond = perMinute / 60
        expect(Math.abs(rows.length - perSecond * lasting)).toBeLessThanOrEqual(0.5 + 1e-9)
        expect(Math.abs(rows.filter(({ status }) => status === 2).length - (rows.length * failing) / 100)).toBeLessThanOrEqual(1)
        for (const row of rows) {
          const begun = Number(row.start - BigInt(start))
          expect(begun).toBeGreaterThanOrEqual(from * s)
          expect(begun).toBeLessThan((from + lasting) * s)
          expect(Number(row.end - row.start)).toBe(row.duration)
          expect(Math.abs(row.duration - takingMs * ms)).toBeLessThanOrEqual((takingMs * ms * jitter) / 100 + 1)
        }
        expect(new Set(rows.map(({ traceId, spanId }) => `${traceId} ${spanId}`)).size).toBe(rows.length)
        // Evenly: no second has more or less than its share by more than one.
        for (let second = from; second < from + lasting; second++) {
          const count = rows.filter((row) => Math.floor(Number(row.start - BigInt(start)) / s) === second).length
          expect(Math.abs(count - perSecond)).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('spreads its jitter evenly: any hundred spans have about the same quantiles', () => {
    const durations = rowsOf('load span(a/b) at 20/s taking 100ms ± 20% from 0s to 60s').map(({ duration }) => duration / ms)
    for (let i = 0; i + 100 <= durations.length; i += 100) {
      const sorted = durations.slice(i, i + 100).sort((a, b) => a - b)
      expect(sorted[49]).toBeCloseTo(100, -0.5)
      expect(sorted[98]).toBeGreaterThan(118)
      expect(sorted[98]).toBeLessThanOrEqual(120)
    }
  })

  it('is the same however it is cut into steps', () => {
    fc.assert(
      fc.property(generated, fc.constantFrom(0.1 * s, s, 7 * s, 60 * s), ({ perMinute, takingMs, jitter }, stepNs) => {
        const text = `load span(a/b) at ${perMinute}/min taking ${takingMs}ms ± ${jitter}% from 0s to 10s`
        expect(rowsOf(text, [], stepNs)).toEqual(rowsOf(text))
      }),
      { numRuns: 15 },
    )
  })

  it('makes a server span, exactly of the operation', () => {
    const [row] = rowsOf('load span(ads/hipstershop.AdService/GetAds) at 1/s taking 10ms from 0s to 1s')
    expect(row).toMatchObject({
      service: 'ads',
      operation: 'hipstershop.AdService/GetAds',
      kind: 2,
      status: 0,
      parentSpanId: '0000000000000000',
      attributes: {},
    })
  })

  it('has what its selector tests', () => {
    const where = 'where color == "red" and http.response.status_code >= 500 and resource.k8s.pod.name matches "x-*" and kind == client and status == error'
    const [row] = rowsOf(`load span(ads ${where}) at 1/s taking 10ms from 0s to 1s`)
    expect(row).toMatchObject({
      service: 'ads',
      kind: 3,
      status: 2,
      attributes: { 'span color': 'red', 'span http.response.status_code': 500, 'resource k8s.pod.name': 'x-' },
    })
  })

  it('has callers above it, with the client span between', () => {
    const rows = rowsOf('load span(ads/Get) at 1/s taking 10ms under span(front/Home) from 0s to 1s')
    expect(rows.map(({ service, operation, kind }) => [service, operation, kind])).toEqual([
      ['ads', 'Get', 2],
      ['front', 'Get', 3],
      ['front', 'Home', 2],
    ])
    expect(rows.map(({ parentSpanId }) => parentSpanId)).toEqual([rows[1]?.spanId, rows[2]?.spanId, '0000000000000000'])
    expect(new Set(rows.map(({ traceId }) => traceId)).size).toBe(1)
  })

  it('keeps its caller waiting for the gap that its selector asks for', () => {
    const rows = rowsOf('load span(ads/Get where gap == 200ms) at 1/s taking 10ms under span(cart/Add where gap >= 50ms under front/Home) from 0s to 1s')
    expect(rows.map(({ service, kind, start: begun, end }) => [service, kind, Number(begun - BigInt(start)) / ms, Number(end - BigInt(start)) / ms])).toEqual([
      ['ads', 2, 500, 510],
      ['cart', 3, 300, 510],
      ['cart', 2, 300, 510],
      ['front', 3, 250, 510],
      ['front', 2, 250, 510],
    ])
    expect(rows.map(({ duration }) => duration / ms)).toEqual([10, 210, 210, 260, 260])
    // A gap may begin before the test does.
    const [, early] = rowsOf('load span(ads/Get where gap == 2s) at 1/s taking 10ms under span(front) from 0s to 1s')
    expect(Number((early?.start ?? 0n) - BigInt(start)) / ms).toBe(-1500)
  })

  it('lets a message wait in its queue, and nobody for it', () => {
    const message = 'span(workers/"process messages" where kind == consumer and gap == 2s)'
    const rows = rowsOf(`load ${message} at 1/s taking 100ms under span(gateway/Post where gap == 20ms under web/Upload) from 5s to 6s`)
    expect(rows.map(({ service, kind, start: begun, end }) => [service, kind, Number(begun - BigInt(start)) / ms, Number(end - BigInt(start)) / ms])).toEqual([
      ['workers', 5, 5500, 5600],
      ['gateway', 4, 3500, 3500],
      ['gateway', 2, 3500, 3500],
      ['web', 3, 3480, 3500],
      ['web', 2, 3480, 3500],
    ])
    expect(rows.map(({ duration }) => duration / ms)).toEqual([100, 0, 0, 20, 20])
  })

  it('is a direct child where its selector says so', () => {
    const rows = rowsOf('load span(redis/GET child of cart/GetCart) at 1/s taking 10ms under span(front/Home) from 0s to 1s')
    expect(rows.map(({ service, operation, kind }) => [service, operation, kind])).toEqual([
      ['redis', 'GET', 2],
      ['cart', 'GetCart', 2],
      ['front', 'GetCart', 3],
      ['front', 'Home', 2],
    ])
  })

  it('counts the spans that it will make', () => {
    const bench = benchOf('scale deployment/x +1 when span(x).count > 1 for 1m\ntest "t" { load span(a/b) at 7/s taking 1ms under span(c/d) from 0s to 3s }')
    expect(spansOf(bench.program.tests[0]?.statements[0] as CheckedLoad)).toBe(21 * 3)
  })

  it('sends nothing that ends in a pause', () => {
    const rows = rowsOf('load span(a/b) at 10/s taking 400ms from 0s to 20s', [{ fromNs: 5 * s, toNs: 10 * s }])
    expect(rows).toHaveLength(150)
    for (const { end } of rows) expect(Math.floor(Number(end - BigInt(start)) / s / 5)).not.toBe(1)
  })
})
