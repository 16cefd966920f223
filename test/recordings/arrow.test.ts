import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StructRowProxy, tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { writeArrow } from '../../src/recordings/index.ts'
import { decodeRequest } from '../../src/spans/index.ts'
import { encodeRequest } from '../support/otlp.ts'
import { generatedRequest, newTable, type PlainRow, projection, rowsOf } from '../support/spans.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-arrow-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'out.arrow')

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const statuses = ['UNSET', 'OK', 'ERROR']

/** A row as the file should have it. */
function expected(row: PlainRow): Record<string, unknown> {
  const attributes = projection.flatMap(({ scope, name }) => {
    const value = row.attributes[`${scope} ${name}`]
    const column = scope === 'resource' ? `resource.${name}` : name
    return [
      [`${column}.text`, typeof value === 'string' ? value : null],
      [`${column}.number`, typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : null],
    ]
  })
  return {
    ...{ service: row.service, operation: row.operation, kind: kinds[row.kind], status: statuses[row.status] },
    ...{ start: BigInt.asIntN(64, row.start), end: BigInt.asIntN(64, row.end), duration: BigInt.asIntN(64, BigInt(row.duration)) },
    ...{ trace_id: row.traceId, span_id: row.spanId, parent_span_id: /^0+$/.test(row.parentSpanId) ? null : row.parentSpanId },
    ...Object.fromEntries(attributes),
  }
}

function read(file: string): Record<string, unknown>[] {
  const table = tableFromIPC(readFileSync(file))
  const raw = ['start', 'end'].map((name) => [name, table.getChild(name)?.data.flatMap(({ values }) => [...(values as BigInt64Array)]) ?? []] as const)
  return table.toArray().map((row: StructRowProxy, i) => {
    const plain: Record<string, unknown> = { ...row.toJSON() }
    // Read as apache-arrow's getter does, times would be milliseconds and lose their last digits.
    for (const [name, values] of raw) plain[name] = values[i]
    for (const name of ['trace_id', 'span_id', 'parent_span_id']) {
      const id = plain[name] as Uint8Array | null
      plain[name] = id === null ? null : Buffer.from(id).toString('hex')
    }
    return plain
  })
}

describe('the Arrow file', () => {
  it('holds what the tables held, batch by batch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(generatedRequest, { maxLength: 4 }), async (requests) => {
        const sink = await writeArrow(path, projection)
        const table = newTable()
        const rows: Record<string, unknown>[] = []
        for (const request of requests) {
          table.clear()
          decodeRequest(encodeRequest(request), table)
          rows.push(...rowsOf(table).map(expected))
          await sink.append(table)
        }
        await sink.close()
        expect(sink.rows).toBe(rows.length)
        expect(read(path)).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  })

  it('has its columns also when no span came', async () => {
    await (await writeArrow(path, [{ scope: 'span', name: 'rpc.method' }])).close()
    const table = tableFromIPC(readFileSync(path))
    expect([table.numRows, ...table.schema.fields.map(({ name }) => name)]).toEqual([
      ...[0, 'service', 'operation', 'kind', 'status', 'start', 'end', 'duration', 'trace_id', 'span_id', 'parent_span_id'],
      ...['rpc.method.text', 'rpc.method.number'],
    ])
  })

  it('cannot be made where there is no folder', async () => {
    await expect(writeArrow(join(folder, 'no', 'such.arrow'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
