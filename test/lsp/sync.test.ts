import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyChanges } from '../../lsp/edits.ts'
import { lineIndex } from '../../lsp/positions.ts'
import { type Client, startClient } from './client.ts'

const rule = 'ads: scale deployment/ads +1 when span(ads/GetAds).p99 > 400ms 5 times in 60s\n'

describe('row: incremental sync', () => {
  let client: Client
  beforeAll(async () => {
    client = await startClient({ 'a.scale': rule, 'b.scale': rule })
  })
  afterAll(() => client.stop())

  async function serverText(name: string): Promise<string> {
    const answer = await client.connection.sendRequest<{ readonly version: number; readonly text: string }>('scale/text', { uri: client.uri(name) })
    return answer.text
  }

  it('applies several changes of one notification one after the other', async () => {
    await client.open('a.scale')
    const at = (line: number, character: number) => ({ line, character })
    await client.change(
      'a.scale',
      { range: { start: at(0, 0), end: at(0, 3) }, text: '// 😀 first\r\nfast' },
      { range: { start: at(1, 4), end: at(1, 4) }, text: '-ads' },
    )
    expect(await serverText('a.scale')).toBe(`// 😀 first\r\nfast-ads${rule.slice(3)}`)
    expect(await serverText('a.scale')).toBe(client.text('a.scale'))
  })

  it('takes a whole text as well', async () => {
    await client.open('b.scale')
    await client.change('b.scale', { text: 'let a = 1\n' })
    expect(await serverText('b.scale')).toBe('let a = 1\n')
  })

  it('offers nothing less than incremental', () => {
    expect(client.initialized.capabilities.textDocumentSync).toMatchObject({ openClose: true, change: 2 })
    expect(client.initialized.capabilities.positionEncoding).toBe('utf-16')
  })
})

describe('changes of a text', () => {
  it('are those of offsets', () => {
    const edit = fc.record({ from: fc.nat(60), length: fc.nat(10), text: fc.constantFrom('', 'x', '\n', '\r\n', '😀', 'let a = 1\n') })
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        let expected = `${rule}\nlet slow = 400ms\n`
        let text = expected
        for (const { from, length, text: by } of edits) {
          const lines = lineIndex(expected)
          // Within a line break is no place of the protocol: it is the end of the line.
          const start = lines.offsetAt(lines.positionAt(from))
          const end = lines.offsetAt(lines.positionAt(Math.max(from + length, start)))
          text = applyChanges(text, [{ range: { start: lines.positionAt(start), end: lines.positionAt(end) }, text: by }])
          expected = expected.slice(0, start) + by + expected.slice(end)
        }
        expect(text).toBe(expected)
      }),
    )
  })
})
