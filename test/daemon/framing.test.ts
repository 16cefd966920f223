/** A message is what it is, however HTTP/2 cuts it. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Answer, grpcReceiver, type Intake, type Receiver } from '../../src/daemon/receivers/index.ts'

const taken: Buffer[] = []
const intake: Intake = {
  maxRequestBytes: 1000,
  hold: () => undefined,
  release: () => {},
  take(bytes): Answer {
    taken.push(Buffer.from(bytes))
    return { kind: 'accepted', rejected: 0, message: '' }
  },
  answered: () => {},
}

let receiver: Receiver
let session: ReturnType<typeof connect>
beforeAll(async () => {
  receiver = await grpcReceiver('127.0.0.1', 0, intake)
  session = connect(`http://127.0.0.1:${receiver.port}`)
})
afterAll(async () => {
  session.close()
  await receiver.close(100)
})

/** Sends the pieces one by one; resolves to grpc-status. */
async function send(pieces: readonly Uint8Array[]): Promise<number> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
  })
  let status: unknown
  stream.on('response', (headers) => {
    status = headers['grpc-status'] ?? status
  })
  stream.on('trailers', (headers) => {
    status = headers['grpc-status'] ?? status
  })
  stream.resume()
  for (const piece of pieces) await new Promise((resolve) => stream.write(piece, resolve))
  stream.end()
  await once(stream, 'close')
  return Number(status)
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place))
}

function frame(message: Uint8Array, announced = message.length): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(announced, 1)
  return Buffer.concat([prefix, message])
}

const cuts = fc.array(fc.nat(), { maxLength: 6 })

it('is taken whole', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1000 }), cuts, async (message, at) => {
      taken.length = 0
      expect(await send(cut(frame(message), at))).toBe(0)
      expect(taken.map((bytes) => bytes.equals(message))).toEqual([true])
    }),
    { numRuns: 100 },
  ))

it('is refused when it is not as long as it says, and nothing of it is taken', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1000 }), fc.nat({ max: 2000 }), cuts, async (message, announced, at) => {
      fc.pre(announced !== message.length)
      taken.length = 0
      expect(await send(cut(frame(message, announced), at))).toBe(announced > 1000 ? 8 : 3)
      expect(taken).toEqual([])
    }),
    { numRuns: 100 },
  ))

it('is refused when not even its prefix arrives', async () => {
  taken.length = 0
  expect(await send([Buffer.from([0, 0])])).toBe(3)
  expect(await send([])).toBe(3)
  expect(taken).toEqual([])
})
