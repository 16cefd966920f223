/** A recording through the sampler, in event time, as `scaled sampler` would decide it. */
import { StreamClock } from '../../evaluate/index.ts'
import { decodeMessages, PlausibleTimes, type Recording, type RecordingFailure } from '../../recordings/index.ts'
import { createSampler, type KeptTrace, type SamplerOptions, type SamplerReport } from '../../sampler/index.ts'
import { type Assembler, createAssembler, createDictionary, SpanTable, traceStateColumns } from '../../spans/index.ts'

export interface Decided {
  readonly report: SamplerReport
  /** In the order in which they were decided. */
  readonly kept: readonly KeptTrace[]
  readonly spans: number
  /** Spans with times that cannot be. */
  readonly implausible: number
  readonly unread: readonly RecordingFailure[]
}

export interface DecideOptions {
  readonly sampler: SamplerOptions
  readonly latenessNs: number
  readonly idleNs: number
}

const tickNs = 1e9
const limits = { maxAgeNs: 60e9, maxSpans: 1_000_000, maxSpansOfTrace: 100_000 }

/** Learns from `training` first, without keeping anything of it. */
export async function decide(recording: Recording, training: Recording | undefined, options: DecideOptions): Promise<Decided> {
  const kept: KeptTrace[] = []
  const sampler = createSampler(options.sampler, { onKept: (trace) => kept.push(trace) })
  const unread: RecordingFailure[] = []
  if (training !== undefined) await assembled(training, options, unread, (found) => sampler.train(found))
  const { spans, implausible } = await assembled(recording, options, unread, (found) => sampler.decide(found))
  return { report: sampler.report, kept, spans, implausible, unread }
}

async function assembled(
  recording: Recording,
  { latenessNs, idleNs }: DecideOptions,
  unread: RecordingFailure[],
  take: (found: ReturnType<Assembler['close']>) => void,
): Promise<{ readonly spans: number; readonly implausible: number }> {
  const assembler = createAssembler({ ...limits, idleNs })
  const clock = new StreamClock(tickNs, latenessNs, undefined)
  const plausible = new PlausibleTimes()
  let spans = 0
  let implausible = 0
  const close = (at: number, all = false): void => {
    const found = assembler.close(at, all)
    if (found.spans.length > 0) take(found)
  }
  for await (const table of decodeMessages(recording, new SpanTable(createDictionary(), traceStateColumns), { onFailure: (failure) => unread.push(failure) })) {
    implausible += plausible.filter(table)
    if (table.length === 0) continue
    spans += table.length
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (let row = 0; row < table.length; row++) {
      const end = table.endOf(row)
      first = Math.min(first, end)
      last = Math.max(last, end)
    }
    clock.next ??= clock.tickOf(first)
    assembler.add(table)
    clock.arrived(last, undefined)
    for (let at = clock.due(undefined, undefined, false); at !== undefined; at = clock.due(undefined, undefined, false)) {
      close(at)
      // A gap of days is no reason to look at every second of it.
      clock.next = assembler.report.openTraces === 0 && clock.watermark !== undefined ? Math.max(at, clock.tickOf(clock.watermark)) : at
    }
  }
  close(clock.next ?? 0, true)
  return { spans, implausible }
}
