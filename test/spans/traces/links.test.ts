/** Messages whose consumer names the producer by a link. Times are milliseconds. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDictionary, mostLinks } from '../../../src/spans/index.ts'
import { assembled, assembler, at, bytesOf, column, rowsOf, type Span, tableOf } from './builders.ts'

const sent: Span = { trace: 1, id: 1, service: 'shop', kind: 'producer', from: 0, to: 20 }
const taken: Span = { trace: 2, id: 2, service: 'workers', kind: 'consumer', from: 100, to: 150, links: [{ trace: 1, id: 1 }] }

describe('a consumer in a trace of its own', () => {
  it('has waited from the end of the producer that its link names', () => {
    const rows = assembled([sent, taken])
    expect(column(rows, 'gap')).toEqual({ 1: 0, 2: 80 })
    expect(column(rows, 'seen')).toEqual({ 1: Number.NaN, 2: 20 })
    expect(column(rows, 'own')).toEqual({ 1: 20, 2: 130 })
    expect(column(rows, 'critical')).toEqual({ 1: 20, 2: 130 })
    expect(column(rows, 'path')).toEqual({ 1: 20, 2: 130 })
  })

  it('knows its wait when the producer was decided long before, and when it is still open', () => {
    const traces = assembler()
    const dictionary = createDictionary()
    traces.add(tableOf([{ ...sent, links: [] }], dictionary))
    expect(rowsOf(traces.close(at(6_000)))).toHaveLength(1)
    const open: Span = { ...sent, trace: 3, id: 4, parent: 9, from: 200_000, to: 200_010 }
    traces.add(
      tableOf(
        [{ ...taken, from: 200_000, to: 200_050 }, open, { ...taken, id: 5, trace: 4, from: 200_050, to: 200_060, links: [{ trace: 3, id: 4 }] }],
        dictionary,
      ),
    )
    expect(column(rowsOf(traces.close(at(205_100))), 'gap')).toEqual({ 2: 199_980, 5: 40 })
  })

  it('of a batch has the longest wait', () => {
    const second: Span = { ...sent, id: 3, from: 50, to: 60 }
    const links = [
      { trace: 1, id: 3 },
      { trace: 1, id: 1 },
    ]
    expect(column(assembled([sent, second, { ...taken, links }]), 'gap')[2]).toBe(80)
  })

  it('of a large batch has the longest wait of the first ones', () => {
    const many = Array.from({ length: mostLinks + 1 }, (_, i): Span => ({ ...sent, id: 10 + i, from: 80 - i * 5, to: 81 - i * 5 }))
    const links = many.map(({ id }) => ({ trace: 1, id }))
    expect(column(assembled([...many, { ...taken, links }]), 'gap')[2]).toBe(100 - (81 - (mostLinks - 1) * 5))
  })

  it('has waited for nothing where clocks say that it began first', () => {
    expect(column(assembled([{ ...sent, to: 120 }, taken]), 'gap')[2]).toBe(0)
  })
})

describe('a link says nothing', () => {
  it('where a parent names the producer', () => {
    const other: Span = { ...sent, id: 7, trace: 2, from: 60, to: 70 }
    expect(column(assembled([sent, other, { ...taken, parent: 7 }]), 'gap')[2]).toBe(30)
  })

  it('to anything but a producer, or from anything but a consumer', () => {
    expect(column(assembled([{ ...sent, kind: 'client' }, taken]), 'gap')[2]).toBe(0)
    expect(column(assembled([sent, { ...taken, kind: 'server' }]), 'gap')[2]).toBe(0)
    expect(column(assembled([taken]), 'gap')[2]).toBe(0)
  })

  it('of a producer that ended after the consumer was decided', () => {
    const traces = assembler()
    traces.add(tableOf([{ ...sent, to: 90_000 }, taken]))
    expect(column(rowsOf(traces.close(at(10_000))), 'seen')).toEqual({ 2: Number.NaN })
  })
})

it('a consumer within a batch that its parent waits for has its wait, and the path does not', () => {
  const batch: Span = { trace: 2, id: 8, service: 'workers', from: 90, to: 200 }
  const rows = assembled([sent, batch, { ...taken, parent: 8 }])
  expect(column(rows, 'gap')).toEqual({ 1: 0, 2: 80, 8: 0 })
  expect(column(rows, 'critical')).toEqual({ 1: 20, 2: 50, 8: 60 })
})

it('the order of arrival never shows, not even where copies differ in their links only', () => {
  const spans: Span[] = [
    sent,
    { ...sent, id: 3, from: 1, to: 50 },
    { ...sent, to: 30 },
    taken,
    { ...taken, links: [{ trace: 1, id: 3 }] },
    {
      ...taken,
      links: [
        { trace: 1, id: 3 },
        { trace: 1, id: 1 },
      ],
    },
    { ...taken, links: [] },
  ]
  const outcome = (order: readonly Span[]): string => {
    const traces = assembler()
    const dictionary = createDictionary()
    for (const span of order) traces.add(tableOf([{ links: [], ...span }], dictionary))
    return bytesOf(traces.close(at(1e6), true)).toString('hex')
  }
  const expected = outcome(spans)
  fc.assert(fc.property(fc.shuffledSubarray(spans, { minLength: spans.length }), (order) => outcome(order) === expected))
})

it('what a cap takes away is the wait, and nothing else', () => {
  const many = Array.from({ length: 3_000 }, (_, i): Span => ({ ...sent, id: 10 + i, trace: 10 + i, from: 0, to: 10 }))
  const taker = (i: number): Span => ({ ...taken, trace: 20_000 + i, id: 20_000 + i, links: [{ trace: 10 + i, id: 10 + i }] })
  const rows = assembled([...many, ...many.map((_, i) => taker(i))], { maxSpans: 8_000 })
  const waits = rows.filter(({ kind }) => kind === 'consumer').map(({ gap }) => gap)
  expect(waits).toHaveLength(3_000)
  expect(waits.filter((gap) => gap === 90)).toHaveLength(2_000)
  expect(waits.filter((gap) => gap === 0)).toHaveLength(1_000)
})
