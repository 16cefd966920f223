import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, digestOf } from '../../src/bundle/index.ts'

describe('canonical JSON', () => {
  it('sorts keys by code unit and leaves out what is undefined', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], é: true, B: 0.1, a: undefined })).toBe('{"B":0.1,"b":[1,{"c":"x","d":null}],"é":true}')
  })

  it('takes any key for a key', () => {
    expect(canonical(JSON.parse('{"constructor":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"constructor":1}')
  })

  it('reads back as the same value, and does not see the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read: unknown = JSON.parse(canonical(value))
        expect(read).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonical(reversed(read))).toBe(canonical(value))
      }),
    )
  })

  it('has the digest of its UTF-8 bytes', () => {
    expect(digestOf({})).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
