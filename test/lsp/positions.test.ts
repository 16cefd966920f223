import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineIndex } from '../../lsp/positions.ts'

describe('positions', () => {
  it('counts lines by each of the three line breaks, and UTF-16 code units', () => {
    const lines = lineIndex('a\r\nb😀c\rd\n')
    expect(lines.lineCount).toBe(4)
    expect(lines.positionAt(3)).toEqual({ line: 1, character: 0 })
    expect(lines.offsetAt({ line: 1, character: 3 })).toBe(6)
    expect(lines.offsetAt({ line: 2, character: 0 })).toBe(8)
  })

  it('puts places outside the text at its nearest end', () => {
    const lines = lineIndex('ab\ncd')
    expect(lines.offsetAt({ line: 0, character: 99 })).toBe(2)
    expect(lines.offsetAt({ line: 9, character: 0 })).toBe(5)
    expect(lines.offsetAt({ line: -1, character: 0 })).toBe(0)
    expect(lines.positionAt(99)).toEqual({ line: 1, character: 2 })
  })

  it('comes back from a position to the offset', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', '\r', '😀', ' ')), fc.nat(), (parts, at) => {
        const text = parts.join('')
        const offset = at % (text.length + 1)
        const lines = lineIndex(text)
        const there = lines.positionAt(offset)
        const inBreak = text[offset] === '\n' && text[offset - 1] === '\r'
        expect(lines.offsetAt(there)).toBe(inBreak ? offset - 1 : offset)
      }),
    )
  })
})
