/** Code lenses, as `line: title` each. */
import { describe, expect, it } from 'vitest'
import type { TestRun } from '../../lsp/contract.ts'
import { codeLenses } from '../../lsp/features/code-lens.ts'
import { type Setting, viewOf } from './view.ts'

const rules =
  'target deployment/a { between 1 and 4 }\nads: scale deployment/a +1 when span(x).p99 > 1s for 1m\nscale deployment/a +2 when span(x).p99 > 2s for 1m\n'
const test = 'test "x" {\n  given deployment/a at 2\n}'

function lenses(text: string, more: Partial<Setting> = {}): readonly string[] {
  return codeLenses(viewOf({ files: { 'main.scale': text }, ...more })).map(({ range, command }) => `${range.start.line}: ${command?.title}`)
}

function tested(run: Partial<TestRun>): Partial<Setting> {
  return { runs: { tests: new Map([['main.scale\nx', { outcome: 'passed', failures: [], timeline: '', text: test, ...run }]]) } }
}

describe('lenses of rules', () => {
  it('offer a replay, the tests and an explanation', () => {
    expect(lenses(rules + test)).toEqual(['1: replay', '1: run tests', '1: explain', '2: replay', '2: run tests', '2: explain', '3: run'])
    expect(lenses(rules)).toEqual(['1: replay', '1: explain', '2: replay', '2: explain'])
  })

  it('tell how often the rule fired in the last replay, with and without a label', () => {
    const fired = new Map([
      ['ads', 3],
      ['deployment/a +2 #1', 0],
    ])
    expect(lenses(rules, { runs: { replay: { recording: 'r', fired, steps: 9 } } }).filter((lens) => lens.includes('fired'))).toEqual([
      '1: fired 3 times in the last replay',
      '2: never fired in the last replay',
    ])
    expect(lenses(rules, { runs: { replay: { recording: 'r', fired: new Map([['ads', 1]]), steps: 9 } } })).toEqual([
      '1: fired once in the last replay',
      '1: explain',
      '2: not in the last replay',
      '2: explain',
    ])
  })

  it('have commands with the document and the place', () => {
    const commands = codeLenses(viewOf({ files: { 'main.scale': rules } })).map(({ command }) => [command?.command, command?.arguments])
    expect(commands.slice(0, 2)).toEqual([
      ['scale.replay', ['file:///main.scale']],
      ['scale.explain', ['file:///main.scale', { line: 1, character: 0 }]],
    ])
  })
})

describe('lenses of tests', () => {
  it('tell the outcome, with the timeline behind it', () => {
    expect(lenses(test, tested({}))).toEqual(['0: passed · run'])
    const failures = [
      { range: { start: 0, end: 1 }, message: 'it had 2 replicas at 1m' },
      { range: { start: 0, end: 1 }, message: 'no action' },
    ]
    expect(lenses(test, tested({ outcome: 'failed', failures }))).toEqual(['0: failed: it had 2 replicas at 1m and 1 more · run'])
    const [lens] = codeLenses(viewOf({ files: { 'main.scale': test }, ...tested({ outcome: 'failed', failures, timeline: '  10s  ads true' }) }))
    expect(lens?.command?.tooltip).toBe('it had 2 replicas at 1m\nno action\n  10s  ads true')
    expect(lens?.command?.arguments).toEqual(['file:///main.scale', 'x'])
    expect(lenses(test, tested({ outcome: 'broken', failures: failures.slice(0, 1) }))).toEqual(['0: could not run: it had 2 replicas at 1m · run'])
  })

  it('say when the outcome is of another text', () => {
    expect(lenses(test, tested({ text: 'test "x" { }' }))).toEqual(['0: passed, before it was edited · run'])
  })
})
