/**
 * The span table: columns, not objects. One table holds the spans of one or more requests; row i of every column is
 * one span. Columns are Arrow's memory layout, and grow by doubling.
 *
 * Times are nanoseconds since the Unix epoch as little-endian pairs of 32-bit words (low at 2i, high at 2i+1), so
 * that nothing is lost and Arrow reads them as int64; `duration` is end − start in nanoseconds as a float64 (exact
 * below 104 days), never negative.
 */
import type { AttributeRef } from '../bundle/index.ts'
import type { Dictionary } from './dictionary.ts'
import { type LinkRef, linkColumns, SpanLinks } from './links.ts'
import { indexProjection, type ProjectionIndex } from './projection.ts'
import type { TraceStateRef } from './trace-state.ts'

/** Nanoseconds since the Unix epoch, truncated to a multiple of 256 ns: exact in a float64 until 2043. */
export type Nanos = number & { readonly __unit?: 'ns' }

export const attributeMissing = 0
/** `value` is the text's dictionary code. */
export const attributeText = 1
export const attributeNumber = 2
/** `value` is 0 or 1. */
export const attributeBoolean = 3
/** Bytes, lists, maps and empty values: present, equal to nothing. */
export const attributeOther = 4

/** What a table can have a column of. */
export type ColumnRef = AttributeRef | TraceStateRef | LinkRef

export interface AttributeColumn {
  readonly attribute: Exclude<ColumnRef, LinkRef>
  /** The attribute's name in UTF-8. */
  readonly key: DataView
  /** One of the constants above a row. */
  type: Uint8Array
  value: Float64Array
}

export class SpanTable {
  readonly dictionary: Dictionary
  length = 0
  /** Dictionary codes. */
  service: Uint32Array
  operation: Uint32Array
  /** OTLP's SpanKind. */
  kind: Uint8Array
  /** 0 unset, 1 ok, 2 error. */
  status: Uint8Array
  startTime: Uint32Array
  endTime: Uint32Array
  duration: Float64Array
  /** 16 bytes a row. */
  traceId: Uint8Array
  /** 8 bytes a row. */
  spanId: Uint8Array
  /** 8 bytes a row, zero for a root. */
  parentSpanId: Uint8Array
  readonly attributes: readonly AttributeColumn[]
  /** The attribute columns as decoders look them up. */
  readonly spanAttributes: ProjectionIndex
  readonly resourceAttributes: ProjectionIndex
  /** Those that decoders fill from the tracestate. */
  readonly traceState: readonly AttributeColumn[]
  /** Those of CONSUMER spans, where they were asked for. */
  readonly links: SpanLinks | undefined

  constructor(dictionary: Dictionary, projection: readonly ColumnRef[] = [], capacity = 1024) {
    this.dictionary = dictionary
    this.service = new Uint32Array(capacity)
    this.operation = new Uint32Array(capacity)
    this.kind = new Uint8Array(capacity)
    this.status = new Uint8Array(capacity)
    this.startTime = new Uint32Array(capacity * 2)
    this.endTime = new Uint32Array(capacity * 2)
    this.duration = new Float64Array(capacity)
    this.traceId = new Uint8Array(capacity * 16)
    this.spanId = new Uint8Array(capacity * 8)
    this.parentSpanId = new Uint8Array(capacity * 8)
    const encoder = new TextEncoder()
    this.links = projection.some(({ scope }) => scope === 'link') ? new SpanLinks(capacity) : undefined
    const attributes = projection.filter((column) => column.scope !== 'link')
    this.attributes = attributes.map((attribute) => ({
      attribute,
      key: viewOf(encoder.encode(attribute.name)),
      type: new Uint8Array(capacity),
      value: new Float64Array(capacity),
    }))
    this.spanAttributes = indexProjection(this.attributes, 'span')
    this.resourceAttributes = indexProjection(this.attributes, 'resource')
    this.traceState = this.attributes.filter((column) => column.attribute.scope === 'tracestate')
  }

  get capacity(): number {
    return this.duration.length
  }

  /** What it was made for: a table with the same projection has the same columns. */
  get projection(): readonly ColumnRef[] {
    return [...this.attributes.map(({ attribute }) => attribute), ...(this.links === undefined ? [] : linkColumns)]
  }

  /** Makes room for `rows` rows in all; contents are kept. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return
    let capacity = Math.max(1, this.capacity * 2)
    while (capacity < rows) capacity *= 2
    this.service = grown(this.service, new Uint32Array(capacity))
    this.operation = grown(this.operation, new Uint32Array(capacity))
    this.kind = grown(this.kind, new Uint8Array(capacity))
    this.status = grown(this.status, new Uint8Array(capacity))
    this.startTime = grown(this.startTime, new Uint32Array(capacity * 2))
    this.endTime = grown(this.endTime, new Uint32Array(capacity * 2))
    this.duration = grown(this.duration, new Float64Array(capacity))
    this.traceId = grown(this.traceId, new Uint8Array(capacity * 16))
    this.spanId = grown(this.spanId, new Uint8Array(capacity * 8))
    this.parentSpanId = grown(this.parentSpanId, new Uint8Array(capacity * 8))
    for (const column of this.attributes) {
      column.type = grown(column.type, new Uint8Array(capacity))
      column.value = grown(column.value, new Float64Array(capacity))
    }
    this.links?.reserve(capacity)
  }

  clear(): void {
    this.length = 0
    this.links?.clear()
  }

  /** Appends a row of another table with the same dictionary and projection. */
  append(from: SpanTable, row: number): void {
    this.reserve(this.length + 1)
    this.copy(from, row, this.length++)
  }

  /** Writes a row, of this or of another table with the same dictionary and projection, over row `to`. */
  copy(from: SpanTable, row: number, to: number): void {
    for (const name of ['service', 'operation', 'kind', 'status', 'duration'] as const) this[name][to] = from[name][row] as number
    for (const name of ['startTime', 'endTime'] as const) this[name].set(from[name].subarray(row * 2, row * 2 + 2), to * 2)
    for (const name of ['spanId', 'parentSpanId'] as const) this[name].set(from[name].subarray(row * 8, row * 8 + 8), to * 8)
    this.traceId.set(from.traceId.subarray(row * 16, row * 16 + 16), to * 16)
    this.attributes.forEach((column, i) => {
      const { type, value } = from.attributes[i] as AttributeColumn
      column.type[to] = type[row] as number
      column.value[to] = value[row] as number
    })
    if (this.links !== undefined && from.links !== undefined) this.links.copy(from.links, row, to)
  }

  /** End of span `row`. */
  endOf(row: number): Nanos {
    return nanosOf(this.endTime, row)
  }

  startOf(row: number): Nanos {
    return nanosOf(this.startTime, row)
  }

  traceIdOf(row: number): string {
    return hex(this.traceId, row * 16, 16)
  }

  spanIdOf(row: number): string {
    return hex(this.spanId, row * 8, 8)
  }

  parentSpanIdOf(row: number): string {
    return hex(this.parentSpanId, row * 8, 8)
  }
}

/** The pair of words as engine time. */
export function nanosOf(words: Uint32Array, row: number): Nanos {
  return (words[row * 2 + 1] as number) * 4294967296 + (((words[row * 2] as number) & 0xffffff00) >>> 0)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function hex(bytes: Uint8Array, from: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('hex')
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(old: T, bigger: T): T {
  bigger.set(old as never)
  return bigger
}
