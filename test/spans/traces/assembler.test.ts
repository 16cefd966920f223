/** When traces are decided, and what becomes of what comes later. Times are milliseconds; the idle gap is 5 s, the age 60 s. */
import { describe, expect, it } from 'vitest'
import { createAssembler, createDictionary, SpanTable } from '../../../src/spans/index.ts'
import { assembler, at, column, rowsOf, type Span, seconds, size, tableOf } from './builders.ts'

const front: Span = { id: 1, service: 'front', kind: 'server', from: 0, to: 100 }
const inner: Span = { id: 2, parent: 1, service: 'front', from: 10, to: 90 }

/** An assembler, and what it decides of spans that come between closes. */
function stream(options: Parameters<typeof assembler>[0] = {}) {
  const traces = assembler(options)
  const dictionary = createDictionary()
  return {
    traces,
    add: (...spans: Span[]) => traces.add(tableOf(spans, dictionary)),
    close: (when: number) => rowsOf(traces.close(at(when))),
    ids: (when: number) => rowsOf(traces.close(at(when))).map((row) => row.id),
  }
}

describe('a trace is decided', () => {
  it('when its root and all else ended an idle gap ago, and once', () => {
    const { add, ids, traces } = stream()
    add(front, inner)
    expect([ids(5_000), ids(5_100), ids(10_000)]).toEqual([[], [1, 2], []])
    expect(traces.report).toMatchObject({ decidedTraces: 1, openTraces: 0, openSpans: 0, aged: 0 })
  })

  it('not while spans of it still end', () => {
    const { add, ids } = stream()
    add(front, { ...inner, to: 4_000 })
    expect([ids(5_100), ids(8_999), ids(9_000)]).toEqual([[], [], [1, 2]])
  })

  it('by its age where the root does not come', () => {
    const { add, ids, traces } = stream()
    add(inner)
    expect([ids(59_000), ids(60_090)]).toEqual([[], [2]])
    expect(traces.report).toMatchObject({ aged: 1, orphans: 1 })
  })

  it('by its age where it never rests', () => {
    const { add, ids, traces } = stream()
    add(front)
    for (let id = 2; id < 40; id++) add({ ...inner, id, from: 0, to: id * 2_000 })
    expect(ids(60_000)).toEqual([])
    expect(ids(60_100)).toHaveLength(30)
    expect(traces.report).toMatchObject({ aged: 1, openTraces: 1, openSpans: 9, late: 9 })
  })

  it('by the spans that ended until then: those that came early make a later part', () => {
    const { add, ids, traces } = stream()
    add(front, inner, { id: 3, parent: 1, service: 'front', from: 0, to: 7_000 })
    expect(ids(6_000)).toEqual([1, 2])
    expect(traces.report).toMatchObject({ late: 1, openSpans: 1 })
    expect(ids(12_000)).toEqual([3])
    expect(traces.report).toMatchObject({ decidedTraces: 1, laterParts: 1 })
  })

  it('not by a root that has not ended', () => {
    const { add, ids } = stream()
    add({ ...front, to: 20_000 }, inner)
    expect([ids(10_000), ids(24_999), ids(25_000)]).toEqual([[], [], [1, 2]])
  })

  it('trace after trace, in the order of their ids', () => {
    const { add, close } = stream()
    for (const trace of [3, 1, 2]) add({ ...front, trace }, { ...inner, trace })
    expect(close(6_000).map((row) => [row.trace, row.id])).toEqual([1, 2, 3].flatMap((t) => [1, 2].map((id) => [t, id])))
  })

  it('with everything else at the end of a recording', () => {
    const { add, traces } = stream()
    add(inner, { ...front, trace: 2, to: 90_000 })
    expect(rowsOf(traces.close(at(1_000), true)).map((row) => [row.trace, row.id])).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect(traces.report).toMatchObject({ openSpans: 0, aged: 0, decidedTraces: 2 })
  })
})

describe('what comes after the decision', () => {
  const send: Span = { id: 2, parent: 1, service: 'front', kind: 'producer', from: 50, to: 60 }
  const work: Span = { id: 3, parent: 2, service: 'worker', kind: 'consumer', from: 30_060, to: 30_260 }

  it('still knows how long its message waited', () => {
    const { add, close, ids, traces } = stream()
    add(front, send)
    expect(ids(10_000)).toEqual([1, 2])
    add(work, { id: 4, parent: 3, service: 'worker', from: 30_100, to: 30_200 })
    const rows = close(36_000)
    expect([column(rows, 'self'), column(rows, 'seen'), column(rows, 'gap'), column(rows, 'own')]).toEqual([
      { 3: 100, 4: 100 },
      { 3: 10, 4: Number.NaN },
      { 3: 30_000, 4: 0 },
      { 3: 30_100, 4: 100 },
    ])
    expect([column(rows, 'critical'), column(rows, 'depth')]).toEqual([
      { 3: 30_100, 4: 100 },
      { 3: 0, 4: 1 },
    ])
    expect(traces.report).toMatchObject({ late: 2, laterParts: 1, decidedTraces: 1, orphans: 0 })
  })

  it('knows its message’s producer for several consumers', () => {
    const { add, close, ids } = stream()
    add(front, send, { ...work, id: 9, from: 70, to: 80 })
    ids(10_000)
    add(work)
    expect(column(close(36_000), 'gap')).toEqual({ 3: 30_000 })
  })

  it('is a server that the caller gave up long ago', () => {
    const { add, close, ids } = stream()
    add(front, { ...send, kind: 'client' })
    ids(10_000)
    add({ ...work, kind: 'server', from: 55 })
    expect(close(36_000).map(({ seen, gap, self }) => [seen, gap, self])).toEqual([[10, 0, 30_205]])
  })

  it('is an attempt more, where the call was answered: it has no caller left', () => {
    const { add, close, ids } = stream()
    add(front, { ...send, kind: 'client' }, { ...work, kind: 'server', from: 51, to: 59 })
    ids(10_000)
    add({ ...work, id: 4, kind: 'server', from: 52 })
    expect(close(36_000).map(({ seen, gap }) => [seen, gap])).toEqual([[Number.NaN, 0]])
  })

  it('has no self where its children were decided without it', () => {
    const { add, close } = stream()
    add(front, { id: 5, parent: 4, service: 'front', from: 20, to: 30 })
    close(10_000)
    add({ id: 4, parent: 1, service: 'front', from: 15, to: 12_000 }, { id: 6, parent: 4, service: 'front', from: 11_000, to: 11_500 })
    const rows = close(20_000)
    expect([column(rows, 'self'), column(rows, 'own'), column(rows, 'critical')]).toEqual([
      { 4: Number.NaN, 6: 500 },
      { 4: Number.NaN, 6: 500 },
      { 4: Number.NaN, 6: Number.NaN },
    ])
    expect(rows.map((row) => row.blame)).toEqual([Number.NaN, Number.NaN])
  })

  it('is left out where it ended before the last close: it would have been there', () => {
    const { add, ids, traces } = stream()
    add(front, inner)
    ids(10_000)
    add(inner)
    expect([ids(20_000), traces.report.late, traces.report.openSpans]).toEqual([[], 1, 0])
  })

  it('begins anew where the trace is forgotten', () => {
    const { add, ids, traces } = stream()
    add(front)
    ids(6_000)
    for (let trace = 2; trace < 5_000; trace++) add({ ...front, trace })
    ids(7_000)
    add({ ...inner, to: 8_000 })
    expect(traces.report).toMatchObject({ late: 0, openTraces: 1 })
  })
})

describe('memory', () => {
  it('has room for so many spans: the traces that were opened first are decided first', () => {
    const { add, ids, traces } = stream({ maxSpans: 4 })
    for (let id = 1; id <= 6; id++) add({ ...inner, trace: id, id, from: 0, to: 1_000 })
    expect(traces.report).toMatchObject({ openSpans: 4, evicted: 2, decidedTraces: 2 })
    expect(ids(1_000)).toEqual([1, 2])
  })

  it('makes a later part of what still comes of an evicted trace', () => {
    const { add, ids, traces } = stream({ maxSpans: 2 })
    add(inner, { ...inner, trace: 2 }, { ...inner, trace: 3 }, { ...inner, id: 7 })
    expect(traces.report).toMatchObject({ evicted: 2, late: 1 })
    expect(ids(5_090)).toEqual([2, 7, 2])
  })

  it('evicts the trace that is being added to, if that is the oldest', () => {
    const { add, ids, traces } = stream({ maxSpans: 2 })
    add(front, inner, { ...inner, id: 3 })
    expect(traces.report).toMatchObject({ evicted: 1, late: 1, openSpans: 1 })
    expect(ids(50)).toEqual([1, 2])
  })

  it('decides a trace of too many spans, and what follows is late', () => {
    const { add, ids, traces } = stream({ maxSpansOfTrace: 3 })
    for (let id = 1; id <= 8; id++) add({ ...inner, id })
    expect(traces.report).toMatchObject({ oversized: 2, decidedTraces: 1, laterParts: 1, late: 5, openSpans: 2 })
    expect(ids(50)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('counts what it must drop because too much waits for a close', () => {
    const { add, ids, traces } = stream({ maxSpans: 3 })
    for (let id = 1; id <= 10; id++) add({ ...inner, trace: id, id })
    expect(traces.report).toMatchObject({ evicted: 7, dropped: 4, openSpans: 3 })
    expect(ids(50)).toEqual([5, 6, 7])
  })

  it('must be possible', () => {
    expect(() => createAssembler({ ...seconds, maxSpans: 0 })).toThrow('maxSpans must be positive')
  })
})

describe('columns', () => {
  it('carry attributes along', () => {
    const { traces, add } = stream()
    add({ ...front, size: 7 }, inner)
    const column = traces.close(at(6_000)).spans.attributes[0]
    expect([column?.type[0], column?.value[0], column?.type[1]]).toEqual([2, 7, 0])
  })

  it('change with the projection, as after a reload; spans from before lack what is new', () => {
    const dictionary = createDictionary()
    const traces = assembler()
    traces.add(tableOf([{ ...front, size: 7 }], dictionary))
    const table = tableOf([inner], dictionary)
    const wider = new SpanTable(dictionary, [{ scope: 'span', name: 'colour' }, size], 4)
    for (const name of ['service', 'operation', 'kind', 'startTime', 'endTime', 'duration', 'traceId', 'spanId', 'parentSpanId'] as const)
      wider[name].set(table[name] as never)
    wider.length = 1
    for (const attribute of wider.attributes) {
      attribute.type[0] = 2
      attribute.value[0] = 3
    }
    traces.add(wider)
    const { spans } = traces.close(at(6_000))
    expect(spans.attributes.map(({ attribute, type, value }) => [attribute.name, type[0], type[1], value[1]])).toEqual([
      ['colour', 0, 2, 3],
      ['size', 2, 2, 3],
    ])
    expect(spans.attributes[1]?.value[0]).toBe(7)
  })

  it('need one dictionary', () => {
    const traces = assembler()
    traces.add(tableOf([front]))
    expect(() => traces.add(tableOf([inner]))).toThrow('another dictionary')
  })

  it('are empty before anything was added', () => {
    expect(assembler().close(at(0)).spans.length).toBe(0)
  })
})
