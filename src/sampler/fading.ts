/**
 * Weights that halve every so often in event time, also of what is idle: forward decay (Cormode, Shkapenyuk, Srivastava, Xu, 2009). What is observed at t
 * weighs 2^((t − landmark)/half-life), so that nothing that is stored need ever be touched to fade; what a stored weight is now is itself ÷ `unit`.
 */
import type { Nanos } from '../spans/index.ts'

/** Half-lives after which all weights are brought down, by a power of two: that is exact. */
const span = 64

export class Fading {
  readonly halfLifeNs: number
  /** Greatest event time seen. */
  now: Nanos = Number.NEGATIVE_INFINITY
  /** What an observation weighs now. */
  unit = 1
  landmark: Nanos = Number.NEGATIVE_INFINITY

  constructor(halfLifeNs: number) {
    this.halfLifeNs = halfLifeNs
  }

  /** Goes on to `at`, never back. What is not 1 is a factor by which all stored weights must be multiplied before they are used again. */
  advance(at: Nanos): number {
    if (!(at > this.now)) return 1
    this.now = at
    if (this.landmark === Number.NEGATIVE_INFINITY) this.landmark = at
    let age = (at - this.landmark) / this.halfLifeNs
    let factor = 1
    if (age > span) {
      const whole = Math.floor(age)
      this.landmark += whole * this.halfLifeNs
      factor = 2 ** -whole
      age -= whole
    }
    this.unit = 2 ** age
    return factor
  }
}
