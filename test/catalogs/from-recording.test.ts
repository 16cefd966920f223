import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCatalog, serializeCatalog } from '../../src/files/index.ts'
import { type CatalogOperation, mergeCatalogs } from '../../src/language/index.ts'
import { type Attributes, type PlainResource, type PlainSpan, service } from '../support/otlp.ts'
import { generatedRequest } from '../support/spans.ts'
import { learn, recordingFile } from './recorded.ts'

const epoch = 1_700_000_000_000_000_000n
const ms = 1_000_000n
const server = 2
const client = 3

/** A span that ends `at` ms after the start of the recording; ids are counted. */
function span(id: number, name: string, at: number, lasting: number, more: Partial<PlainSpan> = {}): PlainSpan {
  const end = epoch + BigInt(at) * ms
  return { traceId: '1'.padStart(32, '0'), spanId: id.toString(16).padStart(16, '0'), name, kind: server, start: end - BigInt(lasting) * ms, end, ...more }
}
const idOf = (id: number): string => id.toString(16).padStart(16, '0')

async function operations(...request: PlainResource[]): Promise<Map<string, CatalogOperation>> {
  const { catalog } = await learn(recordingFile([request], 'protobuf'))
  return new Map(catalog.services.flatMap(({ name, operations }) => operations.map((o) => [`${name}/${o.name} ${o.kind}`, o] as const)))
}

describe('operations of a recording', () => {
  it('have rates, error rates and nearest-rank quantiles', async () => {
    const spans = Array.from({ length: 100 }, (_, i) => span(i + 1, 'Get', i * 100, i + 1, { status: i < 5 ? 2 : 0 }))
    const found = await operations(service('ads', spans))
    expect(found.get('ads/Get server')).toEqual({
      ...{ name: 'Get', kind: 'server', errorRate: 0.05, calls: [] },
      ...{ rate: Number((100 / 9.9).toPrecision(6)), p50: 50e6, p95: 95e6, p99: 99e6, max: 100e6 },
    })
  })

  it('are told apart by kind; a span without one is internal', async () => {
    const found = await operations(service('ads', [span(1, 'Get', 0, 1), span(2, 'Get', 0, 1, { kind: client }), span(3, 'Get', 0, 1, { kind: 0 })]))
    expect([...found.keys()]).toEqual(['ads/Get client', 'ads/Get internal', 'ads/Get server'])
  })

  it('do not get less busy by the night between two recordings', async () => {
    const minute = (from: number): PlainSpan[] => Array.from({ length: 60 }, (_, i) => span(from + i + 1, 'Get', from * 60_000 + i * 1000, 1))
    const found = await operations(service('ads', [...minute(0), ...minute(600)]))
    expect(found.get('ads/Get server')?.rate).toBeGreaterThan(0.85)
    expect(found.get('ads/Get server')?.rate).toBeLessThan(1.02)
  })

  it('know what they call in other services, through their own spans', async () => {
    const found = await operations(
      service('ads', [span(4, '/shop.AdService/GetAds', 10, 5, { parentSpanId: idOf(3) }), span(5, 'load', 10, 5, { kind: 1, parentSpanId: idOf(4) })]),
      service('frontend', [
        span(1, 'GET /', 20, 20),
        span(2, 'render', 20, 20, { kind: 1, parentSpanId: idOf(1) }),
        span(3, 'shop.AdService/GetAds', 15, 10, { kind: client, parentSpanId: idOf(2) }),
      ]),
    )
    const called = ['ads//shop.AdService/GetAds']
    expect(Object.fromEntries([...found].map(([name, { calls }]) => [name, calls]))).toEqual({
      'ads//shop.AdService/GetAds server': [],
      'ads/load internal': [],
      'frontend/GET / server': called,
      'frontend/render internal': called,
      'frontend/shop.AdService/GetAds client': called,
    })
  })

  it('are not connected across traces, nor forever by ids in a circle', async () => {
    const other = '2'.padStart(32, '0')
    const found = await operations(
      service('ads', [span(4, 'Get', 10, 5, { parentSpanId: idOf(1), traceId: other }), span(5, 'Loop', 10, 5, { parentSpanId: idOf(2) })]),
      service('frontend', [span(1, 'GET /', 20, 20), span(2, 'a', 20, 20, { parentSpanId: idOf(3) }), span(3, 'b', 20, 20, { parentSpanId: idOf(2) })]),
    )
    expect(found.get('frontend/GET / server')?.calls).toEqual([])
    expect(found.get('frontend/b server')?.calls).toEqual(['ads/Loop'])
  })
})

describe('attributes of a recording', () => {
  const attributesOf = async (spans: readonly Attributes[], resource: Attributes = {}, examples = true) => {
    const request = [
      service(
        'ads',
        spans.map((attributes, i) => span(i + 1, 'Get', i, 1, { attributes })),
        resource,
      ),
    ]
    return (await learn(recordingFile([request], 'protobuf'), { examples })).catalog.services[0]?.attributes
  }

  it('have types and a few examples, whatever their names are', async () => {
    const spans = [200n, 404n, 200n, 500n, 503n, 302n, 301n].map((code) => ({ 'http.status_code': code, ok: code < 400n, tags: ['a'] }))
    expect(await attributesOf([...spans, { half: 0.5 }, { half: 'a half' }], { region: 'eu' })).toEqual([
      { scope: 'span', name: 'half', type: 'mixed', examples: [0.5, 'a half'] },
      { scope: 'span', name: 'http.status_code', type: 'number', examples: [200, 302, 404, 500, 503] },
      { scope: 'span', name: 'ok', type: 'boolean', examples: [false, true] },
      { scope: 'resource', name: 'region', type: 'text', examples: ['eu'] },
      { scope: 'span', name: 'tags', type: 'mixed', examples: [] },
    ])
  })

  it('show no secrets and no pages of text', async () => {
    const found = await attributesOf([{ 'http.request.header.authorization': 'Bearer x', 'db.statement': 's'.repeat(81), 'enduser.token': 'x' }])
    expect(found?.map(({ name, examples }) => [name, examples])).toEqual([
      ['db.statement', []],
      ['enduser.token', []],
      ['http.request.header.authorization', []],
    ])
  })

  it('come without examples where none are wanted', async () => {
    expect(await attributesOf([{ region: 'eu' }], {}, false)).toEqual([{ scope: 'span', name: 'region', type: 'text', examples: [] }])
  })
})

describe('workloads of a recording', () => {
  it('come from what Kubernetes says of itself', async () => {
    const of = (name: string, attributes: Attributes): PlainResource => service(name, [span(1, 'Get', 0, 1)], attributes)
    const shop = { 'k8s.namespace.name': 'shop' }
    const { catalog } = await learn(
      recordingFile(
        [
          [of('ads', { ...shop, 'k8s.deployment.name': 'ads' }), of('ads-worker', { ...shop, 'k8s.deployment.name': 'ads' })],
          [
            of('db', { ...shop, 'k8s.statefulset.name': 'db' }),
            of('cart', { 'k8s.replicaset.name': 'cart-579f59597d' }),
            of('x', { 'k8s.replicaset.name': 'x' }),
          ],
        ],
        'json',
      ),
    )
    expect(catalog.workloads).toEqual([
      { id: 'deployment/ads in shop', services: ['ads', 'ads-worker'] },
      { id: 'deployment/cart', services: ['cart'] },
      { id: 'statefulset/db in shop', services: ['db'] },
    ])
  })
})

describe('what is learned', () => {
  it('is the same of JSON as of protobuf, is a catalog in normal form, and can be read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(generatedRequest, { maxLength: 3 }), async (requests) => {
        const learned = await learn(recordingFile(requests, 'protobuf'))
        expect((await learn(recordingFile(requests, 'json'))).catalog).toEqual(learned.catalog)
        expect(mergeCatalogs([learned.catalog])).toEqual(learned.catalog)
        expect(readCatalog(serializeCatalog(learned.catalog))).toEqual({ catalog: learned.catalog })
      }),
      { numRuns: 40 },
    )
  })

  it('is bounded, and says what it leaves out', async () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      span(i + 1, `GET /user/${i}`, i, i, { attributes: { [`a${i}`]: i }, traceId: String(i + 1).padStart(32, '0') }),
    )
    const { catalog, notes } = await learn(recordingFile([[service('ads', many)], [service('cart', many)]], 'json'), {
      limits: { operations: 10, attributes: 5, spans: 20, services: 1 },
    })
    expect(catalog.services.map(({ operations, attributes }) => [operations.length, attributes.length])).toEqual([[10, 5]])
    expect(notes).toEqual([
      'only the first 10 operations are listed, 110 spans of others are left out: do names hold ids or paths?',
      'only the first 5 attributes are listed of ads',
      'attributes are listed of the first 1 services only',
    ])
  })

  it('has calls of all traces that were complete when there was no more room for them, and says when some were not', async () => {
    /** A trace a request: a page that calls ads, the callee's span first. */
    const trace = (i: number, at: number): PlainResource[] => {
      const traceId = String(i + 1).padStart(32, '0')
      return [service('ads', [span(2, 'Get', at, 1, { traceId, parentSpanId: idOf(1) })]), service('front', [span(1, `page ${i}`, at + 1, 2, { traceId })])]
    }
    const learned = async (every: number) =>
      learn(
        recordingFile(
          Array.from({ length: 20 }, (_, i) => trace(i, i * every)),
          'protobuf',
        ),
        { limits: { spans: 6 } },
      )
    const slow = await learned(20_000)
    const front = slow.catalog.services.find(({ name }) => name === 'front')
    expect(front?.operations.map(({ calls }) => calls)).toEqual(Array.from({ length: 20 }, () => ['ads/Get']))
    expect(slow.notes).toEqual([])
    expect((await learned(10)).notes).toEqual(['some calls may be missing: more traces were under way than are kept at a time'])
  })

  it('has estimated quantiles where there are more spans than are kept, and exact counts', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => span(i + 1, 'Get', i, i + 1))
    const { catalog, notes } = await learn(recordingFile([[service('ads', many)]], 'protobuf'), { limits: { exact: 64 } })
    const [get] = catalog.services[0]?.operations ?? []
    expect(notes).toEqual(['quantiles of the busiest operations are estimates, within 0.8 %'])
    expect(get?.max).toBe(1000e6)
    for (const [estimate, truth] of [
      [get?.p50, 500e6],
      [get?.p95, 950e6],
      [get?.p99, 990e6],
    ] as const)
      expect(Math.abs((estimate as number) / truth - 1)).toBeLessThan(0.008)
  })

  const recorded = '../shared/data/incidents/ob-adservice-cpu'
  it.skipIf(!existsSync(recorded))('of a real incident agrees with what was computed from it elsewhere', async () => {
    const { catalog } = await learn(`${recorded}/traces.binpb.gz`)
    const stats = readFileSync(`${recorded}/op-stats.csv`, 'utf8').trim().split('\n').slice(1)
    const longest = new Map<string, number>()
    for (const line of stats) {
      const [service, operation, kind, , , , , , max] = line.split(',')
      const key = `${service} ${operation} ${kind?.toLowerCase()}`
      longest.set(key, Math.max(longest.get(key) ?? 0, Number(max) * 1e6))
    }
    const found = catalog.services.flatMap((s) => s.operations.map((o) => [`${s.name} ${o.name} ${o.kind}`, o.max as number] as const))
    expect(found.length).toBe(longest.size)
    for (const [key, max] of found) expect(Math.abs(max - (longest.get(key) as number))).toBeLessThan(2)
    expect(catalog.workloads).toContainEqual({ id: 'deployment/adservice in hipster', services: ['adservice'] })
  })
})
