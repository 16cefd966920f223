/** What a catalog knows of services that send no spans, and what rules make of it. */
import { describe, expect, it } from 'vitest'
import { compile, rebuild } from '../../src/bundle/index.ts'
import { readCatalog, serializeCatalog } from '../../src/files/index.ts'
import { type Catalog, operationsMatching, servicesMatching, viewOf } from '../../src/language/index.ts'
import { type Attributes, type PlainSpan, service } from '../support/otlp.ts'
import { learn, recordingFile } from './recorded.ts'

const epoch = 1_700_000_000_000_000_000n
const id = (n: number): string => n.toString(16).padStart(16, '0')
const [server, client] = [2, 3]

function span(trace: number, n: number, parent: number | undefined, kind: number, name: string, attributes: Attributes = {}): PlainSpan {
  const start = epoch + BigInt(trace) * 1_000_000_000n + BigInt(n) * 1_000_000n
  const ids = { traceId: id(1) + id(trace + 1), spanId: id(n), ...(parent === undefined ? {} : { parentSpanId: id(parent) }) }
  return { ...ids, kind, name, start, end: start + 50_000_000n, attributes }
}

const postgresql = { 'db.system.name': 'postgresql', 'db.namespace': 'orders' }
const trace = (t: number) => [
  service('shop', [
    span(t, 1, undefined, server, 'POST /orders'),
    span(t, 2, 1, client, 'INSERT orders', postgresql),
    span(t, 3, 1, client, 'Charge', { 'server.address': 'pay' }),
    span(t, 5, 1, client, 'Log', { 'server.address': 'audit' }),
  ]),
  service('pay', [span(t, 4, 3, server, 'Charge')]),
]
const recorded = Array.from({ length: 20 }, (_, t) => trace(t))

async function learned(): Promise<Catalog> {
  return (await learn(recordingFile(recorded, 'protobuf'))).catalog
}

describe('a catalog of a recording', () => {
  it('has those whom unanswered calls went to as peers, with rates and durations', async () => {
    const catalog = await learned()
    expect(catalog.format).toBe(2)
    expect(catalog.services.map(({ name, peer }) => [name, peer])).toEqual([
      ['audit', true],
      ['pay', undefined],
      ['postgresql/orders', true],
      ['shop', undefined],
    ])
    expect(catalog.services.find(({ name }) => name === 'postgresql/orders')?.operations).toEqual([
      expect.objectContaining({ name: 'INSERT orders', kind: 'client', p50: 50e6, max: 50e6, errorRate: 0 }),
    ])
  })

  it('does not list a service as a peer whose answer is missing once', async () => {
    const lost = [service('shop', [span(30, 1, undefined, server, 'POST /orders'), span(30, 3, 1, client, 'Charge', { 'server.address': 'pay' })])]
    const { catalog } = await learn(recordingFile([...recorded, lost], 'json'))
    expect(catalog.services.find(({ name }) => name === 'pay')).not.toHaveProperty('peer')
  })

  it('comes back from its file', async () => {
    const catalog = await learned()
    expect(readCatalog(serializeCatalog(catalog))).toEqual({ catalog })
    expect(readCatalog(serializeCatalog(catalog).replace('"peer": true', '"peer": false'))).toMatchObject({
      error: expect.stringContaining('.peer: expected true'),
    })
  })
})

describe('a selector', () => {
  const rules = (text: string) => ({ roots: [{ name: 'rules.scale', text }] })
  const rule = (selector: string): string => `target statefulset/db { between 1 and 3 }\nscale statefulset/db +1 when span(${selector}).p50 > 200ms for 1m\n`

  it('finds a peer by its name with and without a namespace', async () => {
    const catalog = await learned()
    for (const pattern of ['postgresql', 'postgresql/orders', 'postgres*']) expect(servicesMatching(catalog, pattern)).toHaveLength(1)
    expect(operationsMatching(catalog, 'postgresql', 'INSERT orders', ['peer'])).toHaveLength(1)
    expect(operationsMatching(catalog, 'postgresql', 'INSERT orders', ['client'])).toHaveLength(0)
    expect(['postgresql', 'shop', '*', 'mysql'].map(viewOf(catalog).isPeer)).toEqual([true, false, false, false])
  })

  it('that names a peer means the calls to it, and the bundle says so', async () => {
    const catalog = await learned()
    const { bundle, diagnostics } = compile(rules(rule('postgresql/"INSERT orders"')), { compiler: '1', catalog })
    expect(diagnostics).toEqual([])
    expect(bundle).toMatchObject({ peers: ['postgresql'], rules: [{ condition: { of: { left: { selector: { kinds: [6] } } } } }] })
    const portable = compile(rules(rule('postgresql/"INSERT orders"')), { compiler: '1', catalog, portableFrom: '/rules' })
    expect(portable.bundle).toMatchObject({ peers: ['postgresql'], rules: bundle?.rules.map(({ condition }) => ({ condition })) })
    expect(bundle?.projection.map(({ name }) => name)).toContain('db.system.name')
    expect(bundle === undefined ? undefined : rebuild(bundle)?.digest).toBe(bundle?.digest)
  })

  it('means the same wherever it says so itself, and then the bundle is the same with a catalog and without', async () => {
    const asked = rules(rule('postgresql where kind == peer'))
    const [without, withCatalog] = [compile(asked, { compiler: '1' }), compile(asked, { compiler: '1', catalog: await learned() })]
    expect(without.diagnostics).toEqual([])
    expect(withCatalog.bundle).toEqual(without.bundle)
    expect(without.bundle).not.toHaveProperty('peers')
  })

  it('of services that send spans means these, also where the pattern matches a peer as well', async () => {
    const { bundle } = compile(rules(rule('*')), { compiler: '1', catalog: await learned() })
    expect(bundle).toMatchObject({ rules: [{ condition: { of: { left: { selector: { kinds: [2, 5] } } } } }], projection: [] })
  })

  it('of an operation that no call to the peer has is warned of', async () => {
    const { diagnostics } = compile(rules(rule('postgresql/"INSERT order"')), { compiler: '1', catalog: await learned() })
    expect(diagnostics.map(({ code, fix }) => [code, fix?.title])).toEqual([['SC4202', 'write "INSERT orders"']])
  })
})
