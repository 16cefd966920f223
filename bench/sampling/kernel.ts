/** The decision alone: traces already put together, at 8 and 38 paths a trace. */
import { createSampler, type SamplerMode } from '../../src/sampler/index.ts'
import { driftStream, type TraceBatch } from '../../test/support/trace-stream.ts'
import { median, type Row } from '../report.ts'

const traces = 40_000
const turns = 3

export function kernelSpeed(): Row[] {
  return [8, 38].flatMap((spans) => {
    const rate = new Map<SamplerMode, number>()
    for (const mode of ['uniform', 'tracemesh', 'budgeted'] as const) {
      const rates: number[] = []
      for (let turn = 0; turn <= turns; turn++) {
        const sampler = createSampler({ mode, budget: 0.01 })
        let ms = 0
        driftStream({ traces, seed: turn, spans }, (batch: TraceBatch) => {
          const started = cpuMs()
          sampler.decide(batch.found)
          ms += cpuMs() - started
        })
        if (turn > 0) rates.push((traces / ms) * 1000)
      }
      rate.set(mode, median(rates))
    }
    const budgeted = rate.get('budgeted') as number
    return [...rate].map(([mode, figure]) => ({
      what: `decision, ${spans} paths a trace, ${mode}`,
      figure,
      unit: 'traces/s',
      ...(mode === 'budgeted'
        ? { note: `medians of ${turns} drift streams of ${traces} traces, one in thirteen of a shape of its own` }
        : { ratios: { budgeted: figure / budgeted } }),
    }))
  })
}

/** Of this process: what else the machine does is not counted. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
