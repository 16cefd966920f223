/** The rules of the moment: their engine, a table to decode into, and where their targets are. Swapped as one. */
import { randomInt } from 'node:crypto'
import { DecisionEvidence } from '../blame/index.ts'
import type { Bundle, WorkloadRef } from '../bundle/index.ts'
import type { Engine, EngineOptions, EngineState } from '../engine/index.ts'
import { createEngine } from '../engine/index.ts'
import type { Nanos, SpanTable, TraceSampler } from '../spans/index.ts'
import type { Config } from './config/index.ts'

export interface Current {
  readonly bundle: Bundle
  readonly engine: Engine
  readonly table: SpanTable
  /** Of the traces that the engine decides. */
  readonly evidence: DecisionEvidence
  /** Undefined: no target of the present rules. */
  workloadOf(target: string): WorkloadRef | undefined
  /** Rules that have not changed go on counting where they are. */
  swap(next: Bundle): void
}

/** `startAt`: where the first step begins, so that silence from the very start is noticed too. */
export function createCurrent(
  first: Bundle,
  state: EngineState | undefined,
  config: Config['engine'],
  how: Pick<EngineOptions, 'countedElsewhere'> & { readonly startAt: Nanos; readonly sampler?: TraceSampler },
): Current {
  const { startAt, sampler, countedElsewhere = false } = how
  const { lateness, stale, traces, min_available, budget } = config
  const limits = { latenessNs: lateness, staleNs: stale, minAvailable: min_available, traces: tracesOf(traces), ...budgetOf(budget) }
  const made = (bundle: Bundle, from: { readonly state?: EngineState; readonly previous?: Engine }, before?: DecisionEvidence) => {
    const evidence = new DecisionEvidence(bundle, before === undefined ? {} : { previous: before })
    const engine = createEngine({
      bundle,
      ...limits,
      traces: { ...limits.traces, onDecided: evidence.decided, ...(sampler === undefined ? {} : { sampler }) },
      startAt,
      countedElsewhere,
      ...from,
    })
    return { bundle, engine, evidence, table: engine.table(), workloads: new Map(bundle.targets.map(({ id, workload }) => [id, workload])) }
  }
  let now = made(first, state === undefined ? {} : { state })
  return {
    get bundle() {
      return now.bundle
    },
    get engine() {
      return now.engine
    },
    get table() {
      return now.table
    },
    get evidence() {
      return now.evidence
    },
    workloadOf: (target) => now.workloads.get(target),
    swap(next) {
      now = made(next, { previous: now.engine }, now.evidence)
    },
  }
}

function tracesOf({ idle, max_age, max_spans }: Config['engine']['traces']): NonNullable<EngineOptions['traces']> {
  return { idleNs: idle, maxAgeNs: max_age, maxSpans: max_spans, seed: randomInt(2 ** 32) }
}

function budgetOf({ actions, added_replicas, per }: Config['engine']['budget']): Pick<EngineOptions, 'budget'> {
  if (actions === undefined && added_replicas === undefined) return {}
  return { budget: { perNs: per, ...(actions === undefined ? {} : { actions }), ...(added_replicas === undefined ? {} : { addedReplicas: added_replicas }) } }
}
