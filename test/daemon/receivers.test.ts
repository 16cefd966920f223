import { gunzipSync, gzipSync } from 'node:zlib'
import { Client, credentials, type Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import type { Answer, Intake, Receiver } from '../../src/daemon/receivers/index.ts'
import { grpcReceiver, httpReceiver } from '../../src/daemon/receivers/index.ts'

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const limit = 1_000_000

interface Recorded extends Intake {
  readonly taken: { readonly bytes: Buffer; readonly encoding: string }[]
  readonly codes: string[]
  held: number
  next: Answer
  refusal: Extract<Answer, { kind: 'unavailable' }> | undefined
}

/** Records what arrives and answers as told. */
function recordingIntake(): Recorded {
  const intake: Recorded = {
    maxRequestBytes: limit,
    taken: [],
    codes: [],
    held: 0,
    next: { kind: 'accepted', rejected: 0, message: '' },
    refusal: undefined,
    hold(bytes) {
      if (intake.refusal === undefined) intake.held += bytes
      return intake.refusal
    },
    release(bytes) {
      intake.held -= bytes
    },
    take(bytes, encoding) {
      intake.taken.push({ bytes: Buffer.from(bytes), encoding })
      return intake.next
    },
    answered: (_, code) => intake.codes.push(code),
  }
  return intake
}

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

async function listening(kind: 'grpc' | 'http', intake: Intake): Promise<Receiver> {
  const receiver = await (kind === 'grpc' ? grpcReceiver : httpReceiver)('127.0.0.1', 0, intake)
  open.push({ close: () => receiver.close(100) })
  return receiver
}

const partial: Answer = { kind: 'accepted', rejected: 3, message: 'three spans have no id' }
const malformed: Answer = { kind: 'malformed', message: 'a field runs past its end', offset: 7 }
const busy = { kind: 'unavailable', message: 'busy', retryAfterMs: 1500 } as const

describe('the gRPC receiver', () => {
  async function client(intake: Intake) {
    const receiver = await listening('grpc', intake)
    const grpc = new Client(`127.0.0.1:${receiver.port}`, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 })
    open.push(grpc)
    return (body: Uint8Array, method = path, metadata?: Metadata) =>
      new Promise<Buffer | ServiceError>((resolve) => {
        const done = (error: ServiceError | null, answer?: Buffer) => resolve(error ?? (answer as Buffer))
        const raw = (b: Buffer) => b
        if (metadata === undefined) grpc.makeUnaryRequest(method, raw, raw, Buffer.from(body), done)
        else grpc.makeUnaryRequest(method, raw, raw, Buffer.from(body), metadata, done)
      })
  }

  it('delivers bytes and answers an empty response', async () => {
    const intake = recordingIntake()
    const send = await client(intake)
    const body = Buffer.alloc(300_000, 'x')
    expect(await send(body)).toHaveLength(0)
    expect(await send(new Uint8Array(0))).toHaveLength(0)
    expect(intake.taken.map((t) => t.bytes.length)).toEqual([300_000, 0])
    expect(intake.taken[0]?.bytes.equals(body)).toBe(true)
    expect(intake.codes).toEqual(['OK', 'OK'])
  })

  it('releases the memory of a request when it is over', async () => {
    const intake = recordingIntake()
    const send = await client(intake)
    await send(Buffer.alloc(100))
    await expect.poll(() => intake.held, { timeout: 10_000 }).toBe(0)
  })

  it('tells partial success', async () => {
    const intake = recordingIntake()
    intake.next = partial
    const answer = await (await client(intake))(Buffer.alloc(1))
    // field 1 { 1: 3, 2: message }
    expect((answer as Buffer).toString('latin1')).toBe(`\n\x1a\x08\x03\x12\x16${partial.message}`)
  })

  it('answers INVALID_ARGUMENT with the offset for what cannot be decoded', async () => {
    const intake = recordingIntake()
    intake.next = malformed
    const error = (await (await client(intake))(Buffer.alloc(1))) as ServiceError
    expect([error.code, error.details]).toEqual([status.INVALID_ARGUMENT, malformed.message])
    expect(String(error.metadata.get('grpc-status-details-bin')[0])).toContain('byte 7')
  })

  it('answers UNAVAILABLE with RetryInfo under back-pressure, before and behind the headers', async () => {
    const intake = recordingIntake()
    intake.refusal = busy
    const error = (await (await client(intake))(Buffer.alloc(1))) as ServiceError
    expect([error.code, error.details]).toEqual([status.UNAVAILABLE, 'busy'])
    const details = error.metadata.get('grpc-status-details-bin')[0] as Buffer
    expect(details.includes('google.rpc.RetryInfo')).toBe(true)
    // retry_delay { seconds: 1, nanos: 500000000 }
    expect(details.subarray(-10).toString('hex')).toBe('0a0808011080cab5ee01'.slice(-20))
    expect(intake.taken).toEqual([])
  })

  it('answers RESOURCE_EXHAUSTED without RetryInfo over the limit, without reading on', async () => {
    const intake = recordingIntake()
    const error = (await (await client(intake))(Buffer.alloc(limit + 1))) as ServiceError
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED)
    expect(error.metadata.get('grpc-status-details-bin')[0]?.includes('RetryInfo')).toBe(false)
    expect(intake.taken).toEqual([])
  })

  it('answers UNIMPLEMENTED to other methods', async () => {
    const error = (await (await client(recordingIntake()))(Buffer.alloc(1), '/other.Service/Method')) as ServiceError
    expect(error.code).toBe(status.UNIMPLEMENTED)
  })

  it('takes a hundred requests at once on one connection', async () => {
    const intake = recordingIntake()
    const send = await client(intake)
    await Promise.all(Array.from({ length: 100 }, (_, i) => send(Buffer.alloc(10_000, i))))
    expect(new Set(intake.taken.map(({ bytes }) => bytes[0])).size).toBe(100)
    expect(intake.taken.every(({ bytes }) => bytes.length === 10_000 && bytes.every((byte) => byte === bytes[0]))).toBe(true)
  })
})

describe('the HTTP receiver', () => {
  const url = (receiver: Receiver, p = '/v1/traces') => `http://127.0.0.1:${receiver.port}${p}`
  const protobuf = { 'content-type': 'application/x-protobuf' }
  const json = { 'content-type': 'application/json; charset=utf-8' }

  async function post(intake: Intake, headers: Record<string, string>, body: Uint8Array, p?: string, method = 'POST') {
    const receiver = await listening('http', intake)
    const response = await fetch(url(receiver, p), { method, headers, ...(method === 'GET' ? {} : { body: Buffer.from(body) }) })
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
  }

  it('takes protobuf and JSON on one port, plain and gzip', async () => {
    const intake = recordingIntake()
    const receiver = await listening('http', intake)
    for (const headers of [protobuf, json]) {
      for (const compress of [false, true]) {
        const body = Buffer.alloc(200_000, 'y')
        const response = await fetch(url(receiver), {
          method: 'POST',
          headers: compress ? { ...headers, 'content-encoding': 'gzip' } : headers,
          body: compress ? gzipSync(body) : body,
        })
        expect([response.status, response.headers.get('content-type')]).toEqual([200, headers['content-type'].split(';')[0]])
        expect(await response.text()).toBe(headers === json ? '{}' : '')
      }
    }
    expect(intake.taken.map((t) => [t.encoding, t.bytes.length])).toEqual([
      ['protobuf', 200_000],
      ['protobuf', 200_000],
      ['json', 200_000],
      ['json', 200_000],
    ])
  })

  it('tells partial success in the encoding of the request', async () => {
    const intake = recordingIntake()
    intake.next = partial
    expect(JSON.parse(String((await post(intake, json, Buffer.from('{}'))).body))).toEqual({
      partialSuccess: { rejectedSpans: '3', errorMessage: partial.message },
    })
  })

  it('answers 400 with a google.rpc.Status for what cannot be decoded', async () => {
    const intake = recordingIntake()
    intake.next = malformed
    const answer = await post(intake, json, Buffer.from('{'))
    expect(answer.status).toBe(400)
    expect(JSON.parse(String(answer.body))).toMatchObject({ code: 3, message: malformed.message, details: [{ fieldViolations: [{ field: 'byte 7' }] }] })
    const binary = await post(intake, protobuf, Buffer.from('{'))
    expect([binary.body[0], binary.body[1], binary.body.includes(malformed.message)]).toEqual([8, 3, true])
  })

  it('answers 503 with Retry-After under back-pressure', async () => {
    const intake = recordingIntake()
    intake.refusal = busy
    const answer = await post(intake, json, Buffer.from('{}'))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    expect(JSON.parse(String(answer.body))).toMatchObject({ code: 14, details: [{ retryDelay: '1.5s' }] })
  })

  it.each([
    ['a longer body than announced bytes allow', protobuf, Buffer.alloc(limit + 1), 413],
    ['a gzip bomb', { ...protobuf, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50 * limit)), 413],
    ['damaged gzip', { ...json, 'content-encoding': 'gzip' }, Buffer.from('not gzip'), 400],
    ['half of a gzip stream', { ...json, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(1000)).subarray(0, 15), 400],
    ['another compression', { ...json, 'content-encoding': 'br' }, Buffer.alloc(1), 415],
    ['another content type', { 'content-type': 'text/plain' }, Buffer.alloc(1), 415],
  ])('refuses %s', async (_, headers, body, expected) => {
    const intake = recordingIntake()
    const answer = await post(intake, headers, body)
    expect(answer.status).toBe(expected)
    expect(answer.body.length).toBeGreaterThan(0)
    expect(intake.taken).toEqual([])
    expect(intake.codes).toEqual([String(expected)])
    await expect.poll(() => intake.held, { timeout: 10_000 }).toBe(0)
  })

  it('answers 405 to other methods and 404 elsewhere', async () => {
    const wrong = await post(recordingIntake(), {}, Buffer.alloc(0), undefined, 'GET')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await post(recordingIntake(), json, Buffer.alloc(0), '/v1/logs')).status).toBe(404)
  })

  it('stops reading a body without a length at the limit', async () => {
    const intake = recordingIntake()
    const receiver = await listening('http', intake)
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 100_000
        if (sent > 5 * limit) controller.close()
        else controller.enqueue(new Uint8Array(100_000))
      },
    })
    const response = await fetch(url(receiver), { method: 'POST', headers: protobuf, body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(413)
    expect(intake.held).toBeLessThanOrEqual(limit)
  })
})

describe('compressed gRPC messages', () => {
  it('are inflated up to the limit', async () => {
    const intake = recordingIntake()
    const receiver = await listening('grpc', intake)
    // grpc-js compresses by channel option.
    const grpc = new Client(`127.0.0.1:${receiver.port}`, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': 2,
      'grpc.max_send_message_length': -1,
    })
    open.push(grpc)
    const raw = (b: Buffer) => b
    const send = (body: Buffer) => new Promise<number>((resolve) => grpc.makeUnaryRequest(path, raw, raw, body, (error) => resolve(error?.code ?? status.OK)))
    expect(await send(Buffer.alloc(500_000, 'z'))).toBe(status.OK)
    expect(intake.taken[0]?.bytes.length).toBe(500_000)
    expect(await send(Buffer.alloc(limit + 1))).toBe(status.RESOURCE_EXHAUSTED)
    expect(gunzipSync(gzipSync('ok')).toString()).toBe('ok')
  })
})
