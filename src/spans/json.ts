/**
 * OTLP/JSON into columns, with the same outcome as the same request in protobuf. Ids are hex in either case, 64-bit
 * integers strings or numbers (a number beyond 2^53 has lost its last digits before we see it), enums integers or, as
 * the Collector also takes them, names; unknown fields are ignored and null is absence. A value of a wrong type is a
 * failure that names its path.
 */
import type { SpanLinks } from './links.ts'
import { type DecodeResult, unknownService } from './result.ts'
import { type AttributeColumn, attributeBoolean, attributeMissing, attributeNumber, attributeOther, attributeText, type SpanTable } from './table.ts'
import { storeTraceState } from './trace-state.ts'

type Json = Readonly<Record<string, unknown>>

/** Appends the request's spans to the table. Never throws on bad input; see {@link DecodeResult}. */
export function decodeJson(input: string | Uint8Array, table: SpanTable): DecodeResult {
  const parsed = parse(input)
  if (!parsed.ok) return parsed
  const before = table.length
  const decoder = new JsonDecoder(table)
  try {
    decoder.request(parsed.value)
  } catch (error) {
    table.length = before
    if (error instanceof WrongType) return { ok: false, offset: undefined, message: error.message }
    throw error
  }
  const counts = { ok: true, spans: table.length - before, rejected: decoder.rejected, negative: decoder.negative } as const
  return decoder.rejected === 0 ? counts : { ...counts, message: decoder.rejection }
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly offset: number | undefined; readonly message: string }

function parse(input: string | Uint8Array): Parsed {
  let text: string
  try {
    text = typeof input === 'string' ? input : new TextDecoder('utf-8', { fatal: true }).decode(input)
  } catch {
    return { ok: false, offset: undefined, message: 'the JSON is not UTF-8' }
  }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    const { message } = error as SyntaxError
    return { ok: false, offset: offsetIn(message, text), message: `not JSON: ${message}` }
  }
}

/** The byte where JSON.parse stopped, as far as its message tells. */
function offsetIn(message: string, text: string): number | undefined {
  if (message.startsWith('Unexpected end')) return Buffer.byteLength(text)
  const position = / at position (\d+)/.exec(message)
  return position === null ? undefined : Buffer.byteLength(text.slice(0, Number(position[1])))
}

/** Unwinds the walk; never leaves this file. */
class WrongType extends Error {}

function wrong(path: string, expected: string, value: unknown): never {
  const found =
    value === null
      ? 'null'
      : Array.isArray(value)
        ? 'an array'
        : typeof value === 'string'
          ? JSON.stringify(value.slice(0, 40))
          : typeof value === 'object'
            ? 'an object'
            : String(value)
  throw new WrongType(`${path}: expected ${expected}, found ${found}`)
}

class JsonDecoder {
  rejected = 0
  rejection = ''
  negative = 0
  readonly #table: SpanTable
  /** Of a link: a trace's id and a span's. */
  readonly #id = new Uint8Array(24)

  constructor(table: SpanTable) {
    this.#table = table
  }

  request(value: unknown): void {
    const request = objectAt(value, 'the request')
    listAt(request, 'resourceSpans', '', (item, path) => this.#resourceSpans(objectAt(item, path), path))
  }

  #resourceSpans(resourceSpans: Json, path: string): void {
    const table = this.#table
    const first = table.length
    listAt(resourceSpans, 'scopeSpans', path, (scope, scopePath) =>
      listAt(objectAt(scope, scopePath), 'spans', scopePath, (span, spanPath) => this.#span(objectAt(span, spanPath), spanPath)),
    )
    const last = table.length
    let service = 0
    for (const { type, value } of table.resourceAttributes.columns) {
      type.fill(attributeMissing, first, last)
      value.fill(0, first, last)
    }
    if (!isAbsent(resourceSpans.resource)) {
      const resourcePath = `${path}.resource`
      listAt(objectAt(resourceSpans.resource, resourcePath), 'attributes', resourcePath, (item, attributePath) => {
        const attribute = objectAt(item, attributePath)
        const key = textAt(attribute, 'key', attributePath)
        const column = table.resourceAttributes.byName.get(key)
        if (column === undefined && key !== 'service.name') return
        const [type, value] = this.#value(attribute, attributePath)
        if (key === 'service.name') service = type === attributeText ? value : 0
        column?.type.fill(type, first, last)
        column?.value.fill(value, first, last)
      })
    }
    table.service.fill(service === 0 ? table.dictionary.code(unknownService) : service, first, last)
  }

  #span(span: Json, path: string): void {
    const table = this.#table
    const row = table.length
    table.reserve(row + 1)
    const ids = [
      hexAt(span, 'traceId', path, table.traceId, row * 16, 16),
      hexAt(span, 'spanId', path, table.spanId, row * 8, 8),
      hexAt(span, 'parentSpanId', path, table.parentSpanId, row * 8, 8),
    ] as const
    timeAt(span, 'startTimeUnixNano', path, table.startTime, row)
    timeAt(span, 'endTimeUnixNano', path, table.endTime, row)
    table.operation[row] = table.dictionary.code(textAt(span, 'name', path))
    table.kind[row] = enumAt(span, 'kind', path, kinds)
    table.status[row] = isAbsent(span.status) ? 0 : enumAt(objectAt(span.status, `${path}.status`), 'code', `${path}.status`, statuses)
    this.#spanAttributes(span, path, row)
    if (table.traceState.length > 0) storeTraceState(table.traceState, row, isAbsent(span.traceState) ? '' : textAt(span, 'traceState', path))
    table.links?.begin(row)
    if (table.links !== undefined && table.kind[row] === consumerKind) this.#links(span, path, table.links, row)
    const rejection = rejectionOf(ids)
    if (rejection !== undefined) {
      table.links?.forget(row)
      if (this.rejected++ === 0) this.rejection = rejection
      return
    }
    const ns = difference(table.endTime, table.startTime, row)
    table.duration[row] = ns > 0 ? ns : 0
    if (ns < 0) this.negative++
    table.length = row + 1
  }

  #spanAttributes(span: Json, path: string, row: number): void {
    const { columns, byName } = this.#table.spanAttributes
    if (columns.length === 0) return
    for (const column of columns) column.type[row] = attributeMissing
    listAt(span, 'attributes', path, (item, attributePath) => {
      const attribute = objectAt(item, attributePath)
      const column: AttributeColumn | undefined = byName.get(textAt(attribute, 'key', attributePath))
      if (column === undefined) return
      const [type, value] = this.#value(attribute, attributePath)
      column.type[row] = type
      column.value[row] = value
    })
  }

  /** A link without both ids, or with a wrong one, points nowhere. */
  #links(span: Json, path: string, links: SpanLinks, row: number): void {
    listAt(span, 'links', path, (item, linkPath) => {
      const link = objectAt(item, linkPath)
      const trace = hexAt(link, 'traceId', linkPath, this.#id, 0, 16)
      const id = hexAt(link, 'spanId', linkPath, this.#id, 16, 8)
      const place = trace === 'ok' && id === 'ok' ? links.place(row) : -1
      if (place >= 0) links.words.set(new Uint32Array(this.#id.buffer), place)
    })
  }

  /** Type and value of a KeyValue's value, as a column holds them. */
  #value(attribute: Json, path: string): readonly [type: number, value: number] {
    if (isAbsent(attribute.value)) return [attributeOther, 0]
    const valuePath = `${path}.value`
    const value = objectAt(attribute.value, valuePath)
    if (!isAbsent(value.stringValue)) return [attributeText, this.#table.dictionary.code(textAt(value, 'stringValue', valuePath))]
    if (!isAbsent(value.boolValue)) {
      if (typeof value.boolValue !== 'boolean') wrong(`${valuePath}.boolValue`, 'true or false', value.boolValue)
      return [attributeBoolean, value.boolValue ? 1 : 0]
    }
    if (!isAbsent(value.intValue)) return [attributeNumber, integerAt(value.intValue, `${valuePath}.intValue`)]
    if (!isAbsent(value.doubleValue)) return [attributeNumber, doubleAt(value.doubleValue, `${valuePath}.doubleValue`)]
    return [attributeOther, 0]
  }
}

type IdState = 'ok' | 'zero' | 'wrong length'

function rejectionOf(ids: readonly [trace: IdState, span: IdState, parent: IdState]): string | undefined {
  if (ids.includes('wrong length')) return 'a trace id is not 16 bytes long, or a span id not 8'
  if (ids[0] === 'zero') return 'a trace id is all zero or missing'
  return ids[1] === 'zero' ? 'a span id is all zero or missing' : undefined
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function objectAt(value: unknown, path: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(path, 'an object', value)
  return value as Json
}

/** Calls `each` with every item of a list that may be absent. */
function listAt(object: Json, key: string, path: string, each: (item: unknown, path: string) => void): void {
  const list = object[key]
  if (isAbsent(list)) return
  const listPath = path === '' ? key : `${path}.${key}`
  if (!Array.isArray(list)) wrong(listPath, 'an array', list)
  for (let i = 0; i < list.length; i++) each(list[i], `${listPath}[${i}]`)
}

function textAt(object: Json, key: string, path: string): string {
  const text = object[key]
  if (isAbsent(text)) return ''
  if (typeof text !== 'string') wrong(`${path}.${key}`, 'a string', text)
  return text
}

const consumerKind = 5
const kinds = ['SPAN_KIND_UNSPECIFIED', 'SPAN_KIND_INTERNAL', 'SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT', 'SPAN_KIND_PRODUCER', 'SPAN_KIND_CONSUMER']
const statuses = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR']

/** An enum's number; 0 for a number that it does not have. */
function enumAt(object: Json, key: string, path: string, names: readonly string[]): number {
  const value = object[key]
  if (isAbsent(value)) return 0
  const number = typeof value === 'string' ? names.indexOf(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || (typeof value === 'string' && number < 0)) wrong(`${path}.${key}`, 'an integer', value)
  return number >= 0 && number < names.length ? number : 0
}

/** Reads an id into the column; absent or empty counts as all zero. */
function hexAt(object: Json, key: string, path: string, column: Uint8Array, at: number, size: number): IdState {
  const text = textAt(object, key, path)
  column.fill(0, at, at + size)
  if (text === '') return 'zero'
  if (!/^[0-9a-fA-F]*$/.test(text)) wrong(`${path}.${key}`, 'hexadecimal digits', text)
  if (text.length !== size * 2) return 'wrong length'
  let bits = 0
  for (let i = 0; i < size; i++) {
    const byte = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16)
    column[at + i] = byte
    bits |= byte
  }
  return bits === 0 ? 'zero' : 'ok'
}

/** Reads an unsigned 64-bit integer into two words of the column. */
function timeAt(object: Json, key: string, path: string, column: Uint32Array, row: number): void {
  const value = object[key]
  let low = 0
  let high = 0
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 64) {
    high = Math.floor(value / 4294967296)
    low = value - high * 4294967296
  } else if (typeof value === 'string' && /^\d{1,20}$/.test(value)) {
    for (let i = 0; i < value.length; i++) {
      low = low * 10 + (value.charCodeAt(i) - 48)
      const carry = Math.floor(low / 4294967296)
      low -= carry * 4294967296
      high = high * 10 + carry
    }
    if (high > 0xffffffff) wrong(`${path}.${key}`, 'an unsigned 64-bit integer', value)
  } else if (!isAbsent(value)) wrong(`${path}.${key}`, 'an unsigned 64-bit integer', value)
  column[row * 2] = low
  column[row * 2 + 1] = high
}

function integerAt(value: unknown, path: string): number {
  const number = typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < -(2 ** 63) || number > 2 ** 63) wrong(path, 'a 64-bit integer', value)
  return number
}

function doubleAt(value: unknown, path: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && (value === 'NaN' || /^-?(Infinity|\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(value))) return Number(value)
  return wrong(path, 'a number', value)
}

function difference(end: Uint32Array, start: Uint32Array, row: number): number {
  const low = row * 2
  return ((end[low + 1] as number) - (start[low + 1] as number)) * 4294967296 + ((end[low] as number) - (start[low] as number))
}
