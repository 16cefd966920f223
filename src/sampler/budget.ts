/**
 * The integral controller: the difference between the traces kept and those that the budget had for them moves a common gain. Every trace that is kept too many
 * makes the next ones less likely until the difference is gone, whatever the stream does; and it moves on traces decided before, never on the randomness of
 * the one at hand, so weights stay right.
 */

/** What a probability may become at most, up or down: weights stay below 16/floor. */
const greatestGain = 16

/** The gain moves by a factor of e with what the budget is for so many traces: enough for bursts, and some 6 % of a window of 50,000. */
const scaleTraces = 3000

export class BudgetControl {
  /** Kept minus budgeted, in traces. */
  excess = 0
  readonly budget: number
  /** Traces by which the excess moves the gain by a factor of e. */
  readonly scale: number

  constructor(budget: number) {
    this.budget = budget
    this.scale = Math.max(1, budget * scaleTraces)
  }

  get gain(): number {
    return Math.min(greatestGain, Math.max(1 / greatestGain, Math.exp(-this.excess / this.scale)))
  }

  count(kept: boolean): void {
    this.excess += (kept ? 1 : 0) - this.budget
  }
}
