/**
 * OTLP over gRPC, framed by hand on node:http2: one unary method needs a five-byte prefix and two trailers, and raw
 * frames with large flow-control windows carry several times what a general gRPC library does (bench/receive.ts).
 * See https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md.
 */
import { once } from 'node:events'
import type { Http2SecureServer, Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { constants, createSecureServer, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type Door, openDoor, unauthenticated } from '../door.ts'
import type { Call } from './grpc-message.ts'
import { prefixLength, receiveMessage } from './grpc-message.ts'
import { inflate } from './inflate.ts'
import { code, codeOf, exportResponse, status } from './messages.ts'
import { createBufferPool } from './pool.ts'
import type { Answer, Intake, Receiver, Refused } from './receiver.ts'
import { tooLarge } from './receiver.ts'

const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
/** Bytes that a client may send ahead on one stream and on one connection: a stream holds a usual batch without a round trip. */
const streamWindow = 4 * 2 ** 20
const connectionWindow = 32 * 2 ** 20
/** A call of which nothing is heard for so long is given up, with the memory that it holds. */
const idleMs = 30_000
/** Memory kept for messages to come. */
const pooledBytes = 32 * 2 ** 20

/** Starts listening; rejects with the listener's error (EADDRINUSE, EACCES). */
export async function grpcReceiver(host: string, port: number, intake: Intake, door: Door = openDoor): Promise<Receiver> {
  const sessions = new Set<ServerHttp2Session>()
  const pool = createBufferPool(pooledBytes)
  const options = { settings: { initialWindowSize: streamWindow, maxFrameSize: 2 ** 20, maxConcurrentStreams: 1000 }, maxSessionMemory: 256 }
  const { secure } = door
  const server = secure === undefined ? createServer(options) : followed(createSecureServer({ ...options, ...secure }), door)
  server.on('session', (session) => {
    sessions.add(session)
    session.setLocalWindowSize(connectionWindow)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  // A client that breaks the protocol loses its connection; nobody else notices.
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => serve({ stream: stream as ServerHttp2Stream, intake, pool }, headers, door))
  server.listen(port, host)
  await once(server, 'listening')
  return { transport: 'grpc', host, port: (server.address() as AddressInfo).port, close: (graceMs) => close(server, sessions, graceMs) }
}

/** Certificates are rotated while the server listens. */
function followed(server: Http2SecureServer, door: Door): Http2SecureServer {
  server.on('close', door.follow(server))
  // A client that does not speak TLS, or shows no certificate, loses its connection.
  server.on('tlsClientError', () => {})
  return server
}

async function close(server: Http2Server | Http2SecureServer, sessions: ReadonlySet<ServerHttp2Session>, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  for (const session of sessions) session.close()
  const cut = setTimeout(() => {
    for (const session of sessions) session.destroy()
  }, graceMs)
  await closed
  clearTimeout(cut)
}

function serve(call: Call, headers: IncomingHttpHeaders, door: Door): void {
  const { stream, intake } = call
  stream.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
  stream.setTimeout(idleMs, () => stream.close(constants.NGHTTP2_CANCEL))
  if (headers[':method'] !== 'POST' || !/^application\/grpc(\+proto)?(;|$)/.test(headers['content-type'] ?? '')) {
    stream.respond({ ':status': 415 }, { endStream: true })
    return
  }
  const encoding = String(headers['grpc-encoding'] ?? 'identity')
  const refusal = intake.hold(0)
  if (headers[':path'] !== exportPath) fail(stream, intake, code.unimplemented, `unknown method ${headers[':path']}: only ${exportPath} is served`)
  else if (!door.admits(headers.authorization)) fail(stream, intake, code.unauthenticated, unauthenticated)
  else if (encoding !== 'identity' && encoding !== 'gzip')
    fail(stream, intake, code.unimplemented, `grpc-encoding ${encoding} is not supported: use gzip or identity`)
  else if (refusal !== undefined) refuse(stream, intake, refusal)
  else
    receiveMessage(call, (result) => {
      if ('refused' in result) refuse(stream, intake, result.refused)
      else decode(call, result.message, result.compressed ? encoding : undefined)
    })
}

/** `compression` is that of this message; a stream that declares gzip may still send plain messages. */
function decode({ stream, intake, pool }: Call, message: Buffer, compression: 'gzip' | 'identity' | undefined): void {
  if (compression === 'gzip') {
    inflate(message, intake.maxRequestBytes, (result) => {
      pool.give(message)
      if (stream.destroyed) return
      if ('bytes' in result) answer(stream, intake, intake.take(result.bytes, 'protobuf', 'grpc'))
      else if (result.error === 'too-large') refuse(stream, intake, tooLarge(intake.maxRequestBytes))
      else refuse(stream, intake, { kind: 'malformed', message: result.message, offset: 0 })
    })
    return
  }
  if (compression === undefined) answer(stream, intake, intake.take(message, 'protobuf', 'grpc'))
  else fail(stream, intake, code.internal, 'the message is marked compressed, but there is no grpc-encoding')
  pool.give(message)
}

function answer(stream: ServerHttp2Stream, intake: Intake, result: Answer): void {
  if (stream.destroyed) return
  if (result.kind !== 'accepted') {
    refuse(stream, intake, result)
    return
  }
  intake.answered('grpc', 'OK')
  const body = exportResponse(result)
  const frame = Buffer.alloc(prefixLength + body.length)
  frame.writeUInt32BE(body.length, 1)
  body.copy(frame, prefixLength)
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': 'identity,gzip' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(frame)
}

function refuse(stream: ServerHttp2Stream, intake: Intake, refusal: Refused): void {
  fail(stream, intake, codeOf(refusal), refusal.message, { 'grpc-status-details-bin': status(refusal).toString('base64') })
}

const codeNames: Readonly<Record<number, string>> = {
  3: 'INVALID_ARGUMENT',
  8: 'RESOURCE_EXHAUSTED',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
}

/** An answer without a message: status and all in the headers ("Trailers-Only"). */
function fail(stream: ServerHttp2Stream, intake: Intake, number: number, message: string, more: Readonly<Record<string, string>> = {}): void {
  if (stream.destroyed || stream.headersSent) return
  intake.answered('grpc', codeNames[number] ?? String(number), message)
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-accept-encoding': 'identity,gzip',
      'grpc-status': String(number),
      'grpc-message': encodeURIComponent(message).replaceAll('%20', ' '),
      ...more,
    },
    { endStream: true },
  )
  // Dropped as it comes: a reset right behind the status would overtake it.
  stream.resume()
}
