import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, reparse } from '../../src/language/index.ts'
import { seeds } from '../support/mutate.ts'

const rule = (i: number): string => `/// Rule ${i}.\nr${i}: scale deployment/d${i} +1 when span(s${i}/GetAds).p99 > 400ms 5 times in 60s // behind\n`
const rules = (n: number): string => Array.from({ length: n }, (_, i) => rule(i)).join('\n')

function expectAsParsed(before: string, after: string): void {
  const source = { name: 'a.scale', text: after }
  expect(reparse(parse({ name: 'a.scale', text: before }), source)).toEqual(parse(source))
}

describe('reparse', () => {
  it('gives what parse gives, of the nodes before the edit and behind it, which move', () => {
    const text = rules(12)
    const before = parse({ name: 'a.scale', text })
    const after = { name: 'a.scale', text: text.replace('r5: scale', 'r5: freeze it\nr5: scale') }
    const [first] = before.tree.declarations
    const last = before.tree.declarations.at(-1)
    const now = reparse(before, after)
    expect(now).toEqual(parse(after))
    expect(now.tree.declarations[0]).toBe(first)
    expect(now.tree.declarations.at(-1)).toBe(last)
  })

  it('reads a large text anew nowhere but at the edit, whatever is typed between two rules', () => {
    const text = rules(20)
    const at = text.indexOf('/// Rule 10')
    const typed = '/// New.\nnew: scale deployment/d1 +1 when span(s1/GetAds).p99 > 300ms and not absent(span(s2), 60s) 5 times in 60s\n\n'
    let now = parse({ name: 'a.scale', text })
    const last = now.tree.declarations.at(-1)
    for (let i = 1; i <= typed.length; i++) {
      const source = { name: 'a.scale', text: text.slice(0, at) + typed.slice(0, i) + text.slice(at) }
      now = reparse(now, source)
      expect(now).toEqual(parse(source))
      expect(now.tree.declarations.at(-1)).toBe(last)
    }
  })

  it('sees what an edit does to its neighbours', () => {
    const text = rules(12)
    const edits: [string, string][] = [
      ['r6: ', 'r6 '],
      ['400ms 5 times in 60s // behind\n\n/// Rule 7', '400ms and /// Rule 7'],
      ['scale deployment/d6', ''],
      ['/// Rule 6.', 'language 1'],
      ['/// Rule 6.', 'test "open {'],
      ['/// Rule 6.', '/* Rule 6'],
      ['/// Rule 6.', '/* let a = 1 let b = 2 let c = 3 */ let d = 4'],
      ['/// Rule 6.', ' * Rule 6 */'],
      [rule(6), ''],
      ['r0: scale', 'language 2 r0: scale'],
      ['(s11/GetAds)', '(s11/GetAds'],
    ]
    for (const [from, to] of edits) {
      expectAsParsed(text, text.replace(from, to))
      expectAsParsed(text.replace(from, to), text)
    }
  })

  it('gives what parse gives after any edits of any text', () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '{',
      '}',
      '"',
      '//',
      '#',
      'scale',
      'let a = 1',
      'when',
      ':',
      '(',
      ')',
      'if ',
      ' then ',
      '*',
      '/*',
      '*/',
      'not',
      '5%',
      'language 1',
      'test "t" {',
    )
    const edit = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(40), by: piece })
    const start = fc.oneof(
      fc.constant(rules(8)),
      ...seeds().map((seed) => fc.constant(`${seed}\n${rules(5)}`)),
      fc.constant(`${rules(4)}nonsense here\n${rules(4)}`),
    )
    fc.assert(
      fc.property(start, fc.array(edit, { minLength: 1, maxLength: 6 }), (text, edits) => {
        let parsed = parse({ name: 'a.scale', text })
        let now = text
        for (const { from, length, by } of edits) {
          const at = Math.floor(from * now.length)
          now = now.slice(0, at) + by + now.slice(at + length)
          const source = { name: 'a.scale', text: now }
          parsed = reparse(parsed, source)
          expect(parsed).toEqual(parse(source))
        }
      }),
      { numRuns: 300 },
    )
  })
})
