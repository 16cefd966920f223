import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson, decodeRequest } from '../../src/spans/index.ts'
import { encodeJson, encodeRequest, service } from '../support/otlp.ts'
import { generatedRequest, newTable, rowOf, rowsOf } from '../support/spans.ts'

const span = {
  traceId: '0AF7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'GET /cart',
  startTimeUnixNano: '1700000000000000001',
  endTimeUnixNano: '1700000000000000301',
}
const requestWith = (more: object): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...more }] }] }] })

describe('decoding OTLP/JSON', () => {
  it('gives what the same request in protobuf gives', () => {
    fc.assert(
      fc.property(generatedRequest, fc.boolean(), (request, asBytes) => {
        const [fromJson, fromProtobuf] = [newTable(), newTable()]
        const json = encodeJson(request)
        const { message: _, ...ofJson } = decodeJson(asBytes ? Buffer.from(json) : json, fromJson) as { message?: string }
        const { message: __, ...ofProtobuf } = decodeRequest(encodeRequest(request), fromProtobuf) as { message?: string }
        expect(ofJson).toEqual(ofProtobuf)
        expect(rowsOf(fromJson)).toEqual(rowsOf(fromProtobuf))
      }),
      { numRuns: 300 },
    )
  })

  const folder = '../shared/data/faultfree/ob-faultfree-1min'
  it.skipIf(!existsSync(folder))('gives what a recording in protobuf gives (skipped without ../shared/data)', () => {
    const refs = [{ scope: 'resource', name: 'k8s.pod.name' }] as const
    const lines = gunzipSync(readFileSync(`${folder}/traces.jsonl.gz`))
      .toString()
      .trimEnd()
      .split('\n')
    const binary = gunzipSync(readFileSync(`${folder}/traces.binpb.gz`))
    let at = 0
    for (const line of lines) {
      const next = at + 4 + binary.readUInt32BE(at)
      const [fromJson, fromProtobuf] = [newTable(refs), newTable(refs)]
      expect(decodeJson(line, fromJson)).toEqual(decodeRequest(binary.subarray(at + 4, next), fromProtobuf))
      expect(rowsOf(fromJson)).toEqual(rowsOf(fromProtobuf))
      at = next
    }
    expect(at).toBe(binary.length)
  })

  it('takes ids in either case, numbers or strings, names of enums, and null as absence', () => {
    const table = newTable()
    const json = requestWith({
      startTimeUnixNano: 1700000000000000000,
      kind: 'SPAN_KIND_SERVER',
      status: { code: 'STATUS_CODE_ERROR', extra: 1 },
      parentSpanId: null,
      attributes: [
        { key: 'k', value: { intValue: 7 } },
        { key: 'rpc.method', value: { doubleValue: '2.5' } },
      ],
      unknown: { of: ['any', 'kind'] },
    })
    expect(decodeJson(json, table)).toEqual({ ok: true, spans: 1, rejected: 0, negative: 0 })
    expect(rowOf(table, 0)).toMatchObject({
      ...{ service: 'unknown_service', kind: 2, status: 2, traceId: span.traceId.toLowerCase(), start: 1700000000000000000n },
      attributes: { 'span k': 7, 'span rpc.method': 2.5 },
    })
  })

  it('loses nothing of 64-bit times', () => {
    const table = newTable()
    decodeJson(requestWith({ startTimeUnixNano: '0', endTimeUnixNano: '18446744073709551615' }), table)
    expect(rowOf(table, 0)).toMatchObject({ start: 0n, end: 2n ** 64n - 1n })
  })

  it.each([
    [{ startTimeUnixNano: '12x' }, 'startTimeUnixNano: expected an unsigned 64-bit integer, found "12x"'],
    [{ startTimeUnixNano: '18446744073709551616' }, 'startTimeUnixNano: expected an unsigned 64-bit integer, found "18446744073709551616"'],
    [{ endTimeUnixNano: -1 }, 'endTimeUnixNano: expected an unsigned 64-bit integer, found -1'],
    [{ traceId: 'xyz' }, 'traceId: expected hexadecimal digits, found "xyz"'],
    [{ spanId: 5 }, 'spanId: expected a string, found 5'],
    [{ name: ['a'] }, 'name: expected a string, found an array'],
    [{ kind: 'SERVER' }, 'kind: expected an integer, found "SERVER"'],
    [{ kind: 1.5 }, 'kind: expected an integer, found 1.5'],
    [{ status: 2 }, 'status: expected an object, found 2'],
    [{ attributes: {} }, 'attributes: expected an array, found an object'],
    [{ attributes: [{ key: 'k', value: 'v' }] }, 'attributes[0].value: expected an object, found "v"'],
    [{ attributes: [{ key: 'k', value: { intValue: '1.5' } }] }, 'attributes[0].value.intValue: expected a 64-bit integer, found "1.5"'],
    [{ attributes: [{ key: 'k', value: { boolValue: 'true' } }] }, 'attributes[0].value.boolValue: expected true or false, found "true"'],
  ])('names the path of a wrong type: %j', (more, message) => {
    const table = newTable()
    decodeJson(encodeJson([service('a', [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'x', start: 1n, end: 2n }])]), table)
    const result = decodeJson(requestWith(more), table)
    expect(result).toEqual({ ok: false, offset: undefined, message: `resourceSpans[0].scopeSpans[0].spans[0].${message}` })
    expect(table.length).toBe(1)
  })

  it('names the byte where JSON stops to be JSON, if JSON.parse tells', () => {
    expect(decodeJson('{"é": 1 2}', newTable())).toMatchObject({ ok: false, offset: Buffer.byteLength('{"é": 1 ') })
    expect(decodeJson('nope', newTable())).toMatchObject({ ok: false, offset: undefined, message: expect.stringMatching(/^not JSON: Unexpected token 'o'/) })
    expect(decodeJson('{"resourceSpans": [', newTable())).toMatchObject({ ok: false, offset: 19 })
    expect(decodeJson('[]', newTable())).toMatchObject({ ok: false, message: 'the request: expected an object, found an array' })
    expect(decodeJson(Uint8Array.of(0x22, 0xff, 0x22), newTable())).toMatchObject({ ok: false, message: 'the JSON is not UTF-8' })
  })

  it('never throws on JSON of any kind, and leaves the table as it was', () => {
    const mutated = fc.tuple(generatedRequest, fc.nat(), fc.jsonValue()).map(([request, at, value]) => {
      const places: [Record<string, unknown>, string][] = []
      const json = JSON.parse(encodeJson(request), function (key, child: unknown) {
        places.push([this as Record<string, unknown>, key])
        return child
      })
      const [owner, key] = places[at % places.length] as [Record<string, unknown>, string]
      if (key !== '') owner[key] = value
      return JSON.stringify(json)
    })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.json(), fc.string()), (json) => {
        const table = newTable()
        const result = decodeJson(json, table)
        expect(table.length).toBe(result.ok ? result.spans : 0)
      }),
      { numRuns: 500 },
    )
  })
})
