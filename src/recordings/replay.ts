/** Drives the engine over a recording in the recording's own time, as fast as it can; the workloads are simulated. */
import type { Engine, StepResult } from '../engine/index.ts'
import type { TracesReport } from '../evaluate/index.ts'
import type { SpanTable } from '../spans/index.ts'
import { PlausibleTimes } from './replay-times.ts'
import type { SimulatedWorld } from './world.ts'

/** What went in; it grows while the replay runs. */
export interface ReplayTotals {
  spans: number
  /** Counted as they came towards some rule. */
  matched: number
  duplicate: number
  /** Ended in a step that was evaluated already: the recording is less ordered than the lateness allows. */
  late: number
  /** Left out: their times cannot be right. */
  implausible: number
  steps: number
  /** Of the assembly of traces at the end; absent where no rule needs them. */
  traces?: TracesReport
}

export interface ReplayInput {
  readonly engine: Engine
  /** Each table is read before the next is asked for, so that one may be reused for all. */
  readonly tables: AsyncIterable<SpanTable> | Iterable<SpanTable>
  readonly world: SimulatedWorld
  /** Sees every table as it is ingested. */
  readonly observe?: (table: SpanTable) => void
  readonly totals?: ReplayTotals
}

export function emptyTotals(): ReplayTotals {
  return { spans: 0, matched: 0, duplicate: 0, late: 0, implausible: 0, steps: 0 }
}

/** Every step of the recording, in order; the last ones as if nothing more could arrive. Errors of `tables` pass through. */
export async function* replay({ engine, tables, world, observe, totals = emptyTotals() }: ReplayInput): AsyncGenerator<StepResult, ReplayTotals> {
  const times = new PlausibleTimes()
  for await (const table of tables) {
    totals.implausible += times.filter(table)
    observe?.(table)
    const report = engine.ingest(table)
    totals.spans += report.spans
    totals.matched += report.matched
    totals.duplicate += report.duplicate
    totals.late += report.late
    for (let at = engine.due(); at !== undefined; at = engine.due()) {
      totals.steps++
      yield step(engine, world, at)
    }
  }
  for (let at = engine.due(undefined, true); at !== undefined; at = engine.due(undefined, true)) {
    totals.steps++
    yield step(engine, world, at)
  }
  if (engine.traces !== undefined) totals.traces = engine.traces
  return totals
}

/** One step, its scales carried out at once. */
export function step(engine: Engine, world: SimulatedWorld, at: number): StepResult {
  const result = engine.step(at, world.at(at))
  for (const decision of result.decisions) if (decision.outcome === 'scale' && world.apply(decision)) engine.acted(decision)
  return result
}
