import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compute } from '../../../src/language/check/arithmetic.ts'
import { rangeOf } from '../../../src/language/check/intervals.ts'
import type { QuantityType, Value } from '../../../src/language/index.ts'
import { checkText } from './marked.ts'

describe('units', () => {
  const table: readonly [string, QuantityType, number][] = [
    ['400ms + 1s', 'duration', 1.4e9],
    ['2 * 200ms', 'duration', 400e6],
    ['200ms * 10%', 'duration', 20e6],
    ['0.1 * 3s', 'duration', 300e6],
    ['1s / 200ms', 'number', 5],
    ['20/s * 3s', 'number', 60],
    ['3s * 20/s', 'number', 60],
    ['60 / 20/s', 'duration', 3e9],
    ['60 / 3s', 'rate', 20],
    ['5% * 50%', 'ratio', 0.025],
    ['10 * 5%', 'number', 0.5],
    ['5% * 10', 'number', 0.5],
    ['5% / 2', 'number', 0.025],
    ['100% - 5%', 'ratio', 0.95],
    ['1MiB / 2', 'size', 2 ** 19],
    ['min(3s, 200ms, 1m)', 'duration', 200e6],
    ['(1 + 2) * 3 - 4 / 2', 'number', 7],
  ]
  for (const [text, type, value] of table)
    it(`${text} is a ${type}`, () => {
      const unit = { number: '1', duration: '1s', ratio: '100%', rate: '1/s', size: '1B' }[type]
      const { diagnostics, program } = checkText(`let x = ${text}\nscale deployment/a +1 when metric("m", unit ${unit}) > x`)
      expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([])
      expect(program.rules[0]?.condition).toMatchObject({ type, right: { kind: 'constant', value } })
    })

  it('the range of a value holds every value that it can have', () => {
    // Metrics and constants stand for what is unbounded and what is known, shares for what is between.
    const share: Value = {
      kind: 'span',
      selector: { service: 'a', kinds: [2] },
      field: 'duration',
      stat: { kind: 'errorRate' },
      windowNs: 1,
      type: 'ratio',
    }
    const leaf = fc.oneof(
      fc.integer({ min: -3, max: 3 }).map((value) => ({ value: { kind: 'constant', value, type: 'number' } as Value, at: value })),
      fc.double({ min: 0, max: 1, noNaN: true }).map((at) => ({ value: share, at })),
    )
    const operator = fc.constantFrom('+', '-', '*', '/', 'min', 'max')
    const tree = fc.letrec<{ node: { value: Value; at: number } }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.tuple(operator, tie('node'), tie('node')).map(([op, l, r]) => ({
          value: { kind: 'arithmetic', operator: op, of: [l.value, r.value], type: 'number' } as Value,
          at: compute(op, [l.at, r.at], ['number', 'number']),
        })),
      ),
    })).node
    fc.assert(
      fc.property(tree, ({ value, at }) => {
        fc.pre(Number.isFinite(at))
        const [low, high] = rangeOf(value, () => undefined)
        const slack = 1e-9 * Math.max(1, Math.abs(at))
        expect(low <= at + slack && at - slack <= high, `${at} in ${low} to ${high}`).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
