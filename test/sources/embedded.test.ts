import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEmbedded } from '../../src/sources/index.ts'
import { decodeRequest, type SpanTable } from '../../src/spans/index.ts'
import { encodeRequest } from '../support/otlp.ts'
import { generatedRequest, newTable, type PlainRow, rowsOf } from '../support/spans.ts'

async function backOf(table: SpanTable, from: number, to: number): Promise<readonly PlainRow[]> {
  const embedded = createEmbedded({ maxBytes: 2 ** 24 })
  embedded.keep('a', table, from, to)
  const answer = await embedded.fetch({ traceId: 'a' })
  if (answer.kind !== 'found') throw new Error(answer.kind)
  const again = newTable()
  const decoded = decodeRequest(answer.bytes, again)
  if (!decoded.ok) throw new Error(decoded.message)
  return rowsOf(again)
}

describe('traces that are kept here', () => {
  it('come back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(generatedRequest, async (request) => {
        const table = newTable()
        decodeRequest(encodeRequest(request), table)
        expect(await backOf(table, 0, table.length)).toEqual(rowsOf(table))
      }),
      { numRuns: 200 },
    )
  })

  it('make room for the newest', async () => {
    const table = newTable()
    decodeRequest(encodeRequest([{ attributes: {}, spans: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'Get', start: 1n, end: 2n }] }]), table)
    const embedded = createEmbedded({ maxBytes: 250 })
    for (const id of ['1', '2', '3', '4']) embedded.keep(id, table, 0, 1)
    expect(await embedded.fetch({ traceId: '1' })).toEqual({ kind: 'missing' })
    expect(await embedded.fetch({ traceId: '4' })).toMatchObject({ kind: 'found' })
    expect(embedded.report.bytes).toBeLessThanOrEqual(250)
    expect(embedded.report.traces + embedded.report.evicted).toBe(4)
  })
})
