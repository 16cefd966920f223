/** A test run for people. */
import { significant } from '../../plan/index.ts'
import { timelineText } from '../../testing/index.ts'
import { excerpt } from '../render.ts'
import { mutantsText } from './mutants.ts'
import { passed, type ReportedFailure, type ReportedTest, sourceOf, summary, type TestReport } from './report.ts'

export interface TextOptions {
  readonly colour: boolean
  /** Names tests that passed, too. */
  readonly verbose: boolean
}

export function text(report: TestReport, options: TextOptions): string {
  const { tests, milliseconds } = report
  const shown = tests.flatMap((test) => (passed(test) ? (options.verbose ? [passedLine(test, options.colour)] : []) : [failed(test, options.colour)]))
  const took = milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${significant(milliseconds / 1000)} s`
  const mutants = report.mutants === undefined ? [] : [mutantsText(report.mutants)]
  return [...shown, tests.length === 0 && report.skipped === 0 ? 'no tests\n' : `${summary(report)} (${took})\n`, ...mutants].join('')
}

function passedLine({ result, milliseconds }: ReportedTest, colour: boolean): string {
  return `${green('ok', colour)}    ${result.test.file.source.name}: ${result.test.name} (${Math.max(1, Math.round(milliseconds))} ms)\n`
}

function failed(test: ReportedTest, colour: boolean): string {
  const { name } = sourceOf(test)
  const blocks = failureTexts(test, colour).map((block) => indented(block))
  return `${red('FAIL', colour)}  ${name}: ${test.result.test.name}\n${blocks.join('\n')}\n`
}

/** Each failure: where, the expectation underlined, and what was seen. */
export function failureTexts(test: ReportedTest, colour: boolean): string[] {
  const { problem } = test.result
  if (problem !== undefined) return [missed(test, problem.range, problem.message, [], colour)]
  return test.failures.map((failure) => missed(test, failure.range, failure.message, timelineText(failure.timeline), colour))
}

function missed(test: ReportedTest, range: ReportedFailure['range'], message: string, timeline: readonly string[], colour: boolean): string {
  const { name, text } = sourceOf(test)
  const { place, lines } = excerpt(name, text, range, message, colour)
  return [place, ...lines, ...timeline.map((line) => (line === '' ? '' : `      ${line}`))].join('\n')
}

function indented(block: string): string {
  return block.replace(/^(?=.)/gm, '  ')
}

function green(word: string, colour: boolean): string {
  return colour ? `\u001b[32m${word}\u001b[0m` : word
}

function red(word: string, colour: boolean): string {
  return colour ? `\u001b[31m${word}\u001b[0m` : word
}
