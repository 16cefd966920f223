import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDictionary, notUtf8 } from '../../src/spans/index.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((t) => t.isWellFormed())

describe('the dictionary', () => {
  it('starts with the empty text as code 0', () => {
    const dictionary = createDictionary()
    expect([dictionary.size, dictionary.text(0), dictionary.code('')]).toEqual([1, '', 0])
  })

  it('agrees with a Map, from text and from bytes, wherever the bytes lie', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean(), fc.nat(5)), { maxLength: 200 }), (uses) => {
        const dictionary = createDictionary()
        const expected = new Map([['', 0]])
        for (const [t, asBytes, before] of uses) {
          if (!expected.has(t)) expected.set(t, expected.size)
          const bytes = utf8(`${'x'.repeat(before)}${t}y`)
          const code = asBytes ? dictionary.codeOfBytes(bytes, before, bytes.length - 1) : dictionary.code(t)
          expect(code).toBe(expected.get(t))
        }
        for (const [t, code] of expected) expect(dictionary.text(code)).toBe(t)
        expect(dictionary.size).toBe(expected.size)
      }),
    )
  })

  it('keeps codes while it grows', () => {
    const dictionary = createDictionary()
    const codes = Array.from({ length: 20_000 }, (_, i) => dictionary.code(`operation ${i}`))
    expect(new Set(codes).size).toBe(20_000)
    expect(codes.every((code, i) => dictionary.code(`operation ${i}`) === code && dictionary.text(code) === `operation ${i}`)).toBe(true)
  })

  it('gives code 0 to new texts when it is full, and counts them', () => {
    const dictionary = createDictionary({ maxEntries: 2 })
    expect(['a', 'b', 'c', 'd', 'a'].map((t) => dictionary.code(t))).toEqual([1, 2, 0, 0, 1])
    expect(dictionary.refused).toBe(2)
    const small = createDictionary({ maxBytes: 4 })
    expect(['abc', 'de', 'd'].map((t) => small.code(t))).toEqual([1, 0, 2])
  })

  it('knows what is not UTF-8, full or not', () => {
    const broken = Uint8Array.of(0x61, 0xff, 0x62)
    expect(createDictionary().codeOfBytes(broken, 0, 3)).toBe(notUtf8)
    expect(createDictionary({ maxEntries: 0 }).codeOfBytes(broken, 0, 3)).toBe(notUtf8)
  })

  it('keeps a byte order mark: it is part of the text', () => {
    const dictionary = createDictionary()
    expect(dictionary.text(dictionary.code('\uFEFFa'))).toBe('\uFEFFa')
  })
})
