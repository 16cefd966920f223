/**
 * Attributes of an OTLP request, in protobuf or JSON, without knowing their names beforehand: what the columns of a span table cannot
 * give. Values are only read where the visitor asks for them. Not the hot path, and lenient: a request has been decoded before it comes
 * here, and what is broken in the parts that decoding skips ends the walk of that part.
 */
import { bytesType, fixed64Type, unknownService, varintType, WireReader } from '../../spans/index.ts'

export type AttributeType = 'text' | 'number' | 'boolean' | 'other'
export type Scalar = string | number | boolean

export interface AttributeVisitor {
  /** Each resource, before its spans; the values of texts, numbers and booleans. */
  resource(service: string, attributes: ReadonlyMap<string, Scalar | undefined>): void
  /** Each attribute of a span of the resource last visited. `value` reads it; undefined if it is no scalar. */
  span(name: string, type: AttributeType, value: () => Scalar | undefined): void
}

export function walkProtobuf(bytes: Uint8Array, visitor: AttributeVisitor): void {
  new ProtobufWalk(bytes, visitor).request()
}

const decoder = new TextDecoder()
/** Keys repeat without end; longer ones are not worth a catalog's line. */
const longestKey = 255

class ProtobufWalk {
  readonly #reader: WireReader
  readonly #visitor: AttributeVisitor
  #key = ''
  #type: AttributeType = 'other'
  #field = 0
  #from = 0
  #to = 0
  readonly #value = (): Scalar | undefined => this.#read()

  constructor(bytes: Uint8Array, visitor: AttributeVisitor) {
    this.#reader = new WireReader(bytes)
    this.#visitor = visitor
  }

  request(): void {
    this.#fields(0, this.#reader.bytes.length, (field, from, to) => {
      if (field !== 1) return
      // The resource may stand behind its spans.
      this.#fields(from, to, (inner, start, end) => inner === 1 && this.#resource(start, end))
      this.#fields(from, to, (inner, start, end) => {
        if (inner === 2) this.#fields(start, end, (scope, spanFrom, spanTo) => scope === 2 && this.#span(spanFrom, spanTo))
      })
    })
  }

  #resource(from: number, to: number): void {
    const attributes = new Map<string, Scalar | undefined>()
    this.#fields(from, to, (field, start, end) => {
      if (field === 1 && this.#keyValue(start, end)) attributes.set(this.#key, this.#read())
    })
    this.#visitor.resource(serviceOf(attributes), attributes)
  }

  #span(from: number, to: number): void {
    this.#fields(from, to, (field, start, end) => {
      if (field === 9 && this.#keyValue(start, end)) this.#visitor.span(this.#key, this.#type, this.#value)
    })
  }

  /** Key, type, and where the value is. */
  #keyValue(from: number, to: number): boolean {
    this.#key = ''
    this.#field = 0
    let valueFrom = 0
    let valueTo = 0
    this.#fields(from, to, (field, start, end) => {
      if (field === 1 && end - start <= longestKey) this.#key = decoder.decode(this.#reader.bytes.subarray(start, end))
      if (field === 2) {
        valueFrom = start
        valueTo = end
      }
    })
    // Of a oneof the last member counts.
    this.#fields(valueFrom, valueTo, (field, start, end, low) => {
      this.#field = field
      this.#from = field === 2 ? low : start
      this.#to = end
    })
    this.#type = this.#field === 1 ? 'text' : this.#field === 2 ? 'boolean' : this.#field === 3 || this.#field === 4 ? 'number' : 'other'
    return this.#key !== ''
  }

  #read(): Scalar | undefined {
    const { bytes, view } = this.#reader
    switch (this.#field) {
      case 1:
        return decoder.decode(bytes.subarray(this.#from, this.#to))
      case 2:
        return this.#from !== 0
      case 3: {
        if (!this.#reader.varint(this.#from, this.#to)) return undefined
        return (this.#reader.high | 0) * 4294967296 + this.#reader.low
      }
      case 4:
        return view.getFloat64(this.#from, true)
      default:
        return undefined
    }
  }

  /** Each field of the message [start, end) that has its usual wire type; a broken one ends it. */
  #fields(start: number, end: number, each: (field: number, from: number, to: number, low: number) => unknown): void {
    const reader = this.#reader
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return
      const { number, wire, from, next, low } = reader
      if (wire === bytesType || wire === varintType || wire === fixed64Type) each(number, from, next, low)
      at = next
    }
  }
}

/** The last text of that name; of a resource without one, as OpenTelemetry names it. */
function serviceOf(attributes: ReadonlyMap<string, Scalar | undefined>): string {
  const name = attributes.get('service.name')
  return typeof name === 'string' && name !== '' ? name : unknownService
}

type Json = Readonly<Record<string, unknown>>

/** The same of a request in OTLP/JSON. */
export function walkJson(text: string, visitor: AttributeVisitor): void {
  for (const resourceSpans of objects(JSON.parse(text), 'resourceSpans')) {
    const attributes = new Map<string, Scalar | undefined>()
    for (const { key, value } of keyValues(member(resourceSpans, 'resource'))) attributes.set(key, typed(value).value)
    visitor.resource(serviceOf(attributes), attributes)
    for (const scope of objects(resourceSpans, 'scopeSpans'))
      for (const span of objects(scope, 'spans'))
        for (const { key, value } of keyValues(span)) {
          const { type, value: scalar } = typed(value)
          visitor.span(key, type, () => scalar)
        }
  }
}

function* keyValues(owner: Json): Iterable<{ readonly key: string; readonly value: Json }> {
  for (const attribute of objects(owner, 'attributes'))
    if (typeof attribute.key === 'string' && attribute.key !== '' && Buffer.byteLength(attribute.key) <= longestKey)
      yield { key: attribute.key, value: member(attribute, 'value') }
}

function typed({ stringValue, boolValue, intValue, doubleValue }: Json): { readonly type: AttributeType; readonly value?: Scalar } {
  if (typeof stringValue === 'string') return { type: 'text', value: stringValue }
  if (typeof boolValue === 'boolean') return { type: 'boolean', value: boolValue }
  const number = intValue ?? doubleValue
  if (typeof number === 'number' || typeof number === 'string') return { type: 'number', value: Number(number) }
  return { type: 'other' }
}

function objects(owner: unknown, key: string): readonly Json[] {
  const list = isObject(owner) ? owner[key] : undefined
  return Array.isArray(list) ? list.filter(isObject) : []
}

function member(owner: Json, key: string): Json {
  const value = owner[key]
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
