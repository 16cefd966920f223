/** The one engine that the daemon, replay and tests drive. */
import type { Counted, CountRequest, IngestReport, RuleOutcome, SeriesLayout, TracesReport, World } from '../evaluate/index.ts'
import type { Decision, Spending, TargetState } from '../plan/index.ts'
import type { Nanos, SpanTable } from '../spans/index.ts'

/** Plain JSON: what survives a restart. */
export interface EngineState {
  readonly targets: Readonly<Record<string, TargetState>>
  /** Of the engine's budget, oldest first. */
  readonly spent?: readonly Spending[]
}

export interface StepResult {
  readonly at: Nanos
  /** Of the rules whose step ended here. */
  readonly outcomes: readonly RuleOutcome[]
  /** One a target that has an evaluated rule; `steady` ones too. */
  readonly decisions: readonly Decision[]
}

export interface Engine {
  /** A table with the bundle's projection, to decode into. */
  table(): SpanTable
  ingest(table: SpanTable, now?: Nanos): IngestReport
  due(now?: Nanos, drain?: boolean): Nanos | undefined
  /** `counted`: what others counted of the step, where spans are counted elsewhere. */
  step(at: Nanos, world: World, counted?: Counted): StepResult
  /** What those who count for the step that ends at `at` must know; the step follows with the same world. */
  begin(at: Nanos, world: World): CountRequest
  /** Where spans are counted elsewhere: whole traces that were sampled there, for the next step. */
  bring(table: SpanTable): void
  /** Where spans are counted elsewhere: everything that ended before is. */
  reached(watermark: Nanos): void
  /** The series that are counted as spans come. */
  readonly layout: readonly SeriesLayout[]
  /** Tells that the orchestrator took a `scale` decision, or may have (`unsure`). A decision that failed is simply not told: the next step plans anew. */
  acted(decision: Decision, how?: { readonly unsure?: boolean }): void
  state(): EngineState
  /**
   * Goes on from another engine's planning memory at `at`; what is evaluated here stays. A workload that stands elsewhere than it was left, or of which nothing
   * was left, may have been changed by the other at its very end: that counts as an action of all its rules, at `at`.
   */
  succeed(state: EngineState, at: Nanos, world: World): void
  readonly watermark: Nanos | undefined
  /** Start of the next step; undefined before the first one is due. */
  readonly next: Nanos | undefined
  /** Undefined where no rule needs traces. */
  readonly traces?: TracesReport | undefined
}
