/** Traces from Jaeger's query service: its HTTP API v3, which gives OTLP in JSON. */
import { shapes } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { Fetched, Found, SourceError, TraceRequest, TraceSource } from './contract.ts'
import { type TempoOptions, tempoAt } from './tempo-client.ts'

export type JaegerOptions = Omit<TempoOptions, 'tenant'>

const marginNs = 1800e9

export function jaegerSource(options: JaegerOptions): TraceSource | SourceError {
  const jaeger = tempoAt(options)
  if ('error' in jaeger) return { error: `${options.url} is not the address of a Jaeger: write it as http://jaeger-query:16686` }
  return {
    name: `Jaeger at ${options.url}`,
    async fetch(request) {
      const answer = await jaeger.getJson(`/api/v3/traces/${request.traceId}`, { ...rangeOf(request), raw_traces: 'true' })
      if (answer.status === 404) return { kind: 'missing' }
      if (answer.status === 200) return ofBody(answer.bytes)
      const said = answer.message === '' ? '' : `: ${answer.message}`
      const message = answer.status === 0 ? `no answer${said}` : `answered ${answer.status}${said}`
      return { kind: 'failed', message, ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }) }
    },
    /** Jaeger finds traces by service only, so each is asked for its share. */
    async search({ from, to, limit }): Promise<Found | SourceError> {
      const services = await jaeger.get('/api/v3/services', {})
      if ('error' in services) return services
      const names = shapes.isObject(services.body) && Array.isArray(services.body.services) ? services.body.services : []
      const traces = new Map<string, TraceRequest>()
      const share = Math.max(1, Math.ceil(limit / Math.max(1, names.length)))
      for (const name of names) {
        if (traces.size >= limit) break
        const answer = await jaeger.getJson('/api/v3/traces', {
          'query.service_name': String(name),
          'query.start_time_min': timeOf(from),
          'query.start_time_max': timeOf(to),
          'query.search_depth': share,
          'query.num_traces': share,
        })
        if (answer.status === 404) continue
        if (answer.status !== 200) return { error: `${options.url} answered a search with ${answer.status}: ${answer.message}` }
        const found = ofBody(answer.bytes)
        if (found.kind !== 'found') continue
        for (const traceId of idsOf(JSON.parse(Buffer.from(found.bytes).toString())))
          if (traces.size < limit) traces.set(traceId, { traceId, start: from, end: to })
      }
      return { traces: [...traces.values()] }
    },
  }
}

/** `{"result": TracesData}`. */
function ofBody(bytes: Uint8Array): Fetched {
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return { kind: 'failed', message: 'answered something else than JSON: is this a Jaeger, or a login page in front of it?' }
  }
  const result = shapes.isObject(body) ? body.result : undefined
  if (!shapes.isObject(result)) return { kind: 'failed', message: 'answered JSON without `result`' }
  if (!Array.isArray(result.resourceSpans) || result.resourceSpans.length === 0) return { kind: 'missing' }
  return { kind: 'found', bytes: Buffer.from(JSON.stringify(result)), encoding: 'json', partial: false }
}

function idsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(idsOf)
  if (!shapes.isObject(value)) return []
  const own = typeof value.traceId === 'string' && typeof value.spanId === 'string' && 'name' in value ? [value.traceId.toLowerCase().padStart(32, '0')] : []
  return [...own, ...['resourceSpans', 'scopeSpans', 'spans'].flatMap((key) => idsOf(value[key]))]
}

function rangeOf({ start, end }: TraceRequest): { readonly start_time?: string; readonly end_time?: string } {
  return start === undefined || end === undefined ? {} : { start_time: timeOf(start - marginNs), end_time: timeOf(end + marginNs) }
}

function timeOf(at: Nanos): string {
  return new Date(Math.max(0, at / 1e6)).toISOString()
}
