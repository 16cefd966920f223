/** `scalec test [FILES…]`: runs the `test` blocks of rules. */
import { writeFileSync } from 'node:fs'
import type { Test } from '../language/index.ts'
import { createCoverage, runTest, timelineOf } from '../testing/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import { diagnosticsText, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'
import { coverageJson, coverageText, percent, ratio, sharesOf } from './test/coverage.ts'
import { lcov } from './test/lcov.ts'
import { json, junit } from './test/machine.ts'
import { mutantsOf } from './test/mutants.ts'
import { type Coverages, passed, type ReportedTest, type TestReport } from './test/report.ts'
import { type Suite, suitesOf } from './test/suites.ts'
import { text } from './test/text.ts'

export interface TestOptions extends ProjectOptions {
  readonly format: 'text' | 'json' | 'junit'
  /** A regular expression that names of tests must match. */
  readonly run?: string
  readonly failOnEmpty?: boolean
  readonly verbose?: boolean
  readonly coverage?: boolean
  readonly coverageFormat?: 'text' | 'json' | 'lcov'
  readonly coverageOutput?: string
  /** Asks which changes of the rules no test notices, when all tests pass. */
  readonly mutants?: boolean
  /** As written: `90%`. */
  readonly threshold?: string
}

/** Where the parts of the output go. */
interface Settings {
  readonly options: TestOptions
  readonly isRun: (test: Test) => boolean
  /** 0 to 1. */
  readonly threshold: number | undefined
  readonly coverage: boolean
}

export async function run(files: readonly string[], options: TestOptions, terminal: Terminal): Promise<ExitCode> {
  const settings = settingsOf(options)
  if ('problem' in settings) {
    terminal.err(`scalec: ${settings.problem}\n`)
    return exit.usage
  }
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const loaded = readRules(inputs.paths, terminal)
  if (loaded === undefined) return exit.usage
  const started = performance.now()
  let skipped = 0
  const { suites, errors, refused } = suitesOf(loaded, files.length === 0 ? 'project' : files, inputs.lint, (test) => {
    const isRun = settings.isRun(test)
    if (!isRun) skipped++
    return isRun
  })
  terminal.err(diagnosticsText(errors, loaded.sources(), terminal.errColour, { failLevel: 'error', all: false }))
  for (const { rule, what } of refused) terminal.err(`scalec: rule ${rule} uses ${what}, which this version cannot measure yet\n`)
  const tests: ReportedTest[] = []
  const coverages: Coverages = suites.map(({ bench }) => createCoverage(bench))
  for (const [i, suite] of suites.entries()) tests.push(...(await runSuite(suite, settings.coverage ? coverages[i] : undefined)))
  const milliseconds = performance.now() - started
  const good = errors.length === 0 && refused.length === 0 && tests.every(passed)
  const mutants = options.mutants === true && good ? await mutantsOf(suites, loaded) : undefined
  const report: TestReport = { tests, skipped, milliseconds, mutants }
  const problem = write(report, coverages, settings, terminal)
  if (problem !== undefined) {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  return [good, reaches(coverages, settings, terminal), isFull(report, settings, terminal)].every(Boolean) ? exit.fine : exit.problems
}

function settingsOf(options: TestOptions): Settings | { readonly problem: string } {
  let pattern: RegExp | undefined
  try {
    pattern = options.run === undefined ? undefined : new RegExp(options.run, 'u')
  } catch (error) {
    return { problem: `--run ${options.run}: ${(error as Error).message}` }
  }
  const given = options.threshold
  const [, digits] = /^(\d+(?:\.\d+)?)%?$/.exec(given ?? '') ?? []
  if (given !== undefined && (digits === undefined || Number(digits) > 100)) return { problem: `--threshold ${given}: write a share such as 90%` }
  const threshold = digits === undefined ? undefined : Number(digits) / 100
  const coverage = options.coverage === true || threshold !== undefined || options.coverageFormat !== undefined || options.coverageOutput !== undefined
  return { options, threshold, coverage, isRun: (test) => pattern === undefined || pattern.test(test.name) }
}

async function runSuite({ bench, tests }: Suite, coverage: Coverages[number] | undefined): Promise<ReportedTest[]> {
  const reported: ReportedTest[] = []
  for (const test of tests) {
    const started = performance.now()
    const result = await runTest(bench, test, coverage === undefined ? undefined : (step) => coverage.add(step))
    const milliseconds = performance.now() - started
    const failures = []
    for (const failure of result.failures) failures.push({ ...failure, timeline: await timelineOf(bench, test, failure) })
    reported.push({ result, milliseconds, failures })
  }
  return reported
}

/** Coverage for programs takes the standard output unless it has a file; the report then goes beside it. Returns what is wrong. */
function write(report: TestReport, coverages: Coverages, { options, coverage }: Settings, terminal: Terminal): string | undefined {
  const { format, coverageFormat = 'text', coverageOutput } = options
  const embedded = coverage && format === 'json' && coverageFormat !== 'lcov' && coverageOutput === undefined
  const alone = coverage && coverageFormat !== 'text' && coverageOutput === undefined && !embedded
  const say = alone ? terminal.err : terminal.out
  if (format === 'json') say(printJson({ ...json(report), ...(embedded ? { coverage: coverageJson(coverages) } : {}) }))
  else if (format === 'junit') say(junit(report))
  else say(text(report, { colour: alone ? terminal.errColour : terminal.outColour, verbose: options.verbose === true }))
  if (!coverage || embedded) return undefined
  const written = coverageFormat === 'lcov' ? lcov(coverages) : coverageFormat === 'json' ? printJson(coverageJson(coverages)) : coverageText(coverages)
  if (coverageOutput !== undefined) return writeFile(coverageOutput, written)
  // A table behind a report for programs would spoil it.
  if (coverageFormat === 'text' && format !== 'text') terminal.err(written)
  else terminal.out(coverageFormat === 'text' ? `\n${written}` : written)
  return undefined
}

function writeFile(path: string, content: string): string | undefined {
  try {
    writeFileSync(path, content)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return `${path} cannot be written (${code})`
  }
}

function reaches(coverages: Coverages, { threshold }: Settings, terminal: Terminal): boolean {
  if (threshold === undefined) return true
  const { rules, comparisons } = sharesOf(coverages)
  const below = Object.entries({ rules, comparisons }).filter(([, share]) => ratio(share) < threshold)
  for (const [name, share] of below) terminal.err(`scalec: ${percent(ratio(share))} of ${name} are covered, less than ${percent(threshold)}\n`)
  return below.length === 0
}

function isFull({ tests }: TestReport, { options }: Settings, terminal: Terminal): boolean {
  if (options.failOnEmpty !== true || tests.length > 0) return true
  terminal.err('scalec: no test was run\n')
  return false
}
