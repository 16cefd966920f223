/** What every node of a compiled rule is given at a step, and what it is compiled with. */
import type { RuleIR, SelectorIR, SpanField } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { BoundedSelector } from './bound.ts'
import type { Calendar } from './calendar.ts'
import type { Because, UnknownReason, World } from './contract.ts'
import type { Evidence, Series } from './series.ts'

/** What has been decided up to a step. Minus infinity: no trace yet. */
export interface TracesSeen {
  /** End of the last tick in which a trace was decided. */
  readonly decidedAt: Nanos
  /** Latest end of a span of a decided trace. */
  readonly lastSpan: Nanos
  /** How long after its last span a complete trace is decided. */
  readonly idleNs: number
  /** The greatest weight of a trace that was decided behind `from`; undefined where none was left out and each counts as itself. */
  heaviestSince(from: Nanos): number | undefined
  /** Whether traces that were left out do not come at all: then that there are none says nothing. */
  readonly partial: boolean
  /** Whether a sampler tells anomalous traces from ordinary ones. */
  readonly scores: boolean
}

export interface StepContext {
  /** End of the step. */
  readonly at: Nanos
  readonly world: World
  /** No span of any kind for too long: nothing that spans say can be trusted. */
  readonly stale: boolean
  /** Latest end of a span of any kind up to this step. */
  readonly lastSpan: Nanos
  /** End of the last tick of which a count is missing. Minus infinity: none is. */
  readonly gapAt: Nanos
  /** Undefined where no rule needs traces. */
  readonly traces: TracesSeen | undefined
  /** Of the rule's target. */
  readonly evidence: Evidence
}

/** A compiled condition: its truth at a step, with why. Nodes keep state, so each is asked exactly once a step. */
export type Condition = (context: StepContext) => Because

export interface Builder {
  readonly rule: RuleIR
  /** Length of the shortest step of any rule. */
  readonly tickNs: number
  readonly calendar: Calendar
  /**
   * The series of a selector and field, the duration by default; shared with the rules that have an equal one. `traced`: of decided traces, even where the
   * stream has what is asked for.
   */
  series(selector: SelectorIR, field?: SpanField, traced?: boolean): Series
  /** A series for counting the spans longer than a bound; rules share it whose selectors are equal but for their bounds. */
  family(bounded: BoundedSelector): Series
  /** State that outlives a reload: the same, in the order of asking, as long as the rule does not change. */
  state<T extends object>(initial: () => T): T
}

/**
 * Whether the window that begins at `from` would have shown the series' spans, had there been any: spans of any kind ended in it, or, where it takes traces,
 * traces of any kind were decided in it. Nothing seen is a true 0 only then.
 */
export function wouldShow(series: Series, from: Nanos, lengthNs: number, { at, lastSpan, traces, evidence }: StepContext): boolean {
  if (series.field === undefined) return lastSpan >= from
  return traces !== undefined && (traces.partial || (traces.decidedAt > at - lengthNs && traces.lastSpan >= evidence.from))
}

/** Whether nothing can be known of the window of `lengthNs` that ends at this step: the telemetry is stale, or a part of it was counted by nobody. */
export function isStale(lengthNs: number, { at, stale, gapAt, evidence }: StepContext): boolean {
  return stale || gapAt > Math.max(at - lengthNs, evidence.from)
}

/** The greatest weight of a trace in the window of `lengthNs`; undefined where the series' spans are no sample: those of the stream never are. */
export function sampledIn(series: Series, lengthNs: number, { at, traces }: StepContext): number | undefined {
  return series.field === undefined ? undefined : traces?.heaviestSince(at - lengthNs)
}

/** The gravest first: what a person must hear of when several parts are unknown. */
const gravity: readonly UnknownReason[] = ['stale', 'world', 'settling', 'unscored', 'sparse', 'few', 'arithmetic', 'empty']

export function gravest(reasons: readonly (UnknownReason | undefined)[]): UnknownReason | undefined {
  return gravity.find((reason) => reasons.includes(reason))
}

/** Reasons that say nothing against a condition: nobody called. `for` passes over them. */
export function isIdle(reason: UnknownReason | undefined): boolean {
  return reason === 'empty' || reason === 'few' || reason === 'arithmetic'
}
