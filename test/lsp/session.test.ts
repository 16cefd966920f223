import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CodeLensRequest, ExecuteCommandRequest } from 'vscode-languageserver-protocol/node'
import type { ReplayAnswer } from '../../lsp/session/replay.ts'
import type { TestItem, TestsAnswer } from '../../lsp/session/tests.ts'
import { type Client, startClient } from './client.ts'

const rules = `target deployment/ads { between 1 and 10 }

ads: scale deployment/ads +2 when span(ads/GetAds).p99 > 400ms 5 times in 60s

scale deployment/ads to at least 3 when span(ads/GetAds).rate > 900/s for 1m

test "a step adds two" {
  given deployment/ads at 2
  load span(ads/GetAds) at 20/s taking 600ms from 0s to 2m
  expect deployment/ads at 4 by 65s
}

test "it adds too much" {
  given deployment/ads at 2
  load span(ads/GetAds) at 20/s taking 600ms from 0s to 2m
  expect deployment/ads at 9 by 65s
}
`

/** Spans of a second each, one every 100 ms for two minutes, as the Collector's file exporter writes them. */
function recording(): string {
  const start = 1_704_067_200_000_000_000n
  const spans = Array.from({ length: 1200 }, (_, i) => {
    const from = start + BigInt(i) * 100_000_000n
    return {
      traceId: (i + 1).toString(16).padStart(32, '0'),
      spanId: (i + 1).toString(16).padStart(16, '0'),
      name: 'GetAds',
      kind: 2,
      startTimeUnixNano: String(from),
      endTimeUnixNano: String(from + 1_000_000_000n),
    }
  })
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ads' } }] }
  const lines = []
  for (let i = 0; i < spans.length; i += 50) lines.push(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: spans.slice(i, i + 50) }] }] }))
  return `${lines.join('\n')}\n`
}

let client: Client
beforeAll(async () => {
  client = await startClient({ 'ads.scale': rules, 'sub/broken.scale': 'test "half', 'night.jsonl': recording() })
  await client.open('ads.scale')
})
afterAll(() => client.stop())

const uri = () => client.uri('ads.scale')

describe('row: test explorer', () => {
  it('lists the tests of a file or of all, with what became of them', async () => {
    const listed = async (params: object) => (await client.connection.sendRequest<{ readonly tests: readonly TestItem[] }>('scale/tests', params)).tests
    expect((await listed({ uri: uri() })).map(({ name, range, outcome }) => [name, range.start.line, outcome])).toEqual([
      ['a step adds two', 6, undefined],
      ['it adds too much', 12, undefined],
    ])
    expect(await listed({})).toHaveLength(2)
  })

  it('runs one, with what failed and what it saw', async () => {
    const answer = await client.connection.sendRequest<TestsAnswer>('scale/runTest', { uri: uri(), name: 'it adds too much' })
    expect(answer.results).toMatchObject([
      {
        name: 'it adds too much',
        outcome: 'failed',
        failures: [{ range: { start: { line: 15, character: 2 } }, message: expect.stringContaining('it had 4 replicas at 1m5s') }],
      },
    ])
    expect(answer.results[0]?.timeline).toContain('ads')
  })

  it('runs all of a file, of its newest text, and keeps the outcomes until the test changes', async () => {
    await client.change('ads.scale', { text: rules.replace('at 9 by', 'at 4 by') })
    const answer = await client.connection.sendRequest<TestsAnswer>('scale/runTest', { uri: uri() })
    expect(answer.results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
    await client.change('ads.scale', { text: rules })
    const { tests } = await client.connection.sendRequest<{ readonly tests: readonly TestItem[] }>('scale/tests', { uri: uri() })
    expect(tests.map(({ outcome, isOld }) => [outcome, isOld])).toEqual([
      ['passed', false],
      ['passed', true],
    ])
  })

  it('says of an outcome that the rules were edited since, until they are as they were', async () => {
    const known = async () => {
      const { tests } = await client.connection.sendRequest<{ readonly tests: readonly TestItem[] }>('scale/tests', { uri: uri() })
      const lenses = await client.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri: uri() } })
      return [tests[0]?.outcome, tests[0]?.isOld, lenses?.find(({ range }) => range.start.line === 6)?.command?.title]
    }
    await client.connection.sendRequest<TestsAnswer>('scale/runTest', { uri: uri(), name: 'a step adds two' })
    expect(await known()).toEqual(['passed', false, 'passed · run'])
    await client.change('ads.scale', { text: rules.replace('> 400ms', '> 4s') })
    expect(await known()).toEqual(['passed', true, 'passed, before the rules were edited · run'])
    // Another test is none of its business.
    await client.change('ads.scale', { text: rules.replace('at 9 by', 'at 8 by') })
    expect(await known()).toEqual(['passed', false, 'passed · run'])
    await client.change('ads.scale', { text: rules })
  })

  it('runs the tests of the project where a file of rules has none, from the lens of any of its rules', async () => {
    const [declared = '', ...tests] = rules.split(/(?=^test )/m)
    const apart = await startClient({ 'ads.scale': declared, 'ads.test.scale': tests.join('') })
    await apart.open('ads.scale')
    const lenses = await apart.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri: apart.uri('ads.scale') } })
    const lens = lenses?.find(({ command }) => command?.title === 'run tests')
    const asked = { command: lens?.command?.command ?? '', arguments: lens?.command?.arguments ?? [] }
    const answer: TestsAnswer = await apart.connection.sendRequest(ExecuteCommandRequest.type, asked)
    expect(answer.results.map(({ uri, outcome, failures }) => [uri, outcome, failures[0]?.range.start.line])).toEqual([
      [apart.uri('ads.test.scale'), 'passed', undefined],
      [apart.uri('ads.test.scale'), 'failed', 9],
    ])
    const outcomes = await apart.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri: apart.uri('ads.test.scale') } })
    expect(outcomes?.[0]?.command?.title).toBe('passed · run')
    await apart.stop()
  })

  it('says why nothing can be run', async () => {
    const run = (params: object) => client.connection.sendRequest<TestsAnswer>('scale/runTest', params)
    expect(await run({ uri: uri(), name: 'no such' })).toEqual({ results: [], problem: 'there is no test "no such" in ads.scale' })
    await client.change('ads.scale', { text: rules.replace('400ms', '400') })
    expect((await run({ uri: uri() })).problem).toMatch(/^the rules have errors/)
    await client.change('ads.scale', { text: rules })
  })

  it('tells which rules and comparisons the tests have seen true and false', async () => {
    const answer = await client.connection.sendRequest<{ readonly ranges: readonly object[] }>('scale/coverage', { uri: uri() })
    expect(answer.ranges).toMatchObject([
      { range: { start: { line: 2 } }, state: 'covered' },
      expect.anything(),
      { range: { start: { line: 4 } }, state: 'partly' },
      expect.anything(),
    ])
  })

  it('tells it of every file of the project, as tests may be in files of their own', async () => {
    const [written, tests] = [rules.slice(0, rules.indexOf('test "')), rules.slice(rules.indexOf('test "'))]
    const apart = await startClient({ 'ads.scale': written, 'ads.test.scale': tests })
    const answer = await apart.connection.sendRequest<{ readonly ranges: readonly object[]; readonly files: readonly object[] }>('scale/coverage', {
      uri: apart.uri('ads.test.scale'),
    })
    expect(answer.ranges).toEqual([])
    expect(answer.files).toMatchObject([
      { uri: apart.uri('ads.scale'), ranges: [{ range: { start: { line: 2 } }, state: 'covered' }, {}, { state: 'partly' }, {}] },
      { uri: apart.uri('ads.test.scale'), ranges: [] },
    ])
    await apart.stop()
  })
})

describe('row: replay', () => {
  it('takes the recording of the project, or rather the one that a test of the file names, where nobody says which', async () => {
    const alone = await startClient({ 'rules/ads.scale': rules, 'rules/night.jsonl': recording(), 'rules/a.jsonl': '', 'none/ads.scale': rules })
    const replayed = async (name: string, text: string) => {
      await alone.open(name, text)
      return alone.connection.sendRequest<ReplayAnswer>('scale/replay', { uri: alone.uri(name) })
    }
    expect((await replayed('rules/ads.scale', rules)).problem).toBe('a.jsonl has no spans')
    const answer = await replayed('rules/ads.scale', `${rules}test "night" {\n  replay "night.jsonl"\n}\n`)
    expect(answer).toMatchObject({ recording: 'night.jsonl', spans: 1200 })
    expect(answer.text).toMatch(/^night\.jsonl: 1,200 spans/)
    expect(answer.text).toMatch(/^\d\d:\d\d:\d\d {2}deployment\/ads: ads: .*1 → 3 replicas$/m)
    expect((await replayed('none/ads.scale', rules)).problem).toBe('say which recording: no test of this file names one, and the project has none')
    await alone.stop()
  })

  it('counts how often each rule fires on a recording, with the decisions', async () => {
    const answer = await client.connection.sendRequest<ReplayAnswer>('scale/replay', { uri: uri(), recording: 'night.jsonl' })
    expect(answer).toMatchObject({ recording: 'night.jsonl', spans: 1200 })
    expect(answer.problem).toBeUndefined()
    const [ads, other] = answer.rules
    expect(ads).toMatchObject({ name: 'ads', uri: uri(), range: { start: { line: 2 } } })
    expect(ads?.fired).toBeGreaterThan(0)
    expect(other?.fired).toBe(0)
    expect(answer.decisions[0]).toMatchObject({ target: 'deployment/ads', from: 1, to: 3, kind: 'scale' })
    expect(answer.text).toContain('never fired')
  })

  it('says what is wrong with a recording', async () => {
    const answer = await client.connection.sendRequest<ReplayAnswer>('scale/replay', { uri: uri(), recording: 'nowhere.jsonl' })
    expect(answer.problem).toBe('there is no recording nowhere.jsonl')
  })
})

describe('row: explanations', () => {
  it('puts the rule at a place, or all of a file, in plain words', async () => {
    const explained = async (position?: object) =>
      (await client.connection.sendRequest<{ readonly markdown: string }>('scale/explain', { uri: uri(), ...(position === undefined ? {} : { position }) }))
        .markdown
    expect(await explained({ line: 2, character: 8 })).toMatch(/^## ads\n[\s\S]*add 2 replicas to deployment\/ads/)
    expect((await explained()).match(/^## /gm)).toHaveLength(2)
    expect(await explained({ line: 8, character: 3 })).toBe('there is no rule here')
  })
})

describe('row: commands of lenses', () => {
  it('do what the requests do, and say it in a message', async () => {
    const said: string[] = []
    client.connection.onNotification('window/showMessage', ({ message }: { readonly message: string }) => void said.push(message))
    const answer = await client.connection.sendRequest(ExecuteCommandRequest.type, { command: 'scale.runTest', arguments: [uri(), 'a step adds two'] })
    expect(answer).toMatchObject({ results: [{ outcome: 'passed' }] })
    await client.connection.sendRequest(ExecuteCommandRequest.type, { command: 'scale.explain', arguments: [uri(), { line: 2, character: 0 }] })
    expect(said).toEqual(['a step adds two: passed', expect.stringContaining('## ads')])
    await expect(client.connection.sendRequest(ExecuteCommandRequest.type, { command: 'scale.runTest', arguments: [] })).rejects.toThrow('needs the URI')
  })
})
