/** The caps on the assembly of traces that have struck, in words. */
import type { TracesReport } from '../evaluate/index.ts'

export interface StruckCap {
  /** As the configuration calls it; `max_spans_of_trace` is fixed. */
  readonly cap: 'max_spans' | 'max_spans_of_trace' | 'max_age'
  /** Traces that were decided before they were complete. */
  readonly traces: number
  /** Spans that were left out. */
  readonly dropped?: number
  readonly message: string
}

/** The gravest first. What such traces say is true of the spans that had come, and may lack others. */
export function struckCaps({ evicted, oversized, aged, dropped }: TracesReport): readonly StruckCap[] {
  const found: StruckCap[] = []
  if (evicted > 0) {
    const left = dropped === 0 ? '' : `, and ${counted(dropped, 'span')} left out`
    const message = `more spans are open than memory is set aside for: ${counted(evicted, 'trace')} decided early, the oldest first${left}`
    found.push({ cap: 'max_spans', traces: evicted, ...(dropped === 0 ? {} : { dropped }), message })
  }
  if (oversized > 0)
    found.push({ cap: 'max_spans_of_trace', traces: oversized, message: `${counted(oversized, 'trace')} cut into parts: more spans than one trace may have` })
  if (aged > 0) found.push({ cap: 'max_age', traces: aged, message: `${counted(aged, 'trace')} decided at the greatest age, before the root had ended` })
  return found
}

function counted(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}
