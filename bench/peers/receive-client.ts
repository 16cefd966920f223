/**
 * A load generator in a process of its own: `node receive-client.ts PORT SECONDS`. Sends gRPC exports of 2,048 spans as fast as
 * they are answered, several at a time, over one connection; prints what was accepted after a second of warming up.
 */
import type { ClientHttp2Session } from 'node:http2'
import { connect } from 'node:http2'
import { patch, placesOf } from './patch.ts'
import { requests } from './requests.ts'

const spansPerRequest = 2048
const inFlight = 6
const warmUpMs = 1000

export interface ClientReport {
  readonly spans: number
  readonly seconds: number
  readonly bytesPerSpan: number
}

const [port, seconds] = process.argv.slice(2).map(Number) as [number, number]
const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 2 ** 20 } })
session.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})

let accepted = 0
let serial = 1
const stopAt = performance.now() + warmUpMs + seconds * 1000

/** One of the exports in flight: its own buffer, since a buffer must stay as it is until it is sent. */
async function lane(request: Uint8Array): Promise<void> {
  const frame = Buffer.concat([Buffer.alloc(5), request])
  frame.writeUInt32BE(request.length, 1)
  const message = frame.subarray(5)
  const places = placesOf(message)
  while (performance.now() < stopAt) {
    patch(message, places, serial, Date.now(), (i) => 5 + (i % 100))
    serial += spansPerRequest
    await send(session, frame)
    accepted += spansPerRequest
  }
}

function send(over: ClientHttp2Session, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = over.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    let status: unknown
    stream.on('response', (headers) => {
      status = headers['grpc-status'] ?? status
    })
    stream.on('trailers', (headers) => {
      status = headers['grpc-status'] ?? status
    })
    stream.on('error', reject)
    stream.on('close', () => (String(status) === '0' ? resolve() : reject(new Error(`grpc-status ${String(status)}`))))
    stream.resume()
    stream.end(frame)
  })
}

const input = requests(inFlight, spansPerRequest)
const lanes = Promise.all(input.map(lane))
await new Promise((resolve) => setTimeout(resolve, warmUpMs))
const before = { accepted, at: performance.now() }
await lanes
const report: ClientReport = {
  spans: accepted - before.accepted,
  seconds: (performance.now() - before.at) / 1000,
  bytesPerSpan: (input[0] as Uint8Array).length / spansPerRequest,
}
console.log(JSON.stringify(report))
session.close()
