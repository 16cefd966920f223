/** The test explorer: the tests of all rule files, run by the server in virtual time; and what they cover, in the margin. */
import * as vscode from 'vscode'
import { detailsOf } from './coverage.ts'
import { rangeOf } from './ranges.ts'
import type { CoveredFile, Language, TestEntry, TestResult } from './requests.ts'
import { uriOf } from './uris.ts'

export interface Tests extends vscode.Disposable {
  readonly controller: vscode.TestController
  /** Asks which tests there are: of a file, or of all. */
  refresh(uri?: string): Promise<void>
  /** Runs a file's tests, or one of them, as if somebody had chosen them in the explorer. */
  run(uri: string, name?: string): Promise<void>
}

/** After the last keystroke, ms. */
const pause = 400

export function createTests(language: Language): Tests {
  const controller = vscode.tests.createTestController('scale', 'SCALE')
  const details = new WeakMap<vscode.FileCoverage, readonly vscode.FileCoverageDetail[]>()

  async function refresh(uri?: string): Promise<void> {
    const { tests } = await language.request('scale/tests', uri === undefined ? {} : { uri })
    const byFile = Map.groupBy(tests, (test) => test.uri)
    if (uri === undefined) controller.items.replace([])
    else if (!byFile.has(uri)) controller.items.delete(uri)
    for (const [file, entries] of byFile) controller.items.add(fileItem(controller, file, entries))
  }

  /** Once each: files of one project have the answer in common. A file of tests alone has nothing to cover. */
  function cover(run: vscode.TestRun, { uri, ranges }: CoveredFile, covered: Set<string>): void {
    if (covered.has(uri)) return
    covered.add(uri)
    if (ranges.length === 0) return
    const found = detailsOf(ranges)
    const coverage = vscode.FileCoverage.fromDetails(vscode.Uri.parse(uri), [...found])
    details.set(coverage, found)
    run.addCoverage(coverage)
  }

  async function run(request: vscode.TestRunRequest, token: vscode.CancellationToken, isCovering: boolean): Promise<void> {
    const run = controller.createTestRun(request)
    const chosen = chosenOf(controller, request)
    const covered = new Set<string>()
    try {
      for (const { item } of chosen.flatMap(({ tests }) => tests)) run.enqueued(item)
      for (const { file, tests, isWhole } of chosen) {
        if (token.isCancellationRequested) break
        for (const { item } of tests) run.started(item)
        // A whole file in one go: its rules are compiled once.
        if (isWhole) tell(run, tests, await language.request('scale/runTest', { uri: file }, token))
        else for (const test of tests) tell(run, [test], await language.request('scale/runTest', { uri: file, name: test.name }, token))
        if (!isCovering || token.isCancellationRequested || covered.has(file)) continue
        const { ranges, files = [{ uri: file, ranges }] } = await language.request('scale/coverage', { uri: file }, token)
        for (const each of files) cover(run, each, covered)
      }
    } finally {
      run.end()
    }
  }

  /** The files with the tests of a file that has none: the server knows which belong together. */
  async function ofProject(uri: string): Promise<readonly vscode.TestItem[]> {
    const { results } = await language.request('scale/runTest', { uri })
    await refresh()
    return [...new Set(results.map((result) => result.uri))].flatMap((file) => (file === undefined ? [] : (controller.items.get(file) ?? [])))
  }

  const runner = controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, (request, token) => run(request, token, false), true)
  const coverer = controller.createRunProfile('Coverage', vscode.TestRunProfileKind.Coverage, (request, token) => run(request, token, true), true)
  coverer.loadDetailedCoverage = (_, coverage) => Promise.resolve([...(details.get(coverage) ?? [])])
  controller.refreshHandler = () => refresh()

  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const soon = ({ languageId, uri }: vscode.TextDocument): void => {
    if (languageId !== 'scale') return
    const key = uriOf(uri)
    clearTimeout(timers.get(key))
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key)
        refresh(key).catch(() => {})
      }, pause),
    )
  }
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.scale')
  const subscriptions = [
    controller,
    runner,
    watcher,
    vscode.workspace.onDidOpenTextDocument(soon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => soon(document)),
    watcher.onDidCreate(() => void refresh().catch(() => {})),
    watcher.onDidDelete((uri) => controller.items.delete(uriOf(uri))),
  ]
  return {
    controller,
    refresh,
    async run(uri, name) {
      await refresh(uri)
      const file = controller.items.get(uri)
      const item = name === undefined ? file : file?.children.get(idOf(uri, name))
      const items = item !== undefined ? [item] : name === undefined ? await ofProject(uri) : []
      if (items.length === 0)
        return void vscode.window.showInformationMessage('SCALE: there is no test in this file, nor in its project; the snippet `test` begins one.')
      const { token } = new vscode.CancellationTokenSource()
      await run(new vscode.TestRunRequest([...items], undefined, runner), token, false)
    },
    dispose() {
      for (const timer of timers.values()) clearTimeout(timer)
      for (const subscription of subscriptions) subscription.dispose()
    },
  }
}

function idOf(uri: string, name: string): string {
  return `${uri}\n${name}`
}

function fileItem(controller: vscode.TestController, file: string, entries: readonly TestEntry[]): vscode.TestItem {
  const uri = vscode.Uri.parse(file)
  const item = controller.createTestItem(file, vscode.workspace.asRelativePath(uri), uri)
  item.children.replace(
    entries.map(({ name, range }) => {
      const test = controller.createTestItem(idOf(file, name), name, uri)
      test.range = rangeOf(range)
      return test
    }),
  )
  return item
}

interface Chosen {
  /** Its URI. */
  readonly file: string
  readonly tests: readonly { readonly name: string; readonly item: vscode.TestItem }[]
  readonly isWhole: boolean
}

/** What is to run, by file; without what was left out. */
function chosenOf(controller: vscode.TestController, { include, exclude = [] }: vscode.TestRunRequest): readonly Chosen[] {
  const out = new Set((exclude ?? []).map(({ id }) => id))
  const wanted = include === undefined ? undefined : new Set(include.map(({ id }) => id))
  const chosen: Chosen[] = []
  for (const [file, item] of controller.items) {
    const all = [...item.children].map(([, child]) => child)
    const tests = all.filter(({ id }) => !out.has(id) && !out.has(file) && (wanted === undefined || wanted.has(file) || wanted.has(id)))
    if (tests.length > 0) chosen.push({ file, isWhole: tests.length === all.length, tests: tests.map((test) => ({ name: test.label, item: test })) })
  }
  return chosen
}

function tell(run: vscode.TestRun, tests: Chosen['tests'], { results, problem }: { readonly results: readonly TestResult[]; readonly problem?: string }): void {
  const byName = new Map(results.map((result) => [result.name, result]))
  for (const { name, item } of tests) {
    const result = byName.get(name)
    if (result === undefined) {
      // Rules that do not compile have no tests that run.
      if (problem === undefined) run.skipped(item)
      else run.errored(item, new vscode.TestMessage(problem))
      continue
    }
    // The explorer's output is a terminal's.
    if (result.timeline !== '') run.appendOutput(`${result.timeline}\n`.replace(/\r?\n/g, '\r\n'), undefined, item)
    const messages = result.failures.map(({ range, message }) => {
      const told = new vscode.TestMessage(message)
      if (item.uri !== undefined) told.location = new vscode.Location(item.uri, rangeOf(range))
      return told
    })
    if (result.outcome === 'passed') run.passed(item)
    else if (result.outcome === 'failed') run.failed(item, messages)
    else run.errored(item, messages)
  }
}
