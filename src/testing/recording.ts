/** Recordings that tests replay, whole in memory: those of tests are small. */
import { decodeMessages, isRecording, openRecording, PlausibleTimes, type RecordingFailure } from '../recordings/index.ts'
import { type Nanos, SpanTable } from '../spans/index.ts'
import { type Period, within } from './period.ts'

export interface RecordedSpans {
  /** In the order of arrival. */
  readonly table: SpanTable
  /** Of the first and the last end; undefined without a span. */
  readonly firstEnd: Nanos | undefined
  readonly lastEnd: Nanos | undefined
}

export type RecordingResult = RecordedSpans | { readonly problem: string }

/**
 * Reads a recording into a table like `like`. A span is left out where a replay would not count it: when its step was evaluated before it
 * arrived, or its times cannot be right. Anything that cannot be read makes it a problem: half a recording is no test.
 */
export async function readRecording(path: string, like: SpanTable, tickNs: number, latenessNs: number): Promise<RecordingResult> {
  const opened = await openRecording(path)
  if (!isRecording(opened)) return { problem: said(opened) }
  let failure: RecordingFailure | undefined
  const table = new SpanTable(like.dictionary, like.projection)
  const times = new PlausibleTimes()
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  const tickOf = (at: Nanos): Nanos => at - (at % tickNs)
  for await (const message of decodeMessages(opened, new SpanTable(like.dictionary, like.projection), { onFailure: (f) => (failure ??= f) })) {
    times.filter(message)
    const watermark = tickOf(last - latenessNs)
    // Until a step is due the recording may still begin earlier.
    const evaluated = watermark > tickOf(first) ? watermark : Number.NEGATIVE_INFINITY
    for (let row = 0; row < message.length; row++) {
      const end = message.endOf(row)
      if (end < evaluated) continue
      table.append(message, row)
      if (end < first) first = end
      if (end > last) last = end
    }
  }
  if (failure !== undefined) return { problem: said(failure) }
  return table.length === 0 ? { table, firstEnd: undefined, lastEnd: undefined } : { table, firstEnd: first, lastEnd: last }
}

function said({ file, at, message }: RecordingFailure): string {
  return `${file}${at === undefined ? '' : `, ${at}`}: ${message}`
}

/** Appends the recording's spans but those that ended in a pause; periods are from `start`. */
export function withoutPauses({ table }: RecordedSpans, into: SpanTable, start: Nanos, paused: readonly Period[]): void {
  for (let row = 0; row < table.length; row++) if (!within(paused, table.endOf(row) - start)) into.append(table, row)
}
