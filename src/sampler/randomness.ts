/**
 * Consistent decisions (OpenTelemetry, "TraceState: Probability Sampling"): a trace has one randomness R, and whoever keeps it with probability p does so iff
 * R ≥ T = (1 − p)·2^56. Samplers that know nothing of each other then keep the same traces, and thresholds tell what probability is left.
 *
 * Thresholds here have 48 bits, so that R's leading 48 decide exactly as all of its 56 would.
 */
import { type AssembledSpans, attributeNumber } from '../spans/index.ts'

const all = 2 ** 48
/** Of a threshold in units of 2^−56 to one in units of 2^−48. */
const shift = 256

export class Randomness {
  /** R, its leading 48 bits. */
  value = 0
  /** Threshold of the samplers before this one, in units of 2^−48; 0: they kept everything, or there were none. */
  upstream = 0
  /** The threshold that was there contradicts R: whoever wrote it could not have kept the trace. */
  inconsistent = false

  /** Of the trace of rows [from, to). All of its spans should say the same; the strictest of their thresholds is the trace's. */
  read({ spans }: AssembledSpans, from: number, to: number): void {
    const { traceId } = spans
    const id = from * 16
    const low = ((traceId[id + 11] as number) << 24) | ((traceId[id + 12] as number) << 16) | ((traceId[id + 13] as number) << 8) | (traceId[id + 14] as number)
    this.value = (((traceId[id + 9] as number) << 8) | (traceId[id + 10] as number)) * 4294967296 + (low >>> 0)
    this.upstream = 0
    this.inconsistent = false
    if (spans.traceState.length === 0) return
    let threshold = 0
    let explicit = -1
    for (const { attribute, type, value } of spans.traceState) {
      for (let row = from; row < to; row++) {
        if (type[row] !== attributeNumber) continue
        const found = value[row] as number
        if (attribute.name === 'th') threshold = Math.max(threshold, found)
        else if (found > explicit) explicit = found
      }
    }
    if (explicit >= 0) this.value = explicit
    const upstream = Math.ceil(threshold / shift)
    this.inconsistent = this.value < Math.floor(threshold / shift)
    if (!this.inconsistent && upstream < all) this.upstream = upstream
  }

  /** The threshold of keeping what arrives with probability p: it is never below the one that the trace came with, and never so high that nothing could pass. */
  threshold(p: number): number {
    const left = all - this.upstream
    return all - Math.min(left, Math.max(1, Math.round(p * left)))
  }

  isKept(threshold: number): boolean {
    return this.value >= threshold
  }

  /** Where between 0 and 1 the trace falls among those that arrive; it is kept where this is below p. */
  get rank(): number {
    return (all - this.value) / (all - this.upstream)
  }
}

/** 1/p of a threshold. */
export function weightOf(threshold: number): number {
  return all / (all - threshold)
}
