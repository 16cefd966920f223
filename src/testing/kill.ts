/** Which mutants the tests notice. */
import { analyse, type CompileInput, refusals } from '../bundle/index.ts'
import type { SourceText, Test } from '../language/index.ts'
import { type Bench, createBench } from './bench.ts'
import { type Mutant, mutantsOf } from './mutate.ts'
import { runTest } from './run.ts'

export interface MutantResult {
  readonly mutant: Mutant
  /** invalid: the checker does not let it through, or the engine cannot measure it. */
  readonly fate: 'killed' | 'survived' | 'invalid'
  /** The test that killed it. */
  readonly by: string | undefined
}

/** How imports are found, as the compiler is told. */
export type Resolve = (path: string, from: string) => SourceText | undefined

/** Every mutant of the compilation's rules against `tests`, all of which must pass as the rules are. A mutant is dropped with the first test that fails. */
export async function* mutationRun(
  bench: Bench,
  roots: readonly SourceText[],
  resolve?: Resolve,
  tests: readonly Test[] = bench.program.tests,
): AsyncGenerator<MutantResult> {
  const { program } = bench
  const order = await byWork(bench, tests)
  for (const mutant of mutantsOf(program)) {
    const changed = mutatedBench(mutant, { roots, peers: program.peers, ...(resolve === undefined ? {} : { resolve }) })
    const by = changed && (await firstFailure(changed, order))
    yield { mutant, fate: changed === undefined ? 'invalid' : by === undefined ? 'survived' : 'killed', by }
  }
}

/** The tests' names, those with the least to do first. */
async function byWork(bench: Bench, tests: readonly Test[]): Promise<readonly string[]> {
  const all: { readonly key: string; readonly work: number }[] = []
  for (const test of tests) {
    const { steps, spans } = await runTest(bench, test)
    all.push({ key: keyOf(test), work: steps * bench.program.rules.length + spans })
  }
  return all.sort((a, b) => a.work - b.work).map(({ key }) => key)
}

function keyOf({ name, file }: Test): string {
  return `${file.source.name} ${name}`
}

function mutatedBench({ file, range, text }: Mutant, input: CompileInput): Bench | undefined {
  const roots = input.roots.map((root) =>
    root.name === file ? { name: root.name, text: `${root.text.slice(0, range.start)}${text}${root.text.slice(range.end)}` } : root,
  )
  const { diagnostics, program } = analyse({ ...input, roots })
  if (diagnostics.some(({ severity }) => severity === 'error')) return undefined
  const bench = createBench(program, 'mutant')
  return refusals(bench.bundle).length > 0 ? undefined : bench
}

async function firstFailure(bench: Bench, order: readonly string[]): Promise<string | undefined> {
  const tests = new Map(bench.program.tests.map((test) => [keyOf(test), test]))
  for (const key of order) {
    const test = tests.get(key)
    if (test === undefined) continue
    const { failures, problem } = await runTest(bench, test)
    if (failures.length > 0 || problem !== undefined) return test.name
  }
  return undefined
}
