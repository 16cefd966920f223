/** How sure a ranking is: whether other traces of the same kind would have named the same service, and whether chance alone would have named one. */
import { addedBy, type Charge, type ChargeOptions, charge } from './charge.ts'
import type { Comparison } from './comparison.ts'

export interface Confidence {
  /** Share of bootstrap resamples of the traces that named the same service first. */
  readonly agreement: number
  /** Chance that traces dealt to the two windows at random would make a service look as bad (a permutation test). */
  readonly chance: number
  readonly resamples: number
}

export interface ConfidenceOptions extends ChargeOptions {
  /** Numbers from 0 to 1. */
  readonly random: () => number
  /** Of each kind. */
  readonly resamples: number
}

/** Of `top`, a service code, that was charged `added`. */
export function confidence(comparison: Comparison, top: number, added: number, { random, resamples, caution }: ConfidenceOptions): Confidence {
  const { traces, baseline, tracesAfter } = comparison
  const chargeOf = (times: { readonly before: Uint32Array; readonly after: Uint32Array }): ReadonlyMap<number, Charge> =>
    charge(comparison, comparison.shifts(times.before, times.after), tracesAfter, { caution })
  let same = 0
  let asBad = 0
  for (let i = 0; i < resamples; i++) {
    if (first(chargeOf(drawn(traces.length, baseline, random)))?.[0] === top) same++
    if ((first(chargeOf(dealt(traces.length, baseline, random)))?.[1] ?? 0) >= added) asBad++
  }
  return { agreement: resamples === 0 ? 0 : same / resamples, chance: (1 + asBad) / (1 + resamples), resamples }
}

/** The service that was charged most; among equals the one that was seen first. */
function first(charges: ReadonlyMap<number, Charge>): readonly [service: number, ns: number] | undefined {
  let best: readonly [number, number] | undefined
  for (const [service, charge] of charges) {
    const added = addedBy(charge)
    if (best === undefined || added > best[1]) best = [service, added]
  }
  return best
}

/** As many traces of each window, drawn with replacement. */
function drawn(traces: number, baseline: number, random: () => number): { readonly before: Uint32Array; readonly after: Uint32Array } {
  const [before, after] = [new Uint32Array(traces), new Uint32Array(traces)]
  const draw = (times: Uint32Array, from: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      const trace = from + Math.floor(random() * count)
      times[trace] = (times[trace] as number) + 1
    }
  }
  draw(before, 0, baseline)
  draw(after, baseline, traces - baseline)
  return { before, after }
}

/** All traces, dealt anew to windows of the same sizes. */
function dealt(traces: number, baseline: number, random: () => number): { readonly before: Uint32Array; readonly after: Uint32Array } {
  const order = Uint32Array.from({ length: traces }, (_, i) => i)
  const before = new Uint32Array(traces)
  for (let i = 0; i < baseline; i++) {
    const other = i + Math.floor(random() * (traces - i))
    const trace = order[other] as number
    order[other] = order[i] as number
    order[i] = trace
    before[trace] = 1
  }
  return { before, after: before.map((times) => 1 - times) }
}
