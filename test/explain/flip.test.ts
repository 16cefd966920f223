/** Counterfactuals are true: what is said to be missing, once it is there, turns the evaluator's answer round; and nothing less does. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConditionIR } from '../../src/bundle/index.ts'
import type { Because } from '../../src/evaluate/index.ts'
import type { Flip } from '../../src/explain/index.ts'
import { flip, flipWords } from '../../src/explain/index.ts'
import { alive, Bench, compare, durationOver, lasting, ms, rule, selector, spans, type TestSpan, times, value } from '../evaluate/builders.ts'

const steps = 14
const every = 5
/** Numbers of slow (800 ms) and fast (100 ms) spans of one step. */
interface Step {
  readonly slow: number
  readonly fast: number
}
/** Per unit of the condition, per step. A unit counts the spans of its own service, so that it can be changed by itself. */
type Load = readonly (readonly Step[])[]

const serviceOf = (unit: number): string => `svc${unit}`
const unitOf = (text: string): number => Number(/svc(\d+)/.exec(text)?.[1])

/** One comparison, count or clock over one service; its text names the service. */
function unit(kind: number, service: number, operator: '>' | '<' | '>=' | '<='): ConditionIR {
  const of = selector(serviceOf(service))
  const comparison = compare(value(0.99, { of }), operator, ms(400), `span(${serviceOf(service)}).p99 ${operator} 400ms`)
  switch (kind) {
    case 0:
      return comparison
    case 1:
      return times(comparison, 3, 40)
    case 2:
      return lasting(comparison, 20)
    case 3:
      return {
        ...spans(selector(serviceOf(service), undefined, durationOver(ms(400))), 4, 20),
        text: `span(${serviceOf(service)}).duration > 400ms`,
      } as ConditionIR
    default:
      return { kind: 'absent', selector: of, ns: 15e9, text: `absent(span(${serviceOf(service)}))` }
  }
}

const anyUnit = (service: number): fc.Arbitrary<ConditionIR> =>
  fc
    .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom<'>' | '<' | '>=' | '<='>('>', '<', '>=', '<='))
    .map(([kind, operator]) => unit(kind, service, operator))

/** One to three units, joined and negated. */
const condition: fc.Arbitrary<ConditionIR> = fc
  .tuple(
    fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom('and', 'or', 'mixed'),
    anyUnit(0),
    anyUnit(1),
    anyUnit(2),
  )
  .map(([negated, count, how, ...units]) => {
    const parts = units.slice(0, count).map((of, i): ConditionIR => (negated[i] ? { kind: 'not', of } : of))
    const [first, ...rest] = parts as [ConditionIR, ...ConditionIR[]]
    if (rest.length === 0) return first
    if (how === 'mixed' && rest.length === 2) return { kind: 'or', any: [first, { kind: 'not', of: { kind: 'and', all: rest } }] }
    return how === 'and' ? { kind: 'and', all: parts } : { kind: 'or', any: parts }
  })

const load: fc.Arbitrary<Load> = fc.array(
  fc.array(fc.record({ slow: fc.constantFrom(0, 0, 1, 2), fast: fc.constantFrom(0, 1) }), { minLength: steps, maxLength: steps }),
  { minLength: 3, maxLength: 3 },
)

function spansOf(loads: Load): TestSpan[] {
  const found: TestSpan[] = alive(0, steps * every)
  loads.forEach((ofUnit, service) => {
    ofUnit.forEach(({ slow, fast }, step) => {
      const end = step * every + 4
      for (let i = 0; i < slow; i++) found.push({ end, ms: 800, service: serviceOf(service), operation: 'Op' })
      for (let i = 0; i < fast; i++) found.push({ end, ms: 100, service: serviceOf(service), operation: 'Op' })
    })
  })
  return found
}

/** What the evaluator says at the last step. */
function lastly(of: ConditionIR, loads: Load): Because {
  const bench = new Bench([rule('rule', of)])
  bench.ingest(spansOf(loads))
  const because = bench.run().at(-1)?.outcomes[0]?.because
  if (because === undefined) throw new Error('no step')
  return because
}

function change(loads: Load, service: number, from: number, to: number, how: (step: Step, at: number) => Step): Load {
  return loads.map((ofUnit, i) => (i === service ? ofUnit.map((step, at) => (at >= from && at <= to ? how(step, at) : step)) : ofUnit))
}

const slowed = ({ fast }: Step): Step => ({ slow: 1, fast })
const calmed = (): Step => ({ slow: 0, fast: 1 })
const emptied = (): Step => ({ slow: 0, fast: 0 })
const makes = (text: string): ((step: Step) => Step) => (/[>]/.test(text) ? slowed : calmed)
const breaks = (text: string): ((step: Step) => Step) => (/[>]/.test(text) ? calmed : slowed)

/** The load as the counterfactual would have had it; undefined for one that is no matter of load. */
function applied(found: Flip, loads: Load, less = 0): Load | undefined {
  const last = steps - 1
  switch (found.kind) {
    case 'value':
      return change(loads, unitOf(found.text), last, last, found.operator.startsWith('>') ? slowed : calmed)
    case 'count': {
      const service = unitOf(found.text)
      if (found.of === 'spans') {
        if (found.by > 0) return change(loads, service, last, last, ({ slow, fast }) => ({ slow: slow + found.by - less, fast }))
        let excess = -found.by - less
        return change(loads, service, steps - 4, last, ({ slow, fast }) => {
          const gone = Math.min(slow, excess)
          excess -= gone
          return { slow: slow - gone, fast }
        })
      }
      let left = Math.abs(found.by) - less
      const holds = (step: Step): boolean => (/[>]/.test(found.text) ? step.slow > 0 : step.slow === 0 && step.fast > 0)
      const idle = ({ slow, fast }: Step): boolean => slow + fast === 0
      return change(loads, service, steps - 8, last, (step) => {
        // Steps that are unknown and counted are left when more are missing, and taken when fewer must be.
        const takes = found.by > 0 ? !holds(step) && !(found.open !== undefined && idle(step)) : holds(step) || (found.open !== undefined && idle(step))
        if (left === 0 || !takes) return step
        left--
        return found.by > 0 ? makes(found.text)(step) : breaks(found.text)(step)
      })
    }
    case 'longer': {
      const service = unitOf(found.text)
      const absent = found.text.startsWith('absent')
      const missing = Math.ceil(found.needNs / 5e9)
      return change(loads, service, steps - missing, last, (step, at) => {
        if (absent) return emptied()
        // Idle steps that the run passes over stay idle; those before it, and the last if it is said to be missing, are filled.
        const idle = step.slow + step.fast === 0
        const keep = idle && !(found.idle === true && at === last) && found.haveNs > 0 && found.byNs === 0
        return keep ? step : makes(found.text)(step)
      })
    }
    case 'break':
      if (found.of !== undefined) return applied(found.of, loads)
      return change(loads, unitOf(found.text), last, last, slowed)
    case 'all':
      return found.of.reduce<Load | undefined>((so, part) => (so === undefined ? undefined : applied(part, so)), loads)
    default:
      return undefined
  }
}

const alternatives = (found: Flip): readonly Flip[] =>
  found.kind === 'any'
    ? found.of.flatMap(alternatives)
    : found.kind === 'all'
      ? found.of
          .map(alternatives)
          .reduce<readonly (readonly Flip[])[]>((so, next) => so.flatMap((one) => next.map((other) => [...one, other])), [[]])
          .map((of) => ({ kind: 'all' as const, of }))
      : [found]

describe('a counterfactual', () => {
  it('turns the truth round', () => {
    const kinds = new Map<string, number>()
    fc.assert(
      fc.property(condition, load, (of, loads) => {
        const before = lastly(of, loads)
        const wanted = before.truth !== 'true'
        const found = flip(before, wanted)
        expect(found).toBeDefined()
        for (const one of alternatives(found as Flip)) {
          const changed = applied(one, loads)
          if (changed === undefined) continue
          kinds.set(one.kind, (kinds.get(one.kind) ?? 0) + 1)
          expect(`${flipWords(one)} → ${lastly(of, changed).truth === 'true'}`).toBe(`${flipWords(one)} → ${wanted}`)
        }
      }),
      { numRuns: 400 },
    )
    for (const kind of ['value', 'count', 'longer', 'break', 'all']) expect(kinds.get(kind)).toBeGreaterThan(10)
  })

  it('asks for no step and no span too many', () => {
    let asked = 0
    fc.assert(
      fc.property(fc.constantFrom(1, 3), load, fc.constantFrom<'>' | '<'>('>', '<'), (kind, loads, operator) => {
        const of = unit(kind, 0, operator)
        const before = lastly(of, loads)
        const found = flip(before, before.truth !== 'true')
        if (found?.kind !== 'count') return
        asked++
        expect(lastly(of, applied(found, loads, 1) as Load).truth === 'true').toBe(before.truth === 'true')
      }),
      { numRuns: 200 },
    )
    expect(asked).toBeGreaterThan(100)
  })

  it('is not needed where the truth is as wanted', () => {
    fc.assert(
      fc.property(condition, load, (of, loads) => {
        const because = lastly(of, loads)
        if (because.truth !== 'unknown') expect(flip(because, because.truth === 'true')).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })
})
