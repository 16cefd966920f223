/** In which ticks traces were left out or counted for more than themselves, and how coarse the sample was there. */
import type { Nanos } from '../spans/index.ts'

interface SampledTick {
  readonly at: Nanos
  /** The greatest weight of a trace. */
  readonly heaviest: number
}

export class SampledTicks {
  /** As long as some window is. */
  readonly #rememberNs: number
  /** By time; each is heavier than those behind it, for the others will never be the heaviest. */
  #ticks: SampledTick[] = []

  constructor(rememberNs: number, previous?: SampledTicks) {
    this.#rememberNs = rememberNs
    if (previous !== undefined) this.#ticks = [...previous.#ticks]
  }

  /** Looks at the weights of what was decided in the tick that ends at `at`; says whether it is sampled, as it is if that is only a part. */
  note(at: Nanos, weight: Float64Array, rows: number, partial = false): boolean {
    let sampled = partial
    let heaviest = 1
    for (let row = 0; row < rows; row++) {
      const one = weight[row] as number
      if (one !== 1) sampled = true
      if (one > heaviest) heaviest = one
    }
    if (!sampled) return false
    // Where all that stand for others were left out: as coarse as it was last, and without that nobody knows.
    if (heaviest === 1) heaviest = this.#ticks.at(-1)?.heaviest ?? Number.POSITIVE_INFINITY
    this.#ticks = this.#ticks.filter((tick) => tick.at > at - this.#rememberNs && tick.heaviest > heaviest)
    this.#ticks.push({ at, heaviest })
    return true
  }

  /** The greatest weight in the ticks that end behind `from`; undefined where each trace there counts as itself. */
  heaviestSince(from: Nanos): number | undefined {
    return this.#ticks.find(({ at }) => at > from)?.heaviest
  }
}
