import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requests } from '../../bench/peers/requests.ts'
import { decodeRequest } from '../../src/spans/index.ts'
import { WireReader } from '../../src/spans/wire.ts'
import { concat, encodeRequest, fixed64, integer, message, type PlainSpan, service, text, varint } from '../support/otlp.ts'
import { rowsByProtobufjs } from '../support/protobufjs.ts'
import { generatedRequest, newTable, projection, rowOf, rowsOf } from '../support/spans.ts'

const getAds: PlainSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  name: 'hipstershop.AdService/GetAds',
  kind: 2,
  start: 1_700_000_000_000_000_001n,
  end: 1_700_000_000_412_000_001n,
  status: 2,
  attributes: { 'http.response.status_code': 503n, k: 'v', 'rpc.system': 'grpc' },
  flags: 0x101,
}

describe('decoding a request', () => {
  it('fills one row a span', () => {
    const table = newTable()
    expect(decodeRequest(encodeRequest([service('adservice', [getAds], { k: true })]), table)).toEqual({ ok: true, spans: 1, rejected: 0, negative: 0 })
    expect(rowOf(table, 0)).toEqual({
      service: 'adservice',
      operation: 'hipstershop.AdService/GetAds',
      kind: 2,
      status: 2,
      start: 1_700_000_000_000_000_001n,
      end: 1_700_000_000_412_000_001n,
      duration: 412e6,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: '00f067aa0ba902b7',
      attributes: { 'resource k': true, 'span http.response.status_code': 503, 'span k': 'v' },
    })
  })

  it('appends, and forgets what the row held before', () => {
    const table = newTable()
    decodeRequest(encodeRequest([service('a', [getAds, getAds])]), table)
    table.length = 1
    const bare = concat([message(1, Buffer.from(getAds.traceId, 'hex')), message(2, Buffer.from(getAds.spanId, 'hex'))])
    expect(decodeRequest(message(1, message(2, message(2, bare))), table)).toMatchObject({ ok: true, spans: 1 })
    expect(rowOf(table, 1)).toEqual({
      ...{ service: 'unknown_service', operation: '', kind: 0, status: 0, start: 0n, end: 0n, duration: 0, attributes: {} },
      ...{ traceId: getAds.traceId, spanId: getAds.spanId, parentSpanId: '0000000000000000' },
    })
  })

  it('reads on behind a trace state, which is not kept', () => {
    const ids = concat([message(1, Buffer.from(getAds.traceId, 'hex')), message(2, Buffer.from(getAds.spanId, 'hex'))])
    for (const state of ['a=1', `a=${'x'.repeat(200)}`]) {
      const table = newTable()
      const span = concat([
        ids,
        text(3, state),
        message(4, Buffer.from(getAds.parentSpanId as string, 'hex')),
        text(5, 'x'),
        integer(6, 2n),
        fixed64(7, 1n),
        fixed64(8, 3n),
      ])
      decodeRequest(message(1, message(2, message(2, span))), table)
      expect(rowOf(table, 0)).toMatchObject({ parentSpanId: getAds.parentSpanId, operation: 'x', kind: 2, duration: 2 })
    }
  })

  it('takes an empty request', () => {
    expect(decodeRequest(new Uint8Array(0), newTable())).toEqual({ ok: true, spans: 0, rejected: 0, negative: 0 })
  })

  it('leaves out spans with invalid ids, counts them and says why', () => {
    const table = newTable()
    const broken = [{ traceId: '00'.repeat(16) }, { traceId: 'ab' }, { spanId: '' }, { spanId: '00'.repeat(8) }, { parentSpanId: 'abcdef' }]
    const result = decodeRequest(encodeRequest([service('a', [...broken.map((b) => ({ ...getAds, ...b })), getAds])]), table)
    expect(result).toEqual({ ok: true, spans: 1, rejected: 5, negative: 0, message: 'a trace id is all zero or missing' })
    expect(rowsOf(table).map((row) => row.spanId)).toEqual([getAds.spanId])
  })

  it('takes a span that ends before it starts as one without a duration', () => {
    const table = newTable()
    expect(decodeRequest(encodeRequest([service('a', [{ ...getAds, end: getAds.start - 1n }])]), table)).toMatchObject({ spans: 1, negative: 1 })
    expect(table.duration[0]).toBe(0)
  })

  it('takes the last of repeated scalars and of equal keys, and a value before its key', () => {
    const table = newTable()
    const attribute = (key: string, value: Uint8Array): Uint8Array => message(9, concat([message(2, value), text(1, key)]))
    const ids = concat([message(1, Buffer.from(getAds.traceId, 'hex')), message(2, Buffer.from(getAds.spanId, 'hex'))])
    const span = concat([
      ...[text(5, 'first'), text(5, 'second'), integer(6, 1n), integer(6, 3n), fixed64(8, 9n), fixed64(8, 7n)],
      ...[message(15, integer(3, 1n)), message(15, text(2, 'no code')), attribute('k', text(1, 'one')), attribute('k', integer(3, -2n)), ids],
    ])
    decodeRequest(message(1, message(2, message(2, span))), table)
    expect(rowOf(table, 0)).toMatchObject({ operation: 'second', kind: 3, end: 7n, status: 1, attributes: { 'span k': -2 } })
  })

  it('knows the service also when the resource comes last, or never', () => {
    const spans = message(2, message(2, concat([message(1, Buffer.from(getAds.traceId, 'hex')), message(2, Buffer.from(getAds.spanId, 'hex'))])))
    const resource = message(1, message(1, concat([text(1, 'service.name'), message(2, text(1, 'late'))])))
    const table = newTable()
    decodeRequest(concat([message(1, concat([spans, resource])), message(1, spans)]), table)
    expect(rowsOf(table).map((row) => row.service)).toEqual(['late', 'unknown_service'])
  })

  it('skips fields it does not know', () => {
    const table = newTable()
    const unknown = concat([integer(99, 5n), fixed64(1000, 1n), text(77, 'x'), varint((200n << 3n) | 5n), new Uint8Array(4)])
    const plain = encodeRequest([service('a', [getAds])])
    expect(decodeRequest(concat([unknown, plain, unknown]), table)).toMatchObject({ ok: true, spans: 1 })
  })
})

describe('the same request by protobufjs', () => {
  it('has the same rows, generated', () => {
    fc.assert(
      fc.property(generatedRequest, (request) => {
        const table = newTable()
        const bytes = encodeRequest(request)
        const expected = rowsByProtobufjs(bytes, projection)
        expect(decodeRequest(bytes, table)).toMatchObject({ ok: true, spans: expected.length })
        expect(rowsOf(table)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('has the same rows with the fields of every message in any order', () => {
    fc.assert(
      fc.property(generatedRequest, fc.infiniteStream(fc.nat()), (request, dice) => {
        const table = newTable()
        const bytes = shuffled(encodeRequest(request), shape, dice)
        decodeRequest(bytes, table)
        expect(rowsOf(table)).toEqual(rowsByProtobufjs(bytes, projection))
      }),
    )
  })

  it('has the same rows where attributes repeat, as in the benchmark', () => {
    const refs = ['http.response.status_code', 'network.peer.address', 'rpc.method', 'server.port'].map((name) => ({ scope: 'span', name }) as const)
    const table = newTable(refs)
    for (const bytes of requests(2, 500)) {
      table.clear()
      expect(decodeRequest(bytes, table)).toMatchObject({ ok: true, spans: 500 })
      expect(rowsOf(table)).toEqual(rowsByProtobufjs(bytes, refs))
    }
  })

  const recording = '../shared/data/faultfree/ob-faultfree-1min/traces.binpb.gz'
  it.skipIf(!existsSync(recording))('has the same rows, recorded (skipped without ../shared/data)', () => {
    const refs = [{ scope: 'resource', name: 'k8s.pod.name' }] as const
    const file = gunzipSync(readFileSync(recording))
    let spans = 0
    for (let at = 0; at < file.length; ) {
      const next = at + 4 + file.readUInt32BE(at)
      const bytes = file.subarray(at + 4, next)
      const table = newTable(refs)
      decodeRequest(bytes, table)
      expect(rowsOf(table)).toEqual(rowsByProtobufjs(bytes, refs))
      spans += table.length
      at = next
    }
    expect(spans).toBeGreaterThan(20_000)
  })
})

describe('a broken request', () => {
  const inSpan = (field: Uint8Array): Uint8Array => message(1, message(2, message(2, field)))
  it.each([
    ['a cut-off tag', Uint8Array.of(0x80), 0, 'a varint is cut off by the end of its message'],
    ['a length past the end', Uint8Array.of(0x0a, 5, 1), 1, 'a length of 5 bytes runs past the end of its message, 1 bytes on'],
    ['a varint of 11 bytes', Uint8Array.of(0x10, ...Array(10).fill(0x80), 1), 1, 'a varint is longer than 64 bits'],
    ['a varint of 70 bits', Uint8Array.of(0x10, ...Array(9).fill(0xff), 2), 1, 'a varint is longer than 64 bits'],
    ['a tag of 35 bits', Uint8Array.of(0x82, 0x80, 0x80, 0x80, 0x10, 0), 0, 'a field tag is longer than 32 bits'],
    ['a group', Uint8Array.of(0x0b), 0, 'field 1 has wire type 3 (group start), which OTLP does not use'],
    ['wire type 7', Uint8Array.of(0x0f), 0, 'field 1 has wire type 7 (reserved), which OTLP does not use'],
    ['field number 0', Uint8Array.of(0x02, 0), 0, 'field number 0'],
    ['resource_spans as a number', Uint8Array.of(0x08, 1), 0, 'resource_spans has wire type 0 (varint) instead of 2 (length-delimited)'],
    ['a kind that is a text', inSpan(text(6, 'SERVER')), 6, 'kind has wire type 2 (length-delimited) instead of 0 (varint)'],
    ['a start that is a varint', inSpan(integer(7, 1n)), 6, 'start_time_unix_nano has wire type 0 (varint) instead of 1 (64-bit)'],
    ['a time past its span', inSpan(Uint8Array.of(0x39, 1, 2)), 7, 'a 64-bit value is cut off by the end of its message'],
    ['flags past their span', inSpan(Uint8Array.of(0x85, 1, 2)), 8, 'a 32-bit value is cut off by the end of its message'],
    ['an attribute past its span', inSpan(Uint8Array.of(0x4a, 9, 1)), 7, 'a length of 9 bytes runs past the end of its message, 1 bytes on'],
    [
      'a name that is not UTF-8',
      encodeRequest([service('a', [{ ...getAds, name: '\0\0' }])]).map((b, i, all) => (b === 0 && all[i + 1] === 0 ? 0xff : b)),
      undefined,
      'a span name is not UTF-8',
    ],
  ])('%s', (_, bytes, offset, why) => {
    const result = decodeRequest(bytes, newTable())
    expect(result).toMatchObject({ ok: false, message: why })
    if (offset !== undefined) expect(result).toMatchObject({ offset })
  })

  it('leaves the table as it was, wherever it is cut', () => {
    const bytes = encodeRequest([service('a', [getAds, getAds], { k: 'x' }), service('b', [getAds])])
    const table = newTable()
    decodeRequest(bytes, table)
    const before = rowsOf(table)
    for (let length = 0; length < bytes.length; length++) checkBroken(bytes.subarray(0, length), table, before)
  })

  it('never throws, on noise and on flipped bits', () => {
    const valid = encodeRequest([service('a', [getAds, { ...getAds, name: 'x'.repeat(300) }], { k: 'x' })])
    const table = newTable()
    decodeRequest(valid, table)
    const before = rowsOf(table)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => checkBroken(bytes, table, before)),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.array(fc.nat(valid.length * 8 - 1), { minLength: 1, maxLength: 3 }), (bits) => {
        const bytes = Uint8Array.from(valid)
        for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
        checkBroken(bytes, table, before)
      }),
      { numRuns: 3000 },
    )
  })

  function checkBroken(bytes: Uint8Array, table: ReturnType<typeof newTable>, before: readonly unknown[]): void {
    const result = decodeRequest(bytes, table)
    if (result.ok) expect(table.length).toBe(before.length + result.spans)
    else {
      expect(table.length).toBe(before.length)
      expect(result.offset).toBeGreaterThanOrEqual(0)
      expect(result.offset).toBeLessThanOrEqual(bytes.length)
    }
    table.length = before.length
    expect(rowsOf(table)).toEqual(before)
  }
})

/** The messages within a message, by field number. Spans keep their order, and attributes theirs. */
interface Shape {
  readonly [field: number]: Shape
}
const keyValue: Shape = { 2: {} }
const shape: Shape = { 1: { 1: { 1: keyValue }, 2: { 2: { 9: keyValue, 15: {} } } } }

function shuffled(bytes: Uint8Array, messages: Shape, dice: { next(): { value: number } }): Uint8Array {
  const reader = new WireReader(bytes)
  const fields: { readonly number: number; readonly bytes: Uint8Array; readonly order: number }[] = []
  const orders = new Map<number, number>()
  for (let at = 0; at < bytes.length; at = reader.next) {
    if (!reader.field(at, bytes.length)) throw new Error(reader.failure)
    const { number, from, next } = reader
    const inner = messages[number]
    const field = inner === undefined ? bytes.slice(at, next) : message(number, shuffled(bytes.slice(from, next), inner, dice))
    if (!orders.has(number)) orders.set(number, dice.next().value)
    fields.push({ number, bytes: field, order: orders.get(number) as number })
  }
  return concat(fields.sort((a, b) => a.order - b.order).map((field) => field.bytes))
}
