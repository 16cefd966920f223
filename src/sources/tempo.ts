/**
 * Traces from Grafana Tempo, 2.x and 3.x, by id and by search. The newer endpoint says 200 with an empty trace where there is none, and only the older one 404;
 * a trace is given in parts while it is still being written; and a cluster may collapse similar spans unless it is told not to.
 */
import { shapes } from '../bundle/index.ts'
import { bytesType, type Nanos, varintType, WireReader } from '../spans/index.ts'
import type { Fetched, Found, SourceError, TraceRequest, TraceSource } from './contract.ts'
import { type RawAnswer, type TempoError, type TempoOptions, tempoAt } from './tempo-client.ts'

/** Blocks are cut by time, so a trace may lie beside the time of its spans. Sent with every request, as it never hides a recent trace. */
const marginS = 1800
/** Tempo 3 leaves the newest 30 s out of searches, and some versions refuse a range that reaches into them. */
const searchEndsAgoNs = 60e9

export function tempoSource(options: TempoOptions): TraceSource | TempoError {
  const tempo = tempoAt(options)
  if ('error' in tempo) return tempo
  const now = options.now ?? Date.now
  /** Tempo before 2.7 has no newer endpoint; then it is not asked for again. */
  let older = false

  const newer = async (request: TraceRequest): Promise<Fetched | 'not there'> => {
    const answer = await tempo.getProtobuf(`/api/v2/traces/${request.traceId}`, { ...rangeOf(request), span_pruning: 'false' })
    // A trace that a policy hides is 404 too, so the older endpoint has the last word.
    if (answer.status === 404) return 'not there'
    return answer.status === 200 ? ofResponse(answer) : refusal(answer)
  }

  return {
    name: `Tempo at ${options.url}`,
    async fetch(request) {
      const first = older ? 'not there' : await newer(request)
      if (first !== 'not there') return first
      const answer = await tempo.getProtobuf(`/api/traces/${request.traceId}`, rangeOf(request))
      if (answer.status === 404) return { kind: 'missing' }
      if (answer.status !== 200) return refusal(answer)
      older = true
      return isProtobuf(answer) ? ofTrace(answer.bytes, false) : notProtobuf(answer)
    },
    async search({ from, to, limit }): Promise<Found | SourceError> {
      const end = Math.min(to, now() * 1e6 - searchEndsAgoNs)
      // In the order that Tempo finds them, whatever that is; without both times only the last minutes are looked at.
      const answer = await tempo.get('/api/search', { q: '{}', limit, start: secondsOf(from), end: secondsOf(end) })
      if ('error' in answer) return answer
      const traces = shapes.isObject(answer.body) ? (answer.body.traces ?? []) : undefined
      if (!Array.isArray(traces)) return { error: `${options.url} answered a search with something else than traces: is this a Tempo?` }
      return { traces: [...new Map(traces.flatMap(foundTrace).map((trace) => [trace.traceId, trace])).values()] }
    },
  }
}

function rangeOf({ start, end }: TraceRequest): { readonly start?: number; readonly end?: number } {
  if (start === undefined || end === undefined) return {}
  const from = Math.max(0, secondsOf(start) - marginS)
  return { start: from, end: Math.max(from + 1, Math.ceil(end / 1e9) + marginS) }
}

function secondsOf(at: Nanos): number {
  return Math.floor(at / 1e9)
}

/** TraceByIDResponse: trace 1, status 3 (1: partial), message 4. */
function ofResponse(answer: RawAnswer): Fetched {
  if (!isProtobuf(answer)) return notProtobuf(answer)
  const { bytes } = answer
  const reader = new WireReader(bytes)
  let trace = new Uint8Array(0)
  let partial = false
  for (let at = 0; at < bytes.length; at = reader.next) {
    if (!reader.field(at, bytes.length)) return { kind: 'failed', message: `the answer is no protobuf: ${reader.failure} (byte ${reader.failedAt})` }
    if (reader.number === 1 && reader.wire === bytesType) trace = bytes.slice(reader.from, reader.next)
    if (reader.number === 3 && reader.wire === varintType) partial = reader.low === 1
  }
  return ofTrace(trace, partial)
}

/** A trace without spans is one that is not there. */
function ofTrace(bytes: Uint8Array, partial: boolean): Fetched {
  return bytes.length === 0 ? { kind: 'missing' } : { kind: 'found', bytes, encoding: 'protobuf', partial }
}

function refusal({ status, message, retryAfterMs }: RawAnswer): Fetched {
  const said = message === '' ? '' : `: ${message}`
  if (status === 422) return { kind: 'too-large', message: `Tempo does not give out a trace of this size${said}` }
  return { kind: 'failed', message: status === 0 ? `no answer${said}` : `answered ${status}${said}`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

function isProtobuf({ contentType }: RawAnswer): boolean {
  return contentType.includes('protobuf')
}

function notProtobuf({ contentType }: RawAnswer): Fetched {
  return { kind: 'failed', message: `answered ${contentType === '' ? 'without a content type' : contentType} where protobuf was asked for` }
}

/** Ids come without their leading zeros. */
function foundTrace(item: unknown): TraceRequest[] {
  if (!shapes.isObject(item) || typeof item.traceID !== 'string' || !/^[0-9a-f]{1,32}$/i.test(item.traceID)) return []
  const traceId = item.traceID.toLowerCase().padStart(32, '0')
  const start = Number(item.startTimeUnixNano)
  if (!(start > 0)) return [{ traceId }]
  return [{ traceId, start, end: start + Number(item.durationMs ?? 0) * 1e6 }]
}
