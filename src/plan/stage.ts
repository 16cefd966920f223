/** The shape that all stages share. */
import type { WorkloadSnapshot } from '../evaluate/index.ts'
import type { PlanInput, Reason, Release } from './contract.ts'
import type { Resolved } from './resolve.ts'

/** What a stage may look at. */
export interface Context {
  readonly input: PlanInput
  readonly snapshot: WorkloadSnapshot
  /** Replicas that every intent starts from: the workload's desired count. */
  readonly base: number
  readonly resolved: Resolved
}

export interface StageResult {
  readonly replicas: number
  /** One sentence without a full stop, where the stage did or noticed something. */
  readonly message?: string
  /** Why nothing happens, where the stage left nothing of what was wanted. */
  readonly reason?: Reason
  readonly release?: Release
}

/** A pure function of the number wanted so far. */
export type StageOf = (context: Context, wanted: number) => StageResult

/** Leaves nothing of what was wanted. */
export function holds(base: number, reason: Reason, message: string, release?: Release): StageResult {
  return { replicas: base, reason, message, ...(release === undefined ? {} : { release }) }
}
