/** Rules and tests as text, compiled and run. */

import { analyse } from '../../src/bundle/index.ts'
import type { StepResult } from '../../src/engine/index.ts'
import { type Bench, createBench, runTest, type TestResult } from '../../src/testing/index.ts'

/** Throws when the text has an error. */
export function benchOf(text: string, name = 'rules.scale'): Bench {
  const { diagnostics, program } = analyse({ roots: [{ name, text }] })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  return createBench(program, 'test')
}

/** Every test, in order. */
export async function runAll(bench: Bench): Promise<TestResult[]> {
  const results: TestResult[] = []
  for (const test of bench.program.tests) results.push(await runTest(bench, test))
  return results
}

/** The only test's result, and every step that it took. */
export async function runOne(bench: Bench): Promise<TestResult & { readonly seen: readonly StepResult[] }> {
  const [test] = bench.program.tests
  if (test === undefined || bench.program.tests.length > 1) throw new Error(`${bench.program.tests.length} tests`)
  const seen: StepResult[] = []
  const result = await runTest(bench, test, (step) => seen.push(step))
  return { ...result, seen }
}

export const s = 1e9
export const ms = 1e6
