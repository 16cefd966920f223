import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlausibleTimes } from '../../src/recordings/replay-times.ts'
import { createDictionary, SpanTable } from '../../src/spans/index.ts'

const day = 86_400
const begin = 1_700_000_000

/** One span a second given, its code and ids telling which. */
function tableOf(seconds: readonly number[]): SpanTable {
  const table = new SpanTable(createDictionary(), [{ scope: 'span', name: 'a' }])
  table.reserve(seconds.length)
  seconds.forEach((second, row) => {
    const end = BigInt(second) * 1_000_000_000n
    table.endTime[row * 2] = Number(end & 0xffffffffn)
    table.endTime[row * 2 + 1] = Number(end >> 32n)
    table.service[row] = row + 1
    table.traceId.fill(row + 1, row * 16, row * 16 + 16)
    table.spanId.fill(row + 1, row * 8, row * 8 + 8)
    const [attribute] = table.attributes
    if (attribute !== undefined) attribute.value[row] = row + 1
    table.length++
  })
  return table
}

describe('times of a recording', () => {
  it('are plausible within a year of what came before', () => {
    const times = new PlausibleTimes()
    expect(times.filter(tableOf([0, begin, begin + 1, begin + 500 * day]))).toBe(2)
    expect(times.filter(tableOf([begin + 300 * day]))).toBe(0)
    expect(times.filter(tableOf([begin + 500 * day, begin + 900 * day, begin - 400 * day]))).toBe(1)
  })
  it('are measured from the middle of the first table, whose first span may be the broken one', () => {
    expect(new PlausibleTimes().filter(tableOf([4_000_000_000, begin, begin + 1]))).toBe(1)
    expect(new PlausibleTimes().filter(tableOf([]))).toBe(0)
  })
  it('keep the other rows whole', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (good) => {
        const table = tableOf([begin, begin, ...good.map((ok) => (ok ? begin + 1 : 5))])
        const expected = [1, 2, ...good.flatMap((ok, i) => (ok ? [i + 3] : []))]
        expect(new PlausibleTimes().filter(table)).toBe(good.filter((ok) => !ok).length)
        const rows = [...Array(table.length).keys()]
        expect(rows.map((row) => table.service[row])).toEqual(expected)
        expect(rows.map((row) => table.traceIdOf(row))).toEqual(expected.map((n) => n.toString(16).padStart(2, '0').repeat(16)))
        expect(rows.map((row) => table.spanIdOf(row))).toEqual(expected.map((n) => n.toString(16).padStart(2, '0').repeat(8)))
        expect(rows.map((row) => table.attributes[0]?.value[row])).toEqual(expected)
        expect(rows.every((row) => table.endOf(row) >= begin * 1e9 - 256)).toBe(true)
      }),
    )
  })
})
