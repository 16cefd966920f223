/** Chance from a seed (mulberry32): the same run every time. */
export interface Chance {
  /** Evenly from `low` to `high`. */
  between(low: number, high: number): number
  /** Time to the next of events that come independently, `mean` apart. */
  exponential(mean: number): number
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (low, high) => low + (high - low) * next(),
    exponential: (mean) => -mean * Math.log(1 - next()),
  }
}
