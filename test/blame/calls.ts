/** Traces as trees of calls, and what the assembler makes of them. */
import { TraceLog } from '../../src/blame/index.ts'
import { createAssembler, createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'
import { type Attributes, encodeRequest, type PlainResource, type PlainSpan, service } from '../support/otlp.ts'

/** Milliseconds throughout. */
export interface Call {
  readonly service: string
  readonly operation: string
  /** Own work, half of it before the calls and half after. */
  readonly self: number
  /** From the caller and back, half each way. */
  readonly gap?: number
  /** One after the other. */
  readonly calls?: readonly Call[]
  /** It sends no spans itself: what its caller's span says of it. `service` is then for the reader. */
  readonly peer?: Attributes
  /** The caller gives up then. */
  readonly timeout?: number
}

export const start = 1_700_000_000_000

/** The spans of one trace that begins at `at`, as OTLP resources; the number makes its ids. */
export function traceOf(root: Call, at: number, number: number): PlainResource[] {
  const byService = new Map<string, PlainSpan[]>()
  const traceId = number.toString(16).padStart(32, '0')
  let spans = 0
  const nextId = (): string => (number * 1000 + ++spans).toString(16).padStart(16, '0')
  const put = (of: string, span: Omit<PlainSpan, 'traceId'>): void => {
    byService.set(of, [...(byService.get(of) ?? []), { traceId, ...span }])
  }
  const nanos = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n
  /** Returns when the caller has its answer. */
  const visit = (call: Call, begin: number, parent: string | undefined, caller: string | undefined): number => {
    const parentOf = parent === undefined ? {} : { parentSpanId: parent }
    const clientId = caller === undefined ? undefined : nextId()
    const serverId = nextId()
    const gap = call.gap ?? 0
    const from = begin + gap / 2
    let now = from + call.self / 2
    for (const child of call.calls ?? []) now = visit(child, now, serverId, call.service)
    const end = now + call.self / 2
    const answered = Math.min(end + gap / 2, begin + (call.timeout ?? Number.POSITIVE_INFINITY))
    if (caller !== undefined && clientId !== undefined)
      put(caller, { spanId: clientId, ...parentOf, name: call.operation, kind: 3, start: nanos(begin), end: nanos(answered), attributes: call.peer ?? {} })
    if (call.peer !== undefined) return answered
    put(call.service, {
      spanId: serverId,
      ...(clientId === undefined ? parentOf : { parentSpanId: clientId }),
      name: call.operation,
      kind: 2,
      start: nanos(from),
      end: nanos(end),
    })
    return caller === undefined ? end : answered
  }
  visit(root, at, undefined, undefined)
  return [...byService].map(([name, of]) => service(name, of))
}

export interface Load {
  readonly from: number
  /** Milliseconds from one trace to the next. */
  readonly every: number
  readonly count: number
  readonly call: (index: number) => Call
}

export function requestsOf(loads: readonly Load[]): Uint8Array[] {
  let number = 0
  return loads.flatMap(({ from, every, count, call }) =>
    Array.from({ length: count }, (_, index) => encodeRequest(traceOf(call(index), start + from + index * every, ++number))),
  )
}

export function logOf(loads: readonly Load[]): TraceLog {
  const dictionary = createDictionary()
  const table = new SpanTable(dictionary)
  const assembler = createAssembler({ idleNs: 5e9, maxAgeNs: 600e9, maxSpans: 1_000_000, maxSpansOfTrace: 10_000 })
  const log = new TraceLog(dictionary)
  for (const request of requestsOf(loads)) {
    table.clear()
    const result = decodeRequest(request, table)
    if (!result.ok) throw new Error(result.message)
    assembler.add(table)
  }
  log.add(assembler.close(Number.POSITIVE_INFINITY, true))
  return log
}

/** Milliseconds since `start` as a window. */
export function between(from: number, to: number): { readonly from: number; readonly to: number } {
  return { from: (start + from) * 1e6, to: (start + to) * 1e6 }
}
