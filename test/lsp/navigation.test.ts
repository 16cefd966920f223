import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  DefinitionRequest,
  DocumentHighlightRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  WorkspaceSymbolRequest,
} from 'vscode-languageserver-protocol/node'
import { type Client, edited, startClient } from './client.ts'

const files = {
  'scale.json': '{ "rules": ["*.scale"] }',
  'common.scale': 'let slow = 400ms\ndefaults { namespace shop }\n',
  'ads.scale': [
    'import "common.scale"',
    'target deployment/ads { between 1 and 10 }',
    'ads-slow: scale deployment/ads +1 when span(ads/GetAds).p99 > slow 5 times in 60s',
    'freeze deployment/ads in shop down when span(ads/GetAds).p99 > slow for 1m',
    'scale deployment/cart to at least 2 when span(cart).rate > 9/s for 1m',
    'test "it scales" {',
    '  given deployment/ads at 2',
    '  replay "night.jsonl"',
    '  expect ads-slow fires',
    '}',
  ].join('\n'),
}

let client: Client
beforeAll(async () => {
  client = await startClient(files)
  await client.open('ads.scale')
  await client.open('common.scale')
})
afterAll(() => client.stop())

/** Where `word` stands in the file, for the nth time; the cursor is within it. */
function at(word: string, nth = 1, name: keyof typeof files = 'ads.scale') {
  let offset = -1
  for (let i = 0; i < nth; i++) offset = files[name].indexOf(word, offset + 1)
  const before = files[name].slice(0, offset + 1).split('\n')
  return { textDocument: { uri: client.uri(name) }, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } }
}

describe('row: definition', () => {
  const definition = async (word: string, nth = 1) => {
    const found = await client.connection.sendRequest(DefinitionRequest.type, at(word, nth))
    const [first] = (Array.isArray(found) ? found : []) as { readonly targetUri?: string; readonly targetSelectionRange?: { readonly start: object } }[]
    return first === undefined ? undefined : { uri: first.targetUri, ...first.targetSelectionRange?.start }
  }

  it('finds a constant in the file that is imported', async () => {
    expect(await definition('slow 5 times')).toEqual({ uri: client.uri('common.scale'), line: 0, character: 4 })
  })

  it('finds the target of a workload, with the namespace of the defaults or a written one', async () => {
    expect(await definition('deployment/ads', 2)).toEqual({ uri: client.uri('ads.scale'), line: 1, character: 18 })
    expect(await definition('deployment/ads in shop')).toEqual({ uri: client.uri('ads.scale'), line: 1, character: 18 })
  })

  it('finds the rule that a test names, and the file that is imported', async () => {
    expect(await definition('ads-slow fires')).toEqual({ uri: client.uri('ads.scale'), line: 2, character: 0 })
    expect(await definition('"common.scale"')).toEqual({ uri: client.uri('common.scale'), line: 0, character: 0 })
  })

  it('goes to where a workload is first named if no target declares it', async () => {
    expect(await definition('deployment/cart')).toMatchObject({ line: 4 })
  })
})

describe('row: references', () => {
  it('finds every use across files, with and without the declaration', async () => {
    const places = async (includeDeclaration: boolean) => {
      const found = await client.connection.sendRequest(ReferencesRequest.type, { ...at('slow', 1, 'common.scale'), context: { includeDeclaration } })
      return (found ?? []).map(({ uri, range }) => [uri === client.uri('ads.scale') ? 'ads' : 'common', range.start.line])
    }
    expect(await places(false)).toEqual([
      ['ads', 2],
      ['ads', 3],
    ])
    expect(await places(true)).toHaveLength(3)
  })

  it('finds every rule, target and test of a workload, however it is written', async () => {
    const found = await client.connection.sendRequest(ReferencesRequest.type, { ...at('deployment/ads'), context: { includeDeclaration: true } })
    expect((found ?? []).map(({ range }) => range.start.line)).toEqual([1, 2, 3, 6])
  })

  it('finds the selectors of a service', async () => {
    const found = await client.connection.sendRequest(ReferencesRequest.type, { ...at('ads/GetAds', 1), context: { includeDeclaration: true } })
    expect((found ?? []).map(({ range }) => range.start.line)).toEqual([2, 3])
  })
})

describe('row: document highlight', () => {
  it('marks the same name in the document, and tells where it is declared', async () => {
    const found = await client.connection.sendRequest(DocumentHighlightRequest.type, at('ads-slow'))
    expect((found ?? []).map(({ range, kind }) => [range.start.line, kind])).toEqual([
      [2, 3],
      [8, 2],
    ])
  })
})

describe('row: rename with prepare', () => {
  const rename = (word: string, nth: number, newName: string) => client.connection.sendRequest(RenameRequest.type, { ...at(word, nth), newName })
  const renamed = async (word: string, nth: number, newName: string, name: keyof typeof files) => {
    const result = await rename(word, nth, newName)
    return edited(files[name], result?.changes?.[client.uri(name)] ?? [])
  }

  it('renames a constant in all files, from any place where it stands', async () => {
    expect(await renamed('slow 5', 1, 'too-slow', 'common.scale')).toBe('let too-slow = 400ms\ndefaults { namespace shop }\n')
    expect(await renamed('slow 5', 1, 'too-slow', 'ads.scale')).toBe(files['ads.scale'].replaceAll('> slow', '> too-slow'))
  })

  it('renames a label where tests name it', async () => {
    expect(await renamed('ads-slow', 1, 'late', 'ads.scale')).toBe(files['ads.scale'].replaceAll('ads-slow', 'late'))
  })

  it('renames a workload, but no service of the same name', async () => {
    expect(await renamed('deployment/ads', 1, 'adverts', 'ads.scale')).toBe(files['ads.scale'].replaceAll('deployment/ads', 'deployment/adverts'))
  })

  it('renames the rules of a workload that have no label where tests name them, and knows the kind that is written with the name', async () => {
    const test = (name: string) => `\ntest "cart" {\n  expect "deployment/${name} in shop to at least 2 #1" fires\n}`
    const text = `${files['ads.scale']}${test('cart')}`
    await client.change('ads.scale', { text })
    const result = await rename('deployment/cart', 1, 'deployment/basket')
    expect(edited(text, result?.changes?.[client.uri('ads.scale')] ?? [])).toBe(
      files['ads.scale'].replace('scale deployment/cart', 'scale deployment/basket') + test('basket'),
    )
    await expect(rename('deployment/cart', 1, 'statefulset/cart')).rejects.toThrow('the kind of deployment/cart in shop stays: write the name alone')
    const named = { ...at('slow'), position: { line: text.split('\n').length - 2, character: 14 } }
    await expect(client.connection.sendRequest(RenameRequest.type, { ...named, newName: 'late' })).rejects.toThrow('has no label: write one before the rule')
    await client.change('ads.scale', { text: files['ads.scale'] })
  })

  it('refuses a name that is taken, that is none, or that is not ours to change', async () => {
    await expect(rename('slow 5', 1, 'not a name')).rejects.toThrow('"not a name" is no name for a constant')
    await expect(rename('slow 5', 1, 'true')).rejects.toThrow('"true" is no name for a constant')
    await expect(rename('GetAds', 1, 'Get')).rejects.toThrow('named by the traces')
    await client.change('common.scale', { text: `${files['common.scale']}let fast = 1ms\n` })
    await expect(rename('slow 5', 1, 'fast')).rejects.toThrow('there is a constant fast already, in common.scale')
    await client.change('common.scale', { text: files['common.scale'] })
  })

  it('prepares with the part that changes, and where there is none says so', async () => {
    const prepare = (word: string, nth = 1) => client.connection.sendRequest(PrepareRenameRequest.type, at(word, nth))
    expect(await prepare('deployment/ads')).toEqual({ range: { start: { line: 1, character: 18 }, end: { line: 1, character: 21 } }, placeholder: 'ads' })
    expect(await prepare('times')).toBeNull()
    await expect(prepare('GetAds')).rejects.toThrow('ads/GetAds is named by the traces, not by the rules')
  })
})

describe('row: document symbols', () => {
  it('has every declaration with what it says', async () => {
    const found = (await client.connection.sendRequest(DocumentSymbolRequest.type, at('import'))) ?? []
    expect(found.map((symbol) => [symbol.name, 'detail' in symbol ? symbol.detail : undefined])).toEqual([
      ['common.scale', 'import'],
      ['target deployment/ads', undefined],
      ['ads-slow', 'scale deployment/ads +1'],
      ['freeze deployment/ads in shop', undefined],
      ['scale deployment/cart to at least 2', undefined],
      ['it scales', 'test'],
    ])
  })
})

describe('row: workspace symbols', () => {
  it('finds by letters in their order, in files that are not open too', async () => {
    const names = async (query: string) => ((await client.connection.sendRequest(WorkspaceSymbolRequest.type, { query })) ?? []).map(({ name }) => name)
    expect(await names('adslw')).toEqual(['ads-slow'])
    expect(await names('slow')).toEqual(['ads-slow', 'slow'])
    expect(await names('nowhere')).toEqual([])
  })
})

describe('row: document links', () => {
  it('opens imports and recordings', async () => {
    const found = await client.connection.sendRequest(DocumentLinkRequest.type, at('import'))
    expect(found?.map(({ target, range }) => [target, range.start])).toEqual([
      [client.uri('common.scale'), { line: 0, character: 8 }],
      [client.uri('night.jsonl'), { line: 7, character: 10 }],
    ])
  })
})
