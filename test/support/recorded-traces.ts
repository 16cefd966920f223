/** Recorded traces, put together once and then dealt out again as often as wanted, with other ids and times: long streams from short recordings. */
import { decodeMessages, isRecording, openRecording } from '../../src/recordings/index.ts'
import { type AssembledSpans, createAssembler, createDictionary, type Dictionary, SpanTable } from '../../src/spans/index.ts'
import type { Random, TraceBatch } from './trace-stream.ts'

export interface RecordedTrace {
  /** Nanoseconds: latest end, and earliest start. */
  readonly end: number
  readonly start: number
  /** A span each, in the order of assembly. Parents as places in the trace, -1 for none. */
  readonly service: Uint32Array
  readonly operation: Uint32Array
  readonly parent: Int32Array
  readonly duration: Float64Array
  readonly self: Float64Array
  readonly gap: Float64Array
}

export class RecordedTraces {
  readonly dictionary: Dictionary
  /** By the end of their last span. */
  readonly traces: readonly RecordedTrace[]

  constructor(dictionary: Dictionary, traces: RecordedTrace[]) {
    this.dictionary = dictionary
    this.traces = traces.sort((a, b) => a.end - b.end)
  }
}

/** All traces of a recording. Throws where it cannot be read. */
export async function recordedTraces(path: string, dictionary: Dictionary = createDictionary()): Promise<RecordedTraces> {
  const recording = await openRecording(path)
  if (!isRecording(recording)) throw new Error(recording.message)
  const assembler = createAssembler({ idleNs: 3600e9, maxAgeNs: 3600e9, maxSpans: 10_000_000, maxSpansOfTrace: 1_000_000 })
  const failed: string[] = []
  for await (const table of decodeMessages(recording, new SpanTable(dictionary), { onFailure: ({ message }) => failed.push(message) })) assembler.add(table)
  if (failed.length > 0) throw new Error(failed[0])
  return new RecordedTraces(dictionary, tracesOf(assembler.close(Number.MAX_SAFE_INTEGER, true)))
}

function tracesOf({ spans, parent, traceStart, self, gap }: AssembledSpans): RecordedTrace[] {
  const traces: RecordedTrace[] = []
  for (let from = 0; from < spans.length; ) {
    let to = from + 1
    while (to < spans.length && traceStart[to] === from) to++
    let end = 0
    let start = Number.POSITIVE_INFINITY
    for (let row = from; row < to; row++) {
      end = Math.max(end, spans.endOf(row))
      start = Math.min(start, spans.startOf(row))
    }
    const first = from
    traces.push({
      end,
      start,
      service: spans.service.slice(from, to),
      operation: spans.operation.slice(from, to),
      parent: parent.slice(from, to).map((row) => (row < 0 ? -1 : row - first)),
      duration: spans.duration.slice(from, to),
      self: self.slice(from, to),
      gap: gap.slice(from, to),
    })
    from = to
  }
  return traces
}

/** Appends the trace to a batch of the same dictionary, ending at `end`, with an id of `random`. */
export function deal(batch: TraceBatch, trace: RecordedTrace, end: number, random: Random): void {
  batch.begin(random)
  for (let i = 0; i < trace.service.length; i++)
    batch.span(trace.service[i] as number, trace.operation[i] as number, trace.parent[i] as number, trace.duration[i] as number, end, false)
}
