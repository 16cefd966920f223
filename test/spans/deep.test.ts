/** Values nested as deeply as a request's size allows are decoded or refused like any other: nobody ends the daemon with a few megabytes of brackets. */
import { describe, expect, it } from 'vitest'
import { createDictionary, decodeJson, decodeRequest, SpanTable } from '../../src/spans/index.ts'

const depth = 200_000
const tableOf = () => new SpanTable(createDictionary(), [{ scope: 'resource', name: 'deep' }])

/** A resource with its name, and an attribute that the table asks for. */
function json(value: string): Buffer {
  const attributes = `[{"key":"service.name","value":{"stringValue":"ads"}},{"key":"deep","value":${value}}]`
  const span = '{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"Get","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"2"}'
  return Buffer.from(`{"resourceSpans":[{"resource":{"attributes":${attributes}},"scopeSpans":[{"spans":[${span}]}]}]}`)
}

describe('a value that is nested very deeply', () => {
  it('is skipped in JSON where nobody asks for it', () => {
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}{"stringValue":"x"}${']}}'.repeat(depth)}`
    expect(decodeJson(json(value), tableOf())).toMatchObject({ ok: true, spans: 1 })
  })

  it('that never ends is refused with its place', () => {
    expect(decodeJson(Buffer.from('['.repeat(depth * 10)), tableOf())).toMatchObject({ ok: false })
  })

  it('is skipped by its length in protobuf', () => {
    // AnyValue.array_value (5) holding ArrayValue.values (1) holding an AnyValue, and so on, from the inside.
    const layers: Buffer[] = []
    let length = 0
    const wrap = (tag: number): void => {
      const head = Buffer.from([tag, ...varint(length)])
      layers.push(head)
      length += head.length
    }
    for (let i = 0; i < depth; i++) {
      wrap(0x0a)
      wrap(0x2a)
    }
    const value = Buffer.concat(layers.reverse())
    const field = (number: number, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes])
    const attribute = (key: string, any: Uint8Array): Buffer => field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, any)]))
    const resource = field(1, Buffer.concat([attribute('service.name', field(1, Buffer.from('ads'))), attribute('deep', value)]))
    expect(decodeRequest(field(1, resource), tableOf())).toMatchObject({ ok: true, spans: 0 })
  })
})

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 0x80)
  }
}
