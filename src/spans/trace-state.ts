/**
 * What consistent probability samplers say in a span's W3C tracestate, `ot=rv:…;th:…` (OpenTelemetry's "TraceState: Probability Sampling"): read into columns
 * by decoders where a table has them, and written for what is handed on.
 */
import { type AttributeColumn, attributeMissing, attributeNumber } from './table.ts'

/** A column of the tracestate. Ask for it in a table's projection behind its attributes; without, no tracestate is looked at. */
export interface TraceStateRef {
  readonly scope: 'tracestate'
  /** `rv`: the 48 leading bits of the trace's randomness. `th`: the rejection threshold in units of 2^−56, rounded to 53 bits. Both are numbers. */
  readonly name: 'rv' | 'th'
}

export const traceStateColumns: readonly TraceStateRef[] = [
  { scope: 'tracestate', name: 'rv' },
  { scope: 'tracestate', name: 'th' },
]

export interface ConsistentSampling {
  readonly rv: number | undefined
  readonly th: number | undefined
}

const nothing: ConsistentSampling = { rv: undefined, th: undefined }
/** Hexadecimal digits of 56 bits. */
const digits = 14
const rvPattern = /^[0-9a-f]{14}$/
const thPattern = /^[0-9a-f]{1,14}$/

/** What the `ot` member says; what is malformed is as if it were not there. */
export function consistentSampling(traceState: string): ConsistentSampling {
  const fields = fieldsOf(membersOf(traceState).ot)
  if (fields.length === 0) return nothing
  const rv = fieldOf(fields, 'rv')
  const th = fieldOf(fields, 'th')
  return {
    rv: rv !== undefined && rvPattern.test(rv) ? Number.parseInt(rv.slice(0, 12), 16) : undefined,
    th: th !== undefined && thPattern.test(th) ? Number.parseInt(th.padEnd(digits, '0'), 16) : undefined,
  }
}

/** The tracestate with another threshold, its `ot` member in front as W3C wants of what was changed. `th` is as {@link thresholdText} writes it. */
export function withThreshold(traceState: string, th: string): string {
  const { ot, others } = membersOf(traceState)
  const kept = fieldsOf(ot).filter((field) => !field.startsWith('th:'))
  return [`ot=${[`th:${th}`, ...kept].join(';')}`, ...others].join(',')
}

/** A threshold of 48 bits, in units of 2^−48, as `th` has it. */
export function thresholdText(threshold48: number): string {
  return threshold48.toString(16).padStart(12, '0').replace(/0+$/, '') || '0'
}

/** Fills the row's columns, if the table has any; an empty text leaves them missing. */
export function storeTraceState(columns: readonly AttributeColumn[], row: number, traceState: string): void {
  const found = traceState === '' ? nothing : consistentSampling(traceState)
  for (const column of columns) {
    const value = found[column.attribute.name as TraceStateRef['name']]
    column.type[row] = value === undefined ? attributeMissing : attributeNumber
    column.value[row] = value ?? 0
  }
}

function membersOf(traceState: string): { readonly ot: string; readonly others: readonly string[] } {
  const members = traceState
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
  return { ot: members.find((member) => member.startsWith('ot='))?.slice(3) ?? '', others: members.filter((member) => !member.startsWith('ot=')) }
}

function fieldsOf(ot: string): readonly string[] {
  return ot.split(';').filter((field) => field !== '')
}

function fieldOf(fields: readonly string[], key: string): string | undefined {
  return fields.find((field) => field.startsWith(`${key}:`))?.slice(key.length + 1)
}
