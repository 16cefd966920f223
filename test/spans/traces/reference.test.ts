/** The assembler against the brute-force reference, on traces as broken as they come. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assembler, at, type Kind, rowsOf, type Span, tableOf } from './builders.ts'
import { meaningOf } from './reference.ts'

const kind = fc.constantFrom<Kind>('internal', 'server', 'client', 'producer', 'consumer')
/** Few ids, so that copies, shared ids, orphans and circles are frequent; children begin before and end after their parents as it happens. */
const anySpan: fc.Arbitrary<Span> = fc
  .record({
    id: fc.integer({ min: 1, max: 9 }),
    parent: fc.option(fc.integer({ min: 1, max: 11 }), { nil: undefined }),
    service: fc.constantFrom('a', 'b', 'c'),
    kind,
    from: fc.nat(30),
    length: fc.nat(25),
  })
  .map(({ parent, length, ...span }) => ({ ...span, to: span.from + length, ...(parent === undefined ? {} : { parent }) }))
const broken = fc.array(anySpan, { minLength: 1, maxLength: 14 })

/** Each child hangs at an earlier span and lies about within it; half of the calls have both halves. */
const sound: fc.Arbitrary<readonly Span[]> = fc
  .array(
    fc.record({
      above: fc.nat(),
      service: fc.constantFrom('a', 'b', 'c'),
      kind,
      skip: fc.integer({ min: -2, max: 10 }),
      length: fc.integer({ min: 0, max: 24 }),
    }),
    { maxLength: 12 },
  )
  .map((children) => {
    const spans: Span[] = [{ id: 1, service: 'a', kind: 'server', from: 0, to: 40 }]
    for (const { above, service, kind, skip, length } of children) {
      const parent = spans[above % spans.length] as Span
      const from = parent.from + skip
      spans.push({ id: spans.length + 1, parent: parent.id, service, kind, from, to: from + length })
    }
    return spans
  })

function compare(spans: readonly Span[]): void {
  const traces = assembler()
  traces.add(tableOf(spans))
  const rows = rowsOf(traces.close(at(1e6), true))
  const expected = meaningOf(spans)
  expect(rows.map(({ id, kind, parent, depth, self, seen, gap, critical }) => ({ id, kind, parent, depth, self, seen, gap, critical }))).toEqual(
    expected.spans.map(({ unanswered: _, ...meaning }) => meaning),
  )
  for (const row of rows) {
    expect(row.path).toBe(expected.path)
    expect(row.own).toBe(row.self + row.gap)
    expect(row.blame).toBe(expected.path === 0 ? 0 : row.critical / expected.path)
  }
  const { duplicate, orphans, severalRoots, cycles } = traces.report
  expect({ duplicate, orphans, severalRoots, cycles }).toEqual({
    duplicate: expected.duplicate,
    orphans: expected.orphans,
    severalRoots: expected.roots > 1 ? 1 : 0,
    cycles: expected.cycles,
  })
}

describe('the assembler and the reference agree', () => {
  it('on any spans at all', () => {
    fc.assert(fc.property(broken, compare), { numRuns: 2000 })
  })

  it('on trees whose children lie roughly within their parents', () => {
    fc.assert(fc.property(sound, compare), { numRuns: 2000 })
  })
})

describe('of spans that all name a peer the assembler and the reference agree', () => {
  it('which ones nobody answered', () => {
    fc.assert(
      fc.property(fc.oneof(broken, sound), (spans) => {
        const traces = assembler()
        traces.add(tableOf(spans.map((span) => ({ ...span, peer: 'mysql' }))))
        const rows = rowsOf(traces.close(at(1e6), true))
        expect(rows.map(({ id, peer }) => [id, peer])).toEqual(meaningOf(spans).spans.map(({ id, unanswered }) => [id, unanswered ? 'mysql' : '']))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('with links into other traces the assembler and the reference agree', () => {
  /** What a span has links to hangs on the span itself, so that copies have the same. */
  const linked = fc.tuple(broken, broken, fc.array(fc.record({ trace: fc.integer({ min: 1, max: 2 }), id: fc.integer({ min: 1, max: 9 }) }), { minLength: 1 }))

  it('on any spans at all, a link more or less', () => {
    fc.assert(
      fc.property(linked, ([one, other, links]) => {
        const link = (trace: number) => (span: Span) => ({ ...span, trace, links: links.slice(span.from % (links.length + 1)) })
        const traces = [one.map(link(1)), other.map(link(2))]
        const assembly = assembler()
        assembly.add(tableOf(traces.flat()))
        const rows = rowsOf(assembly.close(at(1e6), true))
        for (const [i, spans] of traces.entries()) {
          const expected = meaningOf(spans, traces.flat())
          const found = rows.filter(({ trace }) => trace === i + 1)
          expect(found.map(({ id, seen, gap, critical, path }) => ({ id, seen, gap, critical, path }))).toEqual(
            expected.spans.map(({ id, seen, gap, critical }) => ({ id, seen, gap, critical, path: expected.path })),
          )
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the critical path', () => {
  it('is as long as what its spans add to it, and blame is shared out whole', () => {
    fc.assert(
      fc.property(fc.oneof(broken, sound), (spans) => {
        const traces = assembler()
        traces.add(tableOf(spans))
        const rows = rowsOf(traces.close(at(1e6), true))
        const { path } = rows[0] as { path: number }
        expect(rows.reduce((sum, row) => sum + row.critical, 0)).toBeCloseTo(path, 6)
        if (path > 0) expect(rows.reduce((sum, row) => sum + row.blame, 0)).toBeCloseTo(1, 9)
      }),
    )
  })
})

describe('a synchronous trace', () => {
  /** Calls one after another, each with both halves, nested as deep as `calls` says. */
  interface Call {
    readonly before: number
    readonly there: number
    readonly back: number
    readonly work: number
    readonly skew: number
    readonly calls: readonly Call[]
  }
  const call = (levels: number): fc.Arbitrary<Call> =>
    fc.record({
      before: fc.nat(9),
      there: fc.nat(9),
      back: fc.nat(9),
      work: fc.nat(9),
      skew: fc.integer({ min: -200, max: 200 }),
      calls: levels === 0 ? fc.constant([]) : fc.array(call(levels - 1), { maxLength: 3 }),
    })

  function spansOf(root: Call): readonly Span[] {
    const spans: Span[] = []
    function serve({ calls, work }: Call, service: number, parent: number | undefined, from: number, skew: number): number {
      const id = spans.length + 1
      spans.push({ id, service: '', from: 0, to: 0 })
      let now = from
      for (const inner of calls) {
        now += inner.before
        const client = spans.length + 1
        spans.push({ id: client, service: '', from: 0, to: 0 })
        const end = serve(inner, service + 1, client, now + inner.there, skew + inner.skew) + inner.back
        spans[client - 1] = { id: client, parent: id, service: `s${service}`, kind: 'client', from: now + skew, to: end + skew }
        now = end
      }
      now += work
      spans[id - 1] = { id, service: `s${service}`, kind: 'server', from: from + skew, to: now + skew, ...(parent === undefined ? {} : { parent }) }
      return now
    }
    serve(root, 0, undefined, 0, 0)
    return spans
  }

  it('lasts as long as its selves and gaps together, whatever the clocks say', () => {
    fc.assert(
      fc.property(call(3), (root) => {
        const spans = spansOf(root)
        const traces = assembler()
        traces.add(tableOf(spans))
        const rows = rowsOf(traces.close(at(1e6), true))
        const top = rows.find((row) => row.id === 1)
        expect(rows.reduce((sum, row) => sum + row.own, 0)).toBeCloseTo(top?.duration as number, 6)
        for (const row of rows) if (row.kind === 'server' && row.parent !== undefined) expect(row.gap).toBeCloseTo(row.seen - row.duration, 6)
      }),
    )
  })

  it('has all that its spans add on its critical path where clocks agree', () => {
    fc.assert(
      fc.property(call(3), (root) => {
        const agreed = (c: Call): Call => ({ ...c, skew: 0, calls: c.calls.map(agreed) })
        const traces = assembler()
        traces.add(tableOf(spansOf(agreed(root))))
        for (const row of rowsOf(traces.close(at(1e6), true))) expect(row.critical).toBe(row.own)
      }),
    )
  })
})
