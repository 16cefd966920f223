/** What stages say of themselves is true: a hold passes when it says, and not before; and every hold is explained. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decisionText, explainDecision, readRecord } from '../../src/explain/index.ts'
import type { PlanInput, StageName, TargetState } from '../../src/plan/index.ts'
import { advance, plan } from '../../src/plan/index.ts'
import { decisionLine } from '../../src/recordings/index.ts'
import type { Line, Said } from '../plan/build.ts'
import { input, m, pace, rule, s, settled, snapshot, target } from '../plan/build.ts'

const now = 10_000 * s
const ago = fc.integer({ min: 1, max: 120 }).map((seconds) => now - seconds * s)
const count = fc.integer({ min: 1, max: 12 })
const limits = fc.array(
  fc.record({ amount: fc.integer({ min: 1, max: 2 }), unit: fc.constant<'replicas'>('replicas'), perNs: fc.constantFrom(30 * s, m, 2 * m) }),
  { maxLength: 2 },
)
const someTarget = fc
  .record({
    min: fc.constantFrom(1, 3),
    max: fc.constantFrom(6, 10),
    up: fc.tuple(fc.constantFrom(0, 30 * s), limits).map(([stableNs, of]) => pace(stableNs, of)),
    down: fc.tuple(fc.constantFrom(0, m), limits).map(([stableNs, of]) => pace(stableNs, of)),
    cooldownNs: fc.constantFrom(0, 0, 0, m),
    mode: fc.constantFrom<'act' | 'out-only' | 'observe'>('act', 'act', 'out-only', 'observe'),
    combine: fc.constantFrom<'largest' | 'sum'>('largest', 'sum'),
  })
  .map(target)
const lines = fc
  .array(
    fc.tuple(
      fc.constantFrom('+2', '-1', '-30%', '+50%', 'to 4', 'to at least 5', 'to at most 3', 'hold 50 per replica', 'freeze down', 'freeze'),
      fc.constantFrom<Said>('true', 'true', 'false', 'stale', 'settling', 'empty', 'world'),
      fc.constantFrom(0, 0, m),
      fc.constantFrom(0, 0, 1),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map(([text, said, cooldownNs, priority], i): Line => {
      const held = text.startsWith('hold') && said === 'true' ? { hold: { text: 'span(ads).rate', type: 'rate', value: 60 * (i + 2), spans: 40 } } : {}
      return [rule(`rule-${i}`, text, { cooldownNs, priority }), said, held]
    }),
  )
const state = fc
  .record({
    replicas: count,
    past: fc.array(fc.tuple(ago, count), { maxLength: 4 }),
    changes: fc.array(fc.tuple(ago, fc.constantFrom(-3, -2, 1, 2, 3)), { minLength: 1, maxLength: 3 }),
    acted: fc.option(ago),
    pending: fc.option(ago, { freq: 3 }),
  })
  .map(({ replicas, past, changes, acted, pending }): { replicas: number; state: TargetState } => ({
    replicas,
    state: settled(now, replicas, {
      recommendations: [...past.sort(([a], [b]) => a - b).map(([at, wanted]) => ({ at, replicas: wanted })), { at: now - 5 * s, replicas }],
      changes: changes.sort(([a], [b]) => a - b).map(([at, by]) => ({ at, from: replicas - by, to: replicas })),
      ...(acted === null ? {} : { lastAction: { at: acted, from: replicas - 1, to: replicas, id: 'x' }, ruleActed: { 'rule-0': acted } }),
      ...(pending === null ? {} : { epoch: { kind: 'pending', since: pending } }),
    }),
  }))

/** While the last action is pending its replicas are not ready. */
const given = fc.tuple(someTarget, lines, state).map(([on, of, { replicas, state: before }]): PlanInput => {
  const ready = before.epoch === undefined ? {} : { ready: replicas - 1, readySince: undefined }
  return input(now, replicas, of, { target: on, state: before, snapshot: snapshot(replicas, ready) })
})

/** The same a while later, the workload as it is and the rules as they are. */
function later(before: PlanInput, afterNs: number): ReturnType<typeof plan>['decision'] {
  const at = before.at + afterNs
  const remembered = plan(before).state
  return plan({ ...before, at, state: advance(remembered, before.target, at, before.snapshot) }).decision
}

describe('a stage that holds', () => {
  it('lets go when it says, and not before', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(given, (before) => {
        const { rules, stages } = plan(before).decision
        // Everything else stays as it is: no rule wakes in the meantime and wants something else.
        if (rules.some(({ restNs }) => restNs !== undefined)) return
        for (const { stage, reason, release } of stages) {
          if (reason === undefined || release?.afterNs === undefined || stage === 'resolve') continue
          seen.set(stage, (seen.get(stage) ?? 0) + 1)
          // Stabilization lets parts through before the whole.
          const holdsAt = (afterNs: number): boolean => {
            const then = later(before, afterNs).stages.find((other) => other.stage === stage)
            return stage === 'stabilize' ? then?.message !== undefined : then?.reason === reason
          }
          expect(`${stage} ${holdsAt(release.afterNs)}`).toBe(`${stage} false`)
          expect(`${stage} ${holdsAt(release.afterNs - 1)}`).toBe(`${stage} true`)
        }
      }),
      { numRuns: 1500 },
    )
    for (const stage of ['stabilize', 'cooldown', 'epoch', 'rate'] satisfies StageName[]) expect(seen.get(stage)).toBeGreaterThan(10)
  })
})

describe('any decision', () => {
  it('is explained, without holes', () => {
    fc.assert(
      fc.property(given, (before) => {
        const { decision } = plan(before)
        const record = readRecord(decisionLine(decision))
        if ('error' in record) throw new Error(record.error)
        const explanation = explainDecision(record.decision)
        expect(decisionText(explanation)).not.toMatch(/\bundefined\b|\bNaN\b|\bInfinity\b|\[object /)
        if (decision.outcome === 'hold' && decision.reason !== 'Observed') expect(explanation.otherwise.length).toBeGreaterThan(0)
      }),
      { numRuns: 600 },
    )
  })
})
