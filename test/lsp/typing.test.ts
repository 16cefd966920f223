import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CompletionItem, CompletionRequest, CompletionResolveRequest } from 'vscode-languageserver-protocol/node'
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

  it('resolves an item with the page of its word', async () => {
    const item = (await completed('scale deployment/adservice +2 when span(adservice/GetAds).|')).find(({ label }) => label === 'p99')
    if (item === undefined) throw new Error('p99 is not offered')
    const resolved = await client.connection.sendRequest(CompletionResolveRequest.type, item)
    expect(JSON.stringify(resolved.documentation)).toContain('p99')
  })
})
