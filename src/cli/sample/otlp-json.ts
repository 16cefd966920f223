/** An OTLP request in protobuf as the object that OTLP/JSON would have: nothing is left out, whatever rules name. */
import { bytesType, fixed64Type, varintType, WireReader } from '../../spans/index.ts'

type Kind = 'text' | 'hex' | 'base64' | 'boolean' | 'whole' | 'long' | 'nanos' | 'double' | 'fixed32' | Message
/** Field number: JSON name, kind, and whether there may be several. */
type Message = () => Readonly<Record<number, readonly [name: string, kind: Kind, repeated?: 'repeated']>>

const anyValue: Message = () => ({
  1: ['stringValue', 'text'],
  2: ['boolValue', 'boolean'],
  3: ['intValue', 'long'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', () => ({ 1: ['values', anyValue, 'repeated'] })],
  6: ['kvlistValue', () => ({ 1: ['values', keyValue, 'repeated'] })],
  7: ['bytesValue', 'base64'],
})
const keyValue: Message = () => ({ 1: ['key', 'text'], 2: ['value', anyValue] })
const event: Message = () => ({
  1: ['timeUnixNano', 'nanos'],
  2: ['name', 'text'],
  3: ['attributes', keyValue, 'repeated'],
  4: ['droppedAttributesCount', 'whole'],
})
const link: Message = () => ({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'text'],
  4: ['attributes', keyValue, 'repeated'],
  5: ['droppedAttributesCount', 'whole'],
  6: ['flags', 'fixed32'],
})
const span: Message = () => ({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'text'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'whole'],
  7: ['startTimeUnixNano', 'nanos'],
  8: ['endTimeUnixNano', 'nanos'],
  9: ['attributes', keyValue, 'repeated'],
  10: ['droppedAttributesCount', 'whole'],
  11: ['events', event, 'repeated'],
  12: ['droppedEventsCount', 'whole'],
  13: ['links', link, 'repeated'],
  14: ['droppedLinksCount', 'whole'],
  15: ['status', () => ({ 2: ['message', 'text'], 3: ['code', 'whole'] })],
  16: ['flags', 'fixed32'],
})
const scope: Message = () => ({
  1: ['name', 'text'],
  2: ['version', 'text'],
  3: ['attributes', keyValue, 'repeated'],
  4: ['droppedAttributesCount', 'whole'],
})
const scopeSpans: Message = () => ({ 1: ['scope', scope], 2: ['spans', span, 'repeated'], 3: ['schemaUrl', 'text'] })
const resource: Message = () => ({ 1: ['attributes', keyValue, 'repeated'], 2: ['droppedAttributesCount', 'whole'] })
const resourceSpans: Message = () => ({ 1: ['resource', resource], 2: ['scopeSpans', scopeSpans, 'repeated'], 3: ['schemaUrl', 'text'] })
const request: Message = () => ({ 1: ['resourceSpans', resourceSpans, 'repeated'] })

/** Of bytes that have been decoded before: throws on others. Fields that OTLP does not have are left out. */
export function otlpJson(bytes: Uint8Array): Record<string, unknown> {
  return objectOf(new WireReader(bytes), 0, bytes.length, request)
}

function objectOf(reader: WireReader, from: number, to: number, message: Message): Record<string, unknown> {
  const fields = message()
  const object: Record<string, unknown> = {}
  for (let at = from; at < to; ) {
    if (!reader.field(at, to)) throw new RangeError(`${reader.failure} (byte ${reader.failedAt})`)
    const { next } = reader
    const [name, kind, repeated] = fields[reader.number] ?? []
    if (name !== undefined && kind !== undefined) {
      const value = valueAt(reader, kind)
      if (repeated === undefined) object[name] = value
      else object[name] = [...((object[name] as unknown[] | undefined) ?? []), value]
    }
    at = next
  }
  return object
}

function valueAt(reader: WireReader, kind: Kind): unknown {
  const { from, next, wire, view, bytes, low, high } = reader
  if (typeof kind === 'function') return objectOf(reader, expecting(wire, bytesType, from), next, kind)
  switch (kind) {
    case 'text':
      return Buffer.from(bytes.buffer, bytes.byteOffset + from, next - from).toString()
    case 'hex':
    case 'base64':
      return Buffer.from(bytes.buffer, bytes.byteOffset + from, next - from).toString(kind)
    case 'boolean':
      return expecting(wire, varintType, low) !== 0
    case 'whole':
      return expecting(wire, varintType, low)
    case 'long':
      return String(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)))
    case 'nanos':
      return String(view.getBigUint64(expecting(wire, fixed64Type, from), true))
    case 'double': {
      const double = view.getFloat64(expecting(wire, fixed64Type, from), true)
      return Number.isFinite(double) ? double : String(double)
    }
    case 'fixed32':
      return view.getUint32(from, true)
    default:
      return kind satisfies never
  }
}

function expecting<T>(wire: number, expected: number, value: T): T {
  if (wire !== expected) throw new RangeError(`wire type ${wire} instead of ${expected}`)
  return value
}
