import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/language/index.ts'
import { programs, scattered } from './programs.ts'

const declarationsOf = (text: string): readonly string[] => parse({ name: 'x', text }).tree.declarations.map(({ kind }) => kind)

describe('generated programs', () => {
  it('have every kind of declaration but imports, sooner or later', () => {
    const kinds = new Set(fc.sample(programs, { numRuns: 60, seed: 1 }).flatMap(declarationsOf))
    expect([...kinds].sort()).toEqual(['defaults', 'freeze', 'let', 'rule', 'target', 'test'])
  })

  it('keep their declarations when they are scattered', () => {
    const pairs = fc.sample(
      programs.chain((text) => fc.tuple(fc.constant(text), scattered(fc.constant(text)))),
      { numRuns: 40, seed: 1 },
    )
    for (const [text, other] of pairs) expect(declarationsOf(other.text)).toEqual(declarationsOf(text))
    expect(pairs.some(([, { comments }]) => comments > 20)).toBe(true)
  })
})
