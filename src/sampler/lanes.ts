/**
 * The budgeted decision: what of a trace's probability comes from chance (the floor), from its structure, from its latency, and from being the first of its shape.
 * Probabilities of lanes add, so each lane spends its own share, and no lane can starve another.
 */
import type { Lane } from './contract.ts'
import { type LaneState, ScoredLane } from './lane.ts'
import type { Model } from './model.ts'

/** Guaranteed shares of the budget. What new shapes do not need is the latency's. */
export const shares = { floor: 0.3, structure: 0.15, latency: 0.35, novelty: 0.2 } as const
/** A lane may be ahead by what the whole budget is for so many traces, and still have a third of its probability left. */
const slackTraces = 1500
/** Traces for which the novelty bucket can save. */
const noveltyHorizon = 2000

export interface LanesState {
  readonly structure: LaneState
  readonly latency: LaneState
  readonly tokens: number
  readonly floor: { readonly expected: number; readonly kept: number }
  readonly novelty: { readonly expected: number; readonly kept: number }
}

export class Lanes {
  /** Of the trace last weighed: its probability under the budget, and how odd it is, 0 to 1, whatever is left of the budget. */
  probability = 0
  oddness = 0
  readonly structure: ScoredLane
  readonly latency: ScoredLane
  readonly floor = { expected: 0, kept: 0 }
  readonly novelty = { expected: 0, kept: 0 }
  readonly #budget: number
  readonly #greatestTokens: number
  #tokens: number
  /** Of the trace last weighed: the parts of its probability, before they are cut to 1. */
  #floor = 0
  #structure = 0
  #latency = 0
  #isNovel = false

  constructor(budget: number) {
    const slack = Math.max(0.3, budget * slackTraces)
    this.#budget = budget
    this.structure = new ScoredLane(shares.structure * budget, slack)
    this.latency = new ScoredLane(shares.latency * budget, slack)
    this.#greatestTokens = Math.max(1, shares.novelty * budget * noveltyHorizon)
    this.#tokens = this.#greatestTokens
  }

  /** Weighs the trace that the model saw last. */
  weigh(model: Model, gain: number): void {
    const structure = this.structure.wanted(model.structure)
    const latency = this.latency.wanted(model.latency)
    this.#isNovel = model.isNew && this.#tokens >= 1
    this.oddness = this.#isNovel ? 1 : Math.min(1, structure + latency)
    this.#floor = gain * shares.floor * this.#budget
    this.#structure = gain * structure * this.structure.restraint
    this.#latency = gain * latency * this.latency.restraint
    this.probability = this.#isNovel ? 1 : Math.min(1, this.#floor + this.#structure + this.#latency)
  }

  /** Takes what the trace last weighed costs from the lanes that wanted it. */
  charge(): void {
    const tokens = this.#tokens + shares.novelty * this.#budget - (this.#isNovel ? 1 : 0)
    this.#tokens = Math.min(this.#greatestTokens, tokens)
    this.latency.allot(tokens - this.#tokens)
    if (this.#isNovel) {
      this.novelty.expected++
      this.structure.charge(0)
      this.latency.charge(0)
      return
    }
    const wanted = this.#floor + this.#structure + this.#latency
    const cut = wanted > 1 ? 1 / wanted : 1
    this.floor.expected += this.#floor * cut
    this.structure.charge(this.#structure * cut)
    this.latency.charge(this.#latency * cut)
  }

  /** The lane whose part of the probability the trace fell into, and its account of keeps. `rank` is below the probability. */
  laneOf(rank: number): Exclude<Lane, 'all'> {
    if (this.#isNovel) return 'novelty'
    const wanted = this.#floor + this.#structure + this.#latency
    const at = wanted > 1 ? rank * wanted : rank
    return at <= this.#floor ? 'floor' : at <= this.#floor + this.#latency ? 'latency' : 'structure'
  }

  /** Learns the scores of the trace that the model saw last. */
  learn(model: Model): void {
    this.structure.learn(model.structure)
    this.latency.learn(model.latency)
  }

  save(): LanesState {
    return { structure: this.structure.save(), latency: this.latency.save(), tokens: this.#tokens, floor: { ...this.floor }, novelty: { ...this.novelty } }
  }

  restore(state: LanesState): void {
    this.structure.restore(state.structure)
    this.latency.restore(state.latency)
    this.#tokens = state.tokens
    Object.assign(this.floor, state.floor)
    Object.assign(this.novelty, state.novelty)
  }
}
