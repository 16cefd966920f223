/** The order of a decision: features, model, lanes, the trace's randomness, control; and what is told of it. */
import { type AssembledSpans, thresholdText } from '../spans/index.ts'
import { BudgetControl } from './budget.ts'
import type { KeptTrace, Lane, LaneReport, Sampler, SamplerHooks, SamplerOptions, SamplerReport, SamplerState } from './contract.ts'
import { Features } from './features.ts'
import { Lanes, type LanesState, shares } from './lanes.ts'
import { Model, type ModelState } from './model.ts'
import { Randomness, weightOf } from './randomness.ts'
import { Tracemesh, type TracemeshState } from './tracemesh.ts'

const errorStatus = 2
const defaultHalfLifeNs = 30 * 60e9
const defaultWarmAfter = 1000
/** What traces are scored against where all are kept. */
const scoringBudget = 0.01

/** A sampler; throws a RangeError for options out of range, and a TypeError for a state that is not this mode's. */
export function createSampler(options: SamplerOptions, hooks: SamplerHooks = {}): Sampler {
  return new TraceSamplerOfModel(options, hooks)
}

interface Counts {
  decided: number
  kept: number
  trained: number
  anomalous: number
  upstream: number
  inconsistent: number
}

class TraceSamplerOfModel implements Sampler {
  readonly #options: Required<SamplerOptions>
  readonly #onKept: SamplerHooks['onKept']
  readonly #features = new Features()
  readonly #randomness = new Randomness()
  readonly #control: BudgetControl
  readonly #model: Model | undefined
  readonly #lanes: Lanes
  readonly #tracemesh: Tracemesh | undefined
  readonly #keepsAll: boolean
  readonly #counts: Counts = { decided: 0, kept: 0, trained: 0, anomalous: 0, upstream: 0, inconsistent: 0 }
  /** Of the trace at hand. */
  #probability = 1
  #score = 0
  #anomalous = false
  #cluster = 0

  constructor(options: SamplerOptions, hooks: SamplerHooks) {
    const { mode, budget, halfLifeNs = defaultHalfLifeNs, warmAfter = defaultWarmAfter } = options
    if (!(budget > 0 && budget <= 1)) throw new RangeError('the budget is a share of traces, above 0 and up to 1')
    if (!(halfLifeNs > 0)) throw new RangeError('halfLifeNs must be positive')
    this.#options = { mode, budget, halfLifeNs, warmAfter }
    this.#onKept = hooks.onKept
    this.#keepsAll = mode === 'all' || budget === 1
    this.#control = new BudgetControl(this.#keepsAll ? 1 : budget)
    this.#model = mode === 'budgeted' || mode === 'all' ? new Model(halfLifeNs) : undefined
    this.#lanes = new Lanes(budget === 1 ? scoringBudget : budget)
    this.#tracemesh = mode === 'tracemesh' ? new Tracemesh(budget, halfLifeNs) : undefined
    if (hooks.state !== undefined) this.#restore(hooks.state)
  }

  get scores(): boolean {
    return this.#tracemesh !== undefined || (this.#model !== undefined && this.#isWarm)
  }

  get #isWarm(): boolean {
    return this.#model === undefined || this.#counts.decided + this.#counts.trained >= this.#options.warmAfter
  }

  decide(found: AssembledSpans): void {
    const features = this.#features
    for (let row = 0; row < found.spans.length; ) {
      row = features.read(found, row)
      this.#decide(found)
    }
  }

  train(found: AssembledSpans): void {
    const features = this.#features
    for (let row = 0; row < found.spans.length; ) {
      row = features.read(found, row)
      this.#counts.trained++
      this.#tracemesh?.see(found, features.from, features.to, features.end)
      this.#learn()
    }
  }

  get report(): SamplerReport {
    const { decided, kept, ...counts } = this.#counts
    const { structure, latency, floor, novelty } = this.#lanes
    const of = (lane: { readonly kept: number; readonly expected: number }, share: number): LaneReport => ({ kept: lane.kept, expected: lane.expected, share })
    return {
      mode: this.#options.mode,
      state: this.#isWarm ? 'warm' : 'cold',
      target: this.#keepsAll ? 1 : this.#options.budget,
      decided,
      kept,
      realised: decided === 0 ? undefined : kept / decided,
      gain: this.#isControlled ? this.#control.gain : 1,
      lanes: {
        floor: of(floor, shares.floor),
        structure: of(structure, shares.structure),
        latency: of(latency, shares.latency),
        novelty: of(novelty, shares.novelty),
      },
      ...counts,
      clusters: this.#tracemesh?.clusters ?? this.#model?.clusters.length ?? 0,
      shapes: this.#model?.shapes.length ?? 0,
      paths: this.#model?.paths.length ?? 0,
      evicted: {
        clusters: this.#model?.clusters.evicted ?? 0,
        shapes: this.#model?.shapes.evicted ?? 0,
        paths: this.#model?.paths.evicted ?? 0,
        faded: this.#model?.clusters.faded ?? 0,
      },
    }
  }

  save(): SamplerState {
    return {
      version: 1,
      mode: this.#options.mode,
      excess: this.#control.excess,
      counts: { ...this.#counts },
      lanes: this.#lanes.save(),
      ...(this.#model === undefined ? {} : { model: this.#model.save() }),
      ...(this.#tracemesh === undefined ? {} : { tracemesh: this.#tracemesh.save() }),
    }
  }

  #restore(state: SamplerState): void {
    if (state.version !== 1 || state.mode !== this.#options.mode) throw new TypeError(`the state is of version ${state.version} and mode ${state.mode}`)
    this.#control.excess = state.excess as number
    Object.assign(this.#counts, state.counts)
    this.#lanes.restore(state.lanes as LanesState)
    this.#model?.restore(state.model as ModelState)
    this.#tracemesh?.restore(state.tracemesh as TracemeshState)
  }

  /** Whether realised keeps move the probabilities. */
  get #isControlled(): boolean {
    return this.#options.mode === 'budgeted' && !this.#keepsAll
  }

  #decide(found: AssembledSpans): void {
    const { from, to } = this.#features
    const randomness = this.#randomness
    const counts = this.#counts
    randomness.read(found, from, to)
    if (randomness.upstream > 0) counts.upstream++
    if (randomness.inconsistent) counts.inconsistent++
    const wasWarm = this.#isWarm
    this.#weigh(found, wasWarm)
    const threshold = randomness.threshold(this.#probability)
    const kept = this.#keepsAll || randomness.isKept(threshold)
    const weight = kept ? weightOf(threshold) : 0
    const anomalous = kept && this.#anomalous ? 1 : 0
    found.weight.fill(weight, from, to)
    found.anomalous.fill(anomalous, from, to)
    counts.decided++
    if (kept) counts.kept++
    counts.anomalous += anomalous
    this.#control.count(kept)
    if (!kept) return
    const lane = this.#laneOf(wasWarm)
    if (this.#onKept !== undefined) this.#onKept(this.#describe(found, threshold, lane))
  }

  /** The trace's probability by what was there before it, and its scores; the model has learnt it afterwards. */
  #weigh(found: AssembledSpans, isWarm: boolean): void {
    const { budget, mode } = this.#options
    const { from, to, end } = this.#features
    this.#score = 0
    this.#anomalous = false
    this.#cluster = 0
    const gain = this.#isControlled ? this.#control.gain : 1
    const uniform = this.#keepsAll ? 1 : Math.min(1, budget * gain)
    this.#probability = uniform
    if (mode === 'uniform') this.#lanes.floor.expected += uniform
    if (mode === 'tracemesh') {
      const tracemesh = this.#tracemesh as Tracemesh
      tracemesh.see(found, from, to, end)
      this.#probability = this.#keepsAll ? 1 : tracemesh.probability
      this.#anomalous = tracemesh.isOutlier
      this.#score = this.#anomalous ? 1 : 0
      this.#cluster = tracemesh.cluster
    }
    const model = this.#model
    if (model === undefined) return
    model.see(this.#features)
    this.#cluster = model.cluster
    const lanes = this.#lanes
    if (isWarm) {
      lanes.weigh(model, gain)
      lanes.charge()
      if (!this.#keepsAll) this.#probability = lanes.probability
      this.#score = lanes.oddness
      this.#anomalous = lanes.oddness >= 0.5
    } else lanes.floor.expected += uniform
    lanes.learn(model)
  }

  #learn(): void {
    const model = this.#model
    if (model === undefined) return
    model.see(this.#features)
    this.#lanes.learn(model)
  }

  /** Counts the keep in its lane. */
  #laneOf(wasWarm: boolean): Lane {
    if (this.#keepsAll) return 'all'
    const lane =
      this.#options.mode === 'tracemesh'
        ? this.#anomalous
          ? 'structure'
          : 'floor'
        : this.#model !== undefined && wasWarm
          ? this.#lanes.laneOf(this.#randomness.rank)
          : 'floor'
    this.#lanes[lane].kept++
    return lane
  }

  #describe({ spans }: AssembledSpans, threshold: number, lane: Lane): KeptTrace {
    const { from, to, root, start, end } = this.#features
    return {
      traceId: spans.traceIdOf(from),
      weight: weightOf(threshold),
      threshold: thresholdText(threshold),
      lane,
      anomalous: this.#anomalous,
      score: this.#score,
      cluster: this.#cluster,
      start,
      end,
      spans: to - from,
      root: {
        service: spans.dictionary.text(spans.service[root] as number),
        operation: spans.dictionary.text(spans.operation[root] as number),
        duration: spans.duration[root] as number,
        error: spans.status[root] === errorStatus,
      },
    }
  }
}
