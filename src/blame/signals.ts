/** The plain signals, for the table and to be compared with: what rose for each service, nanoseconds. */
import type { Comparison } from './comparison.ts'
import type { TraceLog } from './log.ts'

const serverKind = 2
const consumerKind = 5

export interface Signals {
  /** The largest rise of the p99 of one of the service's SERVER or CONSUMER operations; undefined where none was called both before and after. */
  readonly plain: number | undefined
  /** Rises of the mean time a trace. */
  readonly self: number
  readonly gap: number
  readonly own: number
  readonly critical: number
  /** The service's calls of the window's traces. */
  readonly spans: number
}

/** By service code. */
export function signals(comparison: Comparison): Map<number, Signals> {
  const { log, traces, baseline } = comparison
  const plain = plainRises(comparison)
  const sums = new Map<number, { self: number; gap: number; critical: number; spans: number }>()
  for (const [i, trace] of traces.entries()) {
    const before = i < baseline
    const scale = before ? -1 / baseline : 1 / (traces.length - baseline)
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) {
      const service = log.service[row] as number
      let sum = sums.get(service)
      if (sum === undefined) {
        sum = { self: 0, gap: 0, critical: 0, spans: 0 }
        sums.set(service, sum)
      }
      sum.self += scale * (log.self[row] as number)
      sum.gap += scale * (log.gap[row] as number)
      sum.critical += scale * (log.critical[row] as number)
      if (!before) sum.spans++
    }
  }
  return new Map([...sums].map(([service, sum]) => [service, { plain: plain.get(service), own: sum.self + sum.gap, ...sum }]))
}

/** Mean length of the critical path before and after. */
export function paths({ log, traces, baseline }: Comparison): { readonly before: number; readonly after: number } {
  return { before: mean(log, traces.slice(0, baseline)), after: mean(log, traces.slice(baseline)) }
}

function mean(log: TraceLog, traces: readonly number[]): number {
  return traces.reduce((sum, trace) => sum + (log.path[trace] as number), 0) / Math.max(1, traces.length)
}

function plainRises({ log, traces, baseline }: Comparison): Map<number, number> {
  const operations = new Map<string, { readonly service: number; readonly before: number[]; readonly after: number[] }>()
  for (const [i, trace] of traces.entries()) {
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) {
      if (log.kind[row] !== serverKind && log.kind[row] !== consumerKind) continue
      const service = log.service[row] as number
      const key = `${service} ${log.operation[row]}`
      let durations = operations.get(key)
      if (durations === undefined) {
        durations = { service, before: [], after: [] }
        operations.set(key, durations)
      }
      ;(i < baseline ? durations.before : durations.after).push(log.duration[row] as number)
    }
  }
  const rises = new Map<number, number>()
  for (const { service, before, after } of operations.values()) {
    if (before.length === 0 || after.length === 0) continue
    rises.set(service, Math.max(rises.get(service) ?? Number.NEGATIVE_INFINITY, p99(after) - p99(before)))
  }
  return rises
}

/** Nearest rank, as the language's. */
function p99(values: number[]): number {
  values.sort((a, b) => a - b)
  return values[Math.ceil(0.99 * values.length) - 1] as number
}
