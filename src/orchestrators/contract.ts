/** The one interface through which anything is scaled. */
import type { WorkloadRef } from '../bundle/index.ts'
import type { Pause } from '../evaluate/index.ts'

export interface WorkloadState {
  readonly desired: number
  readonly ready: number
  /** Opaque; `set` refuses when the workload has moved on from it. */
  readonly version: string
  /** Why it must not be changed now: a rollout in progress, pods pending. */
  readonly blocked?: string
  /** Another controller that owns it, for people: `HorizontalPodAutoscaler shop/ads`. */
  readonly owner?: string
  readonly paused?: Pause
  /** What a person should know although it hinders nothing: that owners could not be looked for, that a replica keeps dying. */
  readonly note?: string
}

/**
 * conflict: the workload moved on, plan again; not-found: no such workload; not-scalable: it has no scale; forbidden: our account may not;
 * blocked: the orchestrator refuses now; transient: it did not answer, try again.
 */
export interface OrchestrationError {
  readonly error: 'conflict' | 'not-found' | 'not-scalable' | 'forbidden' | 'blocked' | 'transient'
  /** One sentence that says what to do. */
  readonly message: string
  /** Of a `set`: nothing was written and nothing is on its way. Without it a `transient` one may have been carried out, or may be yet. */
  readonly unwritten?: true
}

export interface SetRequest {
  readonly replicas: number
  /** From the `get` that the decision was planned on. */
  readonly version: string
  /** For the orchestrator's own record: the decision's message. */
  readonly reason: string
  /** Asked right before the write, after everything that takes time: whether it may still be made. */
  readonly mayWrite?: () => boolean
  /** The decision's id: setting twice with one id is setting once. */
  readonly id: string
}

/** What became of a decision, for whoever looks at the workload itself. */
export interface Notice {
  readonly severity: 'normal' | 'warning'
  /** HPA's words where HPA has one: `SuccessfulRescale`, `FailedRescale`; else the decision's reason. */
  readonly reason: string
  /** One line with the rule, the value and the threshold, and one trace id. */
  readonly message: string
}

export interface GetOptions {
  /** As the orchestrator has it now, and not a copy that may be behind. */
  readonly fresh?: boolean
}

/** Errors are values; a throw is a bug. Calls end within their own time limit. */
export interface OrchestrationClient {
  readonly name: string
  get(workload: WorkloadRef, options?: GetOptions): Promise<WorkloadState | OrchestrationError>
  set(workload: WorkloadRef, request: SetRequest): Promise<WorkloadState | OrchestrationError>
  /** Puts a notice where the orchestrator keeps such, as events on the object; best effort. Absent where there is no such place. */
  notify?(workload: WorkloadRef, notice: Notice): Promise<void>
  /** Calls back when what `get` says of the workload may have changed, until the returned function is called. Absent where one can only poll. */
  watch?(workload: WorkloadRef, changed: () => void): () => void
  /** Ends what it started, such as connections; a process pool's `close` decides what becomes of its processes by its own configuration. */
  close(): Promise<void>
}

/** For so long after a `set` has ended without an answer its request may still be carried out, and no longer: orchestrators are asked in such a way. */
export const inFlightMs = 5000

export function isError<T extends object>(result: T | OrchestrationError): result is OrchestrationError {
  return 'error' in result
}
