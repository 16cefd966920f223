/** What is drawn of steps: levels, gaps where nothing is known, runs, and the step under a cursor. */
import { describe, expect, it } from 'vitest'
import { decided, measured, runs, stepAt } from '../../lsp/playground/page/columns.ts'
import { clock, length, quantity } from '../../lsp/playground/page/format.ts'

describe('a line', () => {
  it('is level from the step before to its own end', () => {
    expect(measured([5, 10], 0, [3, 4])).toEqual({ x: [0.001, 5, 5.001, 10], ys: [[3, 3, 4, 4]] })
  })

  it('has a gap where the value is unknown, and never a zero', () => {
    const { ys } = measured([5, 10, 15], 0, [3, null, 0])
    expect(ys[0]).toEqual([3, 3, null, null, 0, 0])
  })

  it('holds what was decided until the next decision, the last until the end', () => {
    expect(decided([0, 5, 10], 12, [2, 2, 4])).toEqual({ x: [0, 4.999, 5, 9.999, 10, 11.999], ys: [[2, 2, 2, 2, 4, 4]] })
  })

  it('is ascending in time even where the last decision is at the very end', () => {
    const { x } = decided([0, 5], 5, [1, 2])
    expect(x).toEqual([...x].sort((a, b) => a - b))
    expect(new Set(x).size).toBe(x.length)
  })
})

describe('a band', () => {
  it('puts neighbours that are alike together', () => {
    expect(runs([5, 10, 15, 20], ['false', 'true', 'true', 'false'], 0)).toEqual([
      { value: 'false', from: 0, to: 5, steps: 1 },
      { value: 'true', from: 5, to: 15, steps: 2 },
      { value: 'false', from: 15, to: 20, steps: 1 },
    ])
  })

  it('of nothing is nothing', () => {
    expect(runs([], [], 0)).toEqual([])
  })
})

describe('the step under the cursor', () => {
  it.each([
    [0, 0],
    [5, 0],
    [5.1, 1],
    [10, 1],
    [99, 2],
  ])('at %d s is step %d', (time, step) => {
    expect(stepAt([5, 10, 15], time)).toBe(step)
  })
})

describe('numbers for people', () => {
  it.each([
    [1_031_000_000, 'duration', '1.03 s'],
    [400e6, 'duration', '400 ms'],
    [0, 'duration', '0'],
    [0.054, 'ratio', '5.4 %'],
    [12.3456, 'rate', '12.3 /s'],
    [12_345, 'number', '12,345'],
    [512 * 2 ** 20, 'size', '512 MiB'],
  ] as const)('%d as a %s is %s', (value, type, text) => {
    expect(quantity(value, type)).toBe(text)
  })

  it('say times in UTC and lengths in their greatest units', () => {
    expect(clock(1_730_797_245)).toBe('09:00:45')
    expect([length(59.9), length(60), length(3661), length(0.2)]).toEqual(['1m', '1m', '1h 1m 1s', '0s'])
  })
})
