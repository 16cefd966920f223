import { describe, expect, it } from 'vitest'
import type { ConditionIR, RuleIR } from '../../src/bundle/index.ts'
import type { RuleOutcome, World } from '../../src/evaluate/index.ts'
import { alive, Bench, busy, compare, constant, down, lasting, ms, rule, selector, slow, times, truthOf, value } from './builders.ts'

const yes: ConditionIR = { kind: 'always' }
const no: ConditionIR = { kind: 'not', of: yes }
/** Unknown (empty): nobody calls this service. */
const unknown = compare(value(0.5, { of: selector('nobody') }), '>', 0)
const operands = { true: yes, false: no, unknown } as const

describe("Kleene's logic", () => {
  const order = ['true', 'unknown', 'false'] as const
  const and = [
    ['true', 'empty', 'false'],
    ['empty', 'empty', 'false'],
    ['false', 'false', 'false'],
  ]
  const or = [
    ['true', 'true', 'true'],
    ['true', 'empty', 'empty'],
    ['true', 'empty', 'false'],
  ]
  const say = (condition: ConditionIR): string | undefined => new Bench([rule('r', condition)]).truths(alive(0, 5))[0]

  it('has the tables of and, or and not', () => {
    expect(order.map((a) => order.map((b) => say({ kind: 'and', all: [operands[a], operands[b]] })))).toEqual(and)
    expect(order.map((a) => order.map((b) => say({ kind: 'or', any: [operands[a], operands[b]] })))).toEqual(or)
    expect(order.map((a) => say({ kind: 'not', of: operands[a] }))).toEqual(['false', 'empty', 'true'])
  })

  it('names the gravest reason', () => {
    const world = compare({ kind: 'replicas', target: 't', workload: { name: 't' }, type: 'number' }, '>', constant(1, 'number'))
    expect(say({ kind: 'and', all: [unknown, world, yes] })).toBe('world')
  })

  it('writes the condition as the language does', () => {
    const bench = new Bench([rule('r', { kind: 'and', all: [times(slow, 5, 60), { kind: 'or', any: [no, lasting(yes, 90)] }] })])
    bench.ingest(alive(0, 5))
    expect(bench.run()[0]?.outcomes[0]?.because.text).toBe('span(adservice/GetAds).p99 > 400ms 5 times in 1m and (not always or always for 1m30s)')
  })
})

describe('for D', () => {
  const fast = compare(value(0.99), '<', ms(120))
  const calm = rule('calm', lasting(fast, 15), { action: down })
  const step = (end: number, milliseconds: number) => busy(end, 2, milliseconds)

  it('is true when every step of the last D was', () => {
    expect(new Bench([calm]).truths([5, 10, 15, 20, 25].flatMap((s) => step(s, s === 20 ? 500 : 10)))).toEqual(['false', 'false', 'true', 'false', 'false'])
  })

  it('passes over idle steps, which neither break nor complete it', () => {
    const busySteps = [5, 10, 25, 50, 55].flatMap((s) => step(s, 10))
    expect(new Bench([calm]).truths([...busySteps, ...alive(0, 60)])).toEqual([
      // Two true steps are not yet 15 s; what follows is idle.
      'false',
      'false',
      'empty',
      'empty',
      // A true step completes it, and it stays so while that is one of the last D.
      'true',
      'true',
      'true',
      'empty',
      'empty',
      'true',
      'true',
      'true',
    ])
  })

  it('is broken by a stale step', () => {
    const bench = new Bench([calm], { staleNs: 10e9 })
    const truths = bench.truths([5, 10, 15, 40, 45, 50].flatMap((s) => step(s, 10)))
    expect(truths).toEqual(['false', 'false', 'true', 'true', 'stale', 'stale', 'stale', 'false', 'false', 'true'])
  })

  it('starts again at the evidence epoch', () => {
    const bench = new Bench([calm])
    bench.ingest([5, 10, 15, 20, 25, 30].flatMap((s) => step(s, 10)))
    const since = 1780272000e9 + 15e9
    const steps = bench.run({ epochs: (at) => (at > since ? new Map([[calm.target, { kind: 'since', at: since }]]) : new Map()) })
    expect(steps.map(({ outcomes }) => truthOf(outcomes[0]))).toEqual(['false', 'false', 'true', 'false', 'false', 'true'])
    expect(steps.map(({ outcomes }) => (outcomes[0]?.because.held?.haveNs ?? 0) / 1e9)).toEqual([5, 10, 15, 5, 10, 15])
  })
})

describe('for D at an epoch', () => {
  it('has not held at all before a step is true again', () => {
    const bench = new Bench([rule('calm', lasting(compare(value(0.99), '<', ms(120)), 10), { action: down })])
    bench.ingest([...busy(5, 1, 10), ...busy(10, 1, 10), ...alive(10, 20), ...busy(25, 1, 10)])
    const since = 1780272000e9 + 10e9
    const steps = bench.run({ epochs: (at) => (at > since ? new Map([['deployment/adservice', { kind: 'since', at: since }]]) : new Map()) })
    expect(steps.map(({ outcomes }) => truthOf(outcomes[0]))).toEqual(['false', 'true', 'false', 'empty', 'true'])
    expect(steps.map(({ outcomes }) => (outcomes[0]?.because.held?.haveNs ?? 0) / 1e9)).toEqual([5, 10, 0, 0, 15])
  })
})

describe('N times in D', () => {
  it('is unknown while the unknown steps could make up the missing ones', () => {
    const found = [...busy(5, 2, 600), ...busy(20, 2, 100), ...busy(25, 2, 100), ...alive(0, 30)]
    expect(new Bench([rule('r', times(slow, 2, 15))]).truths(found)).toEqual(['false', 'empty', 'empty', 'empty', 'false', 'false'])
  })

  it('starts again at the evidence epoch', () => {
    const bench = new Bench([rule('r', times(slow, 2, 60))])
    bench.ingest([5, 10, 15, 20].flatMap((s) => busy(s, 2, 600)))
    const since = 1780272000e9 + 10e9
    const steps = bench.run({ epochs: (at) => (at > since ? new Map([['deployment/adservice', { kind: 'since', at: since }]]) : new Map()) })
    expect(steps.map(({ outcomes }) => outcomes[0]?.because.counted?.have)).toEqual([1, 2, 1, 2])
  })
})

describe('values of the world', () => {
  const target = 'deployment/adservice'
  const few = rule('few', compare({ kind: 'ready', target, workload: { name: 'adservice' }, type: 'number' }, '<', constant(3, 'number')))
  const say = (world: World): string => truthOf(stepWith(few, world))

  it('come from the snapshot, and are unknown without one', () => {
    expect(say(new Map([[target, { desired: 3, ready: 2, version: '1', readySince: undefined }]]))).toBe('true')
    expect(say(new Map([[target, { error: 'not-found', message: 'no such deployment' }]]))).toBe('world')
    expect(say(new Map())).toBe('world')
  })

  it('are known while the telemetry is stale', () => {
    const bench = new Bench([few], { staleNs: 5e9 })
    bench.ingest([{ end: 21, ms: 1 }])
    const world: World = new Map([[target, { desired: 3, ready: 2, version: '1', readySince: undefined }]])
    expect(bench.run({ world }).map(({ outcomes }) => truthOf(outcomes[0]))).toEqual(['true', 'true', 'true', 'true', 'true'])
  })
})

describe('arithmetic', () => {
  it('follows the values, is unknown on division by zero, and folds constants', () => {
    const p99 = value(0.99)
    const doubled = { kind: 'arithmetic', operator: '*', of: [constant(2, 'number'), constant(ms(200))], type: 'duration' } as const
    const share = {
      kind: 'arithmetic',
      operator: '/',
      of: [value('errors', { type: 'number' }), value('count', { type: 'number' })],
      type: 'number',
    } as const
    const bench = new Bench([rule('folded', compare(p99, '>', doubled)), rule('share', compare(share, '>', constant(0.4, 'number')))])
    bench.ingest([...busy(5, 1, 300, { error: true }), ...busy(5, 1, 500), ...alive(5, 10)])
    const [first, second] = bench.run()
    expect(first?.outcomes.map(truthOf)).toEqual(['true', 'true'])
    expect(first?.outcomes[1]?.because.left).toEqual({
      text: 'span(adservice/GetAds).errors / span(adservice/GetAds).count',
      type: 'number',
      value: 0.5,
      spans: 4,
    })
    expect(second?.outcomes.map(truthOf)).toEqual(['empty', 'arithmetic'])
  })
})

function stepWith(one: RuleIR, world: World): RuleOutcome | undefined {
  const bench = new Bench([one])
  bench.ingest(alive(0, 5))
  return bench.run({ world })[0]?.outcomes[0]
}
