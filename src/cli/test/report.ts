/** What a test run found, for whichever format prints it. */
import type { SourceText } from '../../language/index.ts'
import type { Coverage, Failure, TestResult, Timeline } from '../../testing/index.ts'
import { linesOf, type Position } from '../lines.ts'
import type { MutantReport } from './mutants.ts'

export interface TestReport {
  readonly tests: readonly ReportedTest[]
  /** Tests that `--run` left out. */
  readonly skipped: number
  readonly milliseconds: number
  /** Where it was asked for. */
  readonly mutants: MutantReport | undefined
}

export interface ReportedTest {
  readonly result: TestResult
  readonly milliseconds: number
  readonly failures: readonly ReportedFailure[]
}

export interface ReportedFailure extends Failure {
  readonly timeline: Timeline
}

/** Coverage of every compilation. */
export type Coverages = readonly Coverage[]

export function passed({ result }: ReportedTest): boolean {
  return result.problem === undefined && result.failures.length === 0
}

export function sourceOf({ result }: ReportedTest): SourceText {
  return result.test.file.source
}

export function positionOf({ result }: ReportedTest): Position {
  const { tree, file } = result.test
  return linesOf(file.source.text).at(tree.range.start)
}

/** `9 passed, 1 failed`, with what was left out. */
export function summary({ tests, skipped }: Pick<TestReport, 'tests' | 'skipped'>): string {
  const good = tests.filter(passed).length
  return [`${good} passed`, `${tests.length - good} failed`, ...(skipped === 0 ? [] : [`${skipped} not run`])].join(', ')
}
