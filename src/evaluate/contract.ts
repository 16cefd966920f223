/** What evaluation takes and gives. */
import type { ComparisonOperator } from '../bundle/index.ts'
import type { AssemblyReport, Nanos, SpanTable } from '../spans/index.ts'
import type { Counted, CountedTick, CountRequest, SeriesLayout } from './counted.ts'

export type Truth = 'true' | 'false' | 'unknown'

/**
 * Why a truth value is unknown.
 * empty: the selector saw no span in the window while others arrived; stale: the telemetry cannot be trusted;
 * few: fewer spans than `at least N spans`; sparse: too few traces were kept of those that the sampler chose among, so that luck would decide;
 * unscored: no sampler tells anomalous traces from ordinary ones; settling: the target's new replicas are not ready, so nothing counts yet;
 * world: replicas, ready or a metric could not be read; arithmetic: a division by zero.
 */
export type UnknownReason = 'empty' | 'stale' | 'few' | 'sparse' | 'unscored' | 'settling' | 'world' | 'arithmetic'

/** What the orchestrator last said of one workload. */
export interface WorkloadSnapshot {
  readonly desired: number
  readonly ready: number
  /** Opaque; goes back with a set. */
  readonly version: string
  /** When `ready` was last seen to reach `desired`; undefined while it is below. */
  readonly readySince: Nanos | undefined
  /** Why the workload cannot be changed now: a rollout in progress, pending pods. */
  readonly blocked?: string
  /** Another controller that owns the workload, such as an HPA. */
  readonly owner?: string
  readonly paused?: Pause
}

/** What a person asked for on the workload itself: no change in a direction, for good or until a time. */
export interface Pause {
  readonly up: boolean
  readonly down: boolean
  readonly until?: Nanos
  /** Where it is said, for people: `annotation scale.dev/paused`. */
  readonly by: string
}

/** A workload that could not be read, with the reason for people. */
export interface WorkloadError {
  readonly error: 'not-found' | 'not-scalable' | 'forbidden' | 'transient'
  readonly message: string
}

/** Per target id. A target that is missing has not been read yet. */
export type World = ReadonlyMap<string, WorkloadSnapshot | WorkloadError>

/**
 * A target's evidence epoch: spans that started before `at` do not count towards a scale-up; counts and `for` clocks of all its
 * rules start again there. `pending`: the action is done, its replicas are not ready.
 */
export type Epoch = { readonly kind: 'since'; readonly at: Nanos } | { readonly kind: 'pending'; readonly since: Nanos }

export interface StepInput {
  /** End of the step. */
  readonly at: Nanos
  readonly world: World
  /** Targets that never acted have none. */
  readonly epochs: ReadonlyMap<string, Epoch>
  /** What others counted of the tick that ends here; a judge must be told. */
  readonly counted?: Counted
}

/** A value with what it was computed from. */
export interface Observed {
  readonly text: string
  readonly type: string
  /** Undefined: unknown. */
  readonly value: number | undefined
  readonly unknown?: UnknownReason
  /** Spans behind it, where it is an aggregate. */
  readonly spans?: number
  /** Where these are a sample: about how many spans they stand for. */
  readonly ofSpans?: number
  /** And how many independent draws they are worth: the effective sample, at most `spans`. */
  readonly effectiveSpans?: number
  /** The value comes from a sketch: within 1 % of the true one, and on its side of every constant that it is compared with. */
  readonly approximate?: true
}

/** Why a condition has its truth value: the condition's own shape with the numbers. */
export interface Because {
  readonly kind: 'and' | 'or' | 'not' | 'compare' | 'times' | 'for' | 'spans' | 'absent' | 'during' | 'always'
  readonly text: string
  readonly truth: Truth
  readonly unknown?: UnknownReason
  /** compare: between left and right. */
  readonly operator?: ComparisonOperator
  readonly left?: Observed
  readonly right?: Observed
  /**
   * times, spans: what was counted, what is needed, of how many steps, how many of them unknown; `seenSteps` where fewer steps than that have ended
   * since the first, or since the target's evidence epoch.
   */
  readonly counted?: { readonly have: number; readonly need: number; readonly steps?: number; readonly unknownSteps?: number; readonly seenSteps?: number }
  /** for, absent: how long it has held and how long it must, in nanoseconds; `idleNs`: how long ago its last step with spans was, if that is not the last. */
  readonly held?: { readonly haveNs: number; readonly needNs: number; readonly idleNs?: number }
  readonly of?: readonly Because[]
  /** Up to five, hex, the worst first. */
  readonly traceIds?: readonly string[]
}

export interface RuleOutcome {
  readonly rule: string
  readonly target: string
  readonly truth: Truth
  readonly unknown?: UnknownReason
  /** Since when the rule has been stale without a break, its condition or the value that it would hold; undefined while it is not. */
  readonly staleSince?: Nanos
  readonly because: Because
  /** The current value of a `to hold` action. */
  readonly hold?: Observed
}

export interface IngestReport {
  readonly spans: number
  /** Counted as they came towards some rule; a span that two selectors match is one. */
  readonly matched: number
  /** Would have been, but were counted before. */
  readonly duplicate: number
  /** Ended in a step that was already evaluated, or has no end. */
  readonly late: number
  /** Ended further ahead of `now` than any clock skew that is allowed; refused. */
  readonly future: number
}

export interface TracesReport extends AssemblyReport {
  /** Spans of decided traces that counted towards some rule; one that two selectors match is one. */
  readonly matched: number
}

export interface Evaluator {
  /** Counts the table's spans; the table may be reused at once. `now` bounds the future; undefined on recordings. */
  ingest(table: SpanTable, now: Nanos | undefined): IngestReport
  /**
   * End of the next step whose end the watermark has passed, if any. The watermark is the greatest span end − lateness; `now`, the wall
   * clock, replaces the greatest end when the stream is silent, and bounds it. `drain` treats everything as arrived (the end of a recording).
   */
  due(now: Nanos | undefined, drain?: boolean): Nanos | undefined
  /** Evaluates the step that `due` named. Steps must be taken in order. Rules whose `every` does not end here are left out. */
  step(input: StepInput): readonly RuleOutcome[]
  readonly watermark: Nanos | undefined
  /** Start of the next step; undefined before the first one is due. */
  readonly next: Nanos | undefined
  /** The series that are counted as spans come. */
  readonly layout: readonly SeriesLayout[]
  /** Of a counter: spans of ticks that nobody has asked for yet. */
  readonly openSpans: number
  /** Of a counter: closes a tick, for a judge elsewhere. Ticks must be asked for in order. */
  count(request: CountRequest): CountedTick
  /** Of a judge: whole traces that were sampled elsewhere, for the next step; left aside where no rule needs traces. */
  bring(table: SpanTable): void
  /** Of a judge: everything that ended before has been counted, wherever it was. */
  reached(watermark: Nanos): void
  /** Undefined where no rule needs traces: none are assembled then. */
  readonly traces?: TracesReport | undefined
}
