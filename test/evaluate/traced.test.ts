/** Values of assembled traces, by example. All traces here are complete 5 s after their last span. */
import { describe, expect, it } from 'vitest'
import type { AttributeRef, ConditionIR, FieldIR, PredicateIR, RuleIR, SelectorIR, SpanField, StatIR } from '../../src/bundle/index.ts'
import type { Epoch, Observed } from '../../src/evaluate/index.ts'
import { alive, at, Bench, compare, down, lasting, ms, rule, seconds, selector, spans, type TestSpan, truthOf, value } from './builders.ts'

const cart = selector('cart', 'GetCart')
const page = selector('frontend', 'Page')

interface Call {
  readonly id: number
  /** When the page's span ends, seconds. */
  readonly end: number
  /** Milliseconds. */
  readonly page?: number
  readonly client?: number
  readonly server?: number
  readonly where?: string
}

/** A page of the frontend that calls GetCart: a SERVER, a CLIENT and a SERVER span, each in the middle of the one above. */
function call({ id, end, page: whole = 100, client = 60, server = 40, where = 'eu' }: Call): TestSpan[] {
  const trace = id
  const middle = end - whole / 2e3
  const inner = (length: number): number => middle + length / 2e3
  return [
    { trace, id: id * 10, end, ms: whole, service: 'frontend', operation: 'Page', attributes: { region: where } },
    { trace, id: id * 10 + 1, parent: id * 10, end: inner(client), ms: client, service: 'frontend', operation: 'GetCart', kind: 3 },
    { trace, id: id * 10 + 2, parent: id * 10 + 1, end: inner(server), ms: server, service: 'cart', operation: 'GetCart' },
  ]
}

function traced(field: SpanField, stat: StatIR | StatIR['kind'] | number, of: SelectorIR = cart, over = 5) {
  return { ...value(stat, { of, over }), field }
}

const always = (left: ReturnType<typeof traced>): ConditionIR => compare(left, '>=', 0)
const where = (name: 'self' | 'seen' | 'gap' | 'own' | 'depth', operator: '>' | '<' | '!=' | '==', n: number): PredicateIR => ({
  kind: 'compare',
  field: { kind: 'intrinsic', name } satisfies FieldIR,
  operator,
  value: n,
})

/** The value at each step that has one. */
function values(left: ReturnType<typeof traced>, found: readonly TestSpan[], epoch?: { readonly epoch: Epoch; readonly rule?: Partial<RuleIR> }): object {
  const bench = new Bench([rule('r', always(left), epoch?.rule ?? {})], { projection: [region] })
  bench.ingest(found)
  const epochs = new Map(epoch === undefined ? [] : [['deployment/adservice', epoch.epoch] as const])
  const observed = bench.run({ epochs }).map(({ s, outcomes }) => [s, outcomes[0]?.because.left as Observed] as const)
  return Object.fromEntries(observed.flatMap(([s, { value: seen }]) => (seen === undefined ? [] : [[s, seen]])))
}

const region: AttributeRef = { scope: 'span', name: 'region' }
const two = [...call({ id: 1, end: 2 }), ...call({ id: 2, end: 3, page: 300, client: 250, server: 50 }), ...alive(0, 20)]

describe('a traced value', () => {
  it('is counted in the step in which its trace is decided, not in the one in which its span ended', () => {
    expect(values(traced('duration', 'max', { ...cart, ancestor: { relation: 'under', selector: page } }), two)).toEqual({ 10: ms(50) })
    expect(values(value('max', { of: cart }), two)).toEqual({ 5: ms(50) })
  })

  it('is any of the times of a span', () => {
    expect(values(traced('self', 'max', page), two)).toEqual({ 10: ms(50) })
    expect(values(traced('seen', 'max'), two)).toEqual({ 10: ms(250) })
    expect(values(traced('gap', 'min'), two)).toEqual({ 10: ms(20) })
    expect(values(traced('own', 'mean'), two)).toEqual({ 10: ms((60 + 250) / 2) })
    expect(values(traced('critical', 0.99), two)).toEqual({ 10: ms(250) })
  })

  it('is no value where the span has none', () => {
    const lone: TestSpan = { trace: 9, id: 90, end: 2, ms: 70, service: 'cart', operation: 'GetCart' }
    expect(values(traced('seen', 'max'), [lone, ...alive(0, 20)])).toEqual({})
    expect(values(traced('seen', 'min'), [lone, ...two])).toEqual({ 10: ms(60) })
    expect(values(traced('own', 'min'), [lone, ...two])).toEqual({ 10: ms(60) })
  })

  it('sees the rest of a recording at its end', () => {
    expect(values(traced('own', 'max'), [...alive(0, 10), ...call({ id: 1, end: 8 })])).toEqual({ 10: ms(60) })
  })

  it('has exemplars: the traces with the greatest value', () => {
    const bench = new Bench([rule('r', compare(traced('gap', 'max'), '>', 0))])
    bench.ingest(two)
    const because = bench.run().find(({ s }) => s === 10)?.outcomes[0]?.because
    expect(because?.traceIds?.map((id) => Number.parseInt(id, 16))).toEqual([2, 1])
  })
})

describe('blame', () => {
  const share = traced('critical', 'blame')

  it('is the share of the critical paths of the traces that hold such a span', () => {
    const others: TestSpan[] = [{ trace: 7, id: 70, end: 2, ms: 5000, service: 'frontend', operation: 'Page' }]
    expect(values(share, [...two, ...others])).toEqual({ 10: (60 + 250) / (100 + 300) })
  })

  it('counts a trace once, however many such spans it holds', () => {
    const again: TestSpan[] = [
      { trace: 1, id: 15, parent: 10, end: 1.98, ms: 10, service: 'frontend', operation: 'GetCart', kind: 3 },
      { trace: 1, id: 16, parent: 15, end: 1.98, ms: 10, service: 'cart', operation: 'GetCart' },
    ]
    // The page lasts from 1.9 s to 2 s and waits for the second call from 1.97 s to 1.98 s, when the first is going on.
    const found = values(share, [...call({ id: 1, end: 2 }), ...again, ...alive(0, 20)])
    expect(found).toEqual({ 10: 60 / 100 })
  })
})

describe('a selector of traces', () => {
  const under = (relation: 'under' | 'child of', of: SelectorIR): SelectorIR => ({ ...cart, ancestor: { relation, selector: of } })
  const count = (of: SelectorIR) => values(traced('duration', 'count', of), two)
  const calling = selector('frontend', 'GetCart', undefined, [3])

  it('looks above a span', () => {
    expect(count(under('under', page))).toEqual({ 10: 2, 15: 0, 20: 0 })
    // The caller's own client span lies between.
    expect(count(under('child of', page))).toEqual({ 10: 2, 15: 0, 20: 0 })
    expect(count({ ...calling, ancestor: { relation: 'child of', selector: cart } })).toMatchObject({ 10: 0 })
    expect(count(under('child of', calling))).toMatchObject({ 10: 2 })
    expect(count(under('child of', { ...calling, ancestor: { relation: 'child of', selector: page } }))).toMatchObject({ 10: 2 })
    expect(count(under('under', cart))).toMatchObject({ 10: 0 })
  })

  it('tests the one above by its attributes and by what its trace tells', () => {
    const isRegion: PredicateIR = { kind: 'compare', field: { kind: 'attribute', attribute: region }, operator: '==', value: 'us' }
    const both = [...call({ id: 1, end: 2, where: 'us' }), ...call({ id: 2, end: 3 }), ...alive(0, 20)]
    expect(values(traced('duration', 'count', under('under', { ...page, where: isRegion })), both)).toMatchObject({ 10: 1 })
    expect(count(under('under', { ...page, where: where('self', '>', ms(45)) }))).toMatchObject({ 10: 1 })
  })

  it('tests what a trace tells of the span', () => {
    expect(count({ ...cart, where: where('gap', '>', ms(100)) })).toMatchObject({ 10: 1 })
    expect(count({ ...cart, where: where('depth', '==', 2) })).toMatchObject({ 10: 2 })
    expect(count({ ...cart, where: where('own', '<', ms(100)) })).toMatchObject({ 10: 1 })
  })

  it('takes what is missing as false, != too', () => {
    expect(count({ ...page, where: where('seen', '!=', 1) })).toMatchObject({ 10: 0 })
    expect(count({ ...page, where: { kind: 'not', of: where('seen', '>', 1) } })).toMatchObject({ 10: 2 })
    expect(count({ ...page, where: { kind: 'has', field: { kind: 'intrinsic', name: 'seen' } } })).toMatchObject({ 10: 0 })
    expect(count({ ...cart, where: { kind: 'has', field: { kind: 'intrinsic', name: 'seen' } } })).toMatchObject({ 10: 2 })
  })

  it('counts single spans', () => {
    const bench = new Bench([rule('r', spans({ ...cart, where: where('own', '>', ms(100)) }, 2, 10))])
    bench.ingest([...two, ...call({ id: 3, end: 8, client: 300, page: 400 }), ...alive(0, 25)])
    expect(bench.run().map(({ s, outcomes }) => [s, truthOf(outcomes[0])])).toEqual([
      [5, 'empty'],
      [10, 'false'],
      [15, 'true'],
      [20, 'false'],
      [25, 'false'],
    ])
  })

  it('walks a trace that is one long chain', () => {
    const deep: TestSpan[] = Array.from({ length: 20_000 }, (_, i) => ({
      trace: 1,
      id: i + 1,
      parent: i,
      end: 2,
      ms: 1,
      service: i === 0 ? 'frontend' : 'cart',
      operation: i === 0 ? 'Page' : 'GetCart',
    }))
    expect(values(traced('duration', 'count', under('under', page)), [...deep, ...alive(0, 20)])).toMatchObject({ 10: 19_999 })
  })
})

describe('nothing', () => {
  it('is no true 0 before a trace was decided, and one once others were', () => {
    const none = traced('duration', 'count', { ...cart, ancestor: { relation: 'under', selector: selector('nobody') } })
    const bench = new Bench([rule('r', compare(none, '==', 0))])
    bench.ingest(alive(0, 20))
    expect(bench.run().map(({ outcomes }) => truthOf(outcomes[0]))).toEqual(['empty', 'true', 'true', 'true'])
  })

  it('is absent only from traces that could have shown it', () => {
    const gone: ConditionIR = { kind: 'absent', selector: { ...cart, ancestor: { relation: 'under', selector: page } }, ns: seconds(10), text: 'absent' }
    const bench = new Bench([rule('r', gone)])
    bench.ingest([...call({ id: 1, end: 2 }), ...alive(0, 40)])
    // Decided at 10 s.
    expect(bench.run().map(({ s, outcomes }) => [s, truthOf(outcomes[0])])).toEqual([
      [5, 'false'],
      [10, 'false'],
      [15, 'false'],
      [20, 'true'],
      [25, 'true'],
      [30, 'true'],
      [35, 'true'],
      [40, 'true'],
    ])
  })

  it('is unknown where telemetry is stale', () => {
    const bench = new Bench([rule('r', compare(traced('own', 'max'), '<', 1))])
    bench.ingest([...call({ id: 1, end: 2 }), ...alive(100, 105)])
    expect(bench.run().map(({ outcomes }) => truthOf(outcomes[0]))).toContain('stale')
  })

  it('is few below the spans that the rule wants', () => {
    const bench = new Bench([rule('r', compare(traced('own', 'max'), '>', 1), { atLeastSpans: 3 })])
    bench.ingest(two)
    expect(truthOf(bench.run()[1]?.outcomes[0])).toBe('few')
  })
})

describe('an evidence epoch', () => {
  const since = (s: number): Epoch => ({ kind: 'since', at: at(s) })
  const found = [...call({ id: 1, end: 2 }), ...call({ id: 2, end: 4, page: 3000, client: 2900, server: 2800 }), ...call({ id: 3, end: 4.5 }), ...alive(0, 30)]
  const count = traced('seen', 'count')

  it('leaves out spans that started before it, of rules that scale up', () => {
    expect(values(count, found, { epoch: since(2.5) })).toMatchObject({ 10: 1 })
  })

  it('leaves out spans that ended before it, of rules that scale down, though their traces are decided later', () => {
    expect(values(count, found, { epoch: since(2.5), rule: { action: down } })).toMatchObject({ 10: 2 })
    expect(values(count, found, { epoch: since(4.2), rule: { action: down } })).toMatchObject({ 10: 1 })
  })

  it('makes a rate wait for what is decided after it', () => {
    const rate = { ...value('rate', { of: cart, type: 'rate' }), field: 'seen' as const }
    // Spans since 2.5 s are decided from 7.5 s on: a step of these has passed at 15 s.
    const seen = values(rate, [...found, ...call({ id: 4, end: 8 })], { epoch: since(2.5) })
    expect(seen).toMatchObject({ 15: 1 / 5 })
    expect(seen).not.toHaveProperty('10')
  })
})

describe('a reload', () => {
  const own = rule('own', compare(traced('own', 'max', cart, 10), '>', ms(100)))

  it('keeps what is open, and what was counted', () => {
    const bench = new Bench([own])
    bench.ingest([...call({ id: 1, end: 2, page: 200, client: 150 }), ...call({ id: 2, end: 6, page: 300, client: 250 }).slice(1), ...alive(0, 20)])
    const first = bench.run({ now: 15.1 })
    expect(first.map(({ s }) => s)).toEqual([5, 10])
    bench.reload([own, rule('seen', compare(traced('seen', 'max', cart, 10), '>', ms(100)))])
    expect(bench.evaluator.traces?.openSpans).toBeGreaterThan(0)
    bench.ingest([...call({ id: 2, end: 6, page: 300, client: 250 }).slice(0, 1), ...alive(20, 31)])
    const then = bench.run().map(({ s, outcomes }) => [s, outcomes[0]?.because.left?.value, outcomes[1]?.because.left?.value])
    expect(then).toContainEqual([15, ms(250), ms(250)])
  })

  it('measures a rate from when the first traces could be decided', () => {
    const bench = new Bench([rule('plain', compare(value('max', { of: cart }), '>', 1))])
    const calls = Array.from({ length: 60 }, (_, i) => call({ id: i + 1, end: i + 0.5 }))
    bench.ingest(calls.slice(0, 26).flat())
    expect(bench.run({ now: 25 }).at(-1)?.s).toBe(20)
    const rate = { ...value('rate', { of: cart, over: 20, type: 'rate' }), field: 'seen' as const }
    bench.reload([rule('traced', always(rate))])
    bench.ingest(calls.slice(26).flat())
    const found = Object.fromEntries(bench.run({ drain: false }).map(({ s, outcomes }) => [s, outcomes[0]?.because.left?.value]))
    // A call a second; what had arrived before the reload, up to 25.5 s, went by, so traces are decided from 30.5 s on.
    expect(found).toMatchObject({ 25: undefined, 30: undefined, 40: 9 / 9.5, 45: 14 / 14.5, 50: 19 / 19.5 })
  })

  it('stops assembling when no rule needs it', () => {
    const bench = new Bench([own])
    bench.ingest(two)
    expect(bench.evaluator.traces?.openTraces).toBeGreaterThan(0)
    bench.reload([rule('plain', compare(value('max', { of: cart }), '>', 1))])
    expect(bench.evaluator.traces).toBeUndefined()
  })
})

describe('assembly', () => {
  it('takes no span that is too far ahead or too old', () => {
    const bench = new Bench([rule('r', always(traced('own', 'max')))])
    bench.ingest([...call({ id: 1, end: 2 }), ...alive(0, 30)], 30)
    bench.run({ now: 30 })
    const before = bench.evaluator.traces
    const report = bench.ingest([...call({ id: 2, end: 500 }), ...call({ id: 3, end: 3 }), ...call({ id: 4, end: 29 })], 30)
    expect(report).toMatchObject({ late: 3, future: 3 })
    expect((bench.evaluator.traces?.openSpans ?? 0) - (before?.openSpans ?? 0)).toBe(3)
  })

  it('counts its own matches', () => {
    const bench = new Bench([rule('r', always(traced('own', 'max'))), rule('s', lasting(always(traced('seen', 'max')), 10))])
    expect(bench.ingest(two).matched).toBe(0)
    bench.run()
    expect(bench.evaluator.traces?.matched).toBe(2)
  })
})
