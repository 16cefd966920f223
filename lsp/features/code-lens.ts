/** Code lenses: on a rule how often it fired in the last replay, on a test whether it passed; and what to run there. */
import type { CodeLens } from 'vscode-languageserver-protocol'
import type { Declaration } from '../../src/language/index.ts'
import type { Document, Runs, TestRun, View } from '../contract.ts'
import { checkedRule, isRuleTree } from './checked-rule.ts'
import { editedSince } from './test-age.ts'

/** The commands' arguments are the document's URI, and for a test its name, for a rule where it is. */
export function codeLenses(view: View): readonly CodeLens[] {
  const { document, project, cancelled } = view
  // Of a file without tests those of its project are run.
  const testing = [...project.documents.values()].some(({ parsed }) => parsed.tree.declarations.some(({ kind }) => kind === 'test'))
  const lenses: CodeLens[] = []
  for (const declaration of document.parsed.tree.declarations) {
    if (cancelled()) return []
    if (isRuleTree(declaration)) lenses.push(...ruleLenses(view, declaration, testing))
    else if (declaration.kind === 'test' && declaration.name !== undefined) lenses.push(...testLenses(view, declaration, declaration.name.value))
  }
  return lenses
}

function ruleLenses(view: View, declaration: Declaration & { readonly kind: 'rule' | 'freeze' }, testing: boolean): readonly CodeLens[] {
  const { document, project } = view
  const range = lineOf(document, declaration)
  const name = checkedRule(view, declaration)?.name ?? declaration.label?.text
  const at = document.lines.positionAt(declaration.range.start)
  return [
    { range, command: { title: firedText(project.runs.replay, name), command: 'scale.replay', arguments: [document.uri] } },
    ...(testing ? [{ range, command: { title: 'run tests', command: 'scale.runTest', arguments: [document.uri] } }] : []),
    { range, command: { title: 'explain', command: 'scale.explain', arguments: [document.uri, at] } },
  ]
}

function firedText(replay: Runs['replay'], name: string | undefined): string {
  const fired = name === undefined ? undefined : replay?.fired.get(name)
  if (replay === undefined) return 'replay'
  if (fired === undefined) return 'not in the last replay'
  return `${fired === 0 ? 'never fired' : `fired ${fired === 1 ? 'once' : `${fired} times`}`} in the last replay`
}

function testLenses({ document, project }: View, declaration: Declaration, name: string): readonly CodeLens[] {
  const range = lineOf(document, declaration)
  const run = project.runs.tests.get(`${document.name}\n${name}`)
  const command = { command: 'scale.runTest', arguments: [document.uri, name] }
  if (run === undefined) return [{ range, command: { title: 'run', ...command } }]
  const edited = editedSince(run, declaration, document, project)
  const age = edited === undefined ? '' : `, before ${edited === 'test' ? 'it was' : 'the rules were'} edited`
  return [{ range, command: { title: `${outcomeText(run)}${age} · run`, tooltip: detailText(run), ...command } }]
}

function outcomeText({ outcome, failures }: TestRun): string {
  const [first] = failures
  switch (outcome) {
    case 'passed':
      return 'passed'
    case 'failed':
      return `failed${first === undefined ? '' : `: ${first.message}`}${failures.length > 1 ? ` and ${failures.length - 1} more` : ''}`
    case 'broken':
      return `could not run${first === undefined ? '' : `: ${first.message}`}`
  }
}

/** All failures and what the test saw. */
function detailText({ failures, timeline, outcome }: TestRun): string {
  return [
    ...failures.map(({ message }) => message),
    ...(timeline === '' ? [] : [timeline]),
    ...(outcome === 'passed' ? ['every expectation was met'] : []),
  ].join('\n')
}

/** The line on which the declaration begins. */
function lineOf(document: Document, { range }: Declaration): CodeLens['range'] {
  const start = document.lines.positionAt(range.start)
  return document.lines.rangeOf({ start: range.start, end: Math.min(range.end, document.lines.lineEnd(start.line)) })
}
