/** Traces that show what a service adds, for people to look at. */
import type { Comparison } from './comparison.ts'

/**
 * Traces of the window in which the service was on the critical path: first a typical one of the bad ones (the ninth tenth, since the worst is often an
 * oddity), then the worst, then the middle one.
 */
export function exemplars({ log, traces, baseline }: Comparison, service: number, count: number): number[] {
  const found: { readonly trace: number; readonly critical: number }[] = []
  for (const trace of traces.slice(baseline)) {
    let critical = 0
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) if (log.service[row] === service) critical += log.critical[row] as number
    if (critical > 0) found.push({ trace, critical })
  }
  found.sort((a, b) => a.critical - b.critical || a.trace - b.trace)
  const at = (share: number): number | undefined => found[Math.max(0, Math.ceil(share * found.length) - 1)]?.trace
  const chosen = new Set([at(0.9), at(1), at(0.5), ...found.map(({ trace }) => trace).reverse()])
  return [...chosen].filter((trace) => trace !== undefined).slice(0, count)
}
