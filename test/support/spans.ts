/** Rows of a span table as plain objects, and generated requests, for comparisons. */
import fc from 'fast-check'
import type { AttributeRef } from '../../src/bundle/index.ts'
import { attributeBoolean, attributeMissing, attributeNumber, attributeOther, attributeText, createDictionary, SpanTable } from '../../src/spans/index.ts'
import type { Attributes, AttributeValue, PlainResource, PlainSpan } from './otlp.ts'

export interface PlainRow {
  readonly service: string
  readonly operation: string
  readonly kind: number
  readonly status: number
  readonly start: bigint
  readonly end: bigint
  readonly duration: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>
}

/** The names that generated spans use most; `k` also of the resource. */
export const projection: readonly AttributeRef[] = [
  { scope: 'resource', name: 'k' },
  { scope: 'span', name: 'http.response.status_code' },
  { scope: 'span', name: 'k' },
  { scope: 'span', name: 'rpc.method' },
]

export function newTable(refs: readonly AttributeRef[] = projection): SpanTable {
  return new SpanTable(createDictionary(), refs, 4)
}

/** Row `i`; a projected attribute that is present but no scalar is null, a missing one is left out. */
export function rowOf(table: SpanTable, i: number): PlainRow {
  const time = (words: Uint32Array): bigint => (BigInt(words[i * 2 + 1] as number) << 32n) | BigInt(words[i * 2] as number)
  const attributes: Record<string, string | number | boolean | null> = {}
  for (const { attribute, type, value } of table.attributes) {
    const scalar = scalarOf(table, type[i] as number, value[i] as number)
    if (scalar !== undefined) attributes[`${attribute.scope} ${attribute.name}`] = scalar
  }
  return {
    service: table.dictionary.text(table.service[i] as number),
    operation: table.dictionary.text(table.operation[i] as number),
    kind: table.kind[i] as number,
    status: table.status[i] as number,
    start: time(table.startTime),
    end: time(table.endTime),
    duration: table.duration[i] as number,
    traceId: table.traceIdOf(i),
    spanId: table.spanIdOf(i),
    parentSpanId: table.parentSpanIdOf(i),
    attributes,
  }
}

function scalarOf(table: SpanTable, type: number, value: number): string | number | boolean | null | undefined {
  switch (type) {
    case attributeMissing:
      return undefined
    case attributeText:
      return table.dictionary.text(value)
    case attributeNumber:
      return value
    case attributeBoolean:
      return value === 1
    case attributeOther:
      return null
    default:
      throw new Error(`attribute type ${type}`)
  }
}

export function rowsOf(table: SpanTable): PlainRow[] {
  return Array.from({ length: table.length }, (_, i) => rowOf(table, i))
}

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((t) => t.isWellFormed())
const name = fc.oneof(text, fc.constantFrom('hipstershop.AdService/GetAds', 'GET /cart', 'x'.repeat(200)))
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.constant('y'.repeat(300)),
  fc.boolean(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(200n, 404n, 0n),
  fc.uint8Array({ maxLength: 4 }),
  fc.array(fc.constantFrom<AttributeValue>('a', 1n), { maxLength: 3 }),
  fc.constant(null),
)
const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...projection.map((ref) => ref.name)) }, { weight: 1, arbitrary: text })
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(key, value, { maxKeys: 4 })
const hex = (bytes: number): fc.Arbitrary<string> => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => Buffer.from(b).toString('hex'))
const id = (bytes: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: hex(bytes).filter((h) => !/^0+$/.test(h)) },
    { weight: 1, arbitrary: fc.constantFrom('', '00'.repeat(bytes), 'ab'.repeat(bytes - 1)) },
  )
const time = fc.oneof(fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_700_000_001_000_000_000n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))

const span: fc.Arbitrary<PlainSpan> = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    parentSpanId: id(8),
    name,
    kind: fc.integer({ min: 0, max: 7 }),
    start: time,
    end: time,
    status: fc.integer({ min: 0, max: 3 }),
    attributes,
    events: fc.array(fc.record({ name: text, at: time, attributes }), { maxLength: 2 }),
    flags: fc.nat(),
  },
  { requiredKeys: ['traceId', 'spanId', 'name', 'start', 'end'] },
)

/** Requests with everything that may be there or not: ids of wrong lengths, attributes of every type, services without a name. */
export const generatedRequest: fc.Arbitrary<readonly PlainResource[]> = fc.array(
  fc.record({
    attributes: fc.oneof(
      attributes,
      fc.tuple(text, attributes).map(([service, more]) => ({ 'service.name': service, ...more })),
    ),
    spans: fc.array(span, { maxLength: 6 }),
  }),
  { maxLength: 4 },
)
