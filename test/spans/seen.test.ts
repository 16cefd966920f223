import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpanIdSet } from '../../src/spans/index.ts'
import { newTable } from '../support/spans.ts'

/** A table whose row i has the i-th of the given ids, small numbers spread over few words so that they clash. */
function tableOf(ids: readonly (readonly [trace: number, span: number])[]) {
  const table = newTable([])
  table.reserve(ids.length)
  for (const [trace, span] of ids) {
    table.traceId.fill(0, table.length * 16, table.length * 16 + 16)
    table.spanId.fill(0, table.length * 8, table.length * 8 + 8)
    table.traceId[table.length * 16 + (trace % 16)] = trace + 1
    table.spanId[table.length * 8 + (span % 8)] = span + 1
    table.length++
  }
  return table
}

describe('the set of spans seen', () => {
  it('agrees with a Set of texts, also after being cleared', () => {
    const id = fc.tuple(fc.nat(40), fc.nat(40))
    fc.assert(
      fc.property(fc.array(fc.array(id, { maxLength: 200 }), { maxLength: 4 }), (batches) => {
        const seen = new SpanIdSet(4)
        for (const batch of batches) {
          const table = tableOf(batch)
          const expected = new Set<string>()
          for (let row = 0; row < table.length; row++) {
            const key = `${table.traceIdOf(row)} ${table.spanIdOf(row)}`
            expect(seen.add(table, row)).toBe(!expected.has(key))
            expected.add(key)
          }
          expect(seen.size).toBe(expected.size)
          seen.clear()
          expect(seen.size).toBe(0)
        }
      }),
    )
  })

  it('tells apart ids that differ in any one bit', () => {
    const table = newTable([])
    const rows = 1 + 24 * 8
    table.reserve(rows)
    for (let bit = 0; bit < rows - 1; bit++) {
      const byte = bit >> 3
      if (byte < 16) table.traceId[(bit + 1) * 16 + byte] = 1 << (bit & 7)
      else table.spanId[(bit + 1) * 8 + byte - 16] = 1 << (bit & 7)
    }
    table.length = rows
    const seen = new SpanIdSet()
    expect(Array.from({ length: rows }, (_, row) => seen.add(table, row))).not.toContain(false)
    expect(Array.from({ length: rows }, (_, row) => seen.add(table, row))).not.toContain(true)
  })
})
