/** The sampler's own half: spans are put together to traces in event time, and each is decided once. */
import { defaultTraces, StreamClock } from '../../evaluate/index.ts'
import type { KeptTrace, Sampler } from '../../sampler/index.ts'
import type { Embedded } from '../../sources/index.ts'
import { type AssembledSpans, type Assembler, type AssemblyReport, createAssembler, type Nanos, type SpanTable } from '../../spans/index.ts'
import type { Ring } from './ring.ts'

export interface PipelineParts {
  /** Its `onKept` is `kept`. */
  readonly sampler: Sampler
  readonly ring: Ring
  readonly embedded: Embedded
  readonly now: () => Nanos
  readonly latenessNs: number
  readonly traces: { readonly idleNs: number; readonly maxAgeNs: number; readonly maxSpans: number; readonly seed?: number }
  readonly startAt: Nanos
}

export interface Pipeline {
  readonly sampler: Sampler
  add(table: SpanTable): void
  kept(trace: KeptTrace): void
  /** Decides what is complete. */
  look(): void
  readonly watermark: Nanos | undefined
  readonly report: AssemblyReport
}

/** Traces are decided together so often, in event time. */
const tickNs = 1e9
const maxSpansOfTrace = 100_000

export function createPipeline({ sampler, ring, embedded, now, latenessNs, traces, startAt }: PipelineParts): Pipeline {
  const clock = new StreamClock(tickNs, latenessNs, startAt)
  const assembler: Assembler = createAssembler({ ...defaultTraces, ...traces, maxSpansOfTrace: Math.min(traces.maxSpans, maxSpansOfTrace) })
  let scored = false

  function keep({ spans, traceStart, weight }: AssembledSpans): void {
    for (let row = 0; row < spans.length; ) {
      const from = row
      while (row < spans.length && traceStart[row] === traceStart[from]) row++
      if ((weight[from] as number) > 0) embedded.keep(spans.traceIdOf(from), spans, from, row)
    }
  }

  return {
    sampler,
    add(table) {
      const at = now()
      let last = Number.NEGATIVE_INFINITY
      for (let row = 0; row < table.length; row++) last = Math.max(last, table.endOf(row))
      assembler.add(table)
      if (table.length > 0) clock.arrived(Math.min(last, at), at)
    },
    kept: ({ traceId, ...trace }) => ring.push({ ...trace, traceId: Buffer.from(traceId, 'hex'), decided: now(), scored }),
    look() {
      for (let at = clock.due(undefined, now(), false); at !== undefined; at = clock.due(undefined, now(), false)) {
        clock.next = at
        const found = assembler.close(at)
        if (found.spans.length === 0) continue
        const { state, mode } = sampler.report
        scored = state === 'warm' && mode !== 'uniform'
        sampler.decide(found)
        keep(found)
      }
    },
    get watermark() {
      return clock.watermark
    },
    get report() {
      return assembler.report
    },
  }
}
