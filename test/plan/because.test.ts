import { expect, describe as group, it } from 'vitest'
import type { Because, Observed } from '../../src/evaluate/index.ts'
import { describe, duration, list, measured, value } from '../../src/plan/index.ts'

const slow = 'span(adservice/GetAds).p99 > 400ms'
const p99 = (ns: number | undefined, spans = 41): Observed => ({
  text: 'p99',
  type: 'duration',
  value: ns,
  spans,
  ...(ns === undefined ? { unknown: 'empty' } : {}),
})
const limit: Observed = { text: '400ms', type: 'duration', value: 400e6 }
const compare = (ns: number | undefined, text = slow): Because => ({
  kind: 'compare',
  text,
  truth: ns === undefined ? 'unknown' : ns > 400e6 ? 'true' : 'false',
  left: p99(ns),
  right: limit,
})
const of = (kind: 'and' | 'or' | 'not', truth: Because['truth'], ...parts: Because[]): Because => ({ kind, text: kind, truth, of: parts })

group('a condition in one clause', () => {
  it.each<[string, Because, string]>([
    ['a comparison', compare(612.4e6), `${slow} (612ms, 41 spans)`],
    ['one that is not known', { ...compare(undefined), left: p99(undefined, 0) }, `${slow} (unknown: empty)`],
    ['one that is near', compare(400.1234e6), `${slow} (400.123ms, 41 spans)`],
    ['one with the literal in front', { ...compare(612e6, '400ms < p99'), left: limit, right: p99(612e6) }, '400ms < p99 (612ms, 41 spans)'],
    [
      'a count of steps',
      { kind: 'times', text: `${slow} 5 times in 60s`, truth: 'true', counted: { have: 5, need: 5, steps: 12, unknownSteps: 0 }, of: [compare(612e6)] },
      `${slow} in 5 of the last 12 steps`,
    ],
    [
      'with unknown ones',
      { kind: 'times', text: '', truth: 'unknown', counted: { have: 2, need: 5, steps: 12, unknownSteps: 7 }, of: [compare(612e6)] },
      `${slow} in 2 of the last 12 steps, 7 unknown`,
    ],
    ['a duration that is reached', { kind: 'for', text: '', truth: 'true', held: { haveNs: 700e9, needNs: 600e9 }, of: [compare(612e6)] }, `${slow} for 10m`],
    ['one that is not', { kind: 'for', text: '', truth: 'false', held: { haveNs: 90e9, needNs: 600e9 }, of: [compare(612e6)] }, `${slow} for 1m30s of 10m`],
    ['a count of spans', { kind: 'spans', text: 'x > 1s', truth: 'false', counted: { have: 1, need: 5 } }, 'x > 1s in 1 span (5 needed)'],
    ['absence', { kind: 'absent', text: 'absent(span(a)) for 1m', truth: 'true', held: { haveNs: 60e9, needNs: 60e9 } }, 'absent(span(a)) for 1m'],
    ['the calendar', { kind: 'during', text: 'during mon-fri', truth: 'true' }, 'during mon-fri'],
    ['a negation', of('not', 'true', compare(100e6)), `not (${slow} (100ms, 41 spans))`],
    ['an and that is true', of('and', 'true', compare(612e6, 'a'), compare(700e6, 'b')), 'a (612ms, 41 spans) and b (700ms, 41 spans)'],
    ['an and that is false: what is false in it', of('and', 'false', compare(612e6, 'a'), compare(100e6, 'b')), 'b (100ms, 41 spans)'],
    ['an or that is true: what is true in it', of('or', 'true', compare(612e6, 'a'), compare(100e6, 'b')), 'a (612ms, 41 spans)'],
    ['an or that is false', of('or', 'false', compare(1e6, 'a'), compare(2e6, 'b')), 'a (1ms, 41 spans) or b (2ms, 41 spans)'],
  ])('%s', (_, because, text) => expect(describe(because)).toBe(text))

  it('finds the newest measurement in it', () => {
    expect(measured({ kind: 'times', text: '', truth: 'true', of: [compare(612e6)] })).toBe('612ms, 41 spans')
    expect(measured(of('and', 'true', { kind: 'during', text: '', truth: 'true' }, compare(612e6)))).toBe('612ms, 41 spans')
    expect(measured({ kind: 'always', text: '', truth: 'true' })).toBeUndefined()
    expect(measured({ kind: 'compare', text: '', truth: 'true', left: { text: '', type: 'number', value: 15, spans: 15 } })).toBe('15')
  })
})

group('numbers', () => {
  it.each([
    [0, '0s'],
    [250, '250ns'],
    [1500, '1.5us'],
    [400e6, '400ms'],
    [2.5e9, '2.5s'],
    [59.96e9, '60s'],
    [90e9, '1m30s'],
    [3725e9, '1h2m5s'],
    [-5e9, '-5s'],
  ])('a duration of %d ns is %s', (ns, text) => expect(duration(ns)).toBe(text))
  it.each<[string, number, string]>([
    ['ratio', 0.9954, '99.5%'],
    ['rate', 12.345, '12.3/s'],
    ['size', 512 * 2 ** 20, '512MiB'],
    ['number', 1234.5, '1235'],
    ['number', 3, '3'],
  ])('a %s of %d is %s', (type, n, text) => expect(value({ text: '', type, value: n })).toBe(text))
  it('names are listed as one says them', () => {
    expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'], 'or')]).toEqual(['', 'a', 'a and b', 'a, b or c'])
  })
})
