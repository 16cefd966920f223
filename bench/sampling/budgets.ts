/** Whether the budget is held: overall, and in each window of 50,000 traces, on the drift stream. All modes see the same traces with the same ids. */
import { createSampler, type Sampler, type SamplerMode } from '../../src/sampler/index.ts'
import { driftStream } from '../../test/support/trace-stream.ts'
import type { Row } from '../report.ts'

const traces = 500_000
const window = 50_000
const budgets = [0.001, 0.01, 0.05]
const modes: readonly SamplerMode[] = ['budgeted', 'uniform', 'tracemesh']

interface Run {
  readonly mode: SamplerMode
  readonly budget: number
  readonly sampler: Sampler
  readonly windows: number[]
  inWindow: number
  kept: number
  slow: number
}

export function heldBudgets(): Row[] {
  const runs: Run[] = budgets.flatMap((budget) =>
    modes.map((mode) => ({ mode, budget, sampler: createSampler({ mode, budget }), windows: [], inWindow: 0, kept: 0, slow: 0 })),
  )
  let seen = 0
  let slow = 0
  driftStream({ traces, seed: 1 }, (batch, truths) => {
    const { spans, traceStart, weight } = batch.found
    for (const run of runs) {
      run.sampler.decide(batch.found)
      let at = seen
      for (let row = 0, place = 0; row < spans.length; row++) {
        if (traceStart[row] !== row) continue
        const truth = truths[place++]
        if ((weight[row] as number) > 0) {
          run.inWindow++
          run.kept++
          if (truth?.slow === true) run.slow++
        }
        if (++at % window !== 0) continue
        run.windows.push(run.inWindow / (window * run.budget))
        run.inWindow = 0
      }
    }
    seen += batch.traces
    slow += truths.filter((truth) => truth.slow).length
  })
  return runs.map(({ mode, budget, kept, windows, slow: slowKept }) => ({
    what: `kept ÷ budget at ${budget * 100} %, ${mode}`,
    figure: kept / (traces * budget),
    unit: 'of 1',
    note: `windows of 50,000: ${Math.min(...windows).toFixed(3)} to ${Math.max(...windows).toFixed(3)}; slow traces are ${percent(slow / traces)} of all and ${percent(slowKept / kept)} of the kept`,
  }))
}

export function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`
}
