import { describe, expect, it } from 'vitest'
import { type Cell, toDanfo } from '../../src/recordings/danfo.ts'
import { decodeRequest } from '../../src/spans/index.ts'
import { encodeRequest, service } from '../support/otlp.ts'
import { newTable } from '../support/spans.ts'

/** Stands for danfojs-node's; the real one is in test/slow/danfo.test.ts. */
class DataFrame {
  readonly columns: Record<string, Cell[]>
  constructor(columns: Record<string, Cell[]>) {
    this.columns = columns
  }
}

describe('a span table for danfojs-node', () => {
  it('has a column of plain values for each of its own', () => {
    const table = newTable()
    const root = {
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      name: 'GET /cart',
      kind: 2,
      start: 1_700_000_000_000_000_000n,
      end: 1_700_000_000_256_000_000n,
    }
    const child = { ...root, spanId: 'ef'.repeat(8), parentSpanId: root.spanId, kind: 3, status: 2, attributes: { 'http.response.status_code': 500n, k: true } }
    decodeRequest(encodeRequest([service('frontend', [root, child], { k: 'v' })]), table)
    expect(toDanfo({ DataFrame }, table).columns).toEqual({
      service: ['frontend', 'frontend'],
      operation: ['GET /cart', 'GET /cart'],
      kind: ['SERVER', 'CLIENT'],
      status: ['UNSET', 'ERROR'],
      start_ms: [1_700_000_000_000, 1_700_000_000_000],
      end_ms: [1_700_000_000_256, 1_700_000_000_256],
      duration_ms: [256, 256],
      trace_id: [root.traceId, root.traceId],
      span_id: [root.spanId, child.spanId],
      parent_span_id: [null, root.spanId],
      'resource.k': ['v', 'v'],
      'http.response.status_code': [null, 500],
      k: [null, true],
      'rpc.method': [null, null],
    })
  })
})
