import { describe, expect, it } from 'vitest'
import {
  consistentSampling,
  createAssembler,
  createDictionary,
  decodeJson,
  decodeRequest,
  SpanTable,
  thresholdText,
  traceStateColumns,
  withThreshold,
} from '../../src/spans/index.ts'
import { encodeJson, encodeRequest, type PlainSpan, service } from '../support/otlp.ts'

const span = (id: number, traceState?: string): PlainSpan => ({
  traceId: 'aa'.repeat(16),
  spanId: id.toString(16).padStart(16, '0'),
  name: 'GET /cart',
  start: 1_700_000_000_000_000_000n,
  end: 1_700_000_000_100_000_000n,
  ...(traceState === undefined ? {} : { traceState }),
})

/** Of each row [rv, th], as the columns have them. */
function columnsOf(table: SpanTable): (readonly (number | undefined)[])[] {
  return Array.from({ length: table.length }, (_, row) => table.traceState.map(({ type, value }) => (type[row] === 2 ? value[row] : undefined)))
}

describe('the tracestate of consistent samplers', () => {
  it('has the randomness, its 48 leading bits, and the threshold, its trailing zeros left out', () => {
    expect(consistentSampling('vendor=1,ot=th:8;rv:0123456789abcd')).toEqual({ rv: 0x0123456789ab, th: 2 ** 55 })
    expect(consistentSampling('ot=th:0')).toEqual({ rv: undefined, th: 0 })
  })

  it.each(['', 'other=th:8', 'ot=', 'ot=rv:12;th:', 'ot=th:123456789abcdef', 'ot=th:8G', 'ot=rv:0123456789ABCD', 'ot;th:8', ',,='])(
    'says nothing where it is absent or malformed: %j',
    (text) => expect(consistentSampling(text)).toEqual({ rv: undefined, th: undefined }),
  )

  it('is written with another threshold in front, and everything else as it was', () => {
    expect(withThreshold('vendor=1,ot=th:8;rv:0123456789abcd;x:1, more=2', 'fd7')).toBe('ot=th:fd7;rv:0123456789abcd;x:1,vendor=1,more=2')
    expect(withThreshold('', '0')).toBe('ot=th:0')
  })

  it('writes thresholds as they are read', () => {
    for (const threshold of [0, 1, 2 ** 47, 0xfd70a3d70a3d, 2 ** 48 - 1])
      expect(consistentSampling(withThreshold('', thresholdText(threshold))).th).toBe(threshold * 256)
  })
})

describe('columns of the tracestate', () => {
  const states = [undefined, 'ot=th:c', 'ot=rv:ffffffffffffff;th:c', `a=${'x'.repeat(200)},ot=rv:00000000000100`, 'ot=rv:zz']
  const request = [
    service(
      'cart',
      states.map((state, i) => span(i + 1, state)),
    ),
  ]
  const expected = [
    [undefined, undefined],
    [undefined, 0xc * 2 ** 52],
    [2 ** 48 - 1, 0xc * 2 ** 52],
    [1, undefined],
    [undefined, undefined],
  ]

  it('are filled from protobuf and from JSON where a table asks for them', () => {
    const [binary, json] = [new SpanTable(createDictionary(), traceStateColumns, 1), new SpanTable(createDictionary(), traceStateColumns, 1)]
    expect(decodeRequest(encodeRequest(request), binary)).toMatchObject({ ok: true, spans: 5 })
    expect(decodeJson(encodeJson(request), json)).toMatchObject({ ok: true, spans: 5 })
    expect(columnsOf(binary)).toEqual(expected)
    expect(columnsOf(json)).toEqual(expected)
  })

  it('cost nothing and are not there where no table asks', () => {
    const table = new SpanTable(createDictionary(), [], 1)
    expect(decodeRequest(encodeRequest(request), table)).toMatchObject({ ok: true, spans: 5 })
    expect(table.attributes).toEqual([])
    expect(table.dictionary.size).toBe(3)
  })

  it('go with a span through assembly', () => {
    const table = new SpanTable(createDictionary(), traceStateColumns, 1)
    decodeRequest(encodeRequest([service('cart', [span(1, 'ot=th:c')])]), table)
    const assembler = createAssembler({ idleNs: 5e9, maxAgeNs: 60e9, maxSpans: 100, maxSpansOfTrace: 100 })
    assembler.add(table)
    expect(columnsOf(assembler.close(2e18, true).spans)).toEqual([[undefined, 0xc * 2 ** 52]])
  })
})
