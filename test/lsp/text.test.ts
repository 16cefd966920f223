import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  DocumentFormattingRequest,
  DocumentOnTypeFormattingRequest,
  DocumentRangeFormattingRequest,
  FoldingRangeRequest,
  SelectionRangeRequest,
  SemanticTokensDeltaRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
} from 'vscode-languageserver-protocol/node'
import { lineIndex } from '../../lsp/positions.ts'
import { format } from '../../src/language/index.ts'
import { type Client, edited, marked, startClient } from './client.ts'

const untidy = `let   slow=400ms
target deployment/ads{between 1 and 10 up at most +4 per 60s}
// Why.
ads:   scale deployment/ads +1   when span(ads/GetAds).p99>slow 5 times in 60s // here
`
const options = { tabSize: 2, insertSpaces: true }

let client: Client
beforeAll(async () => {
  client = await startClient({ 'a.scale': untidy })
  await client.open('a.scale')
})
afterAll(() => client.stop())

const textDocument = () => ({ uri: client.uri('a.scale') })

describe('row: formatting: document', () => {
  it('is what scalec fmt writes', async () => {
    await client.change('a.scale', { text: untidy })
    const edits = await client.connection.sendRequest(DocumentFormattingRequest.type, { textDocument: textDocument(), options })
    expect(edited(untidy, edits ?? [])).toBe(format({ name: 'a.scale', text: untidy }).text)
  })

  it('is the same of a text with line ends of Windows, to the last one', async () => {
    const text = untidy.replaceAll('\n', '\r\n')
    await client.change('a.scale', { text })
    const edits = await client.connection.sendRequest(DocumentFormattingRequest.type, { textDocument: textDocument(), options })
    expect(edited(text, edits ?? [])).toBe(format({ name: 'a.scale', text }).text)
  })

  it('changes nothing of a file with syntax errors, and of one that is tidy', async () => {
    for (const text of ['scale +++', format({ name: 'a.scale', text: untidy }).text]) {
      await client.change('a.scale', { text })
      expect(await client.connection.sendRequest(DocumentFormattingRequest.type, { textDocument: textDocument(), options })).toEqual([])
    }
  })
})

describe('row: formatting: range', () => {
  it('lays out the declarations of the range with their comments, while others are broken', async () => {
    const text = `scale +++\n${untidy}`
    await client.change('a.scale', { text })
    const range = { start: { line: 4, character: 0 }, end: { line: 4, character: 3 } }
    const edits = await client.connection.sendRequest(DocumentRangeFormattingRequest.type, { textDocument: textDocument(), options, range })
    expect(edited(text, edits ?? [])).toBe(
      `scale +++\n${untidy.slice(0, untidy.indexOf('ads:'))}ads: scale deployment/ads +1 when span(ads/GetAds).p99 > slow 5 times in 60s // here\n`,
    )
  })
})

describe('row: formatting: on type', () => {
  const typed = async (text: string, ch: string) => {
    const { text: plain, position } = marked(text)
    await client.change('a.scale', { text: plain })
    const edits = await client.connection.sendRequest(DocumentOnTypeFormattingRequest.type, { textDocument: textDocument(), position, ch, options })
    return edited(plain, edits ?? [])
  }

  it('lays out a declaration as its brace closes', async () => {
    expect(await typed('let   a =1\ntarget  deployment/ads {between 1 and  10}|', '}')).toBe('let   a =1\ntarget deployment/ads { between 1 and 10 }')
  })

  it('indents a new line within braces, and leaves one outside', async () => {
    expect(await typed('target deployment/ads {\n|', '\n')).toBe('target deployment/ads {\n  ')
    expect(await typed('test "a } b" {\n|}', '\n')).toBe('test "a } b" {\n}')
    const whole = 'scale deployment/ads   +1 when span(ads).p99 > 1s for 1m\n'
    expect(await typed(`${whole}|`, '\n')).toBe(whole)
    expect(await typed(`${whole}\n|`, '\n')).toBe(`${whole}\n`)
    // Editors begin a line as the one above began.
    const long = 'scale deployment/ads +1\n  when span(ads).p99 > 1s for 1m\n'
    expect(await typed(`${long}  |`, '\n')).toBe(`${long}  `)
    expect(await typed(`${long}\n  |`, '\n')).toBe(`${long}\n`)
    expect(await typed(`${long}\n  |when`, '\n')).toBe(`${long}\n  when`)
  })

  it('indents what a rule still lacks, as scalec fmt would', async () => {
    expect(await typed('scale deployment/ads +1\n|', '\n')).toBe('scale deployment/ads +1\n  ')
    expect(await typed('scale deployment/ads +1\n  when (\n|)', '\n')).toBe('scale deployment/ads +1\n  when (\n  )')
    expect(await typed('scale deployment/ads +1\n  when (\n    span(ads).p99 > 1s and\n|', '\n')).toMatch(/and\n {4}$/)
    expect(await typed('ads: freeze deployment/ads when span(ads).p99 > 1s and\n|\nlet a = 1', '\n')).toMatch(/and\n {2}\nlet/)
    expect(await typed('scale deployment/ads +1\n\n|', '\n')).toBe('scale deployment/ads +1\n\n')
    expect(await typed('// scale deployment/ads +1\n|', '\n')).toBe('// scale deployment/ads +1\n')
  })
})

describe('row: semantic tokens', () => {
  const { tokenTypes, tokenModifiers } = { tokenTypes: (): string[] => legend().tokenTypes, tokenModifiers: (): string[] => legend().tokenModifiers }
  const legend = () => client.initialized.capabilities.semanticTokensProvider?.legend ?? { tokenTypes: [], tokenModifiers: [] }

  /** `word type[.modifier…]` of each token. */
  function read(text: string, data: readonly number[]): string[] {
    const words: string[] = []
    const lines = lineIndex(text)
    let line = 0
    let character = 0
    for (let i = 0; i < data.length; i += 5) {
      const [deltaLine = 0, deltaCharacter = 0, length = 0, type = 0, bits = 0] = data.slice(i, i + 5)
      character = deltaLine === 0 ? character + deltaCharacter : deltaCharacter
      line += deltaLine
      const start = lines.offsetAt({ line, character })
      const modifiers = tokenModifiers().filter((_, bit) => (bits & (1 << bit)) !== 0)
      words.push([text.slice(start, start + length), [tokenTypes()[type], ...modifiers].join('.')].join(' '))
    }
    return words
  }

  it('colours words by what they mean: a service may be called scale', async () => {
    const text = '/// Why.\nlet slow = 400ms\nads: scale deployment/ads +1 when span(scale/when where kind = client).p99 > slow\n'
    await client.change('a.scale', { text: text.replace('kind = client', 'kind == client') })
    const { data } = (await client.connection.sendRequest(SemanticTokensRequest.type, { textDocument: textDocument() })) ?? { data: [] }
    expect(read(client.text('a.scale'), data)).toEqual([
      ...['/// Why. comment.documentation', 'let keyword', 'slow variable.declaration.readonly', '= operator', '400ms number'],
      ...['ads function.declaration', 'scale keyword', 'deployment type', '/ operator', 'ads class', '+ operator', '1 number', 'when keyword'],
      ...['span keyword', 'scale namespace', '/ operator', 'when method', 'where keyword', 'kind property', '== operator', 'client enumMember'],
      ...['p99 property.defaultLibrary', '> operator', 'slow variable.readonly'],
    ])
  })

  it('colours a broken declaration by its words', async () => {
    await client.change('a.scale', { text: 'scale deployment/ads when when 5s' })
    const { data } = (await client.connection.sendRequest(SemanticTokensRequest.type, { textDocument: textDocument() })) ?? { data: [] }
    expect(read(client.text('a.scale'), data)).toEqual(expect.arrayContaining(['scale keyword', 'when keyword', '5s number']))
  })

  it('tells the difference to who has the tokens of before, and those of a range', async () => {
    await client.change('a.scale', { text: untidy })
    const before = await client.connection.sendRequest(SemanticTokensRequest.type, { textDocument: textDocument() })
    await client.change('a.scale', { range: { start: { line: 0, character: 6 }, end: { line: 0, character: 10 } }, text: 'slower' })
    const delta = await client.connection.sendRequest(SemanticTokensDeltaRequest.type, {
      textDocument: textDocument(),
      previousResultId: before?.resultId ?? '',
    })
    if (delta === null || !('edits' in delta)) throw new Error('no difference')
    const data = [...(before?.data ?? [])]
    for (const { start, deleteCount, data: by = [] } of delta.edits) data.splice(start, deleteCount, ...by)
    const now = await client.connection.sendRequest(SemanticTokensRequest.type, { textDocument: textDocument() })
    expect(data).toEqual(now?.data)
    expect(delta.edits.flatMap(({ data: by = [] }) => by).length).toBeLessThan(data.length / 2)
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 99 } }
    const part = await client.connection.sendRequest(SemanticTokensRangeRequest.type, { textDocument: textDocument(), range })
    expect(read(client.text('a.scale'), part?.data ?? [])[0]).toBe('target keyword')
  })
})

describe('row: folding', () => {
  it('folds declarations of several lines, comments, imports and regions', async () => {
    const text = [
      ...['import "a.scale"', 'import "b.scale"', '', '// One', '// two', 'target deployment/ads {', '  between 1 and 10', '  cooldown 60s', '}'],
      ...['// #region night', 'scale deployment/ads +1', '  when span(ads).p99 > 1s for 1m', '// #endregion'],
    ].join('\n')
    await client.change('a.scale', { text })
    const found = await client.connection.sendRequest(FoldingRangeRequest.type, { textDocument: textDocument() })
    expect(found?.map(({ startLine, endLine, kind }) => [startLine, endLine, kind])).toEqual([
      [0, 1, 'imports'],
      [3, 4, 'comment'],
      [5, 7, undefined],
      [9, 12, 'region'],
      [10, 11, undefined],
    ])
  })
})

describe('row: selection range', () => {
  it('grows from the word to the file, each within the next', async () => {
    const { text, position } = marked('// Why.\nads: scale deployment/ads +1 when span(ads/Get|Ads).p99 > 400ms for 1m')
    await client.change('a.scale', { text })
    const [selection] = (await client.connection.sendRequest(SelectionRangeRequest.type, { textDocument: textDocument(), positions: [position] })) ?? []
    const texts: string[] = []
    const lines = lineIndex(text)
    for (let at = selection; at !== undefined; at = at.parent) {
      const { start, end } = lines.textRangeOf(at.range)
      texts.push(text.slice(start, end))
    }
    const rule = text.slice(text.indexOf('\n') + 1)
    expect(texts).toEqual([
      ...['GetAds', 'ads/GetAds', 'span(ads/GetAds).p99', 'span(ads/GetAds).p99 > 400ms', 'span(ads/GetAds).p99 > 400ms for 1m'],
      ...[rule, text],
    ])
  })
})
