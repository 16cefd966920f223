/**
 * Sampling beside `uniform` and `tracemesh` (the published decision) in the same run: the budget, what is kept of what is rare and slow, bias, traced values
 * of the evaluator, memory and speed. On a generated stream with an incident, a rollout, a slowdown and a flood of unique shapes, and on streams arranged
 * from recordings where they are there.
 *
 * The sampler's constants (exponent and rank of the latency score, slacks, shares) were chosen on the generated stream and on these recordings; their other
 * faults and systems are not among them.
 */
import type { Row } from './report.ts'
import { heldBudgets } from './sampling/budgets.ts'
import { sampledIngest } from './sampling/ingest.ts'
import { kernelSpeed } from './sampling/kernel.ts'
import { flatMemory } from './sampling/memory.ts'
import { recordedStreams } from './sampling/recordings.ts'
import { tracedValues } from './sampling/traced.ts'
import { unbiasedTotals } from './sampling/unbiased.ts'

export default async function sampling(): Promise<Row[]> {
  return [...kernelSpeed(), ...sampledIngest(), ...flatMemory(), ...heldBudgets(), ...(await recordedStreams()), ...unbiasedTotals(), ...(await tracedValues())]
}
