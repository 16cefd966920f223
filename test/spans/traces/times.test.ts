/** What each kind of trouble does to a trace's numbers, one example each. Times are milliseconds. */
import { describe, expect, it } from 'vitest'
import { assembled, assembler, at, column, rowsOf, type Span, tableOf } from './builders.ts'

const front: Span = { id: 1, service: 'front', kind: 'server', from: 0, to: 100 }
const toCart: Span = { id: 2, parent: 1, service: 'front', kind: 'client', from: 10, to: 90 }
const cart: Span = { id: 3, parent: 2, service: 'cart', kind: 'server', from: 20, to: 80 }

function reportOf(spans: readonly Span[]) {
  const traces = assembler()
  traces.add(tableOf(spans))
  traces.close(at(1e6), true)
  return traces.report
}

describe('a call', () => {
  it('charges what its callee does not cover to the callee, and not to the caller', () => {
    const rows = assembled([front, toCart, cart])
    expect(column(rows, 'self')).toEqual({ 1: 20, 2: 0, 3: 60 })
    expect(column(rows, 'seen')).toEqual({ 1: Number.NaN, 2: Number.NaN, 3: 80 })
    expect(column(rows, 'gap')).toEqual({ 1: 0, 2: 0, 3: 20 })
    expect(column(rows, 'own')).toEqual({ 1: 20, 2: 0, 3: 80 })
    expect(column(rows, 'critical')).toEqual({ 1: 20, 2: 0, 3: 80 })
    expect(column(rows, 'depth')).toEqual({ 1: 0, 2: 1, 3: 2 })
    expect(rows.map((row) => row.blame)).toEqual([0.2, 0, 0.8])
  })

  it('without its server half is the caller’s own time', () => {
    expect(column(assembled([front, toCart]), 'self')).toEqual({ 1: 20, 2: 80 })
  })

  it('without its client half has no gap', () => {
    const rows = assembled([front, { ...cart, parent: 1 }])
    expect([column(rows, 'self'), column(rows, 'gap'), column(rows, 'seen')]).toEqual([
      { 1: 40, 3: 60 },
      { 1: 0, 3: 0 },
      { 1: Number.NaN, 3: Number.NaN },
    ])
  })

  it('of a service to itself has a gap, too', () => {
    expect(column(assembled([front, toCart, { ...cart, service: 'front' }]), 'gap')).toEqual({ 1: 0, 2: 0, 3: 20 })
  })

  it('whose halves share a span id is two spans, the server one the child and the parent of what follows', () => {
    const rows = assembled([front, toCart, { ...cart, id: 2, parent: 1 }, { id: 4, parent: 2, service: 'cart', from: 30, to: 40 }])
    expect(rows.map(({ id, kind, parent, self, gap, depth }) => [id, kind, parent, self, gap, depth])).toEqual([
      [1, 'server', undefined, 20, 0, 0],
      [2, 'client', 1, 0, 0, 1],
      [2, 'server', 2, 50, 20, 2],
      [4, 'internal', 2, 10, 0, 3],
    ])
  })

  it('that the caller gave up is all the callee’s: no gap, and on the path while it was waited for', () => {
    const rows = assembled([front, toCart, { ...cart, from: 15, to: 4000 }])
    expect(column(rows, 'seen')[3]).toBe(80)
    expect(column(rows, 'gap')[3]).toBe(0)
    expect(column(rows, 'own')[3]).toBe(3985)
    expect(column(rows, 'critical')).toEqual({ 1: 20, 2: 0, 3: 80 })
    expect(reportOf([front, toCart, { ...cart, from: 15, to: 4000 }]).skewed).toBe(0)
  })

  it('that is tried again is charged once for what no attempt covers', () => {
    const rows = assembled([front, toCart, { ...cart, from: 20, to: 30 }, { ...cart, id: 4, from: 50, to: 80 }])
    expect(column(rows, 'seen')).toMatchObject({ 3: 80, 4: 80 })
    expect(column(rows, 'gap')).toEqual({ 1: 0, 2: 0, 3: 0, 4: 40 })
  })
})

describe('clocks', () => {
  it('that are wrong by an hour change nothing but the count', () => {
    const hour = 3_600_000
    const inner: Span = { id: 4, parent: 3, service: 'cart', from: 30, to: 50 }
    const late = (span: Span): Span => ({ ...span, from: span.from + hour, to: span.to + hour })
    const right = assembled([front, toCart, cart, inner])
    const wrong = assembled([front, toCart, late(cart), late(inner)])
    expect(wrong).toEqual(right)
    expect([reportOf([front, toCart, cart, inner]).skewed, reportOf([front, toCart, late(cart), late(inner)]).skewed]).toEqual([0, 1])
  })

  it('that make a timeout begin before its call are wrong', () => {
    expect(column(assembled([front, toCart, { ...cart, from: -300, to: 200 }]), 'critical')).toEqual({ 1: 20, 2: 0, 3: 80 })
    expect(reportOf([front, toCart, { ...cart, from: -300, to: 200 }]).skewed).toBe(1)
  })

  it('are corrected in what is derived; the times are as they were sent', () => {
    const traces = assembler()
    traces.add(tableOf([front, toCart, { ...cart, from: 520, to: 580 }]))
    const { spans } = traces.close(at(1e6), true)
    expect(spans.startOf(2)).toBe(at(520))
  })
})

describe('children', () => {
  it('that run at the same time are subtracted once', () => {
    const rows = assembled([front, { id: 2, parent: 1, service: 'front', from: 10, to: 60 }, { id: 3, parent: 1, service: 'front', from: 40, to: 80 }])
    expect(column(rows, 'self')).toEqual({ 1: 30, 2: 50, 3: 40 })
  })

  it('share the critical path: the last to end, and what ran before that began', () => {
    const rows = assembled([front, { id: 2, parent: 1, service: 'front', from: 10, to: 60 }, { id: 3, parent: 1, service: 'front', from: 40, to: 80 }])
    expect(column(rows, 'critical')).toEqual({ 1: 30, 2: 30, 3: 40 })
  })

  it('that run within the time of another are not on it', () => {
    const rows = assembled([front, { id: 2, parent: 1, service: 'front', from: 10, to: 90 }, { id: 3, parent: 1, service: 'front', from: 40, to: 80 }])
    expect(column(rows, 'critical')).toEqual({ 1: 20, 2: 80, 3: 0 })
  })

  it('that outlive their parent count for it until it ended', () => {
    const rows = assembled([front, { id: 2, parent: 1, service: 'front', from: 70, to: 300 }])
    expect([column(rows, 'self'), column(rows, 'critical')]).toEqual([
      { 1: 70, 2: 230 },
      { 1: 70, 2: 30 },
    ])
  })

  it('that begin after it have a path of their own', () => {
    const rows = assembled([front, { id: 2, parent: 1, service: 'front', from: 200, to: 250 }])
    expect([column(rows, 'self'), column(rows, 'critical'), column(rows, 'path')]).toEqual([
      { 1: 100, 2: 50 },
      { 1: 100, 2: 50 },
      { 1: 150, 2: 150 },
    ])
  })
})

describe('a message', () => {
  const send: Span = { id: 2, parent: 1, service: 'front', kind: 'producer', from: 50, to: 52 }
  const work: Span = { id: 3, parent: 2, service: 'worker', kind: 'consumer', from: 852, to: 1052 }

  it('waits in the queue from the producer’s end: that is the consumer’s gap', () => {
    const rows = assembled([front, send, work])
    expect(column(rows, 'gap')).toEqual({ 1: 0, 2: 0, 3: 800 })
    expect(column(rows, 'own')).toEqual({ 1: 98, 2: 2, 3: 1000 })
    expect(column(rows, 'critical')).toEqual({ 1: 98, 2: 2, 3: 1000 })
    expect(rows.find((row) => row.id === 3)?.blame).toBeCloseTo(1000 / 1100, 12)
  })

  it('is no part of its parent’s self, even where it overlaps', () => {
    expect(column(assembled([front, { ...send, to: 90 }, { ...work, from: 60, to: 80 }]), 'self')).toEqual({ 1: 60, 2: 40, 3: 20 })
  })

  it('never waits less than nothing', () => {
    expect(column(assembled([front, send, { ...work, from: 20 }]), 'gap')).toMatchObject({ 3: 0 })
  })
})

describe('a broken trace', () => {
  it('counts a copy once, whichever came first', () => {
    for (const spans of [
      [front, toCart, toCart],
      [toCart, front, { ...toCart, to: 95 }],
    ]) {
      expect(assembled(spans)).toHaveLength(2)
      expect(reportOf(spans).duplicate).toBe(1)
    }
    expect(assembled([{ ...toCart, to: 70 }, toCart]).map((row) => row.duration)).toEqual([80])
  })

  it('of copies that began and ended together keeps the one that failed', () => {
    const traces = assembler()
    traces.add(tableOf([front, { ...front, status: 2 }]))
    const { spans } = traces.close(at(1e6), true)
    expect([spans.length, spans.status[0]]).toEqual([1, 2])
  })

  it('makes a tree of an orphan', () => {
    const rows = assembled([front, { ...cart, parent: 9 }])
    expect([column(rows, 'parent'), column(rows, 'gap'), column(rows, 'path')]).toEqual([{}, { 1: 0, 3: 0 }, { 1: 160, 3: 160 }])
    expect(reportOf([front, { ...cart, parent: 9 }])).toMatchObject({ orphans: 1, severalRoots: 0 })
  })

  it('may have several roots', () => {
    expect(column(assembled([front, { ...front, id: 2, to: 50 }]), 'critical')).toEqual({ 1: 100, 2: 50 })
    expect(reportOf([front, { ...front, id: 2, to: 50 }])).toMatchObject({ severalRoots: 1, orphans: 0 })
  })

  it('loses the parent that closes a circle, and that of a span that is its own', () => {
    const circle: Span[] = [
      { id: 1, parent: 3, service: 'a', from: 0, to: 90 },
      { id: 2, parent: 1, service: 'a', from: 10, to: 80 },
      { id: 3, parent: 2, service: 'a', from: 20, to: 70 },
    ]
    expect(column(assembled(circle), 'depth')).toEqual({ 1: 0, 2: 1, 3: 2 })
    expect(reportOf(circle)).toMatchObject({ cycles: 1, orphans: 0 })
    expect(reportOf([{ ...front, parent: 1 }])).toMatchObject({ cycles: 1 })
  })

  it('may be as deep as it likes', () => {
    const deep = Array.from({ length: 70_000 }, (_, i): Span => ({ id: i + 1, ...(i === 0 ? {} : { parent: i }), service: 'a', from: 0, to: 100 }))
    const traces = assembler({ maxSpans: 100_000, maxSpansOfTrace: 100_000 })
    traces.add(tableOf(deep))
    const rows = rowsOf(traces.close(at(1e6), true))
    expect(rows.reduce((most, row) => Math.max(most, row.depth), 0)).toBe(65_535)
    expect(rows.reduce((sum, row) => sum + row.critical, 0)).toBe(100)
  })
})
