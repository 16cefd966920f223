/** OTLP requests from plain spans, in protobuf and in JSON: for tests, load generators and benchmarks. */

/** An attribute's value; a bigint is an int_value, a number a double_value, null an AnyValue without a member. */
export type AttributeValue = string | boolean | number | bigint | Uint8Array | null | readonly AttributeValue[]
export type Attributes = Readonly<Record<string, AttributeValue>>

export interface PlainSpan {
  /** Hex; any length, so that wrong ones can be made. */
  readonly traceId: string
  readonly spanId: string
  readonly traceState?: string
  readonly parentSpanId?: string
  readonly name: string
  /** OTLP's number: 2 SERVER, 3 CLIENT. */
  readonly kind?: number
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  readonly end: bigint
  readonly status?: number
  readonly attributes?: Attributes
  readonly events?: readonly { readonly name: string; readonly at: bigint; readonly attributes?: Attributes }[]
  /** Hex, as above. */
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly flags?: number
}

export interface PlainResource {
  readonly attributes: Attributes
  readonly spans: readonly PlainSpan[]
}

/** One resource with the given service name. */
export function service(name: string, spans: readonly PlainSpan[], attributes: Attributes = {}): PlainResource {
  return { attributes: { 'service.name': name, ...attributes }, spans }
}

/** ExportTraceServiceRequest bytes. */
export function encodeRequest(resources: readonly PlainResource[]): Uint8Array {
  return concat(resources.map((resource) => message(1, resourceSpansOf(resource))))
}

function resourceSpansOf({ attributes, spans }: PlainResource): Uint8Array {
  const scope = message(1, text(1, 'test'))
  return concat([message(1, attributesOf(1, attributes)), message(2, concat([scope, ...spans.map((span) => message(2, spanOf(span)))]))])
}

function spanOf(span: PlainSpan): Uint8Array {
  return concat([
    message(1, Buffer.from(span.traceId, 'hex')),
    message(2, Buffer.from(span.spanId, 'hex')),
    span.traceState === undefined ? empty : text(3, span.traceState),
    span.parentSpanId === undefined ? empty : message(4, Buffer.from(span.parentSpanId, 'hex')),
    text(5, span.name),
    span.kind === undefined ? empty : integer(6, BigInt(span.kind)),
    fixed64(7, span.start),
    fixed64(8, span.end),
    attributesOf(9, span.attributes ?? {}),
    ...(span.events ?? []).map((event) => message(11, concat([fixed64(1, event.at), text(2, event.name), attributesOf(3, event.attributes ?? {})]))),
    ...(span.links ?? []).map((link) => message(13, concat([message(1, Buffer.from(link.traceId, 'hex')), message(2, Buffer.from(link.spanId, 'hex'))]))),
    span.status === undefined ? empty : message(15, integer(3, BigInt(span.status))),
    span.flags === undefined ? empty : concat([varint((16n << 3n) | 5n), Buffer.from(Uint32Array.of(span.flags).buffer)]),
  ])
}

function attributesOf(number: number, attributes: Attributes): Uint8Array {
  return concat(Object.entries(attributes).map(([key, value]) => message(number, concat([text(1, key), message(2, anyValueOf(value))]))))
}

function anyValueOf(value: AttributeValue): Uint8Array {
  if (value === null) return empty
  if (typeof value === 'string') return text(1, value)
  if (typeof value === 'boolean') return integer(2, value ? 1n : 0n)
  if (typeof value === 'bigint') return integer(3, value)
  if (typeof value === 'number') return concat([varint((4n << 3n) | 1n), Buffer.from(Float64Array.of(value).buffer)])
  if (value instanceof Uint8Array) return message(7, value)
  return message(5, concat(value.map((item) => message(1, anyValueOf(item)))))
}

const empty = new Uint8Array(0)

/** A length-delimited field. */
export function message(number: number, payload: Uint8Array): Uint8Array {
  return concat([varint((BigInt(number) << 3n) | 2n), varint(BigInt(payload.length)), payload])
}

export function text(number: number, value: string): Uint8Array {
  return message(number, Buffer.from(value))
}

export function integer(number: number, value: bigint): Uint8Array {
  return concat([varint(BigInt(number) << 3n), varint(BigInt.asUintN(64, value))])
}

export function fixed64(number: number, value: bigint): Uint8Array {
  return concat([varint((BigInt(number) << 3n) | 1n), Buffer.from(BigUint64Array.of(value).buffer)])
}

export function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** The same request as OTLP/JSON text. */
export function encodeJson(resources: readonly PlainResource[]): string {
  return JSON.stringify({ resourceSpans: resources.map(jsonResourceSpans) })
}

function jsonResourceSpans({ attributes, spans }: PlainResource): object {
  return { resource: { attributes: jsonAttributes(attributes) }, scopeSpans: [{ scope: { name: 'test' }, spans: spans.map(jsonSpan) }] }
}

function jsonSpan(span: PlainSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.traceState === undefined ? {} : { traceState: span.traceState }),
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    ...(span.kind === undefined ? {} : { kind: span.kind }),
    startTimeUnixNano: String(span.start),
    endTimeUnixNano: String(span.end),
    attributes: jsonAttributes(span.attributes ?? {}),
    ...(span.links === undefined ? {} : { links: span.links }),
    ...(span.status === undefined ? {} : { status: { code: span.status } }),
    ...(span.flags === undefined ? {} : { flags: span.flags }),
  }
}

function jsonAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: jsonValue(value) }))
}

function jsonValue(value: AttributeValue): object {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (typeof value === 'number') return { doubleValue: Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value) }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  return { arrayValue: { values: value.map(jsonValue) } }
}
