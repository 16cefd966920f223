import { describe, expect, it } from 'vitest'
import { PlanningEngine } from '../../src/engine/engine.ts'
import type { EngineState } from '../../src/engine/index.ts'
import type { StepInput } from '../../src/evaluate/index.ts'
import type { Decision } from '../../src/plan/index.ts'
import { emptyTotals, replay } from '../../src/recordings/replay.ts'
import { simulatedWorld } from '../../src/recordings/world.ts'
import { createDictionary } from '../../src/spans/index.ts'
import { ads, rule, s, say, snapshot, target } from '../plan/build.ts'
import type { Script } from './scripted.ts'
import { bundle, scripted } from './scripted.ts'

const slow = rule('slow', '+2')
const calm = rule('calm', '-1', { everyNs: 10 * s })

function engineOf(script: Script, inputs?: StepInput[], state?: EngineState, on = target()) {
  const evaluator = scripted(script, inputs)
  return new PlanningEngine({
    bundle: bundle([on], [slow, calm]),
    evaluator,
    dictionary: createDictionary(),
    columns: [],
    state,
    minAvailable: 0,
    budget: undefined,
  })
}

async function said(engine: PlanningEngine, replicas = 2, readyAfter = 7): Promise<string[]> {
  const lines: string[] = []
  const world = simulatedWorld([{ id: ads, replicas }], readyAfter * s)
  for await (const { at, decisions } of drained(engine, world)) for (const d of decisions) lines.push(`${at / s}: ${say(d)}`)
  return lines
}

const drained = (engine: PlanningEngine, world: ReturnType<typeof simulatedWorld>) => replay({ engine, tables: [], world, totals: emptyTotals() })

describe('a step', () => {
  it('plans a target when one of its rules was evaluated, with the last word of the others', async () => {
    const engine = engineOf({ 5: { slow: 'false' }, 10: { slow: 'false', calm: 'true' }, 15: { slow: 'stale' }, 20: {} })
    expect(await said(engine, 6)).toEqual(['5: StaleEvidence 6 (hold)', '10: ScaleDown 6 → 5', '15: StaleEvidence 5 (hold)'])
  })
  it('lets nothing be taken away before every rule has been heard', async () => {
    const engine = engineOf({ 5: { calm: 'true' }, 10: { slow: 'false', calm: 'true' } })
    expect(await said(engine, 6)).toEqual(['5: StaleEvidence 6 (hold)', '10: ScaleDown 6 → 5'])
  })
  it('moves epochs on before it evaluates', async () => {
    const inputs: StepInput[] = []
    const word = { slow: 'true', calm: 'false' } as const
    const engine = engineOf({ 5: word, 10: { ...word, slow: 'settling' }, 15: word, 20: word }, inputs)
    expect(await said(engine)).toEqual(['5: ScaleUp 2 → 4', '10: Settling 4 (hold)', '15: ScaleUp 4 → 6', '20: Settling 6 (hold)'])
    expect(inputs.map((i) => i.epochs.get(ads))).toEqual([
      undefined,
      { kind: 'pending', since: 5 * s },
      { kind: 'since', at: 12 * s },
      { kind: 'pending', since: 15 * s },
    ])
  })
  it('plans anew where the orchestrator did not take the decision', () => {
    const engine = engineOf({ 5: { slow: 'true', calm: 'false' }, 10: { slow: 'true', calm: 'false' } })
    const world = simulatedWorld([{ id: ads, replicas: 2 }], 0)
    const decisions = [5, 10].map((t) => engine.step(t * s, world.at(t * s)).decisions[0])
    expect(decisions.map((d) => d && say(d))).toEqual(['ScaleUp 2 → 4', 'ScaleUp 2 → 4'])
  })
})

describe('a restart', () => {
  it('keeps cooldowns, epochs, rate windows and stabilization', async () => {
    const on = target({
      cooldownNs: 20 * s,
      up: { stableNs: 10 * s, limits: [{ amount: 3, unit: 'replicas', perNs: 40 * s }] },
      down: { stableNs: 15 * s, limits: [] },
    })
    const words: Script = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [(i + 1) * 5, i % 13 < 8 ? { slow: 'true', calm: 'false' } : { slow: 'false', calm: 'true' }] as const),
    )
    const unbroken = await said(engineOf(words, undefined, undefined, on))
    for (const cut of [1, 4, 9, 17, 26]) {
      const first = Object.fromEntries(Object.entries(words).slice(0, cut))
      const second = Object.fromEntries(Object.entries(words).slice(cut))
      const before = engineOf(first, undefined, undefined, on)
      const world = simulatedWorld([{ id: ads, replicas: 2 }], 7 * s)
      const lines: string[] = []
      const run = async (engine: PlanningEngine): Promise<void> => {
        for await (const { at, decisions } of drained(engine, world)) for (const d of decisions) lines.push(`${at / s}: ${say(d)}`)
      }
      await run(before)
      await run(engineOf(second, undefined, JSON.parse(JSON.stringify(before.state())), on))
      expect(lines).toEqual(unbroken)
    }
    expect(
      unbroken.some((l) => l.includes('Cooldown')) && unbroken.some((l) => l.includes('Stabilized')) && unbroken.some((l) => l.includes('ScaleDown ')),
    ).toBe(true)
  })
  it('forgets targets that the bundle no longer has', () => {
    const state = { targets: { 'deployment/gone': { recommendations: [], changes: [], ruleActed: {} } } }
    expect(Object.keys(engineOf({}, undefined, state).state().targets)).toEqual([ads])
  })
})

describe('a successor', () => {
  /** Of one that last saw 2 replicas, and set 4 before it could say so to anybody. */
  const left = { targets: { [ads]: { recommendations: [], changes: [], ruleActed: {}, base: 2 } } }
  const slowAt = (...times: number[]): Script => Object.fromEntries(times.map((t) => [t, { slow: 'true', calm: 'false' }]))
  const rests = target({ cooldownNs: 20 * s })
  const found = new Map([[ads, snapshot(4, { readySince: 1 * s })]])
  const unreadable = new Map([[ads, { error: 'transient', message: 'nobody answers' } as const]])

  it('takes what it finds otherwise than it was left for an action, and rests', () => {
    const engine = engineOf(slowAt(5, 10, 25), undefined, undefined, rests)
    engine.succeed(left, 4 * s, found)
    expect([5, 10, 25].map((t) => say(engine.step(t * s, found).decisions[0] as Decision))).toEqual(['Cooldown 4 (hold)', 'Cooldown 4 (hold)', 'ScaleUp 4 → 6'])
  })

  it('rests where nothing was left of a target: what its predecessor did at once nobody wrote down', () => {
    const nothing = [{ targets: { [ads]: { recommendations: [], changes: [], ruleActed: {} } } }, { targets: {} }]
    for (const some of nothing) {
      const engine = engineOf(slowAt(5, 10, 25), undefined, undefined, rests)
      engine.succeed(some, 4 * s, found)
      expect([5, 10, 25].map((t) => say(engine.step(t * s, found).decisions[0] as Decision))).toEqual([
        'Cooldown 4 (hold)',
        'Cooldown 4 (hold)',
        'ScaleUp 4 → 6',
      ])
    }
  })

  it('does not take what somebody may have taken away for room to add more', () => {
    const paced = target({ up: { limits: [{ amount: 3, unit: 'replicas', perNs: 60 * s }], stableNs: 0 } })
    const engine = engineOf(slowAt(5, 10), undefined, undefined, paced)
    const before = { recommendations: [], changes: [{ at: 1 * s, from: 4, to: 6 }], ruleActed: {}, base: 6 }
    engine.succeed({ targets: { [ads]: before } }, 4 * s, found)
    // 4 to 6 was the predecessor's, and somebody put 4 in its place.
    expect(say(engine.step(5 * s, found).decisions[0] as Decision)).toBe('ScaleUp 4 → 5')
  })

  it('does so when it can first read it, if it cannot at once', () => {
    const engine = engineOf(slowAt(5, 10, 30), undefined, undefined, rests)
    engine.succeed(left, 4 * s, unreadable)
    const worlds = { 5: unreadable, 10: found, 30: found }
    expect(Object.entries(worlds).map(([t, world]) => say(engine.step(Number(t) * s, world).decisions[0] as Decision))).toEqual([
      'TargetUnreadable undefined (hold)',
      'Cooldown 4 (hold)',
      'ScaleUp 4 → 6',
    ])
  })
})
