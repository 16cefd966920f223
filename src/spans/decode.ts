/**
 * OTLP protobuf straight into columns. The same walk serves ExportTraceServiceRequest, TracesData and Tempo's Trace: in
 * all three, resource_spans is field 1. What no column needs is skipped by its length and not looked into.
 *
 * Fields may come in any order and more than once: of a scalar the last one counts, as protobuf has it, and of two
 * attributes with one key the last. A resource may follow its spans, so service and resource columns are filled when
 * its ResourceSpans ends.
 */
import { notUtf8 } from './dictionary.ts'
import { columnOfBytes, sameBytes } from './projection.ts'
import { type DecodeResult, unknownService } from './result.ts'
import { type AttributeColumn, attributeBoolean, attributeMissing, attributeNumber, attributeOther, attributeText, type SpanTable } from './table.ts'
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

const serviceName = new TextEncoder().encode('service.name')

class RequestDecoder {
  readonly reader: WireReader
  row: number
  rejected = 0
  rejection = ''
  negative = 0
  readonly #table: SpanTable
  /** Whether any attribute of a span is wanted. */
  readonly #projecting: boolean
  #columns: ReturnType<typeof columnsOf>
  /** Code of the present ResourceSpans' service.name; 0 while it has none. */
  #service = 0
  readonly #resourceType: Uint8Array
  readonly #resourceValue: Float64Array
  /** The KeyValue last read: its key's bytes, and its value as a column has it, a text as bytes. */
  #keyFrom = 0
  #keyTo = 0
  #valueType = attributeMissing
  #value = 0
  #textFrom = 0
  #textTo = 0

  constructor(bytes: Uint8Array, table: SpanTable) {
    this.reader = new WireReader(bytes)
    this.row = table.length
    this.#table = table
    this.#projecting = table.spanAttributes.columns.length > 0
    this.#columns = columnsOf(table)
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
    if (!this.#keyValue(start, end)) return false
    const { bytes } = this.reader
    const column = columnOfBytes(this.#table.resourceAttributes, bytes, this.#keyFrom, this.#keyTo)
    const isService = this.#keyTo - this.#keyFrom === serviceName.length && sameBytes(serviceName, bytes, this.#keyFrom)
    if (column === undefined && !isService) return true
    if (!this.#intern()) return false
    if (isService) this.#service = this.#valueType === attributeText ? this.#value : 0
    if (column !== undefined) {
      const i = this.#table.resourceAttributes.columns.indexOf(column)
      this.#resourceType[i] = this.#valueType
      this.#resourceValue[i] = this.#value
    }
    return true
  }

  #scopeSpans(start: number, end: number): boolean {
    const { reader } = this
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 2 && !(reader.expect(bytesType, 'spans') && this.#span(reader.from, at))) return false
    }
    return true
  }

  /**
   * The hot loop: nearly every field of a real span has a tag and a length of one byte each, and these are read here;
   * whatever else goes through the reader.
   */
  #span(start: number, end: number): boolean {
    const { reader } = this
    const { bytes, view } = reader
    const row = this.row
    if (row === this.#columns.capacity) this.#grow()
    const columns = this.#columns
    const projecting = this.#projecting
    if (projecting) this.#forgetAttributes(row)
    let nameFrom = start
    let nameTo = start
    let kind = 0
    let status = 0
    let ids = 0
    let startLow = 0
    let startHigh = 0
    let endLow = 0
    let endHigh = 0
    columns.parentSpanId[row * 2] = 0
    columns.parentSpanId[row * 2 + 1] = 0
    for (let at = start; at < end; ) {
      let tag = bytes[at] as number
      const length = bytes[at + 1] as number
      let from = at + 2
      let next = from + length
      let scalar = length
      if ((tag & 0x87) === bytesType && length < 0x80) {
        // [from, next) is the payload.
      } else if (tag === startTag || tag === endTag) {
        from = at + 1
        next = at + 9
      } else if (tag === kindTag && length < 0x80) next = from
      else if (tag === flagsTag && length === 0x01) next = at + 6
      else {
        if (!reader.field(at, end)) return false
        tag = reader.number * 8 + reader.wire
        from = reader.from
        next = reader.next
        scalar = reader.high === 0 ? reader.low : unknownEnum
      }
      if (next > end) return reader.field(at, end)
      switch (tag) {
        case attributesTag:
          if (projecting && !this.#attribute(from, next, row)) return false
          break
        case traceIdTag:
          ids &= ~hasTraceId
          if (next - from === 16) {
            const a = view.getUint32(from, true)
            const b = view.getUint32(from + 4, true)
            const c = view.getUint32(from + 8, true)
            const d = view.getUint32(from + 12, true)
            columns.traceId[row * 4] = a
            columns.traceId[row * 4 + 1] = b
            columns.traceId[row * 4 + 2] = c
            columns.traceId[row * 4 + 3] = d
            if ((a | b | c | d) !== 0) ids |= hasTraceId
          }
          break
        case spanIdTag:
          ids &= ~hasSpanId
          if (next - from === 8) {
            const a = view.getUint32(from, true)
            const b = view.getUint32(from + 4, true)
            columns.spanId[row * 2] = a
            columns.spanId[row * 2 + 1] = b
            if ((a | b) !== 0) ids |= hasSpanId
          }
          break
        case parentSpanIdTag:
          ids = next - from === 8 || next === from ? ids & ~wrongParent : ids | wrongParent
          columns.parentSpanId[row * 2] = next - from === 8 ? view.getUint32(from, true) : 0
          columns.parentSpanId[row * 2 + 1] = next - from === 8 ? view.getUint32(from + 4, true) : 0
          break
        case nameTag:
          nameFrom = from
          nameTo = next
          break
        case startTag:
          startLow = view.getUint32(from, true)
          startHigh = view.getUint32(from + 4, true)
          break
        case endTag:
          endLow = view.getUint32(from, true)
          endHigh = view.getUint32(from + 4, true)
          break
        case kindTag:
          kind = scalar <= greatestKind ? scalar : 0
          break
        case statusTag:
          if (next > from) status = this.#status(from, next, status)
          if (status < 0) return false
          break
        case eventsTag:
        case linksTag:
        case traceStateTag:
        case flagsTag:
          break
        default:
          if (!(reader.field(at, end) && this.#isUnread())) return false
      }
      at = next
    }
    if (ids !== (hasTraceId | hasSpanId)) return this.#reject(ids)
    const name = this.#table.dictionary.codeOfBytes(bytes, nameFrom, nameTo)
    if (name === notUtf8) return reader.fail(nameFrom, 'a span name is not UTF-8')
    columns.operation[row] = name
    columns.kind[row] = kind
    columns.status[row] = status
    columns.startTime[row * 2] = startLow
    columns.startTime[row * 2 + 1] = startHigh
    columns.endTime[row * 2] = endLow
    columns.endTime[row * 2 + 1] = endHigh
    const duration = (endHigh - startHigh) * 4294967296 + (endLow - startLow)
    columns.duration[row] = duration > 0 ? duration : 0
    if (duration < 0) this.negative++
    this.row = row + 1
    return true
  }

  /** Whether the field just read is none that is read under another wire type. */
  #isUnread(): boolean {
    const { reader } = this
    const wanted = spanFields[reader.number]
    return wanted === undefined || reader.expect(wanted.wire, wanted.name)
  }

  /** The status code of a Status message, or `previous` if it has none; -1 on failure. */
  #status(start: number, end: number, previous: number): number {
    const { reader } = this
    let code = previous
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return -1
      at = reader.next
      if (reader.number !== 3) continue
      if (!reader.expect(varintType, 'status.code')) return -1
      code = reader.high === 0 && reader.low <= greatestStatus ? reader.low : 0
    }
    return code
  }

  /** The usual KeyValue, a key and then a value, is left at its key when no column wants it. */
  #attribute(start: number, end: number, row: number): boolean {
    const { reader } = this
    const { bytes } = reader
    const keyFrom = start + 2
    const keyTo = keyFrom + (bytes[start + 1] as number)
    if (bytes[start] === 0x0a && keyTo - keyFrom < 0x80 && keyTo + 2 <= end && bytes[keyTo] === 0x12) {
      const length = bytes[keyTo + 1] as number
      if (length < 0x80 ? keyTo + 2 + length === end : reader.length(keyTo + 1, end) && reader.next === end) {
        const column = columnOfBytes(this.#table.spanAttributes, bytes, keyFrom, keyTo)
        if (column === undefined) return true
        this.#valueType = attributeOther
        return this.#anyValue(length < 0x80 ? keyTo + 2 : reader.from, end) && this.#store(column, row)
      }
    }
    if (!this.#keyValue(start, end)) return false
    const column = columnOfBytes(this.#table.spanAttributes, bytes, this.#keyFrom, this.#keyTo)
    return column === undefined || this.#store(column, row)
  }

  #store(column: AttributeColumn, row: number): boolean {
    if (!this.#intern()) return false
    column.type[row] = this.#valueType
    column.value[row] = this.#value
    return true
  }

  #keyValue(start: number, end: number): boolean {
    const { reader } = this
    this.#keyFrom = this.#keyTo = start
    this.#valueType = attributeOther
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 1) {
        if (!reader.expect(bytesType, 'key')) return false
        this.#keyFrom = reader.from
        this.#keyTo = at
      } else if (reader.number === 2) {
        if (!(reader.expect(bytesType, 'value') && this.#anyValue(reader.from, at))) return false
      }
    }
    return true
  }

  /** Of a oneof the last member counts; an AnyValue without a member changes nothing. */
  #anyValue(start: number, end: number): boolean {
    const { reader } = this
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      switch (reader.number) {
        case 1:
          if (!reader.expect(bytesType, 'string_value')) return false
          this.#valueType = attributeText
          this.#textFrom = reader.from
          this.#textTo = at
          break
        case 2:
          if (!reader.expect(varintType, 'bool_value')) return false
          this.#valueType = attributeBoolean
          this.#value = (reader.low | reader.high) === 0 ? 0 : 1
          break
        case 3:
          if (!reader.expect(varintType, 'int_value')) return false
          this.#valueType = attributeNumber
          this.#value = (reader.high | 0) * 4294967296 + reader.low
          break
        case 4:
          if (!reader.expect(fixed64Type, 'double_value')) return false
          this.#valueType = attributeNumber
          this.#value = reader.view.getFloat64(reader.from, true)
          break
        case 5:
        case 6:
        case 7:
          if (!reader.expect(bytesType, 'array_value, kvlist_value or bytes_value')) return false
          this.#valueType = attributeOther
      }
    }
    return true
  }

  /** Gives the value just read its dictionary code if it is a text. */
  #intern(): boolean {
    if (this.#valueType === attributeOther) this.#value = 0
    if (this.#valueType !== attributeText) return true
    const code = this.#table.dictionary.codeOfBytes(this.reader.bytes, this.#textFrom, this.#textTo)
    if (code === notUtf8) return this.reader.fail(this.#textFrom, 'an attribute text is not UTF-8')
    this.#value = code
    return true
  }

  #reject(ids: number): boolean {
    if (this.rejected++ === 0) {
      if ((ids & hasTraceId) === 0) this.rejection = 'a trace id is all zero or not 16 bytes long'
      else if ((ids & hasSpanId) === 0) this.rejection = 'a span id is all zero or not 8 bytes long'
      else this.rejection = 'a parent span id is not 8 bytes long'
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

const traceIdTag = 0x0a
const spanIdTag = 0x12
const parentSpanIdTag = 0x22
const nameTag = 0x2a
const traceStateTag = 0x1a
const kindTag = 0x30
const startTag = 0x39
const endTag = 0x41
const attributesTag = 0x4a
const eventsTag = 0x5a
const linksTag = 0x6a
const statusTag = 0x7a
/** The first of two bytes; the second is 1. */
const flagsTag = 0x85

const greatestKind = 5
const greatestStatus = 2
const unknownEnum = 0xffffffff

/** Bits of what is known of a span's ids. */
const hasTraceId = 1
const hasSpanId = 2
const wrongParent = 4

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
