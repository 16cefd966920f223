/**
 * A Tempo for tests: tag names and values, traces by id and by search over HTTP, with what is known of real ones. Searches end 30 s ago at the latest, without a range
 * only recent data is looked at, a query that does not parse is ignored, tenants see their own.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerTraces, type StoredTrace } from './traces.ts'

export interface StoredSpan {
  readonly tenant?: string
  /** Seconds since the epoch. */
  readonly at: number
  readonly name: string
  readonly kind: string
  readonly resource: Readonly<Record<string, Value>>
  readonly span?: Readonly<Record<string, Value>>
}

type Value = string | number | boolean

/** Answers instead of the next request that matches. */
export interface Failure {
  /** 0 closes the connection. */
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly path?: RegExp
}

export class TempoDouble {
  readonly #server: Server
  readonly spans: StoredSpan[] = []
  readonly traces: StoredTrace[] = []
  maxBytesPerTrace = 5_000_000
  prunes = false
  readonly failures: Failure[] = []
  readonly requests: URL[] = []
  /** Of 2.1 and before: no TraceQL tags. `unfiltered`: values whatever `q` says. `unfiltered names`: names whatever `q` says. */
  version: 'new' | 'none' | 'unfiltered' | 'unfiltered names' = 'new'
  /** Seconds since the epoch. */
  now = 1_800_000_000
  multitenant = false
  /** Of the last request. */
  authorization: string | undefined
  /** In front of the API's paths. */
  prefix = ''
  most = { atOnce: 0, present: 0 }
  url = ''

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response))
  }

  static async start(): Promise<TempoDouble> {
    const double = new TempoDouble()
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve))
    double.url = `http://127.0.0.1:${(double.#server.address() as AddressInfo).port}`
    return double
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url as string, this.url)
    this.requests.push(url)
    this.authorization = request.headers.authorization
    this.most.present++
    this.most.atOnce = Math.max(this.most.atOnce, this.most.present)
    response.on('close', () => this.most.present--)
    const failing = this.failures.findIndex(({ path }) => path === undefined || path.test(url.pathname))
    const [failure] = failing < 0 ? [] : this.failures.splice(failing, 1)
    if (failure?.status === 0) {
      response.destroy()
      return
    }
    if (failure !== undefined) {
      response.writeHead(failure.status, failure.headers).end(failure.body ?? '')
      return
    }
    const tenant = request.headers['x-scope-orgid'] as string | undefined
    if (this.multitenant && tenant === undefined) {
      response.writeHead(401).end('no org id\n')
      return
    }
    const path = url.pathname.startsWith(this.prefix) ? url.pathname.slice(this.prefix.length) : ''
    const ofTraces = answerTraces(path, url.searchParams, request.headers.accept ?? '', {
      now: this.now,
      traces: this.traces.filter((trace) => !this.multitenant || (tenant as string).split('|').includes(trace.tenant ?? '')),
      maxBytesPerTrace: this.maxBytesPerTrace,
      prunes: this.prunes,
      hasNewer: this.version === 'new',
    })
    if (ofTraces !== undefined) {
      response.writeHead(ofTraces.status, { 'content-type': ofTraces.contentType }).end(ofTraces.body)
      return
    }
    const body = url.pathname.startsWith(this.prefix) ? this.#answer(url.pathname.slice(this.prefix.length), url.searchParams, tenant) : undefined
    if (body === undefined) response.writeHead(404).end('404 page not found\n')
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  #answer(path: string, query: URLSearchParams, tenant: string | undefined): object | undefined {
    if (this.version === 'none') return undefined
    const limit = Number(query.get('limit') ?? 0) || Number.POSITIVE_INFINITY
    const known = this.#inRange(query).filter((span) => !this.multitenant || (tenant as string).split('|').includes(span.tenant ?? ''))
    const matching = known.filter(filterOf(query.get('q') ?? ''))
    if (path === '/api/v2/search/tags') {
      const spans = this.version === 'new' ? matching : known
      const scopes = (['resource', 'span'] as const).filter((scope) => [null, 'all', scope].includes(query.get('scope')))
      return { scopes: scopes.map((name) => ({ name, tags: distinct(spans.flatMap((span) => Object.keys(span[name] ?? {}))).slice(0, limit) })), metrics: {} }
    }
    const identifier = /^\/api\/v2\/search\/tag\/(.+)\/values$/.exec(path)?.[1]
    if (identifier === undefined) return undefined
    const values = (this.version === 'unfiltered' ? known : matching).map(readerOf(decodeURIComponent(identifier))).filter((value) => value !== undefined)
    const tagValues = distinct(values).slice(0, limit)
    return { tagValues: tagValues.map((value) => ({ type: typeOf(value), value: String(value) })), metrics: { inspectedBytes: '1' } }
  }

  #inRange(query: URLSearchParams): readonly StoredSpan[] {
    const cutOff = this.now - 30
    const start = query.has('start') ? Number(query.get('start')) : this.now - 900
    const end = query.has('end') ? Math.min(Number(query.get('end')), cutOff) : cutOff
    return this.spans.filter(({ at }) => at >= start && at < end)
  }
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

function typeOf(value: Value): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

/** `name`, `span.http.route`, `span."a b"`. */
function readerOf(identifier: string): (span: StoredSpan) => Value | undefined {
  const [, scope, quoted, plain] = /^(span|resource)\.(?:("(?:[^"\\]|\\.)*")|(.+))$/.exec(identifier) ?? []
  if (scope === undefined) return (span) => (identifier === 'name' ? span.name : identifier === 'kind' ? span.kind : undefined)
  const name = quoted === undefined ? plain : JSON.parse(quoted)
  return (span) => span[scope as 'span' | 'resource']?.[name]
}

const test = /((?:span|resource)\.(?:"(?:[^"\\]|\\.)*"|[\w.\-/]+)|name|kind)=("(?:[^"\\]|\\.)*"|[a-z]+)/.source
const conjunction = new RegExp(`^\\{${test}(?: && ${test})*\\}$`)

/** Tests joined by `&&`; whatever does not parse lets everything through. */
function filterOf(query: string): (span: StoredSpan) => boolean {
  if (!conjunction.test(query)) return () => true
  const tests = [...query.matchAll(new RegExp(test, 'g'))].map(([, identifier = '', value = '']) => ({ read: readerOf(identifier), value: unquoted(value) }))
  return (span) => tests.every(({ read, value }) => read(span) === value)
}

function unquoted(text: string): string {
  return text.startsWith('"') ? JSON.parse(text) : text
}
