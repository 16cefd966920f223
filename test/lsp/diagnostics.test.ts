import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DiagnosticRefreshRequest, DocumentDiagnosticRequest, WorkspaceDiagnosticRequest } from 'vscode-languageserver-protocol/node'
import { type Client, startClient } from './client.ts'

const target = 'target deployment/ads { between 1 and 10 }\n'
const good = `${target}ads: scale deployment/ads +1 when span(ads/GetAds).p99 > 400ms 5 times in 60s\n`
const wrong = good.replace('400ms', '400')
const asking = { textDocument: { diagnostic: { relatedDocumentSupport: false } } }

describe('row: diagnostics: push', () => {
  let client: Client
  afterEach(() => client.stop())

  it('says what is wrong, where, with the code and its page, and takes it back when it is mended', async () => {
    client = await startClient({ 'ads.scale': wrong })
    await client.open('ads.scale')
    const [diagnostic] = await client.pushed('ads.scale', (all) => all.length > 0)
    expect(diagnostic).toMatchObject({
      source: 'scale',
      severity: 1,
      code: 'SC2101',
      range: { start: { line: 1, character: 57 }, end: { line: 1, character: 60 } },
    })
    expect(diagnostic?.codeDescription?.href).toMatch(/^file:.*\/grammar\/diagnostics\/SC2101\.md$/)
    await client.change('ads.scale', { range: { start: { line: 1, character: 60 }, end: { line: 1, character: 60 } }, text: 'ms' })
    expect(await client.pushed('ads.scale', (all) => all.length === 0)).toEqual([])
  })

  it('says the same of files that are not open, and when a file that others import changes', async () => {
    client = await startClient({ 'ads.scale': `import "common.scale"\n${good.replace('400ms', 'slow')}`, 'common.scale': 'let fast = 1ms\n' })
    const [diagnostic] = await client.pushed('ads.scale', (all) => all.length > 0)
    expect(diagnostic?.message).toContain('`slow`')
    await client.open('common.scale')
    await client.change('common.scale', { text: 'let slow = 400ms\n' })
    await client.pushed('ads.scale', (all) => all.length === 0)
  })

  it('names the other places that matter, and marks what is superfluous', async () => {
    client = await startClient({ 'ads.scale': `let a = 1\nlet a = 2\n${good}` })
    const all = await client.pushed('ads.scale', (found) => found.length === 2)
    const twice = all.find(({ relatedInformation }) => relatedInformation !== undefined)
    expect(twice?.relatedInformation).toMatchObject([{ location: { range: { start: { line: 0, character: 4 } } }, message: 'defined here' }])
    expect(all.find(({ tags }) => tags?.includes(1))?.message).toContain('`a`')
  })

  it('takes all back of a file that is deleted', async () => {
    client = await startClient({ 'ads.scale': wrong, 'other.scale': 'let unused = 1\n' })
    await client.pushed('ads.scale', (all) => all.length > 0)
    client.remove('ads.scale')
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri('ads.scale'), type: 3 }] })
    await client.pushed('ads.scale', (all) => all.length === 0)
  })
})

describe('row: diagnostics: pull', () => {
  let client: Client
  beforeAll(async () => {
    client = await startClient({ 'ads.scale': wrong, 'good.scale': 'let unused = 1\n' }, { capabilities: asking })
    await client.open('ads.scale')
  })
  afterAll(() => client.stop())

  const ask = (previousResultId?: string) =>
    client.connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument: { uri: client.uri('ads.scale') },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    })

  it('answers of the text as it is, however new', async () => {
    const before = await ask()
    expect(before).toMatchObject({ kind: 'full', items: [{ code: 'SC2101' }] })
    await client.change('ads.scale', { text: good })
    expect(await ask()).toMatchObject({ kind: 'full', items: [] })
    await client.change('ads.scale', { text: wrong })
    expect(await ask()).toMatchObject({ kind: 'full', items: [{ code: 'SC2101' }] })
  })

  it('says that nothing is different to who has the last answer', async () => {
    const { resultId } = (await ask()) as { readonly resultId: string }
    expect(await ask(resultId)).toEqual({ kind: 'unchanged', resultId })
  })
})

describe('row: diagnostics: workspace', () => {
  let client: Client
  afterEach(() => client.stop())

  it('knows a file by any spelling of its URI', async () => {
    client = await startClient({ 'a shop.scale': 'let unused = 1\n' }, { capabilities: asking })
    const uri = client.uri('a shop.scale').replace('.scale', '%2Escale')
    const report = await client.connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds: [{ uri, value: 'of another session' }] })
    expect(report.items.map((item) => [item.uri, item.kind === 'full' ? item.items.length : item.kind])).toEqual([[uri, 1]])
  })

  it('answers of every rule file, open or not, and what is unchanged since', async () => {
    client = await startClient({ 'ads.scale': wrong, 'sub/other.scale': 'let unused = 1\n' }, { capabilities: asking })
    const { items } = await client.connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds: [] })
    expect(items).toMatchObject([
      { kind: 'full', uri: client.uri('ads.scale'), items: [{ code: 'SC2101' }] },
      { kind: 'full', uri: client.uri('sub/other.scale'), items: [{ severity: 2 }] },
    ])
    const previousResultIds = items.map(({ uri, resultId = '' }) => ({ uri, value: resultId }))
    const again = await client.connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds })
    expect(again.items.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged'])
  })

  it('asks the client to ask again when files changed on disk', async () => {
    const capabilities = { ...asking, workspace: { diagnostics: { refreshSupport: true } } }
    client = await startClient({ 'ads.scale': good }, { capabilities })
    const refreshed = new Promise<void>((done) => client.connection.onRequest(DiagnosticRefreshRequest.type, () => done()))
    client.write('ads.scale', wrong)
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri('ads.scale'), type: 2 }] })
    await refreshed
    const { items } = await client.connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds: [] })
    expect(items).toMatchObject([{ items: [{ code: 'SC2101' }] }])
  })
})
