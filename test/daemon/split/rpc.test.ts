/** The two streams over real sockets. */
import { Client, credentials } from '@grpc/grpc-js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectSampler } from '../../../src/daemon/rpc/client.ts'
import type { SampledTrace, StatisticsReply, SubscribeReply } from '../../../src/daemon/rpc/messages.ts'
import { startRpc } from '../../../src/daemon/rpc/server.ts'
import { methods } from '../../../src/daemon/rpc/service.ts'
import type { Wire } from '../../../src/daemon/split/gathering.ts'
import { createRing, type Ring } from '../../../src/daemon/split/ring.ts'
import { createSessions } from '../../../src/daemon/split/sessions.ts'
import { createEmbedded } from '../../../src/sources/index.ts'
import { createDictionary, decodeRequest, SpanTable } from '../../../src/spans/index.ts'
import { encodeRequest, service } from '../../support/otlp.ts'

const trace = (n: number): Omit<SampledTrace, 'cursor'> => ({
  traceId: Buffer.alloc(16, n),
  weight: 12.5,
  threshold: 'eb851eb851eb8',
  lane: 'latency',
  score: 0.25,
  anomalous: true,
  scored: true,
  cluster: 7,
  start: 1_700_000_000e9,
  end: 1_700_000_001e9,
  spans: 3,
  root: { service: 'front', operation: 'GET /', duration: 1e9, error: true },
  decided: 1_700_000_007e9,
})

async function serve(ring: Ring, instance = 'one', port = 0) {
  const sessions = createSessions({ instance, dictionary: createDictionary(), now: () => 1_700_000_000e9, keepNs: 60e9, maxOpenSpans: 1000, projection: [] })
  const failures: unknown[] = []
  const embedded = createEmbedded({ maxBytes: 1000 })
  const server = await startRpc('127.0.0.1', port, {
    instance,
    sessions,
    ring,
    traces: embedded,
    failed: (error) => failures.push(error),
  })
  onTestFinished(async () => {
    await server.close(0)
    expect(failures).toEqual([])
  })
  return { server, sessions, embedded, port: server.port }
}

async function clientOf(port: number) {
  const client = await connectSampler(`127.0.0.1:${port}`)
  onTestFinished(() => client.close())
  return client
}

/** Collects replies, and waits for the first that satisfies. */
function collector<T>() {
  const all: T[] = []
  const waiting = new Set<() => void>()
  return {
    all,
    take(item: T): void {
      all.push(item)
      for (const check of waiting) check()
    },
    until: (is: (item: T) => boolean) =>
      new Promise<T>((resolve) => {
        const check = (): void => {
          const found = all.find(is)
          if (found === undefined) return
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      }),
  }
}

describe('Subscribe', () => {
  it('begins with now, and sends each trace with all that is known of it', async () => {
    const ring = createRing(10)
    ring.push(trace(1))
    const { port } = await serve(ring)
    const { take, until, all } = collector<SubscribeReply>()
    const stream = (await clientOf(port)).subscribe(() => ({ instance: '', after: 0 }), take)
    onTestFinished(() => stream.close())
    expect(await until(({ begun }) => begun !== undefined)).toEqual({ begun: { instance: 'one', after: 1 } })
    ring.push(trace(2))
    const { trace: sent } = await until((reply) => reply.trace !== undefined)
    expect({ ...sent, traceId: Buffer.from(sent?.traceId ?? []).toString('hex') }).toEqual({ ...trace(2), cursor: 2, traceId: '02'.repeat(16) })
    expect(all).toHaveLength(2)
  })

  it('waits for a slow reader, and tells it what was forgotten meanwhile', async () => {
    const ring = createRing(2000)
    const { port } = await serve(ring)
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
    onTestFinished(() => client.close())
    const { path, requestSerialize, responseDeserialize } = methods.subscribe
    const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { instance: '', after: 0 })
    call.on('error', () => {})
    const { take, until, all } = collector<SubscribeReply>()
    call.on('data', take)
    await until(({ begun }) => begun !== undefined)
    call.pause()
    const pushed = 60_000
    for (let n = 1; n <= pushed; n++) {
      ring.push(trace(n % 200))
      // The server writes as far as it may.
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    call.resume()
    await until((reply) => reply.trace?.cursor === pushed)
    const lost = all.reduce((sum, reply) => sum + (reply.lost?.traces ?? 0), 0)
    expect(lost).toBeGreaterThan(0)
    expect(all.filter((reply) => reply.trace !== undefined).length + lost).toBe(pushed)
    call.cancel()
  })

  it('goes on where a subscriber was, with what it lost', async () => {
    const ring = createRing(3)
    for (let n = 1; n <= 12; n++) ring.push(trace(n))
    const { port } = await serve(ring)
    const { take, until } = collector<SubscribeReply>()
    const stream = (await clientOf(port)).subscribe(() => ({ instance: 'one', after: 4 }), take)
    onTestFinished(() => stream.close())
    expect(await until(({ lost }) => lost !== undefined)).toEqual({ lost: { traces: 5 } })
    expect((await until((reply) => reply.trace !== undefined)).trace?.cursor).toBe(10)
  })

  it('is begun again when the sampler has been started anew', async () => {
    const first = await serve(createRing(10), 'one')
    const { take, until } = collector<SubscribeReply>()
    let cursor = { instance: '', after: 0 }
    const stream = (await clientOf(first.port)).subscribe(
      () => cursor,
      (reply) => {
        if (reply.begun !== undefined) cursor = reply.begun
        take(reply)
      },
    )
    onTestFinished(() => stream.close())
    await until(({ begun }) => begun?.instance === 'one')
    await first.server.close(0)
    await serve(createRing(10), 'two', first.port)
    expect(await until(({ begun }) => begun?.instance === 'two')).toEqual({ begun: { instance: 'two', after: 0 } })
  })
})

describe('Statistics', () => {
  it.each([
    [{ count: { start: 0, end: 1, epochs: {} } }, 'the first request must be `configure`'],
    [{ configure: { session: 'a', bundle: '{}', lateness: 5e9 } }, 'the bundle cannot be read'],
  ])('refuses what it does not understand, in words: %j', async (request, words) => {
    const { port } = await serve(createRing(10))
    const { take, until } = collector<StatisticsReply>()
    const wire: Wire = (await clientOf(port)).statistics({ opened: () => wire.send(request), received: take, closed: () => {} })
    onTestFinished(() => wire.close())
    expect((await until(({ refused }) => refused !== undefined)).refused).toContain(words)
  })
})

describe('Fetch', () => {
  const bytes = encodeRequest([service('a', [{ traceId: '02'.repeat(16), spanId: '01'.repeat(8), name: 'Get', start: 1n, end: 2n }])])

  it('gives a trace, says when a trace is not there, and when nobody is', async () => {
    const { port, server, embedded } = await serve(createRing(10))
    const client = await clientOf(port)
    const table = new SpanTable(createDictionary())
    decodeRequest(bytes, table)
    embedded.keep('02'.repeat(16), table, 0, 1)
    expect(await client.fetch(Buffer.alloc(16, 2))).toMatchObject({ kind: 'found', encoding: 'protobuf', partial: false })
    expect(await client.fetch(Buffer.alloc(16, 1))).toEqual({ kind: 'missing' })
    await server.close(0)
    expect(await client.fetch(Buffer.alloc(16, 1))).toMatchObject({ kind: 'failed' })
  })
})
