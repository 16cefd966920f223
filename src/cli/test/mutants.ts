/** Mutants of the tested rules, for people and programs: which changes of a rule no test notices. */
import type { LoadedSources } from '../../files/index.ts'
import type { SourceText } from '../../language/index.ts'
import { type Mutant, mutationRun } from '../../testing/index.ts'
import { linesOf } from '../lines.ts'
import type { Suite } from './suites.ts'

export interface MutantReport {
  readonly killed: number
  readonly of: number
  readonly survivors: readonly Survivor[]
}

export interface Survivor {
  readonly file: string
  /** One-based. */
  readonly line: number
  readonly rule: string
  readonly before: string
  readonly after: string
}

/** The suites' tests must pass as the rules are. Mutants that are no programs do not count. */
export async function mutantsOf(suites: readonly Suite[], loaded: LoadedSources): Promise<MutantReport> {
  const survivors: Survivor[] = []
  let of = 0
  for (const { bench, roots, tests } of suites) {
    for await (const { mutant, fate } of mutationRun(bench, roots, loaded.resolve, tests)) {
      if (fate === 'invalid') continue
      of++
      if (fate === 'survived') survivors.push(survivorOf(mutant, roots))
    }
  }
  return { killed: of - survivors.length, of, survivors }
}

function survivorOf({ file, range, text, rule }: Mutant, roots: readonly SourceText[]): Survivor {
  const source = roots.find(({ name }) => name === file)?.text ?? ''
  return { file, line: linesOf(source).at(range.start).line, rule, before: source.slice(range.start, range.end), after: text }
}

export function mutantsText({ killed, of, survivors }: MutantReport): string {
  const lines = survivors.map(({ file, line, rule, before, after }) => `${file}:${line}: ${rule}: no test notices ${after} in place of ${before}\n`)
  return `${lines.join('')}${killed} of ${of} changes of rules are noticed\n`
}
