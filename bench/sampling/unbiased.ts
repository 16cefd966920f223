/** Weighted totals against the truth: 100 seeds of trace ids over one and the same stream. */
import { createSampler, type SamplerMode } from '../../src/sampler/index.ts'
import { driftStream } from '../../test/support/trace-stream.ts'
import type { Row } from '../report.ts'

const traces = 20_000
const seeds = 100
const budget = 0.01
const what = ['traces', 'slow traces', 'seconds of root spans'] as const

export function unbiasedTotals(): Row[] {
  return (['budgeted', 'uniform', 'tracemesh'] as const).flatMap((mode) => of(mode))
}

function of(mode: SamplerMode): Row[] {
  const truth = what.map(() => 0)
  const estimates = what.map((): number[] => [])
  for (let ids = 1; ids <= seeds; ids++) {
    const sampler = createSampler({ mode, budget })
    const sums = what.map(() => 0)
    driftStream({ traces, seed: 9, ids }, ({ found }, truths) => {
      sampler.decide(found)
      const { spans, traceStart, weight } = found
      for (let row = 0, place = 0; row < spans.length; row++) {
        if (traceStart[row] !== row) continue
        const parts = [1, truths[place++]?.slow === true ? 1 : 0, (spans.duration[row] as number) / 1e9]
        for (const [i, part] of parts.entries()) {
          if (ids === 1) truth[i] = (truth[i] as number) + part
          sums[i] = (sums[i] as number) + part * (weight[row] as number)
        }
      }
    })
    for (const [i, sum] of sums.entries()) estimates[i]?.push(sum)
  }
  return what.map((name, i) => ({ what: `weighted ${name} at 1 %, ${mode}: bias`, ...biasOf(estimates[i] as number[], truth[i] as number) }))
}

/** Bias in standard errors of the mean; the note has the spread. */
export function biasOf(estimates: readonly number[], truth: number): Omit<Row, 'what'> {
  const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length
  const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, estimates.length - 1))
  const error = spread / Math.sqrt(estimates.length)
  return {
    figure: error === 0 ? 0 : (mean - truth) / error,
    unit: 'standard errors',
    note: `truth ${truth.toPrecision(4)}, mean ${mean.toPrecision(4)}, one run is within ${((spread / truth) * 100).toPrecision(2)} % (standard deviation), ${estimates.length} runs`,
  }
}
