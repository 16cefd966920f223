import { describe, expect, it } from 'vitest'
import { alive, Bench, busy, compare, durationOver, ms, rule, selector, slow, spans, times, traceId, value } from './builders.ts'

describe('a quantile against a constant', () => {
  it('is true at the step whose spans breach it, with the numbers and the worst traces', () => {
    const bench = new Bench([rule('ads-slow', slow)])
    bench.ingest([...busy(5, 10, 100), ...busy(10, 10, (i) => (i < 8 ? 500 + i : 100), { operation: 'grpc.hipstershop.AdService/GetAds' })])
    const [calm, breached] = bench.run()
    expect(calm?.outcomes[0]).toMatchObject({ rule: 'ads-slow', truth: 'false' })
    expect(breached?.outcomes[0]?.because).toMatchObject({
      kind: 'compare',
      text: 'span(adservice/GetAds).p99 > 400ms',
      truth: 'true',
      left: { text: 'span(adservice/GetAds).p99', value: ms(507), spans: 10, type: 'duration' },
      right: { text: '400ms', value: ms(400) },
    })
    expect(breached?.outcomes[0]?.because.traceIds).toHaveLength(5)
  })

  it('is unknown, not zero, where the service is idle', () => {
    const calm = rule('calm', compare(value(0.99), '<', ms(100)))
    expect(new Bench([calm]).truths([...busy(5, 3, 10), ...alive(5, 15)])).toEqual(['true', 'empty', 'empty'])
  })
})

describe('counts', () => {
  it('are a true 0 while other spans arrive, and unknown while none do', () => {
    const idle = rule('idle', compare(value('count', { type: 'number' }), '==', 0))
    expect(new Bench([idle]).truths([...alive(0, 10), ...alive(15, 20)])).toEqual(['true', 'true', 'empty', 'true'])
  })
})

describe('N times in D', () => {
  it('fires at the fifth breached step of twelve', () => {
    const bench = new Bench([rule('ads-slow', times(slow, 5, 60))])
    const steps = [5, 10, 15, 20, 25, 30, 35]
    expect(bench.truths(steps.flatMap((s) => busy(s, 4, s === 15 ? 100 : 600)))).toEqual(['false', 'false', 'false', 'false', 'false', 'true', 'true'])
  })

  it('counts distinct spans over the last D', () => {
    const bench = new Bench([rule('slow-spans', spans(selector('adservice', 'GetAds', durationOver(ms(400))), 3, 10))])
    bench.ingest([
      { end: 1, ms: 500, trace: 7 },
      { end: 2, ms: 300 },
      { end: 7, ms: 450, trace: 8, id: 1 },
      { end: 7, ms: 450, trace: 8, id: 1 },
      { end: 8, ms: 900, trace: 9 },
      { end: 12, ms: 10 },
    ])
    const steps = bench.run()
    expect(steps.map(({ outcomes }) => outcomes[0]?.because.counted?.have)).toEqual([1, 3, 2])
    expect(steps[1]?.outcomes[0]?.because).toMatchObject({ truth: 'true', traceIds: [traceId(9), traceId(7), traceId(8)] })
  })
})
