/** What holds for every sequence of steps, whatever the rules say. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TargetIR } from '../../src/bundle/index.ts'
import type { Decision } from '../../src/plan/index.ts'
import { acted, advance, firstSight, plan } from '../../src/plan/index.ts'
import { limitOf } from '../../src/plan/rate.ts'
import { recorded, stabilized } from '../../src/plan/stabilize.ts'
import type { Line, Said } from './build.ts'
import { action, input, outcome, pace, rule, s, snapshot, target } from './build.ts'

const actions = ['+1', '+3', '-1', '-4', '+50%', '-30%', 'to 5', 'to 9', 'to at least 4', 'to at most 6', 'freeze up', 'freeze down', 'freeze']
const said = fc.constantFrom<Said>('true', 'true', 'true', 'false', 'empty', 'few', 'stale', 'settling', 'world')

const anyRule = fc.record({
  text: fc.constantFrom(...actions),
  priority: fc.constantFrom(0, 0, 0, 5),
  cooldown: fc.constantFrom(0, 0, 20),
  observe: fc.constantFrom(false, false, false, true),
  floor: fc.boolean(),
})
const limits = fc.array(
  fc.oneof(
    fc.record({ amount: fc.integer({ min: 1, max: 4 }), unit: fc.constant('replicas' as const), perNs: fc.integer({ min: 1, max: 12 }).map((n) => n * 5 * s) }),
    fc.record({ amount: fc.constantFrom(0.1, 0.5, 1), unit: fc.constant('ratio' as const), perNs: fc.integer({ min: 1, max: 12 }).map((n) => n * 5 * s) }),
  ),
  { maxLength: 2 },
)
const anyTarget = fc
  .record({
    min: fc.integer({ min: 1, max: 3 }),
    max: fc.integer({ min: 4, max: 14 }),
    boundsImplied: fc.boolean(),
    up: fc.record({ stable: fc.constantFrom(0, 0, 15), limits }),
    down: fc.record({ stable: fc.constantFrom(0, 30), limits }),
    cooldown: fc.constantFrom(0, 0, 20),
    mode: fc.constantFrom('act' as const, 'act' as const, 'out-only' as const, 'observe' as const, 'off' as const),
    combine: fc.constantFrom('largest' as const, 'sum' as const),
  })
  .map(({ up, down, cooldown, ...rest }) =>
    target({ ...rest, up: pace(up.stable * s, up.limits), down: pace(down.stable * s, down.limits), cooldownNs: cooldown * s, settleNs: 30 * s }),
  )

interface History {
  readonly target: TargetIR
  readonly steps: readonly { readonly at: number; readonly lines: readonly Line[]; readonly decision: Decision; readonly blocked: boolean }[]
}

/** A run of up to 40 steps of 5 s whose decisions are carried out. */
const histories = fc
  .record({
    target: anyTarget,
    rules: fc.array(anyRule, { minLength: 1, maxLength: 4 }),
    start: fc.integer({ min: 1, max: 16 }),
    truths: fc.array(fc.record({ said: fc.array(said, { minLength: 4, maxLength: 4 }), blocked: fc.constantFrom(false, false, false, true) }), {
      minLength: 1,
      maxLength: 40,
    }),
  })
  .map(({ target: t, rules, start, truths }): History => {
    let replicas = start
    let state = firstSight as ReturnType<typeof acted>
    const steps = truths.map(({ said: words, blocked }, i) => {
      const at = (i + 1) * 5 * s
      const lines = rules.map((r, n): Line => {
        const onMissing = r.floor ? ({ kind: 'floor', replicas: 3, afterNs: 10 * s } as const) : ({ kind: 'hold' } as const)
        const made = rule(`r${n}`, r.text, { priority: r.priority, cooldownNs: r.cooldown * s, observe: r.observe, onMissing })
        const word = words[n] as Said
        return [made, word, word === 'stale' ? { staleSince: 0 } : {}]
      })
      const seen = snapshot(replicas, { readySince: at - 5 * s, ...(blocked ? { blocked: 'a rollout' } : {}) })
      state = advance(state, t, at, seen)
      const result = plan(input(at, replicas, lines, { target: t, snapshot: seen, state }))
      // State survives a restart: it is plain JSON.
      state = JSON.parse(JSON.stringify(acted(result.state, result.decision)))
      if (result.decision.outcome === 'scale') replicas = result.decision.to as number
      return { at, lines, decision: result.decision, blocked }
    })
    return { target: t, steps }
  })

/** Checks every scale decision of random histories. */
function everyAction(check: (decision: Decision & { from: number; to: number }, history: History, index: number) => void): void {
  fc.assert(
    fc.property(histories, (history) => {
      history.steps.forEach(({ decision }, i) => {
        if (decision.outcome === 'scale') check(decision as Decision & { from: number; to: number }, history, i)
      })
    }),
    { numRuns: 300 },
  )
}

describe('no action', () => {
  it('leaves the bounds, or moves away from them', () =>
    everyAction(({ from, to }, { target: { min, max } }) => {
      expect(to).toBeLessThanOrEqual(Math.max(max, from - 1))
      expect(to).toBeGreaterThanOrEqual(Math.min(min, from + 1))
    }))

  it('exceeds a rate limit over any window', () =>
    everyAction(({ at, from, to }, { target: t, steps }) => {
      const rates = (to > from ? t.up : t.down).limits
      if (rates.length === 0) return
      const allowed = rates.map(({ amount, unit, perNs }) => {
        // The count when the window began, read off the history itself.
        const first = steps.find((x) => x.at > at - perNs)
        const start = first?.decision.from as number
        const factor = to > from ? 1 + amount : 1 - amount
        if (unit === 'replicas') return to > from ? start + amount : start - amount
        return to > from ? Math.ceil(start * factor - 1e-9) : Math.floor(start * factor + 1e-9)
      })
      if (to > from) expect(to).toBeLessThanOrEqual(Math.max(...allowed))
      else expect(to).toBeGreaterThanOrEqual(Math.min(...allowed))
    }))

  it('takes capacity away while a rule that acts is stale or could not be read', () =>
    everyAction(({ from, to }, { steps }, i) => {
      const untrusted = steps[i]?.lines.some(([r, word]) => !r.observe && (word === 'stale' || word === 'world'))
      if (to < from) expect(untrusted).toBe(false)
    }))

  it('goes the way that a freeze holds', () =>
    everyAction(({ from, to }, { steps }, i) => {
      const frozen = steps[i]?.lines.some(([r, word]) => {
        const { action: a, observe } = r
        return !observe && word === 'true' && a.kind === 'freeze' && (to > from ? a.up : a.down)
      })
      expect(frozen).toBe(false)
    }))

  it('happens during a rollout, in the cooldown, or in a mode that forbids it', () =>
    everyAction(({ at, from, to }, { target: t, steps }, i) => {
      expect(steps[i]?.blocked).toBe(false)
      const last = steps.slice(0, i).findLast((x) => x.decision.outcome === 'scale')
      if (last !== undefined) expect(at - last.at).toBeGreaterThanOrEqual(t.cooldownNs)
      expect(['act', ...(to > from ? ['out-only'] : [])]).toContain(t.mode)
    }))

  it('goes down while a rule of no lower priority asks for more, but back below the maximum', () =>
    everyAction(({ from, to, rules }, { target: t, steps }, i) => {
      if (to > from || from > t.max) return
      const priorityOf = (name: string): number => steps[i]?.lines.find(([r]) => r.name === name)?.[0].priority ?? 0
      const asking = rules.filter((r) => r.fired && r.wants !== undefined && r.wants !== from)
      const ups = asking.filter((r) => (r.wants as number) > from).map((r) => priorityOf(r.rule))
      const downs = asking.filter((r) => (r.wants as number) < from).map((r) => priorityOf(r.rule))
      expect(Math.max(...downs)).toBeGreaterThan(Math.max(Number.NEGATIVE_INFINITY, ...ups))
    }))
})

describe('order', () => {
  it('of the rules does not matter', () => {
    fc.assert(
      fc.property(
        anyTarget,
        fc.array(fc.tuple(anyRule, said), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        (t, rules, base, seed) => {
          const lines = rules.map(([r, word], n): Line => [rule(`r${n}`, r.text, { priority: r.priority, observe: r.observe }), word])
          const shuffled = lines.map((l, i) => [(i * 7919 + seed) % 101, l] as const).sort(([a], [b]) => a - b)
          const first = plan(input(0, base, lines, { target: t })).decision
          const second = plan(
            input(
              0,
              base,
              shuffled.map(([, l]) => l),
              { target: t },
            ),
          ).decision
          expect([second.outcome, second.reason, second.to, second.would, second.id]).toEqual([first.outcome, first.reason, first.to, first.would, first.id])
        },
      ),
    )
  })
})

describe('steady input', () => {
  it('converges: a rule that is true at or above a count and false below it stops', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 2, max: 9 }), (start, need) => {
        const t = target({ down: pace(30 * s), cooldownNs: 10 * s })
        let replicas = start
        let state = firstSight as ReturnType<typeof acted>
        const seen: number[] = []
        for (let at = 5 * s; at <= 3000 * s; at += 5 * s) {
          const lines: Line[] = [
            [rule('slow', '+1'), replicas < need ? 'true' : 'false'],
            [rule('calm', '-1'), replicas > need ? 'true' : 'false'],
          ]
          const now = snapshot(replicas, { readySince: at - 5 * s })
          const result = plan(input(at, replicas, lines, { target: t, snapshot: now, state: advance(state, t, at, now) }))
          state = acted(result.state, result.decision)
          replicas = result.decision.to as number
          seen.push(replicas)
        }
        expect(seen.slice(-100).every((n) => n === need)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

describe('stabilization', () => {
  /** HPA's `stabilizeRecommendationWithBehaviors`, line for line, with every recommendation kept. */
  function hpa(current: number, desired: number, all: readonly { at: number; replicas: number }[], now: number, up: number, down: number): number {
    let upRecommendation = desired
    let downRecommendation = desired
    for (const rec of all) {
      if (rec.at > now - up) upRecommendation = Math.min(rec.replicas, upRecommendation)
      if (rec.at > now - down) downRecommendation = Math.max(rec.replicas, downRecommendation)
    }
    let recommendation = current
    if (recommendation < upRecommendation) recommendation = upRecommendation
    if (recommendation > downRecommendation) recommendation = downRecommendation
    return recommendation
  }

  it("is HPA's, although equal neighbours are kept once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(0, 5, 12, 30),
        fc.constantFrom(0, 5, 30, 61),
        (desires, start, up, down) => {
          const all: { at: number; replicas: number }[] = []
          let ours: readonly { at: number; replicas: number }[] = []
          let current = start
          desires.forEach((desired, i) => {
            const at = i * 5
            const expected = hpa(current, desired, all, at, up, down)
            expect(stabilized(current, desired, ours, at, up, down)).toBe(expected)
            all.push({ at, replicas: desired })
            ours = recorded(ours, at, desired, Math.max(up, down))
            current = expected
          })
          expect(ours.length).toBeLessThanOrEqual(Math.ceil(Math.max(up, down) / 5) + 1)
        },
      ),
    )
  })
})

describe('rate limits', () => {
  it('never point to the wrong side of the present number', () => {
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))),
        (rates, current, moves) => {
          const changes = moves.map(([from, to], i) => ({ at: i * 5 * s, from, to }))
          expect(limitOf('up', current, rates, changes, 60 * s)).toBeGreaterThanOrEqual(current)
          expect(limitOf('down', current, rates, changes, 60 * s)).toBeLessThanOrEqual(current)
        },
      ),
    )
  })

  it('are never loosened by a change that may have been somebody else’s', () => {
    const replicas = fc.integer({ min: 0, max: 20 })
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.record({ from: replicas, to: replicas, perhaps: fc.boolean() })),
        (rates, current, moves) => {
          const all = moves.map(({ from, to, perhaps }, i) => ({ at: i * 5 * s, from, to, ...(perhaps ? { unsure: true as const } : {}) }))
          const [ours, sure] = [all.filter(({ unsure }) => !unsure), all.map(({ at, from, to }) => ({ at, from, to }))]
          for (const changes of [ours, sure]) {
            expect(limitOf('up', current, rates, all, 60 * s)).toBeLessThanOrEqual(limitOf('up', current, rates, changes, 60 * s))
            expect(limitOf('down', current, rates, all, 60 * s)).toBeGreaterThanOrEqual(limitOf('down', current, rates, changes, 60 * s))
          }
        },
      ),
    )
  })
})

it('the words of these tests mean what they say', () => {
  expect(action('+50%')).toEqual({ kind: 'change', amount: 0.5, unit: 'ratio' })
  expect(action('freeze up')).toEqual({ kind: 'freeze', up: true, down: false })
  expect(outcome('r', 'stale')).toMatchObject({ truth: 'unknown', unknown: 'stale' })
})
