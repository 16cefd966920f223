/** A probe over a recording, step by step. */
import type { Bundle } from '../../bundle/index.ts'
import { createEngine } from '../../engine/index.ts'
import type { RuleOutcome } from '../../evaluate/index.ts'
import { decodeMessages, emptyTotals, isRecording, openRecording, replay, simulatedWorld } from '../../recordings/index.ts'
import type { Nanos } from '../../spans/index.ts'

export interface Step {
  readonly at: Nanos
  readonly outcome: RuleOutcome
}

export interface Series {
  readonly everyNs: number
  readonly steps: readonly Step[]
  /** Spans that counted. */
  readonly matched: number
}

export interface MeasureOptions {
  readonly latenessNs: number
  /** Gives up between two steps. */
  readonly signal?: AbortSignal
}

/** Steps that are kept; a REPL is for looking at hours, not months. */
const mostSteps = 200_000

/** Reads the whole recording: nothing of it is kept between two questions. What cannot be read of it was said when it was opened first. */
export async function measure(
  bundle: Bundle,
  recordings: readonly string[],
  { latenessNs, signal }: MeasureOptions,
): Promise<Series | { readonly error: string }> {
  const recording = await openRecording(recordings)
  if (!isRecording(recording)) return { error: `${recording.file}: ${recording.message}` }
  const [rule] = bundle.rules
  if (rule === undefined) return { error: 'there is nothing to measure' }
  const engine = createEngine({ bundle, latenessNs })
  const world = simulatedWorld(
    bundle.targets.map(({ id }) => ({ id, replicas: 1 })),
    0,
  )
  const totals = emptyTotals()
  const steps: Step[] = []
  for await (const { at, outcomes } of replay({ engine, tables: decodeMessages(recording, engine.table()), world, totals })) {
    if (signal?.aborted === true) return { error: 'stopped' }
    const outcome = outcomes.find(({ rule: name }) => name === rule.name)
    if (outcome === undefined) continue
    if (steps.length === mostSteps)
      return { error: `the recording has more than ${mostSteps.toLocaleString('en')} steps: measure it with a larger step (:every 1m)` }
    steps.push({ at, outcome })
  }
  return { everyNs: rule.everyNs, steps, matched: totals.matched + (totals.traces?.matched ?? 0) }
}
