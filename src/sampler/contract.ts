/**
 * What the sampler takes and gives. Everything that sets a trace's probability depends only on traces before it and on the trace's own features, never on its
 * randomness: so the probability is known when the trace is decided, and weights 1/p are exactly unbiased.
 */
import type { AssembledSpans, Nanos, TraceSampler } from '../spans/index.ts'

/**
 * budgeted: the lanes, held to the budget. uniform: every trace with the same probability. all: scored, but every trace is kept with weight 1.
 * tracemesh: the decision as TraceMesh published it, which does not hold a budget; a baseline for benchmarks.
 */
export type SamplerMode = 'budgeted' | 'uniform' | 'all' | 'tracemesh'

/** Why a trace was kept: by chance, for its structure, for its latency, at the first sight of its shape; `all` where there is no choice. */
export type Lane = 'floor' | 'structure' | 'latency' | 'novelty' | 'all'

export interface SamplerOptions {
  readonly mode: SamplerMode
  /** Share of the traces that are kept, above 0 and up to 1. Mode `all` keeps every trace and scores by it. */
  readonly budget: number
  /** In which what was seen loses half its weight, in event time. 30 min by default. */
  readonly halfLifeNs?: number
  /** Traces after which the model can be trusted; until then the sampler keeps uniformly. 1,000 by default. */
  readonly warmAfter?: number
}

/** A trace that was kept, for those who subscribe to them. */
export interface KeptTrace {
  /** Hex, 32 digits. */
  readonly traceId: string
  /** 1/p, at least 1; p is of all samplers on the way. */
  readonly weight: number
  /** As `ot=th` has it: hexadecimal digits of the rejection threshold, trailing zeros left out; `0` where everything is kept. */
  readonly threshold: string
  readonly lane: Lane
  /** More likely than not kept for its oddness alone. Does not depend on the trace's randomness. */
  readonly anomalous: boolean
  /** Probability with which the lanes of oddness (structure, latency, novelty) would have kept it, 0 to 1. */
  readonly score: number
  /** Of the micro-cluster it counts towards; stays the same for as long as the cluster lives. 0: none. */
  readonly cluster: number
  /** Earliest start and latest end of its spans. */
  readonly start: Nanos
  readonly end: Nanos
  readonly spans: number
  /** Its first span without a parent, else its first span. */
  readonly root: { readonly service: string; readonly operation: string; readonly duration: number; readonly error: boolean }
}

export interface LaneReport {
  readonly kept: number
  /** Probability that the lane has spent, in traces: what `kept` is on average. */
  readonly expected: number
  /** Share of the budget. */
  readonly share: number
}

export interface SamplerReport {
  readonly mode: SamplerMode
  /** cold: keeps uniformly at the budget until it has seen enough. Modes without a model are warm. */
  readonly state: 'cold' | 'warm'
  /** The budget, a share of traces. */
  readonly target: number
  readonly decided: number
  readonly kept: number
  /** kept ÷ decided; undefined before the first trace. */
  readonly realised: number | undefined
  /** What the controller multiplies all probabilities by, now. */
  readonly gain: number
  readonly lanes: Readonly<Record<Exclude<Lane, 'all'>, LaneReport>>
  /** Traces that it learnt from without deciding them. */
  readonly trained: number
  readonly anomalous: number
  readonly clusters: number
  readonly shapes: number
  readonly paths: number
  /** What made room for others, lightest first; and clusters that had faded. */
  readonly evicted: { readonly clusters: number; readonly shapes: number; readonly paths: number; readonly faded: number }
  /** Traces whose `ot=th` says that a sampler before this one kept them, and those where it contradicts the trace's randomness, and was ignored. */
  readonly upstream: number
  readonly inconsistent: number
}

/** What a sampler knows, as plain JSON. Opaque, but for the version; good for the options it was saved under. */
export interface SamplerState {
  readonly version: 1
  readonly mode: SamplerMode
  readonly [part: string]: unknown
}

export interface Sampler extends TraceSampler {
  /**
   * Decides every trace of `found` in order: writes `weight` (0: left out) and `anomalous` of each row. What is kept is handed to `onKept`, in order,
   * after the trace's rows are written.
   */
  decide(found: AssembledSpans): void
  /** False while cold, and where the mode has no model. */
  readonly scores: boolean
  /** Learns from traces without deciding them: recorded ones, before the stream. */
  train(found: AssembledSpans): void
  readonly report: SamplerReport
  save(): SamplerState
}

export interface SamplerHooks {
  readonly onKept?: (trace: KeptTrace) => void
  /** From `save`. What it decides goes on exactly as if it had never stopped. */
  readonly state?: SamplerState
}
