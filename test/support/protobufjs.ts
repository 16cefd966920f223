/** The peer: the same request decoded by protobufjs' reflection, made into the rows that a table with `refs` should hold. */
import { createRequire } from 'node:module'
import type { AttributeRef } from '../../src/bundle/index.ts'
import type { PlainRow } from './spans.ts'

const protobuf = createRequire(import.meta.url)('protobufjs') as typeof import('protobufjs')
const type = protobuf.loadSync(new URL('trace.proto', import.meta.url).pathname).lookupType('otlp.ExportTraceServiceRequest')

interface Value {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
}
type Attribute = { readonly key: string; readonly value?: Value }
interface Span {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly parentSpanId: Uint8Array
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly status?: { readonly code: number }
}
interface Request {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

/** Throws what protobufjs throws. */
export function rowsByProtobufjs(bytes: Uint8Array, refs: readonly AttributeRef[]): PlainRow[] {
  const request = type.toObject(type.decode(bytes), { longs: String, defaults: true, arrays: true }) as Request
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const ofResource = resource?.attributes ?? []
    const name = ofResource.findLast(({ key }) => key === 'service.name')?.value?.stringValue
    const resourceAttributes = projected(ofResource, refs, 'resource')
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .filter(isValid)
      .map((span) => ({
        service: name === undefined || name === '' ? 'unknown_service' : name,
        operation: span.name,
        kind: span.kind >= 0 && span.kind <= 5 ? span.kind : 0,
        status: span.status !== undefined && span.status !== null && span.status.code >= 0 && span.status.code <= 2 ? span.status.code : 0,
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        duration: Math.max(0, durationOf(BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano))),
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: span.parentSpanId.length === 0 ? '0'.repeat(16) : hex(span.parentSpanId),
        attributes: { ...resourceAttributes, ...projected(span.attributes, refs, 'span') },
      }))
  })
}

function durationOf(start: bigint, end: bigint): number {
  return Number(end - start)
}

function isValid(span: Span): boolean {
  const some = (bytes: Uint8Array): boolean => bytes.some((byte) => byte !== 0)
  return span.traceId.length === 16 && span.spanId.length === 8 && [0, 8].includes(span.parentSpanId.length) && some(span.traceId) && some(span.spanId)
}

function projected(
  attributes: readonly Attribute[],
  refs: readonly AttributeRef[],
  scope: AttributeRef['scope'],
): Record<string, string | number | boolean | null> {
  const found: Record<string, string | number | boolean | null> = {}
  for (const { key, value } of attributes) {
    if (!refs.some((ref) => ref.scope === scope && ref.name === key)) continue
    found[`${scope} ${key}`] =
      value?.stringValue ?? value?.boolValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue)) ?? value?.doubleValue ?? null
  }
  return found
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
