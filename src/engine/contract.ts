/** The one engine that the daemon, replay and tests drive. */
import type { IngestReport, RuleOutcome, TracesReport, World } from '../evaluate/index.ts'
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
  step(at: Nanos, world: World): StepResult
  /** Tells that the orchestrator took a `scale` decision. A decision that failed is simply not told: the next step plans anew. */
  acted(decision: Decision): void
  state(): EngineState
  readonly watermark: Nanos | undefined
  /** Undefined where no rule needs traces. */
  readonly traces?: TracesReport | undefined
}
