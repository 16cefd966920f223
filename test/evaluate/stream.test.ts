/** Which spans count, when steps are due, and what a reload keeps. */
import { describe, expect, it } from 'vitest'
import type { RuleIR } from '../../src/bundle/index.ts'
import { Columns } from '../../src/evaluate/predicate.ts'
import { SelectorIndex } from '../../src/evaluate/selector-index.ts'
import { createDictionary } from '../../src/spans/index.ts'
import {
  ads,
  alive,
  at,
  Bench,
  busy,
  compare,
  down,
  durationOver,
  lasting,
  ms,
  rule,
  selector,
  slow,
  spans,
  times,
  traceId,
  truthOf,
  value,
} from './builders.ts'

const target = 'deployment/adservice'
const counting = (over = 5, more: Partial<RuleIR> = {}): RuleIR => rule('count', compare(value('count', { over, type: 'number' }), '>=', 1), more)
const counts = (bench: Bench, options: Parameters<Bench['run']>[0] = {}): (number | string | undefined)[] =>
  bench.run(options).map(({ outcomes }) => outcomes[0]?.because.left?.value ?? outcomes[0]?.unknown)

describe('ingest', () => {
  it('counts a span once, whatever the number of deliveries, batches and selectors', () => {
    const bench = new Bench([counting(), rule('second', slow)])
    const once = { end: 1, ms: 10, id: 7 }
    expect(bench.ingest([once, once])).toEqual({ spans: 2, matched: 1, duplicate: 1, late: 0, future: 0 })
    expect(bench.ingest([once, { end: 2, ms: 10, service: 'cart' }])).toEqual({ spans: 2, matched: 0, duplicate: 1, late: 0, future: 0 })
    expect(counts(bench)).toEqual([1])
  })

  it('takes the two sides of a call that share an id, as tracers of Zipkin write them, for two spans', () => {
    const bench = new Bench([rule('all', compare(value('count', { of: selector('*', undefined, undefined, [2, 3]), type: 'number' }), '>=', 1))])
    bench.ingest([
      { end: 1, ms: 10, id: 7, kind: 2 },
      { end: 1, ms: 12, id: 7, kind: 3, service: 'frontend' },
    ])
    expect(counts(bench)).toEqual([2])
  })

  it('finds duplicates among many spans', () => {
    const bench = new Bench([counting()])
    const many = busy(5, 3_000, 10).map((span, id) => ({ ...span, id }))
    expect(bench.ingest(many).matched).toBe(3_000)
    expect(bench.ingest(many.toReversed()).duplicate).toBe(3_000)
    expect(counts(bench)).toEqual([3_000])
  })

  it('drops a span that has no end', () => {
    const bench = new Bench([counting()], { startAt: undefined as never })
    expect(
      bench.ingest([
        { end: 1, ms: 1 },
        { end: -1780272000, ms: 0 },
      ]),
    ).toMatchObject({ matched: 1, late: 1 })
    expect(bench.run()).toHaveLength(1)
  })

  it('drops what ended in an evaluated step, and refuses what ends in a future that no clock can be in', () => {
    const bench = new Bench([counting()])
    bench.ingest(
      [
        { end: 1, ms: 1 },
        { end: 10, ms: 1 },
      ],
      10,
    )
    expect(counts(bench, { now: 10 })).toEqual([1])
    const report = bench.ingest(
      [
        { end: 4.9, ms: 1 },
        { end: 5, ms: 1 },
        { end: 69, ms: 1 },
        { end: 71, ms: 1 },
      ],
      10,
    )
    expect(report).toEqual({ spans: 4, matched: 2, duplicate: 0, late: 1, future: 1 })
  })
})

describe('due', () => {
  it('waits for the lateness, one tick at a time', () => {
    const bench = new Bench([counting()])
    bench.ingest([{ end: 9.9, ms: 1 }])
    expect(bench.evaluator.due(undefined)).toBeUndefined()
    expect(bench.evaluator.watermark).toBe(at(4.9))
    bench.ingest([{ end: 16, ms: 1 }])
    expect(bench.run({ drain: false }).map(({ s }) => s)).toEqual([5, 10])
    expect(bench.evaluator.watermark).toBe(at(11))
    expect(bench.run().map(({ s }) => s)).toEqual([15, 20])
    expect(() => bench.evaluator.step({ at: at(30), world: new Map(), epochs: new Map() })).toThrow(RangeError)
  })

  it('follows the wall clock once the stream is silent, and not before', () => {
    const bench = new Bench([counting()])
    bench.ingest([{ end: 3, ms: 1 }], 4)
    expect(bench.run({ now: 9 }).map(({ s }) => s)).toEqual([])
    expect(bench.run({ now: 12 }).map(({ s }) => s)).toEqual([5])
    expect(bench.run({ now: 21 }).map(({ s }) => s)).toEqual([10, 15])
  })

  it('is not hurried by a host whose clock is ahead', () => {
    const bench = new Bench([counting()])
    bench.ingest(
      [
        { end: 42, ms: 1 },
        { end: 11, ms: 1 },
      ],
      12,
    )
    expect(bench.run({ now: 12 }).map(({ s }) => s)).toEqual([5])
    expect(bench.ingest([{ end: 9, ms: 1 }], 13).late).toBe(0)
    expect(bench.run({ now: 16 }).map(({ s }) => s)).toEqual([10])
  })

  it('never loses a span of a steady stream, batched as SDKs do', () => {
    const bench = new Bench([counting()])
    let late = 0
    for (let now = 5; now <= 60; now += 0.5) {
      if (now % 5 === 0) late += bench.ingest(busy(now, 20, 1), now + 0.2).late
      bench.run({ now: now + 0.2 })
    }
    expect(late).toBe(0)
  })

  it('begins at the earliest span, also one that comes after a later one', () => {
    const bench = new Bench([counting()], { startAt: undefined as never })
    bench.ingest([{ end: 12, ms: 1 }])
    expect(bench.evaluator.due(undefined)).toBeUndefined()
    bench.ingest([
      { end: 8, ms: 1 },
      { end: 21, ms: 1 },
    ])
    expect(bench.run({ drain: false }).map(({ s }) => s)).toEqual([10, 15])
  })

  it('evaluates each rule at the ends of its own steps', () => {
    const bench = new Bench([counting(), { ...counting(15), name: 'rare', everyNs: 15e9 }, { ...counting(), name: 'odd', everyNs: 2.5e9 }])
    bench.ingest(alive(0, 15))
    expect(bench.run().map(({ s, outcomes }) => `${s}: ${outcomes.map((outcome) => outcome.rule).join(' ')}`)).toEqual([
      '2.5: odd',
      '5: count odd',
      '7.5: odd',
      '10: count odd',
      '12.5: odd',
      '15: count rare odd',
    ])
  })

  it('asks for nothing where there is nothing', () => {
    const bench = new Bench([], { startAt: undefined as never })
    expect(bench.evaluator.due(at(100), true)).toBeUndefined()
  })
})

describe('staleness', () => {
  it('makes everything that spans say unknown, and says since when', () => {
    const bench = new Bench([counting(), rule('absent', { kind: 'absent', selector: ads, ns: 10e9, text: 'absent' })], { staleNs: 15e9 })
    bench.ingest([{ end: 4, ms: 1 }, ...busy(30, 1, 1)])
    const steps = bench.run()
    expect(steps.map(({ outcomes }) => outcomes.map(truthOf))).toEqual([
      ['true', 'false'],
      ['empty', 'false'],
      ['empty', 'true'],
      ['stale', 'stale'],
      ['stale', 'stale'],
      ['true', 'false'],
    ])
    expect(steps.map(({ outcomes }) => outcomes[0]?.staleSince)).toEqual([undefined, undefined, undefined, at(20), at(20), undefined])
  })

  it('of what is held counts where the rule would hold it', () => {
    const hold: RuleIR['action'] = { kind: 'hold', value: value('rate', { type: 'rate' }), at: 5, perReplica: true }
    const never = { kind: 'not', of: { kind: 'always' } } as const
    const bench = new Bench([rule('always', { kind: 'always' }, { action: hold }), rule('never', never, { action: hold })], { staleNs: 15e9 })
    bench.ingest([{ end: 4, ms: 1 }, ...busy(30, 1, 1)])
    const steps = bench.run()
    const [always, held] = [0, 1].map((i) => steps.map(({ outcomes }) => outcomes[i]))
    expect(always?.map(truthOf)).toEqual(Array(6).fill('true'))
    expect(always?.map((outcome) => outcome?.hold?.unknown)).toEqual([undefined, 'empty', 'empty', 'stale', 'stale', undefined])
    expect(always?.map((outcome) => outcome?.staleSince)).toEqual([undefined, undefined, undefined, at(20), at(20), undefined])
    expect(held?.every((outcome) => outcome?.staleSince === undefined)).toBe(true)
  })
})

describe('at least N spans', () => {
  it('makes an estimate from fewer unknown, and leaves counts alone', () => {
    const bench = new Bench([rule('p99', slow, { atLeastSpans: 3 }), counting(5, { atLeastSpans: 3 })])
    bench.ingest([...busy(5, 2, 500), ...busy(10, 3, 500)])
    expect(bench.run().map(({ outcomes }) => outcomes.map(truthOf))).toEqual([
      ['few', 'true'],
      ['true', 'true'],
    ])
  })
})

describe('the evidence epoch', () => {
  const since = (s: number) => new Map([[target, { kind: 'since', at: at(s) } as const]])

  it('keeps a rule that scales up from spans that started before it, and any rule from windows that began before it', () => {
    const bench = new Bench([counting(20), { ...counting(20, { action: down }), name: 'down' }])
    bench.ingest([
      { end: 4, ms: 10 },
      { end: 8, ms: 3000 },
      { end: 11, ms: 6000 },
      { end: 12, ms: 100 },
    ])
    const steps = bench.run({ epochs: since(7) })
    expect(steps.map(({ outcomes }) => outcomes.map((outcome) => outcome.because.left?.value ?? outcome.unknown))).toEqual([
      ['settling', 'settling'],
      [0, 1],
      [1, 3],
    ])
  })

  it('divides the step in which it lies by start for the one and by end for the other, in any order of arrival', () => {
    const spansOfStep = [
      { end: 6, ms: 10 },
      { end: 8, ms: 3000 },
      { end: 8.5, ms: 3000 },
      { end: 9, ms: 100 },
    ]
    for (const found of [spansOfStep, spansOfStep.toReversed()]) {
      const bench = new Bench([counting(), { ...counting(5, { action: down }), name: 'down' }])
      bench.ingest(found)
      expect(bench.run({ epochs: since(7) })[1]?.outcomes.map((outcome) => outcome.because.left?.value)).toEqual([1, 3])
    }
  })

  it('is pending until the new replicas are ready: nothing counts for a rule that scales up', () => {
    const bench = new Bench([counting(), { ...counting(5, { action: down }), name: 'down' }])
    bench.ingest([...busy(5, 1, 1), ...busy(10, 1, 1), ...busy(15, 1, 1)])
    const steps = bench.run({ epochs: new Map([[target, { kind: 'pending', since: at(5) }]]) })
    expect(steps.map(({ outcomes }) => outcomes.map(truthOf))).toEqual([
      ['settling', 'settling'],
      ['settling', 'true'],
      ['settling', 'true'],
    ])
  })

  it('is each target’s own, on shared counters', () => {
    const bench = new Bench([counting(), { ...counting(), name: 'other', target: 'deployment/other' }])
    bench.ingest([
      { end: 6, ms: 3000 },
      { end: 7, ms: 10 },
      { end: 8, ms: 10 },
    ])
    const last = bench.run({ epochs: since(5) }).at(-1)
    expect(last?.outcomes.map((outcome) => outcome.because.left?.value)).toEqual([2, 3])
  })

  it('lets a rate wait for a whole step', () => {
    const bench = new Bench([rule('rate', compare(value('rate', { over: 10, type: 'rate' }), '>', 1))])
    bench.ingest([...busy(5, 50, 1), ...busy(10, 50, 1), ...busy(15, 50, 1)])
    expect(counts(bench, { epochs: since(4) })).toEqual(['settling', 60 / 6, 10])
  })
})

describe('windows', () => {
  it('slide exactly over a long stream, with rules that look at different times', () => {
    const ends = Array.from({ length: 2_000 }, (_, i) => ({ end: i + 0.5, ms: 1 + (i % 7) })).filter(({ end }) => end % 40 > 3)
    const bench = new Bench([counting(5), { ...counting(100), name: 'long' }, { ...counting(60), name: 'rare', everyNs: 30e9 }])
    bench.ingest(ends)
    const within = (s: number, length: number): number => ends.filter(({ end }) => end >= s - length && end < s).length
    for (const { s, outcomes } of bench.run()) {
      const seen = outcomes.map((outcome) => outcome.because.left?.value)
      const expected = [within(s, 5), within(s, 100), within(s, 60)]
      expect([s, ...seen]).toEqual([s, ...(s % 30 === 0 ? expected : expected.slice(0, 2))])
    }
  })
})

describe('target tracking', () => {
  it('gives the current value beside the condition', () => {
    const rate = value('rate', { type: 'rate' })
    const hold = rule('hold', { kind: 'always' }, { action: { kind: 'hold', value: rate, at: 50, perReplica: true } })
    const bench = new Bench([hold])
    bench.ingest([...busy(5, 10, 1), ...alive(5, 10)])
    expect(bench.run().map(({ outcomes }) => outcomes[0]?.hold?.value)).toEqual([2, 0])
  })
})

describe('the selector index', () => {
  const found = (patterns: readonly (readonly [string, string?])[], service: string, operation: string, limit?: number): number[] => {
    const dictionary = createDictionary()
    const index = new SelectorIndex(dictionary, new Columns(dictionary), limit)
    patterns.forEach(([s, o], i) => {
      index.add(selector(s, o), i, Number.NEGATIVE_INFINITY)
    })
    const all: number[] = []
    for (let ask = 0; ask < 2; ask++) {
      all.length = 0
      for (let i = index.find(dictionary.code(service), dictionary.code(operation)); (index.series[i] as number) >= 0; i++) all.push(index.series[i] as number)
    }
    return all
  }

  it('finds patterns in every spelling of an RPC, and only once', () => {
    const patterns = [
      ['ad', 'GetAds'],
      ['ad', 'AdService/GetAds'],
      ['ad', 'hipstershop.AdService/GetAds'],
      ['ad', 'grpc.hipstershop.AdService/GetAds'],
    ] as const
    for (const name of [
      'hipstershop.AdService/GetAds',
      '/hipstershop.AdService/GetAds',
      'grpc.hipstershop.AdService/GetAds',
      'POST /hipstershop.AdService/GetAds',
      'Recv.hipstershop.AdService.GetAds',
    ])
      expect(found(patterns, 'ad', name)).toEqual([0, 1, 2, 3])
    expect(found(patterns, 'ad', 'getAds')).toEqual([])
    expect(
      found(
        [
          ['web', '/cart'],
          ['web', 'cart'],
          ['web', 'GET /cart'],
        ],
        'web',
        'GET /cart',
      ),
    ).toEqual([2])
  })

  it('finds wildcards in services and operations', () => {
    const patterns = [['*', 'Get*'], ['ad*'], ['ad', '*Ads'], ['cart', '*']] as const
    expect(found(patterns, 'adservice', 'GetAds')).toEqual([0, 1])
    expect(found(patterns, 'cart', 'AddItem')).toEqual([3])
  })

  it('finds the same once it remembers no more pairs', () => {
    expect(found([['ad', 'GetAds'], ['cart']], 'ad', 'GetAds', 0)).toEqual([0])
  })

  it('remembers many pairs', () => {
    const dictionary = createDictionary()
    const index = new SelectorIndex(dictionary, new Columns(dictionary))
    index.add(selector('ad', 'op7'), 0, 0)
    const service = dictionary.code('ad')
    const hits = Array.from({ length: 5_000 }, (_, i) => dictionary.code(`op${i}`)).filter((code) => index.series[index.find(service, code)] === 0)
    expect(hits).toEqual([dictionary.code('op7')])
  })
})

describe('a reload', () => {
  const fired = rule('fired', times(slow, 3, 60))
  const long = rule('long', compare(value('count', { over: 20, type: 'number' }), '>=', 1))

  it('keeps what unchanged rules counted, and what equal selectors did', () => {
    const bench = new Bench([fired])
    bench.ingest([...busy(5, 2, 500), ...busy(10, 2, 500)])
    bench.run()
    bench.reload([{ ...fired, source: { file: 'moved.scale', start: 9, end: 20, line: 3 }, doc: 'said anew' }, long])
    bench.ingest(busy(15, 2, 500))
    expect(bench.run().map(({ s, outcomes }) => [s, outcomes[0]?.because.counted?.have, outcomes[1]?.because.left?.value])).toEqual([[15, 3, 6]])
  })

  it('starts a changed rule anew', () => {
    const bench = new Bench([fired])
    bench.ingest([...busy(5, 2, 500), ...busy(10, 2, 500)])
    bench.run()
    bench.reload([rule('fired', times(slow, 2, 60))])
    bench.ingest(busy(15, 2, 500))
    expect(bench.run()[0]?.outcomes[0]?.because.counted?.have).toBe(1)
  })

  it('keeps spans of steps that are still open, and knows them again', () => {
    const bench = new Bench([counting(), fired])
    const open = { end: 6, ms: 500, id: 7 }
    bench.ingest([{ end: 1, ms: 1 }, { end: 10, ms: 1 }, open])
    expect(bench.run({ drain: false })).toHaveLength(1)
    bench.reload([rule('new', spans(selector('cart'), 1, 5)), counting()])
    expect(bench.ingest([open])).toMatchObject({ matched: 0, duplicate: 1 })
    expect(bench.run().map(({ s, outcomes }) => [s, outcomes[1]?.because.left?.value])).toEqual([
      [10, 1],
      [15, 1],
    ])
  })

  it('goes on with another step, longer or shorter', () => {
    const bench = new Bench([long])
    bench.ingest([...busy(5, 1, 1), { end: 6, ms: 1 }, { end: 14, ms: 1 }])
    bench.run({ drain: false })
    bench.reload([{ ...long, everyNs: 2e9 }])
    expect(counts(bench).at(-1)).toBe(3)
    bench.reload([{ ...long, everyNs: 10e9 }])
    bench.ingest([{ end: 19, ms: 1 }])
    expect(bench.run().map(({ s, outcomes }) => [s, outcomes[0]?.because.left?.value])).toEqual([[20, 4]])
  })

  it('counts ticks from before it against new thresholds', () => {
    const over = (limit: number): RuleIR => rule(`over ${limit}`, compare(value(0.5, { over: 10 }), '>', ms(limit)))
    for (const n of [100, 2_000]) {
      const bench = new Bench([over(400)])
      bench.ingest(busy(5, n, (i) => 300 + (200 * i) / n))
      bench.run()
      bench.reload([over(200), over(350), over(400), over(450)])
      bench.ingest([{ end: 6, ms: 900 }])
      expect(bench.run()[0]?.outcomes.map(truthOf)).toEqual(['true', 'true', 'false', 'false'])
    }
  })

  it('keeps clocks and staleness of unchanged rules', () => {
    const held = rule('held', lasting(slow, 15))
    const bench = new Bench([held], { staleNs: 60e9 })
    bench.ingest([...busy(5, 1, 500), ...busy(10, 1, 500)])
    bench.run()
    bench.reload([held])
    bench.ingest(busy(15, 1, 500))
    expect(bench.run()[0]?.outcomes.map(truthOf)).toEqual(['true'])
  })
})

describe('selectors that differ in their duration bound', () => {
  it('are counted each for itself, with traces of its own', () => {
    const over = (limit: number): RuleIR => rule(`over ${limit}`, spans(selector('adservice', 'GetAds', durationOver(ms(limit))), 2, 5))
    const bench = new Bench([over(100), over(400), over(50)])
    expect(
      bench.ingest([
        { end: 1, ms: 40 },
        { end: 1, ms: 100, trace: 1 },
        { end: 2, ms: 400, trace: 2 },
        { end: 3, ms: 500, trace: 3 },
      ]).matched,
    ).toBe(3)
    expect(bench.run()[0]?.outcomes.map(({ because }) => [because.truth, because.counted?.have, because.traceIds])).toEqual([
      ['true', 2, [traceId(3), traceId(2)]],
      ['false', 1, [traceId(3)]],
      ['true', 3, [traceId(3), traceId(2), traceId(1)]],
    ])
  })
})
