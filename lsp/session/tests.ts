/** The test explorer: which tests there are, and what became of them. */
import type { Range } from 'vscode-languageserver/node'
import type { Test } from '../../src/language/index.ts'
import { createCoverage, isCovered, isRuleCovered, runTest as run, type TestResult, type Truths, timelineOf, timelineText } from '../../src/testing/index.ts'
import type { Document, Project, TestRun } from '../contract.ts'
import { editedSince, rulesOf } from '../features/test-age.ts'
import type { ProjectState } from '../workspace/project.ts'
import { breathe, type Problem, type Runnable, runnable } from './runnable.ts'

export interface TestItem {
  readonly uri: string
  readonly name: string
  readonly range: Range
  readonly nameRange: Range
  readonly outcome?: TestRun['outcome']
  /** The test, or the rules, were edited since it ran. */
  readonly isOld?: boolean
}

/** Found in the trees, so that a test is listed while its file has errors. */
export function testItems(project: Project, document: Document): readonly TestItem[] {
  return document.parsed.tree.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'test' || declaration.name === undefined) return []
    const name = declaration.name.value
    const ran = project.runs.tests.get(`${document.name}\n${name}`)
    const isOld = ran !== undefined && editedSince(ran, declaration, document, project) !== undefined
    return {
      uri: document.uri,
      name,
      range: document.lines.rangeOf(declaration.range),
      nameRange: document.lines.rangeOf(declaration.name.range),
      ...(ran === undefined ? {} : { outcome: ran.outcome, isOld }),
    }
  })
}

export interface TestReport {
  readonly uri: string
  readonly name: string
  readonly outcome: TestRun['outcome']
  readonly failures: readonly { readonly range: Range; readonly message: string }[]
  readonly timeline: string
}

export interface TestsAnswer {
  readonly results: readonly TestReport[]
  readonly problem?: string
}

/** Runs a test of the document, or all of them, or those of the project where the document has none; outcomes are kept for lenses. */
export async function runTests(
  state: ProjectState,
  document: Document,
  name: string | undefined,
  version: string,
  cancelled: () => boolean,
): Promise<TestsAnswer> {
  const ready = await runnable(state, version)
  if ('problem' in ready) return { results: [], problem: ready.problem }
  const now = state.project.documents.get(document.name) ?? document
  const all = ready.bench.program.tests
  const own = all.filter((test) => test.file.source.name === now.name && (name === undefined || test.name === name))
  const tests = own.length === 0 && name === undefined ? all : own
  if (tests.length === 0) return { results: [], problem: name === undefined ? `there is no test in ${now.name}` : `there is no test "${name}" in ${now.name}` }
  // Of the texts that are run: they may be edited before the last test is done, and trees move with their texts.
  const rules = rulesOf(state.project)
  const written = tests.map((test) => ({ test, text: textOf(test) }))
  const results: TestReport[] = []
  for (const { test, text } of written) {
    if (cancelled()) break
    await breathe()
    const there = state.project.documents.get(test.file.source.name) ?? now
    const ran: TestRun = { ...(await outcomeOf(ready, test)), text, rules }
    state.tested(there.name, test.name, ran)
    const failures = ran.failures.map(({ range, message }) => ({ range: there.lines.rangeOf(range), message }))
    results.push({ uri: there.uri, name: test.name, outcome: ran.outcome, failures, timeline: ran.timeline })
  }
  return { results }
}

function textOf({ file, tree }: Test): string {
  return file.source.text.slice(tree.range.start, tree.range.end)
}

async function outcomeOf({ bench }: Runnable, test: Test): Promise<Omit<TestRun, 'text'>> {
  const result: TestResult = await run(bench, test)
  if (result.problem !== undefined) return { outcome: 'broken', failures: [result.problem], timeline: '' }
  const timelines: string[] = []
  for (const failure of result.failures) timelines.push(timelineText(await timelineOf(bench, test, failure)).join('\n'))
  const failures = result.failures.map(({ range, message }) => ({ range, message }))
  return { outcome: failures.length === 0 ? 'passed' : 'failed', failures, timeline: timelines.join('\n\n') }
}

export interface CoveredRange {
  readonly range: Range
  readonly state: 'covered' | 'partly' | 'missed'
  readonly message: string
}

/** Of one file of the project. */
export interface CoveredFile {
  readonly uri: string
  readonly ranges: readonly CoveredRange[]
}

/** Which rules of a document the project's tests have seen true and false, and which comparisons in them; the same of all files of the project, which the tests have run for anyhow. */
export async function coverage(
  state: ProjectState,
  document: Document,
  version: string,
  cancelled: () => boolean,
): Promise<{ readonly ranges: readonly CoveredRange[]; readonly files: readonly CoveredFile[] } | Problem> {
  const ready = await runnable(state, version)
  if ('problem' in ready) return ready
  const seen = createCoverage(ready.bench)
  for (const test of ready.bench.program.tests) {
    if (cancelled()) break
    await breathe()
    await run(ready.bench, test, (step) => seen.add(step))
  }
  const rangesOf = ({ name, lines }: Document): readonly CoveredRange[] =>
    seen.rules
      .filter(({ file }) => file.source.name === name)
      .flatMap((rule): readonly CoveredRange[] => {
        const whole = { range: lines.rangeOf(rule.range), state: stateOf(rule.truths, isRuleCovered(rule)), message: truthsText(rule.truths) }
        const parts = rule.conditions.filter(({ leaf }) => leaf)
        if (rule.conditions.length < 2) return [whole]
        return [
          whole,
          ...parts.map((part) => ({ range: lines.rangeOf(part.range), state: stateOf(part.truths, isCovered(part)), message: truthsText(part.truths) })),
        ]
      })
  const files = state.roots.map((each) => ({ uri: each.uri, ranges: rangesOf(each) }))
  return { ranges: rangesOf(state.project.documents.get(document.name) ?? document), files }
}

function stateOf(truths: Truths, isGood: boolean): CoveredRange['state'] {
  if (isGood) return 'covered'
  return truths.true > 0 || truths.false > 0 ? 'partly' : 'missed'
}

function truthsText(truths: Truths): string {
  return `true at ${truths.true}, false at ${truths.false}, unknown at ${truths.unknown} steps of the tests`
}
