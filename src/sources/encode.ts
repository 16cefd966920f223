/** Rows of a span table as OTLP again (TracesData), with the attributes that the table has columns for. */
import { type AttributeColumn, attributeBoolean, attributeMissing, attributeNumber, attributeText, type SpanTable } from '../spans/index.ts'

/** Rows [from, to); those of one service and equal resource attributes that lie together share a resource. */
export function encodeTraces(table: SpanTable, from: number, to: number): Uint8Array {
  const resources: Buffer[] = []
  for (let row = from; row < to; ) {
    const resource = resourceOf(table, row)
    const spans: Buffer[] = []
    for (; row < to && resource.equals(resourceOf(table, row)); row++) spans.push(field(2, spanOf(table, row)))
    resources.push(field(1, Buffer.concat([field(1, resource), field(2, Buffer.concat(spans))])))
  }
  return Buffer.concat(resources)
}

function resourceOf(table: SpanTable, row: number): Buffer {
  const service = attribute('service.name', text(1, table.dictionary.text(table.service[row] as number)))
  return Buffer.concat([field(1, service), ...attributesOf(table, row, 'resource', 1)])
}

function spanOf(table: SpanTable, row: number): Buffer {
  const { traceId, spanId, parentSpanId, startTime, endTime, kind, status } = table
  const parent = parentSpanId.subarray(row * 8, row * 8 + 8)
  return Buffer.concat([
    field(1, traceId.subarray(row * 16, row * 16 + 16)),
    field(2, spanId.subarray(row * 8, row * 8 + 8)),
    parent.some((byte) => byte !== 0) ? field(4, parent) : none,
    text(5, table.dictionary.text(table.operation[row] as number)),
    number(6, kind[row] as number),
    time(7, timeAt(startTime, row)),
    time(8, timeAt(endTime, row)),
    ...attributesOf(table, row, 'span', 9),
    field(15, number(3, status[row] as number)),
  ])
}

function attributesOf(table: SpanTable, row: number, scope: AttributeColumn['attribute']['scope'], as: number): Buffer[] {
  return table.attributes.flatMap((column) => {
    const { attribute: ref, type } = column
    if (ref.scope !== scope || ref.name === 'service.name' || type[row] === attributeMissing) return []
    return [field(as, attribute(ref.name, anyValueOf(table, column, row)))]
  })
}

function anyValueOf(table: SpanTable, { type, value }: AttributeColumn, row: number): Buffer {
  const found = value[row] as number
  switch (type[row]) {
    case attributeText:
      return text(1, table.dictionary.text(found))
    case attributeBoolean:
      return Buffer.concat([varint(2 << 3), varint(found)])
    case attributeNumber: {
      const double = Buffer.alloc(9)
      double[0] = (4 << 3) | 1
      double.writeDoubleLE(found, 1)
      return double
    }
    default:
      // A list, a map or bytes: an empty value is present and equal to nothing, as they are.
      return none
  }
}

function attribute(key: string, value: Buffer): Buffer {
  return Buffer.concat([text(1, key), field(2, value)])
}

const none = Buffer.alloc(0)

function timeAt(words: Uint32Array, row: number): bigint {
  return (BigInt(words[row * 2 + 1] as number) << 32n) | BigInt(words[row * 2] as number)
}

/** fixed64. */
function time(id: number, nanos: bigint): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = (id << 3) | 1
  bytes.writeBigUInt64LE(nanos, 1)
  return bytes
}

function number(id: number, value: number): Buffer {
  return value === 0 ? none : Buffer.concat([varint(id << 3), varint(value)])
}

function text(id: number, value: string): Buffer {
  return field(id, Buffer.from(value))
}

function field(id: number, payload: Uint8Array): Buffer {
  return Buffer.concat([varint((id << 3) | 2), varint(payload.length), payload])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}
