/**
 * Spans with impossible times. The engine takes a step for every few seconds of a recording, so one span from an unset or broken clock
 * (1970, 2100) would make it step through decades of nothing. Live, the wall clock bounds the times; here the recording itself must.
 */
import { type Nanos, nanosOf, type SpanTable } from '../spans/index.ts'

/** 2000-01-01: no OTLP is older. */
const earliest: Nanos = 946_684_800e9
/** The longest gap between two spans of one recording. */
const longestGapNs = 366 * 86_400e9

export class PlausibleTimes {
  #latest: Nanos | undefined

  /** Takes the spans out of the table that ended before 2000, or more than a year after all before them; returns how many. */
  filter(table: SpanTable): number {
    this.#latest ??= middle(table)
    const horizon = (this.#latest ?? earliest) + longestGapNs
    let latest = this.#latest ?? earliest
    let kept = 0
    for (let row = 0; row < table.length; row++) {
      const end = nanosOf(table.endTime, row)
      if (end < earliest || end > horizon) continue
      if (end > latest) latest = end
      if (kept !== row) table.copy(table, row, kept)
      kept++
    }
    if (this.#latest !== undefined) this.#latest = latest
    const dropped = table.length - kept
    table.length = kept
    return dropped
  }
}

/** The middle one of the plausible ends: with what the first is measured, since it may be the broken one itself. */
function middle(table: SpanTable): Nanos | undefined {
  const ends = Float64Array.from({ length: table.length }, (_, row) => table.endOf(row)).filter((end) => end >= earliest)
  return ends.sort()[(ends.length - 1) >> 1]
}
