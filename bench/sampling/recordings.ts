/** What is worth keeping, of what is kept at 1 %: rare shapes, and traces that a fault made slow, on streams arranged from recordings. */
import { createSampler, type SamplerMode } from '../../src/sampler/index.ts'
import { Random } from '../../test/support/trace-stream.ts'
import type { Row } from '../report.ts'
import { percent } from './budgets.ts'
import { type Arrangement, dealStream, type RecordedSystem, recordedSystem } from './recorded-stream.ts'

const budget = 0.01
const rareAtMost = 20
const seeds = 3
/** Repeats of the fault-free recording before each incident: Online Boutique's as few as make 1 % of the traces slow by a fault. */
const systems = [
  { name: 'ob', title: 'Online Boutique', repeats: 4, prototype: { coverage: 1, share: 0.096 } },
  { name: 'tt', title: 'TrainTicket', repeats: 20, prototype: { coverage: 0.87, share: 0.014 } },
] as const

interface Tally {
  traces: number
  kept: number
  faulty: number
  faultyKept: number
  rare: number
  covered: number
}

export async function recordedStreams(): Promise<Row[]> {
  const rows: Row[] = []
  for (const { name, title, repeats, prototype } of systems) {
    const system = await recordedSystem(name)
    if (system === undefined) return [{ what: 'skipped: there are no recordings beside this checkout', figure: 0, unit: 'streams' }]
    for (const arrangement of ['all', 'some'] as const) {
      for (const mode of ['budgeted', 'uniform', 'tracemesh', 'tracemesh, thinned'] as const) {
        const tally = tallied(system, repeats, arrangement, mode)
        const where = `${title}, ${arrangement === 'all' ? 'whole services' : 'some pods'} at fault, ${mode}`
        const note = arrangement === 'all' && mode === 'budgeted' ? `the prototype had ${percent(prototype.share)} on a stream of its own` : undefined
        rows.push(
          {
            what: `${where}: rare shapes covered`,
            figure: tally.covered / tally.rare,
            unit: 'of 1',
            note: `${Math.round(tally.rare / seeds)} shapes come at most ${rareAtMost} times; kept ${percent(tally.kept / tally.traces)} of ${Math.round(tally.traces / seeds)} traces`,
          },
          {
            what: `${where}: slow by the fault, of the kept`,
            figure: tally.faultyKept / tally.kept,
            unit: 'of 1',
            ratios: { 'their share of all': tally.faultyKept / tally.kept / (tally.faulty / tally.traces) },
            ...(note === undefined ? {} : { note }),
          },
        )
      }
    }
  }
  return rows
}

/** `tracemesh, thinned`: what it keeps, kept again at random so that the budget is met in all. */
function tallied(system: RecordedSystem, repeats: number, arrangement: Arrangement, mode: SamplerMode | 'tracemesh, thinned'): Tally {
  const thinned = mode === 'tracemesh, thinned'
  const sum: Tally = { traces: 0, kept: 0, faulty: 0, faultyKept: 0, rare: 0, covered: 0 }
  for (let ids = 1; ids <= seeds; ids++) {
    const sampler = createSampler({ mode: thinned ? 'tracemesh' : mode, budget })
    const times = new Map<string, number>()
    const kept: { readonly shape: string; readonly isFault: boolean }[] = []
    let traces = 0
    dealStream(system, { repeats, arrangement, seed: 1, ids }, ({ found }, dealt) => {
      sampler.decide(found)
      for (let row = 0, place = 0; row < found.spans.length; row++) {
        if (found.traceStart[row] !== row) continue
        const one = dealt[place++]
        if (one === undefined) throw new Error('a trace was not dealt')
        traces++
        times.set(one.shape, (times.get(one.shape) ?? 0) + 1)
        if (one.isFault) sum.faulty++
        if ((found.weight[row] as number) > 0) kept.push(one)
      }
    })
    const random = new Random(ids)
    const share = thinned ? Math.min(1, (budget * traces) / kept.length) : 1
    const left = kept.filter(() => share === 1 || random.unit() < share)
    const shapes = new Set(left.map(({ shape }) => shape))
    const rare = [...times].filter(([, n]) => n <= rareAtMost)
    sum.traces += traces
    sum.kept += left.length
    sum.faultyKept += left.filter(({ isFault }) => isFault).length
    sum.rare += rare.length
    sum.covered += rare.filter(([shape]) => shapes.has(shape)).length
  }
  return sum
}
