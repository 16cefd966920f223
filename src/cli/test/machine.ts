/** A test run for programs: JSON and JUnit. Times are nanoseconds from the start of the test. */
import { timeOf } from '../../recordings/index.ts'
import { type Case, junitXml } from '../formats/index.ts'
import { linesOf } from '../lines.ts'
import { passed, positionOf, type ReportedTest, sourceOf, type TestReport } from './report.ts'
import { failureTexts } from './text.ts'

export function json({ tests, skipped, milliseconds, mutants }: TestReport): object {
  const good = tests.filter(passed).length
  return {
    passed: good,
    failed: tests.length - good,
    skipped,
    milliseconds: rounded(milliseconds),
    ...(mutants === undefined ? {} : { mutants }),
    tests: tests.map(testJson),
  }
}

function testJson(test: ReportedTest): object {
  const { result, failures, milliseconds } = test
  const { name, text } = sourceOf(test)
  const lines = linesOf(text)
  const placed = ({ range, message }: { readonly range: { readonly start: number; readonly end: number }; readonly message: string }): object => ({
    range: { ...range, from: lines.at(range.start), to: lines.at(range.end) },
    expectation: text.slice(range.start, range.end),
    message,
  })
  return {
    file: name,
    name: result.test.name,
    line: positionOf(test).line,
    passed: passed(test),
    start: timeOf(result.start),
    steps: result.steps,
    spans: result.spans,
    milliseconds: rounded(milliseconds),
    ...(result.problem === undefined ? {} : { problem: placed(result.problem) }),
    failures: failures.map((failure) => ({ ...placed(failure), moments: failure.moments, timeline: failure.timeline })),
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}

/** A suite per file. */
export function junit({ tests }: TestReport): string {
  const byFile = Map.groupBy(tests, (test) => sourceOf(test).name)
  return junitXml([...byFile].map(([name, all]) => ({ name, cases: all.map(caseOf) })))
}

function caseOf(test: ReportedTest): Case {
  const { result, milliseconds } = test
  const common = { name: result.test.name, classname: sourceOf(test).name, line: positionOf(test).line, seconds: milliseconds / 1000 }
  if (passed(test)) return common
  const message = result.problem?.message ?? test.failures[0]?.message ?? ''
  return {
    ...common,
    failure: { message, type: result.problem === undefined ? 'expectation' : 'problem', text: `${failureTexts(test, false).join('\n\n')}\n` },
  }
}
