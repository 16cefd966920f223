/** What is told of the assembly of traces: in the status, and in the log when a cap on memory strikes. */
import { struckCaps } from '../engine/index.ts'
import type { TracesReport } from '../evaluate/index.ts'
import type { Logger } from './logger.ts'

/** A cap that goes on striking is a line so often. */
const quietNs = 60e9

/** `traces` of the status document. */
export function tracesDocument(report: TracesReport): object {
  return { ...report, caps: struckCaps(report) }
}

/** Looks at the report of each step. Traces that are decided at their greatest age are no news: services whose root is not traced always are. */
export function createTracesWatch(logger: Logger): (report: TracesReport | undefined, at: number) => void {
  const told = new Map<string, { readonly traces: number; readonly at: number }>()
  return (report, at) => {
    if (report === undefined) return
    for (const { cap, traces, message } of struckCaps(report)) {
      const last = told.get(cap)
      if (cap === 'max_age' || traces === last?.traces || (last !== undefined && at - last.at < quietNs)) continue
      told.set(cap, { traces, at })
      logger.warn({ cap, traces }, message)
    }
  }
}
