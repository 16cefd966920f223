/**
 * A span table as a danfojs-node DataFrame, for people who have that library. It is an optional peer: the caller imports it
 * and hands it in. Every cell becomes a JavaScript value, so this is for looking at a recording, not for ingesting one.
 */
import { attributeBoolean, attributeNumber, attributeText, type SpanTable } from '../spans/index.ts'
import { kinds, statuses } from './words.ts'

/** The part of danfojs-node that is used. */
export interface Danfo<Frame> {
  readonly DataFrame: new (columns: Record<string, Cell[]>) => Frame
}

export type Cell = string | number | boolean | null

/**
 * One row a span: `service`, `operation`, `kind`, `status`, `start_ms` and `end_ms` (since the epoch), `duration_ms`,
 * `trace_id`, `span_id`, `parent_span_id` (hex; null for a root), and each projected attribute by its name, a resource's with
 * `resource.` in front. What is missing, or no scalar, is null.
 */
export function toDanfo<Frame>(danfo: Danfo<Frame>, table: SpanTable): Frame {
  const column = (cell: (row: number) => Cell): Cell[] => Array.from({ length: table.length }, (_, row) => cell(row))
  const columns: Record<string, Cell[]> = {
    service: column((row) => table.dictionary.text(table.service[row] as number)),
    operation: column((row) => table.dictionary.text(table.operation[row] as number)),
    kind: column((row) => kinds[table.kind[row] as number] as string),
    status: column((row) => statuses[table.status[row] as number] as string),
    start_ms: column((row) => table.startOf(row) / 1e6),
    end_ms: column((row) => table.endOf(row) / 1e6),
    duration_ms: column((row) => (table.duration[row] as number) / 1e6),
    trace_id: column((row) => table.traceIdOf(row)),
    span_id: column((row) => table.spanIdOf(row)),
    parent_span_id: column((row) => (isRoot(table, row) ? null : table.parentSpanIdOf(row))),
  }
  for (const { attribute, type, value } of table.attributes) {
    const name = attribute.scope === 'resource' ? `resource.${attribute.name}` : attribute.name
    columns[name] = column((row) => cellOf(table, type[row] as number, value[row] as number))
  }
  return new danfo.DataFrame(columns)
}

function cellOf(table: SpanTable, type: number, value: number): Cell {
  if (type === attributeText) return table.dictionary.text(value)
  if (type === attributeNumber) return value
  if (type === attributeBoolean) return value === 1
  return null
}

function isRoot({ parentSpanId }: SpanTable, row: number): boolean {
  for (let i = row * 8; i < row * 8 + 8; i++) if (parentSpanId[i] !== 0) return false
  return true
}
