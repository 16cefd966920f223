/**
 * OTLP over gRPC, framed by hand on node:http2: one unary method needs a five-byte prefix and two trailers, and raw
 * frames with large flow-control windows carry several times what a general gRPC library does (bench/receive.ts).
 * See https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md.
 */
import { once } from 'node:events'
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { constants, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { inflate } from './inflate.ts'
import { code, codeOf, exportResponse, status } from './messages.ts'
import type { Answer, Intake, Receiver, Refused } from './receiver.ts'
import { tooLarge } from './receiver.ts'

const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
/** Bytes that a client may send ahead on one stream and on one connection: a stream holds a usual batch without a round trip. */
const streamWindow = 4 * 2 ** 20
const connectionWindow = 32 * 2 ** 20
const prefixLength = 5

/** Starts listening; rejects with the listener's error (EADDRINUSE, EACCES). */
export async function grpcReceiver(host: string, port: number, intake: Intake): Promise<Receiver> {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer({ settings: { initialWindowSize: streamWindow, maxFrameSize: 2 ** 20, maxConcurrentStreams: 1000 }, maxSessionMemory: 256 })
  server.on('session', (session) => {
    sessions.add(session)
    session.setLocalWindowSize(connectionWindow)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  // A client that breaks the protocol loses its connection; nobody else notices.
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => serve(stream as ServerHttp2Stream, headers, intake))
  server.listen(port, host)
  await once(server, 'listening')
  return { transport: 'grpc', host, port: (server.address() as AddressInfo).port, close: (graceMs) => close(server, sessions, graceMs) }
}

async function close(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  for (const session of sessions) session.close()
  const cut = setTimeout(() => {
    for (const session of sessions) session.destroy()
  }, graceMs)
  await closed
  clearTimeout(cut)
}

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, intake: Intake): void {
  stream.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
  if (headers[':method'] !== 'POST' || !/^application\/grpc(\+proto)?(;|$)/.test(headers['content-type'] ?? '')) {
    stream.respond({ ':status': 415 }, { endStream: true })
    return
  }
  const encoding = String(headers['grpc-encoding'] ?? 'identity')
  const refusal = intake.hold(0)
  if (headers[':path'] !== exportPath) fail(stream, intake, code.unimplemented, `unknown method ${headers[':path']}: only ${exportPath} is served`)
  else if (encoding !== 'identity' && encoding !== 'gzip')
    fail(stream, intake, code.unimplemented, `grpc-encoding ${encoding} is not supported: use gzip or identity`)
  else if (refusal !== undefined) refuse(stream, intake, refusal)
  else collect(stream, intake, (message, compressed) => decode(stream, intake, message, compressed ? encoding : undefined))
}

/** `compression` is that of this message; a stream that declares gzip may still send plain messages. */
function decode(stream: ServerHttp2Stream, intake: Intake, message: Buffer, compression: 'gzip' | 'identity' | undefined): void {
  if (compression === undefined) answer(stream, intake, intake.take(message, 'protobuf', 'grpc'))
  else if (compression === 'identity') fail(stream, intake, code.internal, 'the message is marked compressed, but there is no grpc-encoding')
  else
    inflate(message, intake.maxRequestBytes, (result) => {
      if (stream.destroyed) return
      if ('bytes' in result) answer(stream, intake, intake.take(result.bytes, 'protobuf', 'grpc'))
      else if (result.error === 'too-large') refuse(stream, intake, tooLarge(intake.maxRequestBytes))
      else refuse(stream, intake, { kind: 'malformed', message: result.message, offset: 0 })
    })
}

/** Gathers the one message of a unary call in memory that the intake knows of. */
function collect(stream: ServerHttp2Stream, intake: Intake, done: (message: Buffer, compressed: boolean) => void): void {
  let prefix = Buffer.alloc(0)
  let message: Buffer | undefined
  let filled = 0
  let held = 0
  stream.on('close', () => intake.release(held))

  const stop = (refusal: Refused): void => {
    stream.removeAllListeners('data')
    stream.removeAllListeners('end')
    refuse(stream, intake, refusal)
  }
  /** Makes room for the message that the prefix announces. */
  const open = (length: number): Refused | Buffer => {
    if (length > intake.maxRequestBytes) return tooLarge(intake.maxRequestBytes)
    const refusal = intake.hold(length)
    if (refusal !== undefined) return refusal
    held = length
    return Buffer.allocUnsafeSlow(length)
  }
  stream.on('data', (chunk: Buffer) => {
    let rest = chunk
    if (message === undefined) {
      const missing = prefixLength - prefix.length
      prefix = Buffer.concat([prefix, rest.subarray(0, missing)])
      if (prefix.length < prefixLength) return
      rest = rest.subarray(missing)
      const opened = open(prefix.readUInt32BE(1))
      if ('kind' in opened) {
        stop(opened)
        return
      }
      message = opened
    }
    if (filled + rest.length > message.length) {
      stop({ kind: 'malformed', message: 'there are more bytes than the one message of a unary call', offset: message.length })
      return
    }
    rest.copy(message, filled)
    filled += rest.length
  })
  stream.on('end', () => {
    if (message !== undefined && filled === message.length) done(message, prefix[0] === 1)
    else stop({ kind: 'malformed', message: `the message ends after ${filled} of ${message?.length ?? 'unknown'} bytes`, offset: filled })
  })
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

const codeNames: Readonly<Record<number, string>> = { 3: 'INVALID_ARGUMENT', 8: 'RESOURCE_EXHAUSTED', 12: 'UNIMPLEMENTED', 13: 'INTERNAL', 14: 'UNAVAILABLE' }

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
