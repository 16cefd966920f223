/** The plain signals, for the table and to be compared with: what rose for each service, nanoseconds. */
import type { Comparison } from './comparison.ts'
import { consumerKind } from './log.ts'

const serverKind = 2

export interface Signals {
  /** The largest rise of the p99 of one of the service's SERVER or CONSUMER operations; undefined where none was called both before and after. */
  readonly plain: number | undefined
  /** Rises of the mean time a trace. */
  readonly self: number
  readonly gap: number
  readonly own: number
  readonly critical: number
  /** It sends no spans itself: what is told of it is told by its callers. */
  readonly peer: boolean
  /** The service's calls of the window's traces. */
  readonly spans: number
}

/** By service code. */
export function signals(comparison: Comparison): Map<number, Signals> {
  const { log, traces, baseline, weights } = comparison
  const plain = plainRises(comparison)
  const [all, after] = [weights.reduce((sum, weight) => sum + weight, 0), comparison.tracesAfter]
  const sums = new Map<number, { self: number; gap: number; critical: number; peer: boolean; spans: number }>()
  for (const [i, trace] of traces.entries()) {
    const before = i < baseline
    const weight = weights[i] as number
    const scale = before ? -weight / (all - after) : weight / after
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) {
      const service = log.service[row] as number
      let sum = sums.get(service)
      if (sum === undefined) {
        sum = { self: 0, gap: 0, critical: 0, peer: true, spans: 0 }
        sums.set(service, sum)
      }
      if (!log.isPeer(row)) sum.peer = false
      sum.self += scale * (log.self[row] as number)
      sum.gap += scale * (log.gap[row] as number)
      sum.critical += scale * (log.critical[row] as number)
      if (!before) sum.spans += weight
    }
  }
  return new Map([...sums].map(([service, sum]) => [service, { plain: plain.get(service), own: sum.self + sum.gap, ...sum }]))
}

/** Mean length of the critical path before and after. */
export function paths({ log, traces, weights, baseline }: Comparison): { readonly before: number; readonly after: number } {
  const mean = (from: number, to: number): number => {
    let [sum, all] = [0, 0]
    for (let i = from; i < to; i++) {
      sum += (weights[i] as number) * (log.path[traces[i] as number] as number)
      all += weights[i] as number
    }
    return all > 0 ? sum / all : 0
  }
  return { before: mean(0, baseline), after: mean(baseline, traces.length) }
}

interface Weighted {
  readonly value: number
  readonly weight: number
}

function plainRises({ log, traces, weights, baseline }: Comparison): Map<number, number> {
  const operations = new Map<string, { readonly service: number; readonly before: Weighted[]; readonly after: Weighted[] }>()
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
      ;(i < baseline ? durations.before : durations.after).push({ value: log.duration[row] as number, weight: weights[i] as number })
    }
  }
  const rises = new Map<number, number>()
  for (const { service, before, after } of operations.values()) {
    if (before.length === 0 || after.length === 0) continue
    rises.set(service, Math.max(rises.get(service) ?? Number.NEGATIVE_INFINITY, p99(after) - p99(before)))
  }
  return rises
}

/** Nearest rank, as the language's: the first value that 99 % do not exceed. */
function p99(values: Weighted[]): number {
  values.sort((a, b) => a.value - b.value)
  const rank = 0.99 * values.reduce((sum, { weight }) => sum + weight, 0)
  let passed = 0
  for (const { value, weight } of values) {
    passed += weight
    if (passed >= rank) return value
  }
  return (values.at(-1) as Weighted).value
}
