import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CodeLensRequest,
  type CompletionItem,
  CompletionRequest,
  CompletionResolveRequest,
  HoverRequest,
  InlayHintRequest,
  SignatureHelpRequest,
} from 'vscode-languageserver-protocol/node'
import { serializeCatalog } from '../../src/files/index.ts'
import { type Client, marked, startClient } from './client.ts'

const catalog = serializeCatalog({
  format: 1,
  services: [{ name: 'adservice', operations: [{ name: 'GetAds', kind: 'server', rate: 100, p50: 20e6, p95: 90e6, p99: 250e6 }], attributes: [] }],
  workloads: [{ id: 'deployment/adservice', services: ['adservice'] }],
})

let client: Client
beforeAll(async () => {
  const capabilities = { textDocument: { completion: { completionItem: { snippetSupport: true } } } }
  client = await startClient({ 'scale.json': '{ "catalog": "catalog.json" }', 'catalog.json': catalog, 'ads.scale': '' }, { capabilities })
  await client.open('ads.scale')
})
afterAll(() => client.stop())

/** Makes the marked text the document's, and answers where the mark was. */
async function typed(text: string) {
  const { text: plain, position } = marked(text)
  await client.change('ads.scale', { text: plain })
  return { textDocument: { uri: client.uri('ads.scale') }, position }
}

async function completed(text: string): Promise<readonly CompletionItem[]> {
  const answer = await client.connection.sendRequest(CompletionRequest.type, await typed(text))
  return Array.isArray(answer) ? answer : (answer?.items ?? [])
}

describe('row: completion: resolve, snippets', () => {
  it('offers services and operations of the catalog, in text that is not finished', async () => {
    const items = await completed('scale deployment/adservice +2 when span(ads|')
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['adservice']))
  })

  it('offers whole declarations as snippets', async () => {
    const items = await completed('|')
    expect(items.filter(({ insertTextFormat }) => insertTextFormat === 2).length).toBeGreaterThan(0)
  })

  it('answers in a text that begins with empty lines', async () => {
    for (const text of ['\n|', '\nsc|', '\n\n|', '\n// Why.\nsc|', '\r\n\r\nsc|', '|\n', '\nlet a = 1s\n\n|'])
      expect((await completed(text)).map(({ label }) => label)).toContain('scale')
  })

  it('resolves an item with the page of its word', async () => {
    const item = (await completed('scale deployment/adservice +2 when span(adservice/GetAds).|')).find(({ label }) => label === 'p99')
    if (item === undefined) throw new Error('p99 is not offered')
    const resolved = await client.connection.sendRequest(CompletionResolveRequest.type, item)
    expect(JSON.stringify(resolved.documentation)).toContain('p99')
  })
})

const rule = 'target deployment/adservice { between 1 and 10 }\nads: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s\n'

describe('row: hover', () => {
  const hovered = async (text: string) => JSON.stringify((await client.connection.sendRequest(HoverRequest.type, await typed(text)))?.contents ?? null)

  it('tells what the catalog knows of an operation', async () => {
    expect(await hovered(rule.replace('GetAds', 'Get|Ads'))).toContain('250ms')
  })

  it('puts a rule in plain words, of the text as it is now', async () => {
    expect(await hovered(rule.replace('+2', '+3').replace('ads:', 'a|ds:'))).toContain('add 3 replicas')
  })

  it('has the page of a word, and nothing where nothing is', async () => {
    expect(await hovered(rule.replace('5 times', '5 ti|mes'))).toContain('times')
    expect(await hovered(`${rule}\n|\n`)).toBe('null')
  })
})

describe('row: signature help', () => {
  it('tells what may stand in the parentheses, before they are closed', async () => {
    const help = await client.connection.sendRequest(SignatureHelpRequest.type, await typed('scale deployment/adservice +2 when span(|'))
    expect(help?.signatures[0]?.label).toContain('span(')
  })
})

describe('row: inlay hints', () => {
  it('shows how many steps a window has', async () => {
    await typed(`${rule}|`)
    const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } }
    const hints = await client.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri: client.uri('ads.scale') }, range })
    expect(hints?.map(({ label }) => (typeof label === 'string' ? label : label.map(({ value }) => value).join(''))).join('|')).toContain('12 steps')
  })
})

describe('row: code lens', () => {
  it('offers to replay and explain a rule, and to run a test', async () => {
    const { textDocument } = await typed(`${rule}test "t" { given deployment/adservice at 2 }|`)
    const lenses = await client.connection.sendRequest(CodeLensRequest.type, { textDocument })
    expect(lenses?.map(({ command }) => command?.command)).toEqual(expect.arrayContaining(['scale.replay', 'scale.explain', 'scale.runTest']))
  })

  it('tells what became of a test', async () => {
    const { textDocument } = await typed(`${rule}test "t" { given deployment/adservice at 2  expect deployment/adservice at 2 by 30s }|`)
    await client.connection.sendRequest('scale/runTest', { uri: textDocument.uri, name: 't' })
    const lenses = await client.connection.sendRequest(CodeLensRequest.type, { textDocument })
    expect(lenses?.map(({ command }) => command?.title)).toContain('passed · run')
  })
})
