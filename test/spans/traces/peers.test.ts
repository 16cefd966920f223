/** Whom a call went to that nobody answered, by what its span says of them. */
import { describe, expect, it } from 'vitest'
import { peerAttributes } from '../../../src/bundle/index.ts'
import { type AssembledSpans, createAssembler, createDictionary, decodeRequest, SpanTable } from '../../../src/spans/index.ts'
import { type Attributes, encodeRequest, type PlainSpan, service } from '../../support/otlp.ts'
import { at, ms, seconds, zero } from './builders.ts'

const id = (n: number): string => n.toString(16).padStart(16, '0')
const span = (n: number, parent: number | undefined, kind: number, attributes: Attributes = {}): PlainSpan => ({
  traceId: id(0) + id(7),
  spanId: id(n),
  ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
  name: `op${n}`,
  kind,
  start: BigInt(zero) + BigInt(n * ms),
  end: BigInt(zero) + BigInt(200 * ms - n * ms),
  attributes,
})
const [internal, server, client, producer, consumer] = [1, 2, 3, 4, 5]

/** The peers of the spans that have one, by id. */
function peersOf(found: AssembledSpans): Record<number, string> {
  const { spans, peer } = found
  const rows = Array.from({ length: spans.length }, (_, row) => row).filter((row) => peer[row] !== 0)
  return Object.fromEntries(rows.map((row) => [Number.parseInt(spans.spanIdOf(row), 16), spans.dictionary.text(peer[row] as number)]))
}

function assembledPeers(resources: Readonly<Record<string, readonly PlainSpan[]>>, columns = peerAttributes): Record<number, string> {
  const table = new SpanTable(createDictionary(), columns)
  const bytes = encodeRequest(Object.entries(resources).map(([name, spans]) => service(name, spans)))
  expect(decodeRequest(bytes, table)).toMatchObject({ ok: true })
  const assembler = createAssembler(seconds)
  assembler.add(table)
  return peersOf(assembler.close(at(1e6), true))
}

const peerOf = (attributes: Attributes): string | undefined => assembledPeers({ shop: [span(1, undefined, server), span(2, 1, client, attributes)] })[2]

describe('a peer is called', () => {
  it('what the caller was told to call it', () => {
    expect(peerOf({ 'service.peer.name': 'ledger', 'peer.service': 'old', 'db.system.name': 'postgresql', 'server.address': 'db1' })).toBe('ledger')
    expect(peerOf({ 'peer.service': 'ledger', 'db.system.name': 'postgresql', 'server.address': 'db1' })).toBe('ledger')
  })

  it('by its database system and namespace, in new words and in old ones', () => {
    expect(peerOf({ 'db.system.name': 'postgresql', 'db.namespace': 'orders', 'server.address': 'db1' })).toBe('postgresql/orders')
    expect(peerOf({ 'db.system': 'mysql', 'db.name': 'orders', 'net.peer.name': 'db1' })).toBe('mysql/orders')
    expect(peerOf({ 'db.system.name': 'postgresql', 'db.system': 'sql', 'db.name': 'shop' })).toBe('postgresql/shop')
    expect(peerOf({ 'db.system': 'redis', 'server.address': 'cache' })).toBe('redis')
  })

  it('by its messaging system, whatever the topic', () => {
    expect(peerOf({ 'messaging.system': 'kafka', 'messaging.destination.name': 'orders', 'server.address': 'k1' })).toBe('kafka')
  })

  it('by its address where that is all there is', () => {
    expect(peerOf({ 'server.address': 'api.example.com' })).toBe('api.example.com')
    expect(peerOf({ 'net.peer.name': 'api.example.com' })).toBe('api.example.com')
  })

  it('nothing where the span does not say, or says it in no text', () => {
    expect(peerOf({})).toBeUndefined()
    expect(peerOf({ 'db.system.name': '', 'server.address': 7 })).toBeUndefined()
    expect(peerOf({ 'db.namespace': 'orders' })).toBeUndefined()
  })
})

describe('a span has a peer', () => {
  const db: Attributes = { 'db.system': 'mysql' }

  it('if it calls and nobody answers', () => {
    const spans = [
      span(1, undefined, server, db),
      span(2, 1, client, db),
      span(3, 1, producer, { 'messaging.system': 'kafka' }),
      span(4, 1, internal, db),
      span(5, 1, consumer, db),
    ]
    expect(assembledPeers({ shop: spans })).toEqual({ 2: 'mysql', 3: 'kafka' })
  })

  it('not if a server, a consumer or another service is below it', () => {
    const calls = [span(1, undefined, server), span(2, 1, client, db), span(3, 1, producer, db), span(4, 1, client, db)]
    expect(assembledPeers({ shop: calls, workers: [span(5, 2, server), span(6, 3, consumer), span(7, 4, internal)] })).toEqual({})
  })

  it('also if its own parts are below it', () => {
    expect(assembledPeers({ shop: [span(1, undefined, server), span(2, 1, client, db), span(3, 2, internal)] })).toEqual({ 2: 'mysql' })
  })

  it('only where the table has columns that say so', () => {
    const spans = { shop: [span(1, undefined, server), span(2, 1, client, db)] }
    expect(assembledPeers(spans, [])).toEqual({})
    expect(assembledPeers(spans, [{ scope: 'resource', name: 'db.system' }])).toEqual({})
    expect(assembledPeers(spans, [{ scope: 'span', name: 'db.system' }])).toEqual({ 2: 'mysql' })
  })
})
