import { describe, expect, it } from 'vitest'
import { checkMessages } from '../../../src/language/index.ts'

describe('messages', () => {
  const entries = Object.entries(checkMessages)

  it('have codes of their own', () => {
    const codes = entries.map(([, entry]) => entry.code)
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
  })

  it('have the severity that their code says', () => {
    for (const [name, { code, severity }] of entries) {
      expect(code, name).toMatch(/^SC[234]\d{3}$/)
      expect(severity, name).toBe(code.startsWith('SC4') ? 'warning' : 'error')
    }
  })
})
