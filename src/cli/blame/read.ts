/** A recording's traces, put together. */
import { TraceLog } from '../../blame/index.ts'
import { peerAttributes } from '../../bundle/index.ts'
import { decodeMessages, PlausibleTimes, type Recording, type RecordingFailure } from '../../recordings/index.ts'
import { createAssembler, createDictionary, linkColumns, type Nanos, SpanTable } from '../../spans/index.ts'

/** About 90 bytes each are kept. */
export const mostSpans = 10_000_000
/** How far a recording may be out of order, and how long a trace may pause. */
const latenessNs = 5e9
const idleNs = 30e9
const maxAgeNs = 3600e9
/** Decided so often: closing costs a little each time. */
const everyNs = 5e9

export interface ReadTraces {
  readonly log: TraceLog
  readonly unread: readonly RecordingFailure[]
  /** Sentences about spans that were left out. */
  readonly notes: readonly string[]
  /** There was more than is kept. */
  readonly truncated: boolean
}

export async function readTraces(recording: Recording, limit = mostSpans): Promise<ReadTraces> {
  const dictionary = createDictionary()
  const assembler = createAssembler({ idleNs, maxAgeNs, maxSpans: limit, maxSpansOfTrace: 1_000_000 })
  const log = new TraceLog(dictionary)
  const plausible = new PlausibleTimes()
  const unread: RecordingFailure[] = []
  const notes: string[] = []
  let implausible = 0
  let latest: Nanos = 0
  let closed: Nanos = 0
  let truncated = false
  const tables = decodeMessages(recording, new SpanTable(dictionary, [...peerAttributes, ...linkColumns]), {
    onFailure: (failure) => unread.push(failure),
    onRejected: (spans, message) => notes.push(`${spans} left out: ${message}`),
  })
  for await (const table of tables) {
    implausible += plausible.filter(table)
    assembler.add(table)
    for (let row = 0; row < table.length; row++) latest = Math.max(latest, table.endOf(row))
    if (latest - latenessNs - closed < everyNs) continue
    closed = latest - latenessNs
    log.add(assembler.close(closed))
    if (log.spans + assembler.report.openSpans >= limit) {
      truncated = true
      break
    }
  }
  log.add(assembler.close(latest, true))
  if (implausible > 0) notes.push(`${implausible} spans left out: they ended before 2000, or more than a year after all others`)
  return { log, unread, notes, truncated }
}
