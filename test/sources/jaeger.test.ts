import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jaegerSource } from '../../src/sources/index.ts'
import { createDictionary, decodeJson, SpanTable } from '../../src/spans/index.ts'
import { encodeJson, service } from '../support/otlp.ts'

const id = 'ab'.repeat(16)
const span = { traceId: id, spanId: '01'.repeat(8), name: 'Get', kind: 2, start: 1_700_000_000_000_000_000n, end: 1_700_000_001_000_000_000n }

/** A query service that answers by path. */
async function jaeger(answers: Readonly<Record<string, { readonly status?: number; readonly body: string }>>) {
  const requests: URL[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url as string, 'http://jaeger')
    requests.push(url)
    const { status = 200, body } = answers[url.pathname] ?? { status: 404, body: '{"error":{"httpCode":404,"message":"No traces found"}}' }
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const source = jaegerSource({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  if ('error' in source) throw new Error(source.error)
  return { source, requests }
}

const trace = `{"result":${encodeJson([service('shop', [span])])}}`

describe('Jaeger', () => {
  it('gives a trace as OTLP in JSON', async () => {
    const { source, requests } = await jaeger({ [`/api/v3/traces/${id}`]: { body: trace } })
    const answer = await source.fetch({ traceId: id, start: 1_700_000_000e9, end: 1_700_000_001e9 })
    if (answer.kind !== 'found') throw new Error(answer.kind)
    const table = new SpanTable(createDictionary())
    expect(decodeJson(answer.bytes, table)).toMatchObject({ ok: true, spans: 1 })
    expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
      start_time: '2023-11-14T21:43:20.000Z',
      end_time: '2023-11-14T22:43:21.000Z',
      raw_traces: 'true',
    })
  })

  it.each([
    [{ status: 404, body: '{}' }, { kind: 'missing' }],
    [{ body: '{"result":{"resourceSpans":[]}}' }, { kind: 'missing' }],
    [
      { status: 503, body: 'down' },
      { kind: 'failed', message: 'answered 503: down' },
    ],
    [{ body: '<html>' }, { kind: 'failed', message: expect.stringContaining('something else than JSON') }],
    [{ body: '{}' }, { kind: 'failed', message: 'answered JSON without `result`' }],
  ])('%j', async (answer, expected) => {
    const { source } = await jaeger({ [`/api/v3/traces/${id}`]: answer })
    expect(await source.fetch({ traceId: id })).toEqual(expected)
  })

  it('is searched service by service', async () => {
    const { source, requests } = await jaeger({ '/api/v3/services': { body: '{"services":["shop","cart"]}' }, '/api/v3/traces': { body: trace } })
    const found = await source.search({ from: 1_700_000_000e9, to: 1_700_000_100e9, limit: 10 })
    expect(found).toEqual({ traces: [{ traceId: id, start: 1_700_000_000e9, end: 1_700_000_100e9 }] })
    expect(requests.slice(1).map(({ searchParams }) => searchParams.get('query.service_name'))).toEqual(['shop', 'cart'])
  })
})
