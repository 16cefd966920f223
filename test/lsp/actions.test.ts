import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CodeAction, CodeActionRequest } from 'vscode-languageserver-protocol/node'
import { lineIndex } from '../../lsp/positions.ts'
import { analyse } from '../../src/bundle/index.ts'
import { type Client, edited, startClient } from './client.ts'

const text = 'let unused = 1\nads: scale deployment/ads +1 when span(ads/GetAds).p99 > 400 5 times in 60s\n'

let client: Client
beforeAll(async () => {
  client = await startClient({ 'ads.scale': text })
  await client.open('ads.scale')
})
afterAll(() => client.stop())

async function actionsAt(word: string, only?: readonly string[]): Promise<readonly CodeAction[]> {
  const now = client.text('ads.scale')
  const start = word === '' ? 0 : now.indexOf(word)
  const found = await client.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: client.uri('ads.scale') },
    range: lineIndex(now).rangeOf({ start, end: word === '' ? now.length : start + word.length }),
    context: { diagnostics: [], ...(only === undefined ? {} : { only: [...only] }) },
  })
  return (found ?? []).filter((each): each is CodeAction => 'kind' in each)
}

function applied(action: CodeAction | undefined): string {
  return edited(client.text('ads.scale'), action?.edit?.changes?.[client.uri('ads.scale')] ?? [])
}

describe('row: code actions: quick fix', () => {
  it('mends what the diagnostic knows to mend, and is preferred', async () => {
    const [fix] = await actionsAt('400', ['quickfix'])
    expect(fix).toMatchObject({ title: 'Write 400ms', kind: 'quickfix', isPreferred: true, diagnostics: [{ code: 'SC2101' }] })
    expect(applied(fix)).toBe(text.replace('400', '400ms'))
  })

  it('offers nothing where nothing is wrong', async () => {
    expect(await actionsAt('when', ['quickfix'])).toEqual([])
  })

  it('imports a constant from the file that has it, below the imports that there are, and in no circle', async () => {
    const files = {
      'ads.scale': `import "rest.scale" // ours\nads: scale deployment/ads +1 when span(ads/GetAds).p99 > slow 5 times in 60s\n`,
      'limits/shared.scale': 'let slow = 400ms\n',
      'rest.scale': 'let other = 1s\n',
      'circle.scale': 'import "ads.scale"\nlet slow = 1s\n',
      'scale.json': '{}',
    }
    const other = await startClient(files)
    await other.open('ads.scale')
    const start = files['ads.scale'].indexOf('slow')
    const found = await other.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: other.uri('ads.scale') },
      range: lineIndex(files['ads.scale']).rangeOf({ start, end: start }),
      context: { diagnostics: [], only: ['quickfix'] },
    })
    const actions = (found ?? []).filter((each): each is CodeAction => 'kind' in each)
    expect(actions.map(({ title }) => title)).toEqual(['Import "limits/shared.scale"'])
    const after = edited(files['ads.scale'], actions[0]?.edit?.changes?.[other.uri('ads.scale')] ?? [])
    expect(after).toBe(files['ads.scale'].replace('\n', '\nimport "limits/shared.scale"\n'))
    await other.stop()
  })

  it('suppresses a warning, which is then gone', async () => {
    const suppress = (await actionsAt('unused', ['quickfix'])).find(({ title }) => title.startsWith('Suppress'))
    const after = applied(suppress)
    const saying = (source: string) => analyse({ roots: [{ name: 'ads.scale', text: source }] }, { today: '2026-01-01' }).diagnostics.map(({ code }) => code)
    const [code = ''] = suppress?.diagnostics?.map((diagnostic) => String(diagnostic.code)) ?? []
    expect(saying(text)).toContain(code)
    expect(saying(after)).toEqual(saying(text).filter((other) => other !== code))
  })

  it('suppresses no error', async () => {
    expect((await actionsAt('400')).filter(({ title }) => title.includes('SC2101'))).toEqual([])
  })
})

describe('row: code actions: fix all', () => {
  it('makes every fix of an error that does not touch another, at once', async () => {
    const [all, ...others] = await actionsAt('', ['source.fixAll'])
    expect(others).toEqual([])
    expect(all).toMatchObject({ kind: 'source.fixAll' })
    const after = applied(all)
    expect(after).toContain('> 400ms')
    expect(after).toContain('target deployment/ads { between 1 and 10 }')
  })

  it('leaves alone what is only advised: a constant that is not used yet, and when a rule fires', async () => {
    const before = client.text('ads.scale')
    const calm = 'let soon = 1\ntarget deployment/ads { between 1 and 10 }\ncalm: scale deployment/ads -1 when span(ads/GetAds).p99 < 40ms\n'
    await client.change('ads.scale', { text: calm })
    expect((await actionsAt('', ['quickfix'])).map(({ title }) => title)).toEqual(expect.arrayContaining(['Delete it', 'Write for 5m behind it']))
    expect(await actionsAt('', ['source.fixAll'])).toEqual([])
    await client.change('ads.scale', { text: before })
  })

  it('declares no bounds for a workload whose name another fix corrects', async () => {
    const misspelt = 'target deployment/ads { between 1 and 10 }\nscale deployment/asd +1 when span(ads/GetAds).p99 > 400ms 5 times in 60s\n'
    const catalog = { format: 1, services: [], workloads: [{ id: 'deployment/ads', services: ['ads'] }] }
    const other = await startClient({ 'scale.json': '{ "catalog": "catalog.json" }', 'catalog.json': JSON.stringify(catalog), 'ads.scale': misspelt })
    await other.open('ads.scale')
    const found = await other.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: other.uri('ads.scale') },
      range: lineIndex(misspelt).rangeOf({ start: 0, end: misspelt.length }),
      context: { diagnostics: [], only: ['source.fixAll'] },
    })
    const [all] = (found ?? []).filter((each): each is CodeAction => 'kind' in each)
    expect(edited(misspelt, all?.edit?.changes?.[other.uri('ads.scale')] ?? [])).toBe(misspelt.replace('asd', 'ads'))
    await other.stop()
  })

  it('is asked for by the name of this server too, as on save', async () => {
    expect((await actionsAt('', ['source.fixAll.scale'])).map(({ kind }) => kind)).toEqual(['source.fixAll.scale'])
  })
})
