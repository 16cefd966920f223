import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationNanos, quote, unquote } from '../../../src/language/syntax/build/literals.ts'
import { only } from './support.ts'

function literal(text: string): unknown {
  const { kind, value } = (only(`let x = ${text}`) as { value: { kind: string; value: unknown } }).value
  return { kind, value }
}

describe('literals', () => {
  it.each([
    ['3', 'number', 3],
    ['0.5', 'number', 0.5],
    ['250us', 'duration', 250_000],
    ['400ms', 'duration', 400_000_000],
    ['1.5s', 'duration', 1_500_000_000],
    ['1m30s', 'duration', 90_000_000_000],
    ['1h', 'duration', 3_600_000_000_000],
    ['5%', 'ratio', 0.05],
    ['99.9%', 'ratio', 0.999],
    ['100/s', 'rate', 100],
    ['600/min', 'rate', 10],
    ['512MiB', 'size', 536_870_912],
    ['1.5kB', 'size', 1500],
    ['true', 'boolean', true],
    ['"a \\"b\\" \\\\ \\n"', 'text', 'a "b" \\ \n'],
  ])('%s', (text, kind, value) => {
    expect(literal(text)).toEqual({ kind, value })
  })
})

describe('durations', () => {
  it('add their parts', () => {
    const part = fc.tuple(
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom(['us', 1e3], ['ms', 1e6], ['s', 1e9], ['m', 60e9], ['h', 3600e9]) as fc.Arbitrary<[string, number]>,
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        expect(durationNanos(parts.map(([n, [unit]]) => `${n}${unit}`).join(''))).toBe(parts.reduce((sum, [n, [, nanos]]) => sum + n * nanos, 0))
      }),
    )
  })
})

describe('quotes', () => {
  it('unquote what quote has quoted, and the lexer takes it for one text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((s) => !s.includes('\r')),
        (text) => {
          expect(unquote(quote(text))).toBe(text)
          expect(literal(quote(text))).toEqual({ kind: 'text', value: text })
        },
      ),
    )
  })
})
