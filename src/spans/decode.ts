/**
 * OTLP protobuf straight into columns. The same walk serves ExportTraceServiceRequest, TracesData and Tempo's Trace: in
 * all three, resource_spans is field 1. What no column needs is skipped by its length and not looked into.
 *
 * Fields may come in any order and more than once: of a scalar the last one counts, as protobuf has it, and of two
 * attributes with one key the last. A resource may follow its spans, so service and resource columns are filled when
 * its ResourceSpans ends.
 */
import { AttributeReader } from './attributes.ts'
import { equalBytes } from './bytes.ts'
import { notUtf8 } from './dictionary.ts'
import type { SpanLinks } from './links.ts'
import { placeOfKey, shapeOf } from './projection.ts'
import { type DecodeResult, unknownService } from './result.ts'
import { type AttributeColumn, attributeMissing, attributeText, type SpanTable } from './table.ts'
import { storeTraceState } from './trace-state.ts'
import { bytesType, fixed64Type, varintType, WireReader } from './wire.ts'

/** Appends the request's spans to the table. Never throws on bad input; see {@link DecodeResult}. */
export function decodeRequest(bytes: Uint8Array, table: SpanTable): DecodeResult {
  const before = table.length
  const decoder = new RequestDecoder(bytes, table)
  if (!decoder.request()) {
    table.length = before
    return { ok: false, offset: decoder.reader.failedAt, message: decoder.reader.failure }
  }
  table.length = decoder.row
  const counts = { ok: true, spans: decoder.row - before, rejected: decoder.rejected, negative: decoder.negative } as const
  return decoder.rejected === 0 ? counts : { ...counts, message: decoder.rejection }
}

const serviceName = new DataView(new TextEncoder().encode('service.name').buffer)

class RequestDecoder {
  readonly reader: WireReader
  row: number
  rejected = 0
  rejection = ''
  negative = 0
  readonly #table: SpanTable
  /** Whether any attribute of a span is wanted. */
  readonly #projecting: boolean
  /** Whether the tracestate is. */
  readonly #tracing: boolean
  /** Where links of CONSUMER spans go. */
  readonly #links: SpanLinks | undefined
  #columns: ReturnType<typeof columnsOf>
  /** Code of the present ResourceSpans' service.name; 0 while it has none. */
  #service = 0
  readonly #attributes: AttributeReader
  readonly #resourceType: Uint8Array
  readonly #resourceValue: Float64Array
  /** Where the field after an unusual one starts. */
  #after = 0

  constructor(bytes: Uint8Array, table: SpanTable) {
    this.reader = new WireReader(bytes)
    this.row = table.length
    this.#table = table
    this.#projecting = table.spanAttributes.columns.length > 0
    this.#tracing = table.traceState.length > 0
    this.#links = table.links
    this.#columns = columnsOf(table)
    this.#attributes = new AttributeReader(this.reader, table.spanAttributes, table.dictionary)
    this.#resourceType = new Uint8Array(table.resourceAttributes.columns.length)
    this.#resourceValue = new Float64Array(table.resourceAttributes.columns.length)
  }

  request(): boolean {
    const { reader } = this
    const end = reader.bytes.length
    for (let at = 0; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 1 && !(reader.expect(bytesType, 'resource_spans') && this.#resourceSpans(reader.from, at))) return false
    }
    return true
  }

  #resourceSpans(start: number, end: number): boolean {
    const { reader } = this
    const first = this.row
    this.#service = 0
    this.#resourceType.fill(attributeMissing)
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 1) {
        if (!(reader.expect(bytesType, 'resource') && this.#resource(reader.from, at))) return false
      } else if (reader.number === 2) {
        if (!(reader.expect(bytesType, 'scope_spans') && this.#scopeSpans(reader.from, at))) return false
      }
    }
    const table = this.#table
    table.service.fill(this.#service === 0 ? table.dictionary.code(unknownService) : this.#service, first, this.row)
    table.resourceAttributes.columns.forEach((column, i) => {
      column.type.fill(this.#resourceType[i] as number, first, this.row)
      column.value.fill(this.#resourceValue[i] as number, first, this.row)
    })
    return true
  }

  #resource(start: number, end: number): boolean {
    const { reader } = this
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 1 && !(reader.expect(bytesType, 'attributes') && this.#resourceAttribute(reader.from, at))) return false
    }
    return true
  }

  #resourceAttribute(start: number, end: number): boolean {
    const attribute = this.#attributes
    if (!attribute.keyValue(start, end)) return false
    const { view } = this.reader
    const place = placeOfKey(this.#table.resourceAttributes, view, attribute.keyFrom, attribute.keyTo)
    const length = attribute.keyTo - attribute.keyFrom
    const isService = length === serviceName.byteLength && equalBytes(serviceName, 0, view, attribute.keyFrom, length)
    if (place === 0 && !isService) return true
    if (!attribute.intern()) return false
    if (isService) this.#service = attribute.type === attributeText ? attribute.value : 0
    if (place !== 0) {
      this.#resourceType[place - 1] = attribute.type
      this.#resourceValue[place - 1] = attribute.value
    }
    return true
  }

  #scopeSpans(start: number, end: number): boolean {
    const { reader } = this
    const { bytes } = reader
    for (let at = start | 0; at < end; ) {
      const low = bytes[at + 1] as number
      const high = bytes[at + 2] as number
      const from = at + 3
      const next = from + (low & 0x7f) + (high << 7)
      if (bytes[at] === spansTag && low >= 0x80 && high < 0x80 && next <= end) {
        // As nearly every span: a length of two bytes.
        if (!this.#span(from, next)) return false
        at = next
      } else {
        if (!reader.field(at, end)) return false
        at = reader.next | 0
        if (reader.number === 2 && !(reader.expect(bytesType, 'spans') && this.#span(reader.from, at))) return false
      }
    }
    return true
  }

  /**
   * The hot path. The fields up to the end time are tried in the order of their numbers, in which every SDK writes them, so that
   * each costs one well-predicted branch; then attributes and the rest, in a loop without calls. What is written in another order
   * or in another way goes through `#unusualField`. All write into the row at once and say in `seen` what they wrote.
   */
  #span(start: number, end: number): boolean {
    const { reader } = this
    const { bytes, view } = reader
    const row = this.row
    if (row === this.#columns.capacity) this.#grow()
    const { traceId, spanId, parentSpanId, operation, kind, status, startTime, endTime, duration } = this.#columns
    const projecting = this.#projecting
    const attributes = this.#attributes
    const shapes = this.#table.spanAttributes.firstOfShape
    if (projecting) this.#forgetAttributes(row)
    if (this.#tracing) storeTraceState(this.#table.traceState, row, '')
    this.#links?.begin(row)
    kind[row] = 0
    status[row] = 0
    const t = row * 4
    const i = row * 2
    let seen = 0
    let at = start | 0
    if (at + 28 <= end && bytes[at] === traceIdTag && bytes[at + 1] === 16 && bytes[at + 18] === spanIdTag && bytes[at + 19] === 8) {
      traceId[t] = view.getUint32(at + 2, true)
      traceId[t + 1] = view.getUint32(at + 6, true)
      traceId[t + 2] = view.getUint32(at + 10, true)
      traceId[t + 3] = view.getUint32(at + 14, true)
      spanId[i] = view.getUint32(at + 20, true)
      spanId[i + 1] = view.getUint32(at + 24, true)
      seen = sawTraceId | sawSpanId
      at += 28
    }
    if (at + 2 <= end && bytes[at] === traceStateTag && (bytes[at + 1] as number) < 0x80 && at + 2 + (bytes[at + 1] as number) <= end) {
      const from = at + 2
      at = from + (bytes[at + 1] as number)
      if (this.#tracing) this.#traceState(from, at, row)
    }
    if (at + 10 <= end && bytes[at] === parentSpanIdTag && bytes[at + 1] === 8) {
      parentSpanId[i] = view.getUint32(at + 2, true)
      parentSpanId[i + 1] = view.getUint32(at + 6, true)
      seen |= sawParent
      at += 10
    }
    let nameFrom = at
    let nameTo = at
    if (at + 2 <= end && bytes[at] === nameTag && (bytes[at + 1] as number) < 0x80 && at + 2 + (bytes[at + 1] as number) <= end) {
      nameFrom = at + 2
      nameTo = nameFrom + (bytes[at + 1] as number)
      at = nameTo
    }
    if (at + 2 <= end && bytes[at] === kindTag && (bytes[at + 1] as number) <= greatestKind) {
      kind[row] = bytes[at + 1] as number
      at += 2
    }
    if (at + 18 <= end && bytes[at] === startTag && bytes[at + 9] === endTag) {
      startTime[i] = view.getUint32(at + 1, true)
      startTime[i + 1] = view.getUint32(at + 5, true)
      endTime[i] = view.getUint32(at + 10, true)
      endTime[i + 1] = view.getUint32(at + 14, true)
      seen |= sawStart | sawEnd
      at += 18
    }
    while (at < end) {
      while (at < end) {
        const tag = bytes[at] as number
        const second = bytes[at + 1] as number
        const next = at + 2 + second
        if (tag === attributesTag) {
          if (second >= 0x80 || next > end) break
          if (projecting) {
            const keyTo = at + 4 + (bytes[at + 3] as number)
            if (keyTo + 2 > next || bytes[at + 2] !== keyTag || bytes[keyTo] !== valueTag || keyTo + 2 + (bytes[keyTo + 1] as number) !== next) break
            if (shapes[shapeOf(keyTo - at - 4, bytes[keyTo - 1] as number)] !== 0 && !attributes.usual(at + 2, keyTo, next, row)) return false
          }
          at = next
        } else if (tag === statusTag && second === 0 && next <= end) at = next
        else if (tag === statusTag && second === 2 && next <= end && bytes[at + 2] === statusCodeTag && (bytes[at + 3] as number) <= greatestStatus) {
          status[row] = bytes[at + 3] as number
          at = next
        } else if (tag === flagsTag && second === 0x01 && at + 6 <= end) at += 6
        else break
      }
      if (at >= end) break
      const bits = this.#unusualField(at, end, row)
      if (bits === failed) return false
      if (bits === sawName) {
        nameFrom = reader.from | 0
        nameTo = reader.next | 0
      }
      seen |= bits
      at = this.#after | 0
    }
    if ((seen & sawAll) !== sawAll || (seen & sawWrongId) !== 0) {
      if ((seen & sawWrongId) !== 0) return this.#reject('a trace id is not 16 bytes long, or a span id not 8')
      this.#fillMissing(seen, row)
    }
    if (((traceId[t] as number) | (traceId[t + 1] as number) | (traceId[t + 2] as number) | (traceId[t + 3] as number)) === 0)
      return this.#reject('a trace id is all zero or missing')
    if (((spanId[i] as number) | (spanId[i + 1] as number)) === 0) return this.#reject('a span id is all zero or missing')
    const name = this.#table.dictionary.codeOfBytes(bytes, nameFrom, nameTo, view)
    if (name === notUtf8) return reader.fail(nameFrom, 'a span name is not UTF-8')
    operation[row] = name
    const ns = ((endTime[i + 1] as number) - (startTime[i + 1] as number)) * 4294967296 + ((endTime[i] as number) - (startTime[i] as number))
    duration[row] = ns > 0 ? ns : 0
    if (ns < 0) this.negative++
    if (this.#links !== undefined && kind[row] !== consumerKind) this.#links.forget(row)
    this.row = row + 1
    return true
  }

  /** Any field of a span, read by the book: what it wrote as bits of `seen`, or `failed`. `#after` is where the next one starts. */
  #unusualField(at: number, end: number, row: number): number {
    const { reader } = this
    if (!reader.field(at, end)) return failed
    const { from, next } = reader
    this.#after = next
    const wanted = spanFields[reader.number]
    if (wanted === undefined) {
      if (reader.number === 3 && reader.wire === bytesType && this.#tracing) this.#traceState(from, next, row)
      if (reader.number !== 13 || this.#links === undefined) return 0
      return reader.expect(bytesType, 'links') && this.#link(this.#links, from, next, row) ? 0 : failed
    }
    if (!reader.expect(wanted.wire, wanted.name)) return failed
    const table = this.#table
    switch (reader.number) {
      case 1:
        return this.#id(table.traceId, row, 16) ? sawTraceId : sawWrongId
      case 2:
        return this.#id(table.spanId, row, 8) ? sawSpanId : sawWrongId
      case 4:
        return next === from ? 0 : this.#id(table.parentSpanId, row, 8) ? sawParent : sawWrongId
      case 5:
        return sawName
      case 6:
        table.kind[row] = reader.high === 0 && reader.low <= greatestKind ? reader.low : 0
        return 0
      case 7:
        this.#time(table.startTime, row)
        return sawStart
      case 8:
        this.#time(table.endTime, row)
        return sawEnd
      case 9:
        return !this.#projecting || this.#attributes.any(from, next, row) ? 0 : failed
      default:
        return this.#status(from, next, row) ? 0 : failed
    }
  }

  #id(column: Uint8Array, row: number, size: number): boolean {
    const { bytes, from, next } = this.reader
    if (next - from !== size) return false
    column.set(bytes.subarray(from, next), row * size)
    return true
  }

  #time(column: Uint32Array, row: number): void {
    const { view, from } = this.reader
    column[row * 2] = view.getUint32(from, true)
    column[row * 2 + 1] = view.getUint32(from + 4, true)
  }

  /** Zeroes what a span lacks, such as a root's parent: the row was another span's before. */
  #fillMissing(seen: number, row: number): void {
    const { traceId, spanId, parentSpanId, startTime, endTime } = this.#columns
    if ((seen & sawTraceId) === 0) traceId.fill(0, row * 4, row * 4 + 4)
    if ((seen & sawSpanId) === 0) spanId.fill(0, row * 2, row * 2 + 2)
    if ((seen & sawParent) === 0) parentSpanId.fill(0, row * 2, row * 2 + 2)
    if ((seen & sawStart) === 0) startTime.fill(0, row * 2, row * 2 + 2)
    if ((seen & sawEnd) === 0) endTime.fill(0, row * 2, row * 2 + 2)
  }

  /** A link without both ids, or with a wrong one, points nowhere. */
  #link(links: SpanLinks, start: number, end: number, row: number): boolean {
    const { reader } = this
    const { view } = reader
    let trace = -1
    let span = -1
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 1) {
        if (!reader.expect(bytesType, 'links.trace_id')) return false
        trace = at - reader.from === 16 ? reader.from : -1
      } else if (reader.number === 2) {
        if (!reader.expect(bytesType, 'links.span_id')) return false
        span = at - reader.from === 8 ? reader.from : -1
      }
    }
    if (trace < 0 || span < 0 || isZero(view, trace, 16) || isZero(view, span, 8)) return true
    const place = links.place(row)
    if (place < 0) return true
    for (let i = 0; i < 4; i++) links.words[place + i] = view.getUint32(trace + i * 4, true)
    for (let i = 0; i < 2; i++) links.words[place + 4 + i] = view.getUint32(span + i * 4, true)
    return true
  }

  #reject(why: string): true {
    this.#links?.forget(this.row)
    if (this.rejected++ === 0) this.rejection = why
    return true
  }

  /** W3C has it ASCII; what is not is no sampler's. */
  #traceState(start: number, end: number, row: number): void {
    let text = ''
    for (let at = start; at < end; at++) text += String.fromCharCode(this.reader.bytes[at] as number)
    storeTraceState(this.#table.traceState, row, text)
  }

  #status(start: number, end: number, row: number): boolean {
    const { reader } = this
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number !== 3) continue
      if (!reader.expect(varintType, 'status.code')) return false
      this.#columns.status[row] = reader.high === 0 && reader.low <= greatestStatus ? reader.low : 0
    }
    return true
  }

  #forgetAttributes(row: number): void {
    const { columns } = this.#table.spanAttributes
    for (let i = 0; i < columns.length; i++) (columns[i] as AttributeColumn).type[row] = attributeMissing
  }

  #grow(): void {
    this.#table.reserve(this.row + 1)
    this.#columns = columnsOf(this.#table)
  }
}

function isZero(bytes: DataView, from: number, length: number): boolean {
  for (let at = from; at < from + length; at += 4) if (bytes.getUint32(at) !== 0) return false
  return true
}

/** Tags of the fields that are read in place: of ScopeSpans, and of Span. */
const spansTag = 0x12
const traceIdTag = 0x0a
const spanIdTag = 0x12
const traceStateTag = 0x1a
const parentSpanIdTag = 0x22
const nameTag = 0x2a
const kindTag = 0x30
const startTag = 0x39
const endTag = 0x41
const attributesTag = 0x4a
const statusTag = 0x7a
const statusCodeTag = 0x18
/** The first of two bytes; the second is 1. */
const flagsTag = 0x85

/** Of KeyValue. */
const keyTag = 0x0a
const valueTag = 0x12

/** OTLP's greatest SpanKind and StatusCode; anything above counts as unspecified. */
const greatestKind = 5
const consumerKind = 5
const greatestStatus = 2

/** What was seen of a span so far. */
const sawTraceId = 1
const sawSpanId = 2
const sawParent = 4
const sawStart = 8
const sawEnd = 16
const sawAll = 31
const sawName = 32
const sawWrongId = 64
const failed = -1

/** The fields of a span that are read, by number. */
const spanFields: Readonly<Record<number, { readonly name: string; readonly wire: number }>> = {
  1: { name: 'trace_id', wire: bytesType },
  2: { name: 'span_id', wire: bytesType },
  4: { name: 'parent_span_id', wire: bytesType },
  5: { name: 'name', wire: bytesType },
  6: { name: 'kind', wire: varintType },
  7: { name: 'start_time_unix_nano', wire: fixed64Type },
  8: { name: 'end_time_unix_nano', wire: fixed64Type },
  9: { name: 'attributes', wire: bytesType },
  15: { name: 'status', wire: bytesType },
}

/** The table's columns as the hot loop writes them, ids a word at a time. */
function columnsOf(table: SpanTable) {
  const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
  return {
    capacity: table.capacity,
    traceId: words(table.traceId),
    spanId: words(table.spanId),
    parentSpanId: words(table.parentSpanId),
    operation: table.operation,
    kind: table.kind,
    status: table.status,
    startTime: table.startTime,
    endTime: table.endTime,
    duration: table.duration,
  }
}
