/** A budget over all targets of an engine: laws over random runs of several targets, with orchestrators that are slow, refuse, and with restarts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlanningEngine } from '../../src/engine/engine.ts'
import type { EngineState } from '../../src/engine/index.ts'
import type { Evaluator, World } from '../../src/evaluate/index.ts'
import type { Budget, Decision } from '../../src/plan/index.ts'
import { createDictionary } from '../../src/spans/index.ts'
import type { Said } from '../plan/build.ts'
import { outcome, rule, s, say, snapshot, target } from '../plan/build.ts'
import { bundle, countsAlone } from './scripted.ts'

const ids = ['deployment/a', 'deployment/b', 'deployment/c']
const targets = ids.map((id) => target({ id, max: 40, settleNs: 0 }))
const rules = ids.flatMap((id) => ['+1', '+5', '-2'].map((text) => rule(`${id} ${text}`, text, { target: id })))

/** What every rule says at every step, rule by rule. */
type Truths = readonly (readonly Said[])[]
/** What becomes of each decision: the orchestrator takes it, refuses it, or takes it so many steps later. */
type Fate = 'taken' | 'refused' | number

function engineOf(truths: Truths, budget: Budget | undefined, state?: EngineState, minAvailable = 0): PlanningEngine {
  const evaluator: Evaluator = {
    ...countsAlone,
    ingest: ({ length }) => ({ spans: length, matched: 0, duplicate: 0, late: 0, future: 0 }),
    due: () => undefined,
    step: ({ at }) => rules.map(({ name, target }, i) => outcome(name, truths[at / (5 * s) - 1]?.[i] ?? 'false', { target })),
    watermark: undefined,
  }
  return new PlanningEngine({ bundle: bundle(targets, rules), evaluator, dictionary: createDictionary(), columns: [], state, minAvailable, budget })
}

interface Done {
  readonly at: number
  readonly added: number
}

/** Decisions step by step, and what was really done, by the time of its decision. */
function run(truths: Truths, budget: Budget | undefined, fates: readonly Fate[] = ['taken'], restarts: ReadonlySet<number> = new Set()) {
  const replicas = new Map(ids.map((id) => [id, 6]))
  const late: { readonly decision: Decision; readonly step: number }[] = []
  const done: Done[] = []
  const steps: (readonly Decision[])[] = []
  let engine = engineOf(truths, budget)
  let fate = 0
  const take = (decision: Decision): void => {
    const { at, target, from, to } = decision as Decision & { from: number; to: number }
    replicas.set(target, to)
    done.push({ at, added: Math.max(0, to - from) })
    engine.acted(decision)
    // Acknowledgements are repeated sometimes.
    engine.acted(decision)
  }
  truths.forEach((_, i) => {
    for (const action of late.filter(({ step }) => step <= i)) {
      late.splice(late.indexOf(action), 1)
      take(action.decision)
    }
    if (restarts.has(i)) engine = engineOf(truths, budget, JSON.parse(JSON.stringify(engine.state())))
    const at = (i + 1) * 5 * s
    const pending = new Set(late.map(({ decision }) => decision.target))
    const world: World = new Map(
      [...replicas].map(([id, n]) => [id, snapshot(n, { readySince: at, ...(pending.has(id) ? { blocked: 'not answered yet' } : {}) })]),
    )
    const { decisions } = engine.step(at, world)
    steps.push(decisions)
    for (const decision of decisions) {
      if (decision.outcome !== 'scale') continue
      const what = fates[fate++ % fates.length] as Fate
      if (what === 'taken') take(decision)
      else if (what !== 'refused') late.push({ decision, step: i + what })
    }
  })
  return { steps, done, state: engine.state() }
}

const said = fc.constantFrom<Said>('true', 'true', 'false', 'false', 'empty', 'stale')
const truths = fc.array(fc.array(said, { minLength: rules.length, maxLength: rules.length }), { minLength: 1, maxLength: 30 })
const fates = fc.array(fc.oneof(fc.constantFrom<Fate>('taken', 'taken', 'refused'), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 7 })
const restarts = fc.array(fc.nat(29), { maxLength: 4 }).map((steps) => new Set(steps))
const limit = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined })
const budgets = fc.record({ actions: limit, addedReplicas: limit, perNs: fc.integer({ min: 1, max: 10 }).map((n) => n * 5 * s) }).map(
  ({ actions, addedReplicas, perNs }): Budget => ({
    perNs,
    ...(actions === undefined ? {} : { actions }),
    ...(addedReplicas === undefined ? {} : { addedReplicas }),
  }),
)

describe('what is done', () => {
  it('is within the budget over any window, however slow the orchestrator, and over restarts', () => {
    let held = 0
    fc.assert(
      fc.property(truths, budgets, fates, restarts, (words, budget, fate, cuts) => {
        const { done, steps } = run(words, budget, fate, cuts)
        for (const { at } of done) {
          const window = done.filter((other) => other.at <= at && other.at > at - budget.perNs)
          expect(window.length).toBeLessThanOrEqual(budget.actions ?? Number.POSITIVE_INFINITY)
          expect(window.reduce((sum, { added }) => sum + added, 0)).toBeLessThanOrEqual(budget.addedReplicas ?? Number.POSITIVE_INFINITY)
        }
        held += steps.flat().filter(({ reason }) => reason === 'BudgetExhausted').length
      }),
      { numRuns: 200 },
    )
    // The law would hold emptily if nothing were ever held.
    expect(held).toBeGreaterThan(100)
  })

  it('is the same after a restart as without one', () => {
    fc.assert(
      fc.property(truths, budgets, fates, restarts, (words, budget, fate, cuts) => {
        expect(run(words, budget, fate, cuts)).toEqual(run(words, budget, fate))
      }),
      { numRuns: 50 },
    )
  })

  it('is the same with a budget that is never spent as without one', () => {
    const plain = ({ steps }: ReturnType<typeof run>) => steps.map((decisions) => decisions.map(({ stages: _, ...decision }) => decision))
    fc.assert(
      fc.property(truths, fates, (words, fate) => {
        const ample = { actions: 1000, addedReplicas: 10_000, perNs: 60 * s }
        expect(plain(run(words, ample, fate))).toEqual(plain(run(words, undefined, fate)))
      }),
      { numRuns: 50 },
    )
  })

  it('goes to the targets in the order of the bundle', () => {
    fc.assert(
      fc.property(truths, budgets, fates, (words, budget, fate) => {
        for (const decisions of run(words, budget, fate).steps) {
          const spent = decisions.findIndex(({ reason, message }) => reason === 'BudgetExhausted' && message.includes('change at most'))
          if (spent >= 0) expect(decisions.slice(spent).every((decision) => decision.outcome !== 'scale')).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('a herd', () => {
  /** All targets want +1 at every step, or +5 where the second rule says so. */
  const herd = (steps: number, five = false): Truths =>
    Array.from({ length: steps }, () => ids.flatMap((): Said[] => (five ? ['false', 'true', 'false'] : ['true', 'false', 'false'])))
  const lines = (decisions: readonly Decision[] | undefined): string[] => (decisions ?? []).map(say)

  it('acts so many times in a window, and says why the others wait', () => {
    const { steps } = run(herd(3), { actions: 2, perNs: 10 * s })
    expect(lines(steps[0])).toEqual(['ScaleUp 6 → 7', 'ScaleUp 6 → 7', 'BudgetExhausted 6 (hold)'])
    expect(steps[0]?.[2]?.message).toMatch(/; 6 → 7 is held: all targets together change at most 2 times per 10s$/)
    expect(lines(steps[1])).toEqual(ids.map((_, i) => `BudgetExhausted ${i < 2 ? 7 : 6} (hold)`))
    expect(lines(steps[2])).toEqual(['ScaleUp 7 → 8', 'ScaleUp 7 → 8', 'BudgetExhausted 6 (hold)'])
  })

  it('gets the replicas that are left', () => {
    const { steps } = run(herd(1, true), { addedReplicas: 8, perNs: 60 * s })
    expect(lines(steps[0])).toEqual(['ScaleUp 6 → 11', 'ScaleUp 6 → 9', 'BudgetExhausted 6 (hold)'])
    expect(steps[0]?.[1]?.message).toMatch(/; 6 → 9 replicas \(11 wanted; all targets together add at most 8 replicas per 1m\)$/)
  })

  it('that falls spends actions and no replicas', () => {
    const falling: Truths = [ids.flatMap((): Said[] => ['false', 'false', 'true'])]
    expect(lines(run(falling, { addedReplicas: 1, perNs: 60 * s }).steps[0])).toEqual(Array(3).fill('ScaleDown 6 → 4'))
    expect(lines(run(falling, { actions: 1, perNs: 60 * s }).steps[0])).toEqual(['ScaleDown 6 → 4', ...Array(2).fill('BudgetExhausted 6 (hold)')])
  })

  it('has what the orchestrator refused back at the next step, and nothing of what is not answered', () => {
    expect(lines(run(herd(2), { actions: 1, perNs: 60 * s }, ['refused', 'taken']).steps[1])[0]).toBe('ScaleUp 6 → 7')
    const slow = run(herd(4), { actions: 1, perNs: 60 * s }, [3])
    expect(slow.steps.slice(1, 3).map(lines)).toEqual(Array(2).fill(['Blocked 6 (hold)', 'BudgetExhausted 6 (hold)', 'BudgetExhausted 6 (hold)']))
    expect(slow.done).toEqual([{ at: 5 * s, added: 1 }])
  })

  it('leaves nothing to remember once the window has passed, or without a budget', () => {
    const quiet = [...herd(1), ...Array.from({ length: 3 }, () => rules.map((): Said => 'false'))]
    expect(run(herd(1), { actions: 2, perNs: 10 * s }).state.spent).toHaveLength(2)
    expect(run(quiet, { actions: 2, perNs: 10 * s }).state).not.toHaveProperty('spent')
    expect(run(herd(1), undefined).state).not.toHaveProperty('spent')
  })
})

describe('the availability gate', () => {
  it('holds every change while fewer replicas than the share are ready, and nothing else', () => {
    const anyWorld = fc.array(fc.record({ desired: fc.integer({ min: 1, max: 20 }), ready: fc.nat(20) }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(said, { minLength: 9, maxLength: 9 }), anyWorld, fc.constantFrom(0, 0.25, 0.5, 0.8, 1), (words, counts, share) => {
        const world: World = new Map(ids.map((id, i) => [id, snapshot(counts[i]?.desired ?? 1, { ready: counts[i]?.ready ?? 0 })]))
        const gated = engineOf([words], undefined, undefined, share).step(5 * s, world).decisions
        const open = engineOf([words], undefined).step(5 * s, world).decisions
        gated.forEach((decision, i) => {
          const { desired = 1, ready = 0 } = counts[i] ?? {}
          const free = open[i] as Decision
          if (free.outcome !== 'scale' || ready / desired >= share) expect(decision).toEqual(free)
          else expect(say(decision)).toBe(`TooFewReady ${desired} (hold)`)
        })
      }),
      { numRuns: 200 },
    )
  })

  it('says how many are ready and how many must be', () => {
    const words = rules.map(({ name }): Said => (name.endsWith('+1') ? 'true' : 'false'))
    const world: World = new Map(ids.map((id) => [id, snapshot(6, { ready: 3 })]))
    expect(engineOf([words], undefined, undefined, 0.8).step(5 * s, world).decisions[0]?.message).toMatch(
      /; 6 → 7 is held: 3 of 6 replicas ready, and nothing is changed below 80%$/,
    )
  })
})
