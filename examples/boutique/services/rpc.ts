/**
 * The services' remote calls: the Connect protocol's unary JSON form, which is a POST of JSON to `/package.Service/Method`.
 * Each call is a CLIENT span of the caller and a SERVER span of the callee in one trace, joined by the W3C `traceparent` header.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { context, propagation, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { Telemetry } from './telemetry.ts'

/** Takes the decoded request, gives the response to encode; what it throws becomes a 500. */
export type Handler = (request: unknown) => Promise<unknown>

export interface Service {
  readonly name: string
  readonly telemetry: Telemetry
  /** By `package.Service/Method`, or by `GET /route/{id}` for pages. */
  readonly routes: Readonly<Record<string, Handler>>
}

interface Route {
  readonly span: string
  readonly handle: Handler
  /** The last path segment, where the route ends in `{id}`. */
  readonly id?: string
}

/** Serves until SIGTERM: then it answers what is under way, sends its last spans and exits. */
export function serve(service: Service): void {
  let draining = false
  const server = createServer((request, response) => {
    if (draining) response.setHeader('connection', 'close')
    void answer(service, request, response)
  })
  const port = Number(process.env.PORT ?? 0)
  server.listen(port, '127.0.0.1', () => {
    const at = server.address()
    const actual = typeof at === 'object' && at !== null ? at.port : port
    console.log(`${service.name} (pid ${process.pid}) listens on http://127.0.0.1:${actual}`)
    process.send?.({ listening: actual })
  })
  const stop = (): void => {
    if (draining) return
    draining = true
    void drain(server, service.telemetry)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Started by the demo, which has gone.
  process.on('disconnect', stop)
}

/** The callers have left already: the pool takes a replica off the endpoints file some time before it sends SIGTERM. */
async function drain(server: Server, telemetry: Telemetry): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await closed
  await telemetry.shutdown()
  process.exit(0)
}

async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/healthz') {
    response.end('ok\n')
    return
  }
  const route = routeOf(service.routes, request)
  if (route === undefined) {
    response.writeHead(404).end()
    return
  }
  // The span starts before the request waits for anything, so that its duration is what the caller sees of this process.
  const parent = propagation.extract(context.active(), request.headers)
  await service.telemetry.tracer.startActiveSpan(route.span, { kind: SpanKind.SERVER }, parent, async (span) => {
    try {
      span.setAttributes(attributesOf(route.span))
      const result = await route.handle(route.id ?? (await readJson(request)))
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
    } catch (error) {
      fail(span, error)
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ code: 'internal', message: String(error) }))
    } finally {
      span.end()
    }
  })
}

function routeOf(routes: Service['routes'], request: IncomingMessage): Route | undefined {
  const path = request.url ?? '/'
  if (request.method === 'POST') {
    const handle = routes[path.slice(1)]
    return handle && { span: path.slice(1), handle }
  }
  const cut = path.lastIndexOf('/') + 1
  const span = `${request.method} ${path.slice(0, cut)}{id}`
  const handle = routes[span]
  return handle && { span, handle, id: decodeURIComponent(path.slice(cut)) }
}

/** Calls `method` (`package.Service/Method`) of the service at `base`. Rejects when it is not there or fails. */
export function call(telemetry: Telemetry, base: string, method: string, request: unknown): Promise<unknown> {
  return telemetry.tracer.startActiveSpan(method, { kind: SpanKind.CLIENT }, async (span) => {
    try {
      span.setAttributes({ ...attributesOf(method), 'server.address': base })
      const headers: Record<string, string> = { 'content-type': 'application/json' }
      propagation.inject(context.active(), headers)
      const response = await fetch(`${base}/${method}`, { method: 'POST', headers, body: JSON.stringify(request) })
      const body: unknown = await response.json()
      if (!response.ok) throw new Error(`${method} answered ${response.status}`)
      return body
    } catch (error) {
      fail(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

function attributesOf(name: string): Record<string, string> {
  const [method, route] = name.split(' ')
  if (route !== undefined) return { 'http.request.method': method ?? '', 'http.route': route }
  return { 'rpc.system.name': 'connectrpc', 'rpc.method': name }
}

function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : JSON.parse(text)
}
