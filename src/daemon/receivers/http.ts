/** OTLP over HTTP/1.1: `POST /v1/traces`, protobuf and JSON on one port, gzip. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Door, httpServer, openDoor, unauthenticated } from '../door.ts'
import { inflate } from './inflate.ts'
import { code, exportResponse, exportResponseJson, plainStatus, plainStatusJson, status, statusJson } from './messages.ts'
import type { Answer, Encoding, Intake, Receiver, Refused } from './receiver.ts'
import { tooLarge } from './receiver.ts'

const path = '/v1/traces'
const contentTypes: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' }

/** Starts listening; rejects with the listener's error (EADDRINUSE, EACCES). */
export async function httpReceiver(host: string, port: number, intake: Intake, door: Door = openDoor): Promise<Receiver> {
  const server = httpServer(door, { keepAliveTimeout: 65_000 }, (request, response) => serve(request, response, intake, door))
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(port, host)
  await once(server, 'listening')
  return {
    transport: 'http',
    host,
    port: (server.address() as AddressInfo).port,
    async close(graceMs) {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(cut)
    },
  }
}

function serve(request: IncomingMessage, response: ServerResponse, intake: Intake, door: Door): void {
  request.on('error', () => {})
  const encoding = encodingOf(request)
  const exchange: Exchange = { request, response, intake, encoding: encoding ?? 'json' }
  const compression = request.headers['content-encoding'] ?? 'identity'
  const url = request.url?.split('?', 1)[0]
  const refusal = intake.hold(0)
  if (url !== path) plain(exchange, 404, code.notFound, `no such path ${url}: traces go to POST ${path}`)
  else if (!door.admits(request.headers.authorization)) {
    response.setHeader('www-authenticate', 'Bearer')
    plain(exchange, 401, code.unauthenticated, unauthenticated)
  } else if (request.method !== 'POST') {
    response.setHeader('allow', 'POST')
    plain(exchange, 405, code.unimplemented, `${request.method} is not allowed: traces go to POST ${path}`)
  } else if (encoding === undefined)
    plain(exchange, 415, code.invalidArgument, unsupported('type', request.headers['content-type'], Object.values(contentTypes)))
  else if (compression !== 'gzip' && compression !== 'identity')
    plain(exchange, 415, code.invalidArgument, unsupported('encoding', compression, ['gzip', 'none']))
  else if (Number(request.headers['content-length'] ?? 0) > intake.maxRequestBytes) refuse(exchange, tooLarge(intake.maxRequestBytes))
  else if (refusal !== undefined) refuse(exchange, refusal)
  else collect(exchange, (body) => decode(exchange, body, compression))
}

function unsupported(what: string, got: string | undefined, supported: readonly string[]): string {
  return `content ${what} ${JSON.stringify(got ?? '')} is not supported: use ${supported.join(' or ')}`
}

function decode(exchange: Exchange, body: Buffer, compression: 'gzip' | 'identity'): void {
  const { intake, encoding } = exchange
  if (compression === 'identity') answer(exchange, intake.take(body, encoding, 'http'))
  else
    inflate(body, intake.maxRequestBytes, (result) => {
      if ('bytes' in result) answer(exchange, intake.take(result.bytes, encoding, 'http'))
      else if (result.error === 'too-large') refuse(exchange, tooLarge(intake.maxRequestBytes))
      else refuse(exchange, { kind: 'malformed', message: result.message, offset: 0 })
    })
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly intake: Intake
  readonly encoding: Encoding
}

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === contentTypes.protobuf) return 'protobuf'
  if (type === contentTypes.json) return 'json'
  return undefined
}

/** Gathers the body in memory that the intake knows of, up to the limit. */
function collect(exchange: Exchange, done: (body: Buffer) => void): void {
  const { request, response, intake } = exchange
  const chunks: Buffer[] = []
  let held = 0
  response.on('close', () => intake.release(held))
  request.on('data', (chunk: Buffer) => {
    if (response.headersSent) return
    const refusal = held + chunk.length > intake.maxRequestBytes ? tooLarge(intake.maxRequestBytes) : intake.hold(chunk.length)
    if (refusal === undefined) {
      held += chunk.length
      chunks.push(chunk)
    } else refuse(exchange, refusal)
  })
  request.on('end', () => {
    if (response.headersSent) return
    done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, held))
  })
}

function answer(exchange: Exchange, result: Answer): void {
  if (result.kind !== 'accepted') refuse(exchange, result)
  else send(exchange, 200, exchange.encoding === 'json' ? exportResponseJson(result) : exportResponse(result), undefined)
}

function refuse(exchange: Exchange, refusal: Refused): void {
  if (refusal.kind === 'unavailable') exchange.response.setHeader('retry-after', String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))))
  const statusCode = refusal.kind === 'unavailable' ? 503 : refusal.kind === 'too-large' ? 413 : 400
  send(exchange, statusCode, exchange.encoding === 'json' ? statusJson(refusal) : status(refusal), refusal.message)
}

function plain(exchange: Exchange, statusCode: number, number: number, message: string): void {
  send(exchange, statusCode, exchange.encoding === 'json' ? plainStatusJson(number, message) : plainStatus(number, message), message)
}

function send(exchange: Exchange, statusCode: number, body: Buffer | string, problem: string | undefined): void {
  const { request, response, intake } = exchange
  if (response.headersSent || response.destroyed) return
  intake.answered('http', String(statusCode), problem)
  // What is left of a refused body is read and dropped: a client that is still sending would otherwise see a reset, not the answer.
  request.resume()
  response.writeHead(statusCode, { 'content-type': contentTypes[exchange.encoding], 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
