import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cost, compile, costOf, printBytes, printWork, type RuleIR } from '../../src/bundle/index.ts'

function ruleOf(condition: string, more = ''): RuleIR {
  const { bundle } = compile({ roots: [{ name: 'x', text: `scale deployment/a +1 when ${condition} ${more}` }] }, { compiler: 'test' })
  const rule = bundle?.rules[0]
  if (rule === undefined) throw new Error(`does not compile: ${condition}`)
  return rule
}
const cost = (condition: string, rate: number | undefined = 20, more = ''): Cost => costOf(ruleOf(condition, more), () => rate)

describe('the cost of a rule', () => {
  it('counts each selector once, with its longest window', () => {
    const { selectors } = cost('span(a/b).p99 over 10m > 1s and span(a/b).rate > 5/s and (absent(span(a/c)) for 1m)')
    expect(selectors.map(({ selector, remembersNs, rate }) => [selector.operation, remembersNs / 1e9, rate])).toEqual([
      ['b', 600, 20],
      ['c', 0, 20],
    ])
  })

  it('grows with the rate, the window and the steps, and not with the threshold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.nat(5000), fc.nat(5000), (windowA, windowB, rateA, rateB) => {
        const [w, wider] = [windowA, windowA + windowB]
        const [r, faster] = [rateA, rateA + rateB]
        const of = (window: number, rate: number): Cost => cost(`span(a/b).p99 over ${window * 5}s > 1s`, rate)
        expect(of(wider, r).memory).toBeGreaterThan(of(w, r).memory)
        expect(of(w, faster).work).toBeGreaterThanOrEqual(of(w, r).work)
        expect(of(w, faster + 1000).memory).toBeGreaterThan(of(w, r).memory)
      }),
      { numRuns: 50 },
    )
    expect(cost('span(a/b).p99 > 1s', 0, 'every 1s').work).toBeGreaterThan(cost('span(a/b).p99 > 1s', 0).work)
    expect(cost('span(a/b).p99 > 1s')).toEqual({ ...cost('span(a/b).p99 > 2s') })
  })

  it('of spans whose number nobody knows is that of none, and says so', () => {
    const unknown = costOf(ruleOf('span(a/b).p99 > 1s'), () => undefined)
    expect(unknown.selectors[0]?.rate).toBeUndefined()
    expect(unknown.work).toBe(cost('span(a/b).p99 > 1s', 0).work)
  })

  it('has traces put together where it needs them, at the rate of all spans there are', () => {
    expect(cost('span(a/b).p99 > 1s').assembly).toBeUndefined()
    for (const traced of [
      'span(a/b).own.p99 > 1s',
      'span(a/b under c/d).p99 > 1s',
      'span(a/b where depth > 2).count > 1',
      'absent(span(a/b where self > 1s)) for 1m',
    ]) {
      const rates = ({ service }: { readonly service: string }): number => (service === '*' ? 5000 : 20)
      const { assembly, work, selectors } = costOf(ruleOf(traced), rates)
      expect(selectors.map(({ rate }) => rate)).toEqual([20])
      expect(assembly?.rate).toBe(5000)
      // Not part of what the rule itself costs.
      expect(assembly?.work).toBeGreaterThan(10 * work)
    }
    const unknown = costOf(ruleOf('span(a/b).own.p99 > 1s'), () => undefined)
    expect(unknown.assembly).toEqual({ rate: undefined, work: 0, memory: 0 })
    // Memory is capped, however many spans there are.
    const [many, more] = [1e7, 1e8].map((rate) => cost('span(a/b).own.p99 > 1s', rate).assembly?.memory)
    expect(many).toBe(more)
  })

  it('of a calendar is next to nothing', () => {
    expect(cost('during mon-fri')).toMatchObject({ memory: 0, selectors: [] })
  })

  it('counts what is held', () => {
    const { bundle } = compile({ roots: [{ name: 'x', text: 'scale deployment/a to hold span(a/b).rate at 5/s' }] }, { compiler: 'test' })
    const [rule] = bundle?.rules ?? []
    expect(rule && costOf(rule, () => 20).selectors).toHaveLength(1)
  })
})

describe('costs in words', () => {
  it('are short', () => {
    expect([0, 12.34, 999, 1000, 123_456].map(printWork)).toEqual(['0 µs a second', '12 µs a second', '999 µs a second', '1 ms a second', '123 ms a second'])
    expect([0, 999, 1234, 5_600_000, 7e12].map(printBytes)).toEqual(['0 B', '999 B', '1.2 kB', '5.6 MB', '7000 GB'])
  })
})
