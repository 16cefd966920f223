/**
 * Traces put together from the stream, and what a span means in its trace. Everything is a function of the *set* of spans and of event time, never of
 * the order in which they came: a trace is decided when the watermark has passed its root's end and its last span's end by the idle
 * gap, so two replays decide the same traces in the same steps.
 */
import type { Nanos, SpanTable } from '../table.ts'

export interface AssemblyOptions {
  /** A trace whose root has ended is complete when nothing of it has ended for so long. */
  readonly idleNs: number
  /** A trace is decided at the latest so long after its earliest span ended, root or not. */
  readonly maxAgeNs: number
  /** Spans kept in all; when more come the oldest traces are decided first, never dropped silently. */
  readonly maxSpans: number
  /** Spans of one trace; beyond that it is decided, and what follows is late. */
  readonly maxSpansOfTrace: number
  /** Spoils collisions of ids that were made on purpose; nothing that comes out depends on it. */
  readonly seed?: number
}

/** Decided spans as columns, trace after trace. Reused by the next `close`. */
export interface AssembledSpans {
  /** With the columns of the tables that were added; a duplicate is there once. */
  readonly spans: SpanTable
  /** Row of the parent, -1 for a root and for an orphan. */
  readonly parent: Int32Array
  /** 0 for a root or orphan. */
  readonly depth: Uint16Array
  /** First row of the span's trace. */
  readonly traceStart: Uint32Array
  /**
   * Duration minus the union of the intervals of the children that the span waits for (each clipped to it), in nanoseconds. 0 of a CLIENT span
   * with a callee: what that does not cover is the callee's gap. NaN where children were decided before the span came.
   */
  readonly self: Float64Array
  /**
   * Duration of the CLIENT or PRODUCER span whose child this is, in another service; of a CONSUMER without one, that of the PRODUCER it has a link to; NaN
   * where there is none.
   */
  readonly seen: Float64Array
  /**
   * seen − duration, charged to this callee, never negative; of a CONSUMER its wait in the queue, by its parent or by a link; 0 where there is no caller's span. Of several callees
   * of one CLIENT span the last to end is charged with what none of them covers.
   */
  readonly gap: Float64Array
  /** self + gap; NaN where self is. */
  readonly own: Float64Array
  /** Time on the trace's critical path, gaps charged to the callee; NaN in a part of a trace of which an earlier part had some spans' children. */
  readonly critical: Float64Array
  /** critical ÷ the length of its trace's critical path, 0 to 1. */
  readonly blame: Float64Array
  /** Length of its trace's critical path: the sum of `critical` over the trace. */
  readonly path: Float64Array
  /**
   * Of a CLIENT or PRODUCER span without a counterpart in its trace: who it called, by its attributes; a dictionary code, 0 where they do not say or the
   * tables have no columns of them (`peerAttributes`). The span's duration, self and critical are the peer's: nobody can tell the way there from the work.
   */
  readonly peer: Uint32Array
  /** How many traces the span's trace stands for: 1 without a sampler; else 1/p, at least 1, where the trace was kept, and 0 where it was left out. */
  readonly weight: Float64Array
  /** 1 where the sampler kept the span's trace as anomalous. 0 without a sampler. */
  readonly anomalous: Uint8Array
}

/**
 * Chooses among decided traces. Each is kept with a probability p that depends only on what was decided earlier, and then stands for 1/p traces, so
 * that weighted sums over the kept ones are right on average (Horvitz and Thompson, 1952).
 */
export interface TraceSampler {
  /**
   * Called once with what a step decided, before anything else looks at it. Writes `weight` and `anomalous`, each the same in all rows of a trace; both
   * come as they are without a sampler. A later part of a trace is a trace of its own here, with the same id.
   */
  decide(found: AssembledSpans): void
  /** False while it cannot tell anomalous traces from ordinary ones: nobody knows then how many there are. */
  readonly scores?: boolean
  /**
   * True where it is only given what was kept elsewhere, and so shows nothing of what was left out: then every step is a sample, one that nothing came of, too. Not to
   * be said where all traces are kept elsewhere.
   */
  readonly partial?: boolean
}

export interface AssemblyReport {
  readonly openTraces: number
  readonly openSpans: number
  readonly decidedTraces: number
  /** Parts of traces that were decided after a first part: late spans, put together among themselves. */
  readonly laterParts: number
  /** Decided before they were complete, because they were too old, or memory was short, or they had too many spans. */
  readonly aged: number
  readonly evicted: number
  readonly oversized: number
  /** Spans that were decided under these caps and could not wait for `close`, because as many as `maxSpans` did already. */
  readonly dropped: number
  /** Spans that came after their trace was decided. They make a later part of it, unless they ended before the last `close`: then they are left out. */
  readonly late: number
  readonly duplicate: number
  /** Spans whose parent never came. */
  readonly orphans: number
  /** Traces with more than one root. */
  readonly severalRoots: number
  /** Parent chains that bit their tail, and were cut. */
  readonly cycles: number
  /** Children of another service that began before or ended after what a clock could explain, and were shifted. */
  readonly skewed: number
}

export interface Assembler {
  /** Takes all rows; the table may be reused at once. */
  add(table: SpanTable): void
  /**
   * Decides what is complete at `at`, the end of a step that the watermark has passed; with `all`, everything (the end of a recording). Spans that ended
   * after `at` stay open, or are late where their trace is decided.
   */
  close(at: Nanos, all?: boolean): AssembledSpans
  readonly report: AssemblyReport
}
