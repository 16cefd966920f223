/** Span links as decoders read them. */
import { describe, expect, it } from 'vitest'
import { createDictionary, decodeJson, decodeRequest, linkColumns, mostLinks, SpanTable } from '../../src/spans/index.ts'
import { concat, encodeJson, encodeRequest, integer, message, type PlainSpan, service } from '../support/otlp.ts'

const trace = (n: number): string => n.toString(16).padStart(32, '0')
const id = (n: number): string => n.toString(16).padStart(16, '0')
const link = (n: number) => ({ traceId: trace(n), spanId: id(n) })
const consumer: PlainSpan = { traceId: trace(99), spanId: id(99), name: 'take', kind: 5, start: 1_700_000_000_000_000_000n, end: 1_700_000_001_000_000_000n }

function linksOf(table: SpanTable, row: number): string[] {
  const { links } = table
  if (links === undefined) throw new Error('no links')
  const bytes = Buffer.from(links.words.buffer)
  return Array.from({ length: links.count[row] as number }, (_, i) => {
    const at = ((links.first[row] as number) + i) * 24
    return `${Number.parseInt(bytes.toString('hex', at, at + 16), 16)} ${Number.parseInt(bytes.toString('hex', at + 16, at + 24), 16)}`
  })
}

const newTable = (): SpanTable => new SpanTable(createDictionary(), linkColumns, 1)

describe('links', () => {
  const spans: PlainSpan[] = [
    { ...consumer, spanId: id(1), links: [link(7), link(8)] },
    { ...consumer, spanId: id(2), kind: 2, links: [link(7)] },
    { ...consumer, spanId: id(0), links: [link(7)] },
    { ...consumer, spanId: id(4), links: [link(9)] },
    { ...consumer, spanId: id(5), links: [link(0), { traceId: 'ab', spanId: id(1) }, { traceId: trace(1), spanId: '' }, link(3)] },
    { ...consumer, spanId: id(6), links: Array.from({ length: 200 }, (_, i) => link(i + 1)) },
  ]
  const expected = [['7 7', '8 8'], [], ['9 9'], ['3 3'], Array.from({ length: mostLinks }, (_, i) => `${i + 1} ${i + 1}`)]

  it('of consumers are read from protobuf and from JSON, up to a number', () => {
    const [binary, json] = [newTable(), newTable()]
    expect(decodeRequest(encodeRequest([service('workers', spans)]), binary)).toMatchObject({ ok: true, spans: 5, rejected: 1 })
    expect(decodeJson(encodeJson([service('workers', spans)]), json)).toMatchObject({ ok: true, spans: 5, rejected: 1 })
    for (const table of [binary, json]) expect(Array.from({ length: 5 }, (_, row) => linksOf(table, row))).toEqual(expected)
  })

  it('are not looked into where no table asks: what is broken in them does not matter', () => {
    const broken = concat([message(1, Buffer.from(trace(9), 'hex')), message(2, Buffer.from(id(9), 'hex')), integer(6, 5n), message(13, integer(1, 1n))])
    const request = message(1, message(2, message(2, broken)))
    expect(decodeRequest(request, new SpanTable(createDictionary()))).toMatchObject({ ok: true, spans: 1 })
    const table = newTable()
    expect(decodeRequest(request, table)).toMatchObject({ ok: false, message: expect.stringContaining('links.trace_id') })
    expect(table.length).toBe(0)
  })

  it('go with their rows, within a table and to another', () => {
    const [table, other] = [newTable(), newTable()]
    decodeRequest(encodeRequest([service('workers', spans)]), table)
    for (const row of [4, 0, 1]) other.append(table, row)
    expect([0, 1, 2].map((row) => linksOf(other, row))).toEqual([expected[4], expected[0], []])
    other.copy(other, 1, 0)
    expect(linksOf(other, 0)).toEqual(expected[0])
  })

  it('of a table that was cleared are gone', () => {
    const table = newTable()
    decodeRequest(encodeRequest([service('workers', spans)]), table)
    const words = table.links?.words.length
    for (let i = 0; i < 5; i++) {
      table.clear()
      decodeRequest(encodeRequest([service('workers', [{ ...consumer }])]), table)
      expect(linksOf(table, 0)).toEqual([])
      table.clear()
      decodeRequest(encodeRequest([service('workers', spans)]), table)
    }
    expect(table.links?.words.length).toBe(words)
  })
})
