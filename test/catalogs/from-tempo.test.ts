import { describe, expect, it, onTestFinished } from 'vitest'
import { type Asked, catalogFromTempo, type FromTempoOptions } from '../../src/catalogs/index.ts'
import type { Catalog } from '../../src/language/index.ts'
import { type StoredSpan, TempoDouble } from '../support/tempo/server.ts'

const now = 1_800_000_000

/** A Tempo with these spans, five minutes old unless they say otherwise; `ask` never really waits. */
async function tempo(...spans: (Partial<StoredSpan> & { readonly service: string })[]) {
  const double = await TempoDouble.start()
  onTestFinished(() => double.close())
  double.spans.push(
    ...spans.map(({ service, resource, ...span }) => ({
      at: now - 300,
      name: 'Get',
      kind: 'server',
      resource: { 'service.name': service, ...resource },
      ...span,
    })),
  )
  const waits: number[] = []
  const ask = async (more: Partial<FromTempoOptions> = {}) =>
    await catalogFromTempo({
      url: double.url,
      now: () => now * 1000,
      sleep: async (ms) => {
        waits.push(ms)
      },
      ...more,
    })
  return { double, ask, waits }
}

function catalogOf(result: Awaited<ReturnType<typeof catalogFromTempo>>): Catalog {
  if ('error' in result) throw new Error(result.error)
  return result.catalog
}
const operationsOf = (catalog: Catalog): string[] => catalog.services.flatMap(({ name, operations }) => operations.map((o) => `${name}/${o.name} ${o.kind}`))

describe('a catalog from Tempo', () => {
  it('has services, operations by kind, attributes with types and examples, and workloads', async () => {
    const shop = { 'k8s.namespace.name': 'shop' }
    const { ask } = await tempo(
      { service: 'ads', name: 'shop.AdService/GetAds', span: { 'http.status_code': 200, ok: true }, resource: { ...shop, 'k8s.deployment.name': 'ads' } },
      { service: 'ads', name: 'SELECT', kind: 'client', span: { 'http.status_code': 500, 'a b': 0.5 }, resource: { ...shop, 'k8s.deployment.name': 'ads' } },
      { service: 'front', name: 'shop.AdService/GetAds', kind: 'client', span: { 'http.status_code': '200', 'user.token': 'secret' } },
    )
    expect(await ask()).toEqual({
      notes: [],
      catalog: {
        format: 1,
        services: [
          {
            name: 'ads',
            operations: [
              { name: 'SELECT', kind: 'client' },
              { name: 'shop.AdService/GetAds', kind: 'server' },
            ],
            attributes: [
              { scope: 'span', name: 'a b', type: 'number', examples: [0.5] },
              { scope: 'span', name: 'http.status_code', type: 'number', examples: [200, 500] },
              { scope: 'resource', name: 'k8s.deployment.name', type: 'text', examples: ['ads'] },
              { scope: 'resource', name: 'k8s.namespace.name', type: 'text', examples: ['shop'] },
              { scope: 'span', name: 'ok', type: 'boolean', examples: [true] },
            ],
          },
          {
            name: 'front',
            operations: [{ name: 'shop.AdService/GetAds', kind: 'client' }],
            attributes: [
              { scope: 'span', name: 'http.status_code', type: 'text', examples: ['200'] },
              { scope: 'span', name: 'user.token', type: 'text', examples: [] },
            ],
          },
        ],
        workloads: [{ id: 'deployment/ads in shop', services: ['ads'] }],
      },
    } satisfies Asked)
  })

  it('asks for a range that ends a minute ago, however far back it goes', async () => {
    const { double, ask } = await tempo({ service: 'new', at: now - 45 }, { service: 'hour', at: now - 3000 }, { service: 'day', at: now - 80_000 })
    expect(operationsOf(catalogOf(await ask()))).toEqual(['hour/Get server'])
    expect(operationsOf(catalogOf(await ask({ since: 86_400 })))).toEqual(['day/Get server', 'hour/Get server'])
    expect(new Set(double.requests.map(({ searchParams }) => searchParams.get('end')))).toEqual(new Set([String(now - 60)]))
    expect(double.requests.every(({ searchParams }) => Number(searchParams.get('start')) < now - 60)).toBe(true)
  })

  it('quotes names so that no filter is broken, for a broken one would give everything', async () => {
    const odd = 'a "quoted" \\ name && kind=client'
    const { ask } = await tempo({ service: odd, name: 'Odd' }, { service: 'ads' })
    expect(operationsOf(catalogOf(await ask()))).toEqual([`${odd}/Odd server`, 'ads/Get server'])
  })

  it('does not believe a Tempo that ignores filters', async () => {
    const { double, ask } = await tempo({ service: 'ads' }, { service: 'front', name: 'GET /' })
    double.version = 'unfiltered'
    expect(await ask()).toEqual({ error: expect.stringContaining('too old to filter tag values') })
  })

  it('leaves out attributes of other services, which older versions name too', async () => {
    const { double, ask } = await tempo({ service: 'ads', span: { ad: 'x' } }, { service: 'front', span: { page: 'y' } })
    double.version = 'unfiltered names'
    expect(catalogOf(await ask()).services.map(({ attributes }) => attributes.map(({ name }) => name))).toEqual([['ad'], ['page']])
  })

  it('sees its tenant only, and says that one is needed', async () => {
    const { double, ask } = await tempo({ service: 'ads', tenant: 'a' }, { service: 'front', tenant: 'b' })
    double.multitenant = true
    expect(operationsOf(catalogOf(await ask({ tenant: 'a' })))).toEqual(['ads/Get server'])
    expect(operationsOf(catalogOf(await ask({ tenant: 'a|b' })))).toHaveLength(2)
    expect(await ask()).toEqual({ error: expect.stringMatching(/does not let us in \(401\): no org id; .*--tenant/) })
  })

  it('is empty, with a note, where nothing was traced', async () => {
    const { ask } = await tempo()
    expect(await ask()).toEqual({ catalog: { format: 1, services: [], workloads: [] }, notes: [expect.stringContaining('--since')] })
  })

  it('keeps no values where none are wanted', async () => {
    const { ask } = await tempo({ service: 'ads', span: { ad: 'x' } })
    expect(catalogOf(await ask({ examples: false })).services[0]?.attributes).toEqual([{ scope: 'span', name: 'ad', type: 'text', examples: [] }])
  })
})

describe('a Tempo that has trouble', () => {
  it('is asked again, when it says so', async () => {
    const { double, ask, waits } = await tempo({ service: 'ads' })
    double.failures.push(
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 503, headers: { 'retry-after': new Date(now * 1000 + 7000).toUTCString() } },
      { status: 0 },
    )
    expect(operationsOf(catalogOf(await ask()))).toEqual(['ads/Get server'])
    expect(waits).toEqual([3000, 7000, 2000])
  })

  it('is given up after a while, with what it said', async () => {
    const { double, ask, waits } = await tempo({ service: 'ads' })
    for (let i = 0; i < 5; i++) double.failures.push({ status: 429, body: 'too many requests: queue full\n' })
    expect(await ask()).toEqual({ error: expect.stringMatching(/answered 429 5 times: too many requests: queue full$/) })
    expect(waits).toEqual([500, 1000, 2000, 4000])
  })

  it.each([
    [400, 'answered 400: invalid start'],
    [500, 'answered 500: invalid start'],
  ])('with %d is not asked twice', async (status, message) => {
    const { double, ask, waits } = await tempo({ service: 'ads' })
    double.failures.push({ status, body: 'invalid start' })
    expect(await ask()).toEqual({ error: expect.stringContaining(message) })
    expect(waits).toEqual([])
  })

  it('is told from something that is no Tempo, or an old one', async () => {
    const { double, ask } = await tempo({ service: 'ads' })
    double.failures.push({ status: 200, body: '<html>' })
    expect(await ask()).toEqual({ error: expect.stringContaining('something else than JSON') })
    double.failures.push({ status: 200, body: '[]' })
    expect(await ask()).toEqual({ error: expect.stringContaining('is this a Tempo?') })
    double.version = 'none'
    expect(await ask()).toEqual({ error: expect.stringContaining('need Tempo 2.2 or newer') })
    expect(await ask({ url: 'tempo:3200' })).toEqual({ error: 'tempo:3200 is not the address of a Tempo: write it as http://tempo:3200' })
    await double.close()
    expect(await ask()).toEqual({ error: expect.stringMatching(/could not be asked 5 times: .*ECONNREFUSED/) })
  })

  it('loses one attribute when only that one cannot be read', async () => {
    const { double, ask } = await tempo({ service: 'ads', span: { big: 'x', small: 'y' } })
    double.failures.push({ status: 422, body: 'response larger than the max', path: /span\.big/ })
    const asked = (await ask()) as Asked
    expect(asked.catalog.services[0]?.attributes.map(({ name }) => name)).toEqual(['small'])
    expect(asked.notes).toEqual([expect.stringMatching(/^the attribute big of ads is left out: .*422: response larger than the max$/)])
  })

  it('may be behind a path, and is not asked everything at once', async () => {
    const { double, ask } = await tempo(...Array.from({ length: 30 }, (_, i) => ({ service: `s${i}` })))
    double.prefix = '/tempo'
    expect(catalogOf(await ask({ url: `${double.url}/tempo/` })).services).toHaveLength(30)
    expect(double.most.atOnce).toBeLessThanOrEqual(6)
  })
})
