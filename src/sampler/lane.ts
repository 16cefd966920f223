/**
 * A lane: traces by a score, each with probability min(1, score/τ), and τ such that on the traces before it the lane would have spent its share of the budget
 * (probability proportional to size, as in Duffield, Lund, Thorup, JACM 2007). What the lane has really spent, in probability and so without sampling noise, is on
 * account: a burst of high scores is paid for at once, not when τ has learnt of it.
 */

/** Two to an octave. */
const bucketsOfOctave = 2
const buckets = 512
/** The bucket of score 1; scores go from 2^−128 to 2^128. */
const middle = buckets / 2
/** Traces between two looks for τ. */
const solveEvery = 32
/** In which the memory of scores halves, in traces. */
const halfLife = 32_768
/** How far a lane may be behind, for what comes later, in slacks. */
const greatestSaving = 8

export interface LaneState {
  readonly counts: readonly number[]
  readonly sums: readonly number[]
  readonly total: number
  readonly threshold: number
  readonly sinceSolved: number
  readonly account: number
  readonly extra: number
  readonly expected: number
  readonly kept: number
}

export class ScoredLane {
  /** Probability spent, in traces, and traces kept. */
  expected = 0
  kept = 0
  /** Of the traces, on average. */
  readonly share: number
  /** By how many traces a lane may be ahead before its probabilities fall to a third. */
  readonly #slack: number
  #counts = new Float64Array(buckets)
  #sums = new Float64Array(buckets)
  readonly #upTo = new Float64Array(buckets)
  #total = 0
  #threshold = 1
  #sinceSolved = 0
  #account = 0
  /** What is allotted, a trace on average. */
  #extra = 0

  constructor(share: number, slack: number) {
    this.share = share
    this.#slack = slack
  }

  /** Probability by score alone. */
  wanted(score: number): number {
    return Math.min(1, score / this.#threshold)
  }

  /** What the account leaves of it: all, until the lane is ahead. */
  get restraint(): number {
    return Math.exp(-Math.max(0, this.#account) / this.#slack)
  }

  /** A trace was decided, and the lane's part of its probability was `spent`. What it did not spend it may save up, for bursts, but not for ever. */
  charge(spent: number): void {
    this.expected += spent
    this.#account = Math.max(-greatestSaving * this.#slack, this.#account + spent - this.share)
  }

  /** What another lane had for this trace and did not need. */
  allot(more: number): void {
    this.#extra += (more - this.#extra) / halfLife
    this.#account = Math.max(-greatestSaving * this.#slack, this.#account - more)
  }

  /** Learns of a trace's score, whether it was decided or trained on. */
  learn(score: number): void {
    const place = Math.min(buckets - 1, Math.max(0, Math.floor(Math.log2(score) * bucketsOfOctave) + middle))
    this.#counts[place] = (this.#counts[place] as number) + 1
    this.#sums[place] = (this.#sums[place] as number) + score
    this.#total++
    if (++this.#sinceSolved >= solveEvery) this.#solve()
  }

  save(): LaneState {
    return {
      counts: [...this.#counts],
      sums: [...this.#sums],
      total: this.#total,
      threshold: this.#threshold,
      sinceSolved: this.#sinceSolved,
      account: this.#account,
      extra: this.#extra,
      expected: this.expected,
      kept: this.kept,
    }
  }

  restore(state: LaneState): void {
    this.#counts = Float64Array.from(state.counts)
    this.#sums = Float64Array.from(state.sums)
    this.#total = state.total
    this.#threshold = state.threshold
    this.#sinceSolved = state.sinceSolved
    this.#account = state.account
    this.#extra = state.extra
    this.expected = state.expected
    this.kept = state.kept
  }

  /** From the top: where those above are certain, those below share what is left in proportion. The first τ that is not below its bucket is right. */
  #solve(): void {
    this.#sinceSolved = 0
    const upTo = this.#upTo
    let sum = 0
    for (let i = 0; i < buckets; i++) {
      sum += this.#sums[i] as number
      upTo[i] = sum
    }
    let left = (this.share + this.#extra) * this.#total
    for (let i = buckets - 1; i >= 0; i--) {
      const count = this.#counts[i] as number
      if (count === 0) continue
      const least = 2 ** ((i - middle) / bucketsOfOctave)
      this.#threshold = Math.max(least, (upTo[i] as number) / left)
      // Otherwise all of this bucket are certain, and they are fewer than `left`.
      if ((upTo[i] as number) / left >= least) break
      left -= count
    }
    const fade = 2 ** (-solveEvery / halfLife)
    for (let i = 0; i < buckets; i++) {
      this.#counts[i] = (this.#counts[i] as number) * fade
      this.#sums[i] = (this.#sums[i] as number) * fade
    }
    this.#total *= fade
  }
}
