/** What planning takes and gives. */
import type { RuleIR, TargetIR } from '../bundle/index.ts'
import type { Because, Epoch, Observed, RuleOutcome, Truth, UnknownReason, WorkloadError, WorkloadSnapshot } from '../evaluate/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { Allowance } from './budget.ts'

export type Outcome =
  /** The workload is to be changed from `from` to `to`. */
  | 'scale'
  /** Something was wanted, or could not be known, and nothing is done: `reason` says why. */
  | 'hold'
  /** Nothing is wanted. */
  | 'steady'

/**
 * Stable words for logs, events and metrics; HPA's where HPA has one.
 * Of scale: ScaleUp, ScaleDown. Of steady: Steady. The rest are holds.
 */
export type Reason =
  | 'ScaleUp'
  | 'ScaleDown'
  | 'Steady'
  | 'TargetUnreadable'
  | 'OwnedByAnother'
  | 'ScalingDisabled'
  | 'ContendedTarget'
  | 'Paused'
  | 'ModeOff'
  | 'ModeOutOnly'
  | 'Observed'
  | 'Frozen'
  | 'StaleEvidence'
  | 'RuleConflict'
  | 'ScaleUpStabilized'
  | 'ScaleDownStabilized'
  | 'Cooldown'
  | 'Settling'
  | 'ScaleUpLimit'
  | 'ScaleDownLimit'
  | 'TooManyReplicas'
  | 'TooFewReplicas'
  | 'Blocked'
  | 'TooFewReady'
  | 'BudgetExhausted'
  | 'WithinTolerance'
  | 'FailedUpdateScale'
  /** Another daemon holds the lease and acts. */
  | 'Standby'

export type StageName = 'resolve' | 'merge' | 'freeze' | 'mode' | 'stabilize' | 'cooldown' | 'epoch' | 'rate' | 'bounds' | 'health' | 'budget' | 'compare'

/** What one stage did to the number wanted. */
export interface Stage {
  readonly stage: StageName
  readonly before: number
  readonly after: number
  /** One sentence; present where the stage changed or held something. */
  readonly message?: string
  /** Where the stage left nothing of what was wanted. */
  readonly reason?: Reason
  /** Where it changed or held something: what would let it through. */
  readonly release?: Release
}

/** What would let through what a stage changed or held, as far as the stage can tell. */
export interface Release {
  /** Passes by itself after so long, if everything else stays as it is, ns. */
  readonly afterNs?: number
  /** The replicas that it allows now. */
  readonly limit?: number
  /** Rules whose word it is. */
  readonly rules?: readonly string[]
  /** What their word is, where it is a number that they keep. */
  readonly bound?: 'floor' | 'ceiling'
}

export interface RuleReport {
  readonly rule: string
  readonly truth: Truth
  readonly unknown?: UnknownReason
  /** True when it asks for something at this step. */
  readonly fired: boolean
  /** Replicas it asks for, absolute. */
  readonly wants?: number
  /** Why a true rule asks for nothing: its own cooldown, observe. */
  readonly silent?: string
  /** What is left of its own cooldown, ns. */
  readonly restNs?: number
  /** Of a `to hold`: the value, and where it is to be held. */
  readonly held?: { readonly value: Observed; readonly at: number; readonly perReplica: boolean }
  readonly because: Because
}

export interface Decision {
  /** Hash of bundle digest, target, base version, from, to and step: the same decision always has the same id. */
  readonly id: string
  /** End of the step it was made for. */
  readonly at: Nanos
  readonly target: string
  readonly outcome: Outcome
  readonly reason: Reason
  /** One sentence for people. */
  readonly message: string
  /** Undefined when the target could not be read. */
  readonly from: number | undefined
  /** What is asked for; equal to `from` unless outcome is scale. */
  readonly to: number | undefined
  /** Version of the snapshot, for the orchestrator's compare-and-set. */
  readonly version: string | undefined
  /** What would have been done in mode act, when mode or rule is observe. */
  readonly would?: number
  readonly rules: readonly RuleReport[]
  readonly stages: readonly Stage[]
}

export interface Change {
  readonly at: Nanos
  readonly from: number
  readonly to: number
  /** It may have been somebody else's: it counts towards the pace of its own direction, and makes no room in the other. */
  readonly unsure?: true
}

/** What planning must remember of one target. Plain JSON: it is what survives a restart. */
export interface TargetState {
  /** Recommendations before stabilization, newest last. */
  readonly recommendations: readonly { readonly at: Nanos; readonly replicas: number }[]
  /** Changes that were made, newest last; kept as long as the longest rate window. */
  readonly changes: readonly Change[]
  readonly lastAction?: { readonly at: Nanos; readonly from: number; readonly to: number; readonly id: string }
  /** When each rule last acted. */
  readonly ruleActed: Readonly<Record<string, Nanos>>
  readonly epoch?: Epoch
  /** Replicas that the workload was last seen with or was left with: another number now means that somebody else changed it. */
  readonly base?: number
  /** Actions that somebody else undid, oldest first: when that was seen, the action's id, and the count that was put in its place. */
  readonly reversions?: readonly { readonly at: Nanos; readonly id: string; readonly to: number }[]
  /** What was last only observed, never done (mode or rule `observe`): its cooldown is kept so that it is not reported at every step. */
  readonly observed?: { readonly at: Nanos; readonly from: number; readonly to: number }
}

export interface PlanInput {
  readonly digest: string
  readonly at: Nanos
  readonly target: TargetIR
  /** The target's rules with their last outcomes, in bundle order; freezes too. */
  readonly rules: readonly { readonly rule: RuleIR; readonly outcome: RuleOutcome }[]
  /** Undefined: not read yet. */
  readonly snapshot: WorkloadSnapshot | WorkloadError | undefined
  readonly state: TargetState
  /** Share of the desired replicas, 0 to 1, that must be ready before the target is changed; 0 by default. */
  readonly minAvailable?: number
  /** What all targets together may still do; undefined: anything. */
  readonly allowance?: Allowance
}

export interface PlanResult {
  readonly decision: Decision
  /** The state after planning; an action is only in it once `acted` says that it was carried out. */
  readonly state: TargetState
}

/** `plan(input)`: pure. */
export type Plan = (input: PlanInput) => PlanResult
/** The state once the orchestrator took the decision, or may have (`unsure`): change history, cooldowns, a pending epoch. */
export type Acted = (state: TargetState, decision: Decision, how?: { readonly unsure?: boolean }) => TargetState
/** The state with the epoch moved on: pending becomes since when the snapshot is ready or `settle` has passed. Called before evaluation. */
export type Advance = (state: TargetState, target: TargetIR, at: Nanos, snapshot: WorkloadSnapshot | WorkloadError | undefined) => TargetState
