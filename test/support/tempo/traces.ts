/** What a Tempo does with whole traces: by id, in its two endpoints that differ, and by search. */
import { concat, encodeRequest, integer, message, type PlainResource, text } from '../otlp.ts'

export interface StoredTrace {
  /** Hex, 32 digits. */
  readonly traceId: string
  /** Spans become visible bit by bit. */
  readonly parts: readonly { readonly visibleAt: number; readonly resources: readonly PlainResource[] }[]
  readonly tenant?: string
}

export interface TraceRules {
  /** Seconds since the epoch. */
  readonly now: number
  readonly traces: readonly StoredTrace[]
  /** Over it the one endpoint says 422 and the other gives a part. */
  readonly maxBytesPerTrace: number
  /** Similar leaves are collapsed unless a request says otherwise. */
  readonly prunes: boolean
  /** Before 2.7 there is only the older endpoint. */
  readonly hasNewer: boolean
}

export interface TraceAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array | string
}

const protobuf = 'application/protobuf'
const searchCutOff = 30
const maxSearchHours = 168

export function answerTraces(path: string, query: URLSearchParams, accept: string, rules: TraceRules): TraceAnswer | undefined {
  const [, version, id] = /^\/api\/(v2\/)?traces\/(.+)$/.exec(path) ?? []
  if (id !== undefined) {
    if (version !== undefined && !rules.hasNewer) return plain(404, '404 page not found')
    return byId(id, version !== undefined, query, accept, rules)
  }
  return path === '/api/search' ? search(query, rules) : undefined
}

function byId(id: string, newer: boolean, query: URLSearchParams, accept: string, rules: TraceRules): TraceAnswer {
  if (!/^[0-9a-f]{1,32}$/i.test(id)) return plain(400, 'trace IDs can only contain hex characters')
  const [start, end] = ['start', 'end'].map((name) => Number(query.get(name) ?? 0)) as [number, number]
  if (query.has('start') && query.has('end') && end <= start) return plain(400, 'http parameter start must be before end')
  const stored = rules.traces.filter(({ traceId }) => traceId === id.toLowerCase().padStart(32, '0'))
  const seen = stored.flatMap(({ parts }) => parts.filter(({ visibleAt }) => visibleAt <= rules.now).flatMap(({ resources }) => resources))
  const found = rules.prunes && query.get('span_pruning') !== 'false' ? seen.map(pruned) : seen
  const bytes = encodeRequest(found)
  const tooLarge = bytes.length > rules.maxBytesPerTrace
  if (!accept.includes(protobuf)) return { status: 200, contentType: 'application/json', body: JSON.stringify(newer ? { trace: {} } : { batches: [] }) }
  if (!newer) {
    if (found.length === 0) return plain(404, '')
    if (tooLarge) return plain(422, `trace exceeds max size (max bytes: ${rules.maxBytesPerTrace})`)
    return { status: 200, contentType: protobuf, body: bytes }
  }
  const part = tooLarge ? encodeRequest(found.slice(0, 1)) : bytes
  const partial = tooLarge ? [integer(3, 1n), text(4, 'trace exceeds max size')] : []
  return { status: 200, contentType: protobuf, body: concat([message(1, part), message(2, integer(1, 12n)), ...partial]) }
}

/** Leaves of one name become one. */
function pruned(resource: PlainResource): PlainResource {
  const parents = new Set(resource.spans.map(({ parentSpanId }) => parentSpanId))
  const leaves = new Set<string>()
  return {
    ...resource,
    spans: resource.spans.filter(({ spanId, name }) => {
      if (parents.has(spanId)) return true
      if (leaves.has(name)) return false
      leaves.add(name)
      return true
    }),
  }
}

function search(query: URLSearchParams, { now, traces }: TraceRules): TraceAnswer {
  const start = Number(query.get('start') ?? now - 900)
  const asked = Number(query.get('end') ?? now)
  if (asked - start > maxSearchHours * 3600) return plain(400, `range specified by start and end exceeds ${maxSearchHours}h0m0s`)
  const end = Math.min(asked, now - searchCutOff)
  const limit = Number(query.get('limit') ?? 20)
  const found = traces.flatMap(({ traceId, parts }) => {
    const spans = parts.filter(({ visibleAt }) => visibleAt <= now).flatMap(({ resources }) => resources.flatMap((resource) => resource.spans))
    const starts = spans.map((span) => Number(span.start) / 1e9)
    const first = Math.min(...starts)
    if (!(first >= start && first < end)) return []
    const last = Math.max(...spans.map((span) => Number(span.end) / 1e9))
    return [{ traceID: traceId.replace(/^0+/, ''), startTimeUnixNano: String(first * 1e9), durationMs: Math.round((last - first) * 1000) }]
  })
  // In whatever order the queriers answered.
  const body = JSON.stringify({
    traces: found.sort((a, b) => a.traceID.length - b.traceID.length || b.traceID.localeCompare(a.traceID)).slice(0, limit),
    metrics: {},
  })
  return { status: 200, contentType: 'application/json', body }
}

function plain(status: number, body: string): TraceAnswer {
  return { status, contentType: 'text/plain', body: `${body}\n` }
}
