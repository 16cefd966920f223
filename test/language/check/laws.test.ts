import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyFix, checkText } from './marked.ts'

const sample = ['everything', 'glance']
  .map((name) => readFileSync(new URL(`../../bundle/golden/${name}.scale`, import.meta.url), 'utf8'))
  .join('\n')
  .replace('language 1', '')
const words = sample.match(/\s+|[\w.]+|"[^"]*"|./gu) ?? []

/** The sample with a few of its words taken away, doubled, or put in the place of others. */
const damaged = fc
  .array(fc.record({ at: fc.nat(words.length - 1), from: fc.nat(words.length - 1), how: fc.constantFrom('drop', 'double', 'copy') }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((changes) => {
    const text = [...words]
    for (const { at, from, how } of changes) {
      const word = words[at] ?? ''
      text[at] = how === 'drop' ? '' : how === 'double' ? `${word} ${word}` : (words[from] ?? '')
    }
    return text.join('')
  })

const literal = fc.constantFrom(
  '400',
  '0.4',
  '0',
  '3',
  '400ms',
  '7s',
  '60s',
  '1s',
  '5%',
  '250%',
  '100%',
  '20/s',
  '1KiB',
  '"x"',
  'limit',
  'limt',
  'true',
  '(2 * limit)',
  '(1 + 5s)',
)
const whole = fc.constantFrom('0', '1', '2.5', '7', '12')
const word = fc.constantFrom('client', 'SERVER', 'eror', 'limit')
const field = fc.constantFrom('duration', 'duratoin', 'kind', 'status', 'name', 'depth', 'rpc.method', 'resource.pod', 'gap')
const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const stat = fc.constantFrom(
  ...['p99', 'p97', 'avg', 'count', 'rate', 'error_rate', 'errors', 'self', 'self.p90', 'self.count', 'gap.mean', 'blame', 'duration', 'status'],
  ...['quantile(0.9)', 'quantile(100%)', 'quantile(99%)', 'apdex(5)', 'apdex(5ms)', 'count(3)', 'nothing', 'anomalis'],
)
const behind = fc.oneof(
  fc.constant(''),
  literal.map((d) => ` for ${d}`),
  fc.tuple(whole, literal).map(([n, d]) => ` ${n} times in ${d}`),
)
const window = fc.oneof(
  fc.constant(''),
  literal.map((d) => ` over ${d}`),
)
const test = fc.tuple(field, operator, fc.oneof(literal, word)).map((parts) => parts.join(' '))
const comparison = fc.tuple(test, stat, window, operator, literal, behind).map(([t, s, w, o, l, b]) => `span(a/b where ${t}).${s}${w} ${o} ${l}${b}`)
const action = fc.constantFrom('+1', '-1', '+0', '+1.5', '-150%', '+50%', 'to 9', 'to at least 12', 'to at most 0')

/** Programs whose syntax is right, with literals and words that often do not fit. */
const altered = fc
  .record({
    value: literal,
    min: whole,
    max: whole,
    stable: literal,
    sign: fc.constantFrom('+', '-', ''),
    per: literal,
    every: literal,
    first: comparison,
    second: comparison,
    action,
    mode: fc.constantFrom('act', 'of'),
  })
  .map(
    (p) => `let limit = ${p.value}
target deployment/a { between ${p.min} and ${p.max} stable ${p.stable} before down up at most ${p.sign}${p.max} per ${p.per} mode ${p.mode} }
r: scale deployment/a ${p.action} when ${p.first} and (${p.second}) every ${p.every}
freeze deployment/a when ${p.second}`,
  )

describe('of deep programs', () => {
  const deep: Readonly<Record<string, string>> = {
    sum: `scale deployment/a +1 when span(a).count > 1${' + 1'.repeat(2500)}`,
    conditions: `scale deployment/a +1 when span(a).count > 1${' and span(a).count > 2'.repeat(2500)}`,
    predicates: `scale deployment/a +1 when span(a where x == 1${' and x == 2'.repeat(2500)}).count > 1`,
    periods: `scale deployment/a +1 when span(a).count > 1${' for 5s'.repeat(2500)}`,
  }
  for (const [name, text] of Object.entries(deep))
    it(`${name}: they are refused, and the rest is checked`, () => {
      expect(checkText(`${text}\nscale deployment/b +0 when during mon-fri`).diagnostics.map((d) => d.code)).toEqual(['SC1027', 'SC4001', 'SC3010'])
    })

  it('a chain of names may be of any length', () => {
    const lets = Array.from({ length: 5000 }, (_, i) => `let x${i} = x${i + 1}`).join('\n')
    expect(checkText(`${lets}\nlet x5000 = 1\nscale deployment/a +1 when span(a).count > x0`).diagnostics.map((d) => d.code)).toEqual(['SC4001'])
  })
})

describe('of wrong programs', () => {
  it('every diagnostic lies in the text, in order, and has words', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, altered), (text) => {
        const { diagnostics } = checkText(text)
        for (const { range, related = [], fix, message } of diagnostics) {
          const ranges = [range, ...related.map((r) => r.range), ...(fix?.edits ?? []).map((edit) => edit.range)]
          for (const { start, end } of ranges)
            expect(start >= 0 && start <= end && end <= text.length, `${message} at ${start} to ${end} of ${text.length}`).toBe(true)
          expect(message).not.toMatch(/undefined|NaN|\[object|Infinity/)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('a fix takes its diagnostic away', () => {
    fc.assert(
      fc.property(altered, (text) => {
        const { diagnostics } = checkText(text)
        for (const diagnostic of diagnostics) {
          if (diagnostic.fix === undefined) continue
          const after = checkText(applyFix(text, diagnostic)).diagnostics
          // The same may be wrong elsewhere, and not have been said before: only this place counts.
          const { edits } = diagnostic.fix
          const shift = edits.reduce(
            (sum, { range, text: written }) => sum + (range.end <= diagnostic.range.start ? written.length - (range.end - range.start) : 0),
            0,
          )
          const left = after.filter((d) => d.code === diagnostic.code && d.message === diagnostic.message && d.range.start === diagnostic.range.start + shift)
          expect(left, `${diagnostic.message}\n${text}`).toEqual([])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('the answer is always the same', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, altered), (text) => {
        expect(checkText(text).diagnostics).toEqual(checkText(text).diagnostics)
      }),
      { numRuns: 30 },
    )
  })
})
