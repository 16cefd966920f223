import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Diagnostic, DocumentDiagnosticRequest } from 'vscode-languageserver-protocol/node'
import { serializeCatalog } from '../../src/files/index.ts'
import type { Catalog } from '../../src/language/index.ts'
import { TempoDouble } from '../support/tempo/server.ts'
import { type Client, startClient } from './client.ts'

const rule = (service: string): string =>
  `target deployment/ads { between 1 and 10 }\nads: scale deployment/ads +1 when span(${service}/GetAds).p99 > 400ms 5 times in 60s\n`

const catalog = (service: string): Catalog => ({
  format: 1,
  services: [{ name: service, operations: [{ name: 'GetAds', kind: 'server', rate: 100 }], attributes: [] }],
  workloads: [{ id: 'deployment/ads', services: [service] }],
})

interface CatalogState {
  readonly source?: string
  readonly problem?: string
  readonly services: number
}

let client: Client
afterEach(() => client.stop())

async function codes(name: string): Promise<readonly unknown[]> {
  const report = await client.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: client.uri(name) } })
  return (report as { readonly items: readonly Diagnostic[] }).items.map(({ code }) => code)
}

const told = (name: string, type: 1 | 2 | 3) =>
  client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri(name), type }] })

/** The next `scale/catalogChanged`. */
const catalogChange = () => new Promise<CatalogState>((heard) => client.connection.onNotification('scale/catalogChanged', heard))

describe('row: watched files', () => {
  const project = { 'scale.json': '{ "catalog": "catalog.json" }', 'ads.scale': rule('ads'), 'catalog.json': serializeCatalog(catalog('ads')) }

  it('asks the client to tell of rules and JSON files where it can', async () => {
    client = await startClient(project, { capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } } })
    await codes('ads.scale')
    expect(client.registered).toContain('workspace/didChangeWatchedFiles')
  })

  it('takes a new catalog, and keeps the last good one when it breaks, saying so', async () => {
    client = await startClient(project)
    expect(await codes('ads.scale')).toEqual([])
    const first = catalogChange()
    client.write('catalog.json', serializeCatalog(catalog('adverts')))
    await told('catalog.json', 2)
    expect(await first).toMatchObject({ source: 'catalog.json', services: 1 })
    expect(await codes('ads.scale')).toContain('SC4201')

    const second = catalogChange()
    client.write('catalog.json', '{ broken')
    await told('catalog.json', 2)
    expect((await second).problem).toMatch(/^catalog\.json: not JSON/)
    expect(await codes('ads.scale')).toContain('SC4201')
    const [said] = await client.pushed('scale.json', (all) => all.length > 0)
    expect(said?.message).toContain('catalog.json')

    client.write('catalog.json', serializeCatalog(catalog('ads')))
    const state = await client.connection.sendRequest<CatalogState>('scale/refreshCatalog', {})
    expect(state).toEqual({ source: 'catalog.json', services: 1, operations: 1, workloads: 1 })
    expect(await codes('ads.scale')).toEqual([])
    await client.pushed('scale.json', (all) => all.length === 0)
  })

  it('follows scale.json: what is a warning, and what is wrong with the file itself', async () => {
    client = await startClient({ ...project, 'catalog.json': serializeCatalog(catalog('adverts')) })
    expect(await codes('ads.scale')).toContain('SC4201')
    client.write('scale.json', '{ "catalog": "catalog.json", "severities": { "SC4201": "off" } }')
    await told('scale.json', 2)
    expect(await codes('ads.scale')).not.toContain('SC4201')
    client.write('scale.json', '{ "catalogue": "catalog.json" }')
    await told('scale.json', 2)
    const [said] = await client.pushed('scale.json', (all) => all.length > 0)
    expect(said?.message).toContain('did you mean "catalog"?')
  })

  it('finds rule files that come and go', async () => {
    client = await startClient({ 'ads.scale': `import "common.scale"\n${rule('ads').replace('400ms', 'slow')}` })
    expect(await codes('ads.scale')).toHaveLength(1)
    client.write('common.scale', 'let slow = 400ms\n')
    await told('common.scale', 1)
    expect(await codes('ads.scale')).toEqual([])
    client.remove('common.scale')
    await told('common.scale', 3)
    expect(await codes('ads.scale')).toHaveLength(1)
  })
})

describe('row: workspace folders', () => {
  it('keeps the rules of folders apart, and those of one together', async () => {
    client = await startClient({ 'a/one.scale': rule('ads'), 'a/two.scale': rule('ads'), 'b/one.scale': rule('ads') }, { folders: ['a', 'b'] })
    // Two targets and two rules of one name, of which one is enough.
    expect(await codes('a/two.scale')).toEqual(['SC2006', 'SC3009'])
    expect(await codes('b/one.scale')).toEqual([])
  })

  it('takes folders that are added, and forgets those that are removed', async () => {
    const capabilities = { workspace: { workspaceFolders: true } }
    client = await startClient({ 'a/one.scale': 'let a = 1\n', 'b/one.scale': 'let b = 1\n' }, { folders: ['a'], capabilities })
    const names = async () =>
      (await client.connection.sendRequest<readonly { readonly name: string }[]>('workspace/symbol', { query: '' })).map(({ name }) => name)
    expect(await names()).toEqual(['a'])
    const folder = (name: string) => ({ uri: client.uri(name), name })
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [folder('b')], removed: [folder('a')] } })
    expect(await names()).toEqual(['b'])
  })

  it('checks a document without a file, and files outside all folders', async () => {
    client = await startClient({ 'in/a.scale': 'let a = 1\n', 'out/b.scale': rule('ads').replace('400ms', '400') }, { folders: ['in'] })
    await client.open('untitled:new', 'scale deployment/ads +1 when span(ads).p99 > 400 5 times in 60s')
    expect(await codes('untitled:new')).toContain('SC2101')
    await client.open('out/b.scale')
    expect(await codes('out/b.scale')).toEqual(['SC2101'])
    await client.close('out/b.scale')
    expect(await codes('out/b.scale')).toEqual([])
  })

  it('lends a document without a file the catalog and the settings of the first project that has one', async () => {
    client = await startClient({
      'a/scale.json': '{}',
      'b/scale.json': '{ "catalog": "catalog.json", "severities": { "SC4006": "off" } }',
      'b/catalog.json': serializeCatalog(catalog('adverts')),
      'c/scale.json': '{ "catalog": "catalog.json" }',
      'c/catalog.json': serializeCatalog(catalog('ads')),
    })
    await client.open('untitled:new', `let unused = 1\n${rule('ads')}`)
    expect(await codes('untitled:new')).toEqual(['SC4201'])
    expect(await client.connection.sendRequest('scale/catalogState', { uri: 'untitled:new' })).toMatchObject({
      services: 1,
      source: join(client.folder, 'b/catalog.json'),
    })
    client.write('b/catalog.json', serializeCatalog(catalog('ads')))
    await told('b/catalog.json', 2)
    expect(await codes('untitled:new')).toEqual([])
    client.write('b/scale.json', '{}')
    await told('b/scale.json', 2)
    expect(await codes('untitled:new')).toEqual(['SC4006'])
  })
})

describe('row: configuration', () => {
  it('is asked for where the client can answer, and taken as it is sent where not', async () => {
    client = await startClient({ 'ads.scale': 'let unused = 1\n' })
    expect(await codes('ads.scale')).toHaveLength(1)
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { scale: { diagnostics: { lint: false } } } })
    expect(await codes('ads.scale')).toEqual([])
  })

  it('asks a client that has settings for them', async () => {
    client = await startClient({ 'ads.scale': 'let unused = 1\n' }, { capabilities: { workspace: { configuration: true } } })
    const asked = new Promise<void>((done) =>
      client.connection.onRequest('workspace/configuration', () => {
        done()
        return [{ diagnostics: { lint: false } }]
      }),
    )
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null })
    await asked
    await client.pushed('ads.scale', (all) => all.length === 0)
  })
})

describe('settings of the start', () => {
  it('stay where a client that is asked for them knows none', async () => {
    const initializationOptions = { diagnostics: { lint: false, delay: 10 } }
    client = await startClient({ 'ads.scale': 'let unused = 1\n' }, { capabilities: { workspace: { configuration: true } }, initializationOptions })
    let answered = 0
    const asked = new Promise<void>((done) =>
      client.connection.onRequest('workspace/configuration', () => {
        if (++answered === 2) done()
        return [null]
      }),
    )
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null })
    await codes('ads.scale')
    // By the time that the server asks again it has the first answer.
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null })
    await asked
    expect(await codes('ads.scale')).toEqual([])
  })
})

describe('row: catalog from the client', () => {
  it('goes before that of the file until it is taken back, and one that is none is a problem', async () => {
    const project = { 'scale.json': '{ "catalog": "catalog.json" }', 'ads.scale': rule('ads'), 'catalog.json': serializeCatalog(catalog('adverts')) }
    client = await startClient(project)
    const used = async (given: object) => {
      const change = catalogChange()
      await client.connection.sendNotification('scale/useCatalog', given)
      return change
    }
    expect(await codes('ads.scale')).toContain('SC4201')
    expect(await used({ catalog: catalog('ads'), source: 'night.jsonl' })).toMatchObject({ source: 'night.jsonl', services: 1 })
    expect(await codes('ads.scale')).toEqual([])
    expect(await used({})).toMatchObject({ source: 'catalog.json' })
    expect(await codes('ads.scale')).toContain('SC4201')
    expect(await used({ catalog: { format: 1 }, source: 'night.jsonl' })).toMatchObject({ problem: expect.stringMatching(/^night\.jsonl: \$/), services: 0 })
  })
})

describe('row: catalog from Tempo', () => {
  it('comes in the background, instead of that of the file', async () => {
    const tempo = await TempoDouble.start()
    onTestFinished(() => tempo.close())
    const at = Math.floor(Date.now() / 1000) - 300
    tempo.spans.push({ at, name: 'GetAds', kind: 'server', resource: { 'service.name': 'adverts' } })
    client = await startClient({ 'ads.scale': rule('ads') }, { initializationOptions: { catalog: { tempo: tempo.url } } })
    expect(await catalogChange()).toMatchObject({ source: tempo.url, services: 1, operations: 1 })
    expect(await codes('ads.scale')).toContain('SC4201')
  })

  it('lets answers go on while Tempo is silent, and says what is wrong with it', async () => {
    const held: ServerResponse[] = []
    const tempo = createServer((_request, response) => {
      held.push(response)
      for (const each of held.splice(silent ? held.length : 0)) each.writeHead(404).end()
    })
    let silent = true
    await new Promise<void>((done) => tempo.listen(0, '127.0.0.1', done))
    onTestFinished(() => void tempo.close())
    const url = `http://127.0.0.1:${(tempo.address() as AddressInfo).port}`
    client = await startClient({ 'ads.scale': rule('ads') }, { initializationOptions: { catalog: { tempo: url } } })
    const changed = catalogChange()
    expect(await codes('ads.scale')).toEqual([])
    silent = false
    for (const each of held.splice(0)) each.writeHead(404).end()
    expect(await changed).toMatchObject({ source: url, problem: expect.stringContaining('is not there'), services: 0 })
  })
})
