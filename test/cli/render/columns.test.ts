import { describe, expect, it } from 'vitest'
import { shown, width } from '../../../src/cli/render/columns.ts'

describe('columns', () => {
  it.each([
    ['ads', 3],
    ['caf\u00e9', 4],
    // e and a combining accent
    ['cafe\u0301', 4],
    ['日本', 4],
    ['ｆｕｌｌ', 8],
    ['🦊', 2],
    ['a\u200bb', 2],
    ['', 0],
  ])('%s is as wide as it looks', (text, columns) => {
    expect(width(text)).toBe(columns)
  })

  it('expands tabs to stops of four', () => {
    expect(shown('\ta\tb').text).toBe('    a   b')
    expect([0, 1, 2, 3, 4].map(shown('\ta\tb').columnOf)).toEqual([0, 4, 5, 8, 9])
  })

  it('places what stands behind wide and combining characters', () => {
    const { columnOf } = shown('é日🦊x')
    expect('é日🦊x'.length).toBe(5)
    expect([0, 1, 2, 4, 5].map(columnOf)).toEqual([0, 1, 3, 5, 6])
  })

  it('shows characters that a terminal would obey', () => {
    expect(shown('a\u001b[31mb\u0007\u202ec').text).toBe('a\ufffd[31mb\ufffd\ufffdc')
  })
})
