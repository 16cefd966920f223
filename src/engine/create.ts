/** Makes an engine from a bundle. */
import type { Bundle } from '../bundle/index.ts'
import { refusals } from '../bundle/index.ts'
import { createEvaluator, type TracesOptions } from '../evaluate/index.ts'
import type { Budget } from '../plan/index.ts'
import type { Dictionary, Nanos } from '../spans/index.ts'
import { columnsFor, createDictionary, traceStateColumns } from '../spans/index.ts'
import type { Engine, EngineState } from './contract.ts'
import { PlanningEngine } from './engine.ts'

export interface EngineOptions {
  readonly bundle: Bundle
  /** Shared with decoders; a new one by default, or that of `previous`. */
  readonly dictionary?: Dictionary
  /** How long after its end a span may arrive and still count; 5 s by default. */
  readonly latenessNs?: number
  /** Without any span for so long nothing is known; 60 s by default. */
  readonly staleNs?: number
  /** Of the assembly of traces, which is done where a rule needs them. */
  readonly traces?: TracesOptions
  /** Share of a target's replicas, 0 to 1, that must be ready before it is changed; 0 by default. */
  readonly minAvailable?: number
  /** What all targets together may do; by default anything. */
  readonly budget?: Budget
  /** Spans are counted elsewhere, and steps are told what was counted; then `startAt` must be given, or a previous engine. */
  readonly countedElsewhere?: boolean
  /** Where the first step begins; by default at the first span. */
  readonly startAt?: Nanos
  /** What survived a restart. */
  readonly state?: EngineState
  /** The engine before a reload: evidence of equal rules, and what is remembered of targets that stay, are taken over. It must not be used any more. */
  readonly previous?: Engine
}

/**
 * Throws a RangeError for a bundle that asks for what cannot be measured yet (metrics, forecasts). Loaders call the bundle's
 * `refusals` first and tell the user; here it is a bug.
 */
export function createEngine(options: EngineOptions): Engine {
  const { bundle, previous, state } = options
  const [refused] = refusals(bundle)
  if (refused !== undefined) throw new RangeError(`rule ${refused.rule} uses ${refused.what}, which this engine cannot measure`)
  if (previous !== undefined && !(previous instanceof PlanningEngine)) throw new TypeError('previous is not from createEngine')
  const dictionary = options.dictionary ?? previous?.dictionary ?? createDictionary()
  const evaluator = createEvaluator({
    bundle,
    dictionary,
    ...(options.latenessNs === undefined ? {} : { latenessNs: options.latenessNs }),
    ...(options.staleNs === undefined ? {} : { staleNs: options.staleNs }),
    ...(options.traces === undefined ? {} : { traces: options.traces }),
    ...(options.countedElsewhere === true ? { part: 'judge' as const } : {}),
    ...(options.startAt === undefined ? {} : { startAt: options.startAt }),
    ...(previous === undefined ? {} : { previous: previous.evaluator }),
  })
  const { minAvailable = 0, budget } = options
  // A sampler goes by the randomness and the thresholds of those before it, where there are traces to sample.
  const isSampled = options.traces?.sampler !== undefined && evaluator.traces !== undefined
  const columns = [...columnsFor(bundle), ...(isSampled ? traceStateColumns : [])]
  return new PlanningEngine({ bundle, evaluator, dictionary, columns, state: state ?? previous?.state(), minAvailable, budget })
}
