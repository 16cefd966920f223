/** What editors ask about a file that is being written. */
import { describe, expect, it } from 'vitest'
import { type Expression, factsOf, parse } from '../../../src/language/index.ts'

const treeOf = (name: string, text: string) => parse({ name, text }).tree

/** The expression as it stands in a file. */
function expression(text: string): Expression {
  const [declaration] = treeOf('x', `let x = ${text}`).declarations
  if (declaration?.kind !== 'let' || declaration.value === undefined) throw new Error(`${text} is no expression`)
  return declaration.value
}

const shared = treeOf('shared.scale', 'let calm = 100ms\ndefaults { namespace shop every 10s }')
const file = treeOf('ads.scale', 'import "shared.scale"\nlet slow = 4 * calm\nlet wrong = 4 * missing\nlet half =')
const facts = factsOf(file, () => shared)

describe('the facts of a file', () => {
  it('has its own constants and those that it imports, with their values', () => {
    expect([...facts.constants].map(([name, { value, file }]) => [name, value?.value, file])).toEqual([
      ['calm', 100e6, 'shared.scale'],
      ['slow', 400e6, 'ads.scale'],
      ['wrong', undefined, 'ads.scale'],
      ['half', undefined, 'ads.scale'],
    ])
  })

  it('has the defaults that it imports', () => {
    expect(facts.namespace).toBe('shop')
    expect(facts.everyOf([])).toBe(10e9)
    const rule = treeOf('r', 'scale a/b +1 when span(c).p99 > 1s every 20s').declarations[0]
    expect(facts.everyOf(rule?.kind === 'rule' ? rule.clauses : [])).toBe(20e9)
  })

  it('prefers its own defaults, and has the language’s where there are none', () => {
    expect(factsOf(treeOf('a', 'import "s"\ndefaults { every 5s }'), () => shared).everyOf([])).toBe(5e9)
    expect(factsOf(treeOf('a', '')).everyOf([])).toBe(5e9)
  })

  it('knows what an expression would be', () => {
    expect(facts.valueOf(expression('span(ads/Get).rate over 1m'), 10e9)).toMatchObject({ kind: 'span', type: 'rate', windowNs: 60e9 })
    expect(facts.valueOf(expression('replicas(deployment/ads)'), 10e9)).toMatchObject({ target: 'deployment/ads in shop' })
    expect(facts.valueOf(expression('slow / calm'), undefined)).toEqual({ kind: 'constant', type: 'number', value: 4 })
    expect(facts.valueOf(expression('span(ads/Get).rate'), undefined)).toBeUndefined()
    expect(facts.valueOf(expression('slow + 1'), 10e9)).toBeUndefined()
  })
})
