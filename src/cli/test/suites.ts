/** The compilations of a test run: which rules belong together, ready to be tested. */
import { dirname, normalize } from 'node:path'
import { analyse, type Refusal, refusals } from '../../bundle/index.ts'
import type { LoadedSources } from '../../files/index.ts'
import type { Diagnostic, LintContext, SourceText, Test } from '../../language/index.ts'
import { type Bench, createBench } from '../../testing/index.ts'
import { version } from '../version.ts'

export interface Suite {
  readonly roots: readonly SourceText[]
  readonly bench: Bench
  /** Those that are to be run. */
  readonly tests: readonly Test[]
}

export interface Suites {
  readonly suites: readonly Suite[]
  /** Errors; what they are in is not run. */
  readonly errors: readonly Diagnostic[]
  readonly refused: readonly Refusal[]
}

/**
 * A project's rules are one compilation, and so are the files that were named themselves, as for `scalec compile`; of a folder that was named, the files of
 * each folder in it are one, so that several sets of rules can lie below each other. Tests see the rules of their compilation and no others.
 */
export function suitesOf(loaded: LoadedSources, paths: readonly string[] | 'project', lint: LintContext, isRun: (test: Test) => boolean): Suites {
  const suites: Suite[] = []
  const errors: Diagnostic[] = []
  const refused: Refusal[] = []
  for (const roots of compilations(loaded.roots, paths)) {
    const { diagnostics, program } = analyse({ roots, resolve: loaded.resolve }, lint)
    const wrong = diagnostics.filter(({ severity }) => severity === 'error')
    errors.push(...wrong)
    if (wrong.length > 0) continue
    const bench = createBench(program, version)
    const cannot = refusals(bench.bundle)
    refused.push(...cannot)
    if (cannot.length === 0) suites.push({ roots, bench, tests: program.tests.filter(isRun) })
  }
  return { suites, errors, refused }
}

function compilations(roots: readonly SourceText[], paths: readonly string[] | 'project'): readonly (readonly SourceText[])[] {
  if (paths === 'project') return [roots]
  const named = new Set(paths.map((path) => normalize(path)))
  const groups = Map.groupBy(roots, ({ name }) => (named.has(name) ? '' : `folder ${dirname(name)}`))
  return [...groups.values()]
}
