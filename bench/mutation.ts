/** Mutants of the rules of the examples and of the test fixtures: the share of them that the `test` blocks notice. */
import { analyse } from '../src/bundle/index.ts'
import { loadSources } from '../src/files/index.ts'
import { createBench, type MutantResult, mutationRun } from '../src/testing/index.ts'
import type { Row } from './report.ts'

/** What is tested together. */
export const suites: readonly (readonly string[])[] = [
  ['examples/boutique/rules.scale'],
  ['examples/kubernetes/rules.scale'],
  ['examples/one-line.scale', 'examples/one-line.test.scale'],
  ['test/testing/fixtures/conditions.scale'],
  ['test/testing/fixtures/values.scale'],
  ['test/testing/fixtures/targets.scale'],
]

/** Mutants that mean the same, with why; they are not counted. */
export const equivalent: ReadonlyMap<string, string> = new Map([
  ['examples/boutique/rules.scale ads-slow: 2 → 3', 'the target goes up at most 2 at a time'],
  ['examples/boutique/rules.scale ads-calm: 1 → 2', 'the target goes down at most 1 at a time'],
  ['examples/kubernetes/rules.scale ads-calm: 1 → 2', 'a tenth of at most 10 replicas is 1'],
])

export async function mutated(paths: readonly string[]): Promise<MutantResult[]> {
  const loaded = loadSources(paths)
  const { program, diagnostics } = analyse(loaded)
  const wrong = diagnostics.filter(({ severity }) => severity === 'error')
  if (wrong.length > 0 || loaded.problems.length > 0) throw new Error(`${paths.join(', ')}: ${JSON.stringify(wrong)}`)
  const results: MutantResult[] = []
  for await (const result of mutationRun(createBench(program, 'bench'), loaded.roots, loaded.resolve)) results.push(result)
  return results
}

/** `file rule: before → after` */
export function said({ mutant }: MutantResult, paths: readonly string[]): string {
  const { rule, file, range, text } = mutant
  const source = loadSources(paths).roots.find(({ name }) => name === file)?.text ?? ''
  return `${file} ${rule}: ${source.slice(range.start, range.end)} → ${text}`
}

export interface Share {
  readonly killed: number
  /** Without those that are no programs, or mean the same. */
  readonly of: number
  readonly survivors: readonly string[]
}

export async function shareOf(paths: readonly string[]): Promise<Share> {
  const results = (await mutated(paths)).filter((result) => result.fate !== 'invalid' && !equivalent.has(said(result, paths)))
  const survivors = results.filter(({ fate }) => fate === 'survived').map((result) => said(result, paths))
  return { killed: results.length - survivors.length, of: results.length, survivors }
}

export default async function measure(): Promise<Row[]> {
  const rows: Row[] = []
  let killed = 0
  let of = 0
  for (const paths of suites) {
    const started = performance.now()
    const share = await shareOf(paths)
    for (const survivor of share.survivors) console.log(`survived: ${survivor}`)
    killed += share.killed
    of += share.of
    rows.push(row(paths[0] ?? '', share.killed, share.of, `, ${((performance.now() - started) / 1000).toFixed(1)} s`))
  }
  return [...rows, row('all', killed, of, `; ${equivalent.size} more mean the same`)]
}

function row(what: string, killed: number, of: number, note: string): Row {
  return { what, figure: (100 * killed) / of, unit: '% killed', note: `${killed} of ${of}${note}` }
}
