import { describe, expect, it } from 'vitest'
import { acted, advance, firstSight, plan } from '../../src/plan/index.ts'
import type { Line } from './build.ts'
import { ads, done, input, m, pace, planned, rule, s, say, settled, snapshot, target } from './build.ts'

const up: Line = [rule('slow', '+2'), 'true']
const down: Line = [rule('calm', '-1'), 'true']

describe('guards', () => {
  it('a target that cannot be read is held', () => {
    expect(say(planned(2, [up], { snapshot: undefined }))).toBe('TargetUnreadable undefined (hold)')
    const d = planned(2, [up], { snapshot: { error: 'forbidden', message: 'no access' } })
    expect(d.message).toBe('deployment/adservice could not be read (forbidden): no access')
    expect(d.rules).toMatchObject([{ rule: 'slow', truth: 'true', fired: false }])
  })
  it('one that another controller owns', () => {
    expect(say(planned(2, [up], { snapshot: snapshot(2, { owner: 'HorizontalPodAutoscaler shop/ads' }) }))).toBe('OwnedByAnother 2 (hold)')
  })
  it('one that somebody set to zero, unless zero is within its bounds', () => {
    expect(say(planned(0, [up]))).toBe('ScalingDisabled 0 (hold)')
    expect(say(planned(0, [up], { target: target({ min: 0 }) }))).toBe('ScaleUp 0 → 2')
  })
  it('mode off is nothing but the record', () => {
    const { decision, state } = plan(input(0, 2, [up], { target: target({ mode: 'off' }) }))
    expect(say(decision)).toBe('ModeOff 2 (hold)')
    expect(state).toBe(firstSight)
  })
})

describe('freeze', () => {
  it('holds its direction only', () => {
    expect(say(planned(4, [up, [rule('f', 'freeze up'), 'true']]))).toBe('Frozen 4 (hold)')
    expect(say(planned(4, [down, [rule('f', 'freeze up'), 'true']]))).toBe('ScaleDown 4 → 3')
    expect(say(planned(4, [down, [rule('f', 'freeze'), 'true']]))).toBe('Frozen 4 (hold)')
    expect(say(planned(4, [up, [rule('f', 'freeze'), 'false']]))).toBe('ScaleUp 4 → 6')
  })
  it('one that only observes does not', () => expect(say(planned(4, [up, [rule('f', 'freeze up', { observe: true }), 'true']]))).toBe('ScaleUp 4 → 6'))
})

describe('mode', () => {
  it('out-only holds downs', () => {
    expect(say(planned(4, [down], { target: target({ mode: 'out-only' }) }))).toBe('ModeOutOnly 4 (hold)')
    expect(say(planned(4, [up], { target: target({ mode: 'out-only' }) }))).toBe('ScaleUp 4 → 6')
  })
  it('observe says what would be done, once a cooldown', () => {
    const observing = target({ mode: 'observe', cooldownNs: 60 * s })
    const first = plan(input(0, 2, [up], { target: observing }))
    expect(say(first.decision)).toBe('Observed 2 would 4 (hold)')
    const second = plan(input(5 * s, 2, [up], { target: observing, state: first.state }))
    expect(say(second.decision)).toBe('Cooldown 2 (hold)')
    expect(say(plan(input(60 * s, 2, [up], { target: observing, state: second.state })).decision)).toBe('Observed 2 would 4 (hold)')
    expect(first.state.lastAction).toBeUndefined()
  })
  it('a rule that observes is rehearsed beside those that act', () => {
    const trial: Line = [rule('trial', '+6', { observe: true, cooldownNs: 60 * s }), 'true']
    const both = plan(input(0, 2, [up, trial]))
    expect(say(both.decision)).toBe('ScaleUp 2 → 4 would 8')
    const alone = plan(input(0, 2, [trial]))
    expect(say(alone.decision)).toBe('Observed 2 would 8 (hold)')
    expect(alone.decision.rules).toMatchObject([{ fired: false, wants: 8, silent: 'observe' }])
    expect(say(plan(input(5 * s, 2, [trial], { state: alone.state })).decision)).toBe('Steady 2 (steady)')
  })
})

describe('pause', () => {
  const paused = (more: Partial<{ up: boolean; down: boolean; until: number }>) => ({
    snapshot: snapshot(4, { paused: { up: false, down: false, by: 'annotation scale.dev/paused', ...more } }),
  })
  it('holds its direction only', () => {
    expect(say(planned(4, [up], paused({ up: true })))).toBe('Paused 4 (hold)')
    expect(say(planned(4, [up], paused({ down: true })))).toBe('ScaleUp 4 → 6')
    expect(say(planned(4, [down], paused({ down: true })))).toBe('Paused 4 (hold)')
  })
  it('ends at its time', () => {
    const during = plan(input(0, 4, [up], paused({ up: true, until: 90 * s }))).decision
    expect(during.message).toContain('paused for another 1m30s (annotation scale.dev/paused)')
    expect(say(plan(input(90 * s, 4, [up], paused({ up: true, until: 90 * s }))).decision)).toBe('ScaleUp 4 → 6')
  })
  it('says nothing where nothing is wanted', () =>
    expect(say(planned(4, [[rule('slow', '+2'), 'false']], paused({ up: true, down: true })))).toBe('Steady 4 (steady)'))
})

describe('contention', () => {
  const eager = target({ max: 100, settleNs: 0 })
  /** One rule adds two replicas a round, and before the next round somebody puts another count there. */
  function rounds(counts: readonly number[], everyS: number) {
    let state = firstSight as ReturnType<typeof settled>
    const said = counts.map((count, i) => {
      const at = i * everyS * s
      const seen = snapshot(count, { readySince: at })
      const result = done(input(at, count, [up], { state: advance(state, eager, at, seen), target: eager, snapshot: seen }))
      state = result.state
      return say(result.decision)
    })
    return { said, state }
  }
  it('one reversion is a new base', () => expect(rounds([4, 4, 4], 60).said).toEqual(['ScaleUp 4 → 6', 'ScaleUp 4 → 6', 'ScaleUp 4 → 6']))
  it('three within ten minutes leave the target alone for half an hour', () => {
    const { said, state } = rounds([4, 4, 4, 4], 60)
    expect(said[3]).toBe('ContendedTarget 4 (hold)')
    const later = (seconds: number) => say(plan(input((180 + seconds) * s, 4, [up], { state, target: eager })).decision)
    expect(later(1799)).toBe('ContendedTarget 4 (hold)')
    expect(later(1800)).toBe('ScaleUp 4 → 6')
  })
  it('three in a longer time do not', () => expect(rounds([4, 4, 4, 4, 4, 4], 301).said).not.toContain('ContendedTarget 4 (hold)'))
  it('somebody who goes on in our direction undoes nothing', () =>
    expect(rounds([1, 4, 7, 10, 13], 60).said).toEqual(['ScaleUp 1 → 3', 'ScaleUp 4 → 6', 'ScaleUp 7 → 9', 'ScaleUp 10 → 12', 'ScaleUp 13 → 15']))
})

describe('stabilize', () => {
  it('holds a down on first sight for the whole window', () => {
    let state = firstSight as ReturnType<typeof settled>
    const slow = target({ down: pace(5 * m) })
    for (let t = 0; t < 300; t += 5) {
      const result = done(input(t * s, 4, [down], { target: slow, state }))
      expect(say(result.decision)).toBe('ScaleDownStabilized 4 (hold)')
      state = result.state
    }
    expect(say(done(input(300 * s, 4, [down], { target: slow, state })).decision)).toBe('ScaleDown 4 → 3')
  })
  it('starts again when the down was not wanted in between, and after a long silence', () => {
    const slow = target({ down: pace(60 * s) })
    const past = (at: number, replicas: number) => ({ target: slow, state: settled(at * s, replicas, { base: 4 }) })
    expect(say(planned(4, [down], past(995, 4)))).toBe('ScaleDownStabilized 4 (hold)')
    expect(say(planned(4, [down], past(995, 3)))).toBe('ScaleDown 4 → 3')
    expect(say(planned(4, [down], past(100, 3)))).toBe('ScaleDownStabilized 4 (hold)')
  })
  it('starts again when somebody else changed the workload', () => {
    const state = settled(995 * s, 3, { base: 8 })
    expect(say(planned(4, [down], { target: target({ down: pace(60 * s) }), state }))).toBe('ScaleDownStabilized 4 (hold)')
  })
  it('holds an up only where it is asked to', () => {
    expect(say(planned(2, [up], { target: target({ up: pace(30 * s) }) }))).toBe('ScaleUpStabilized 2 (hold)')
    expect(say(planned(2, [up], { target: target({ up: pace(30 * s) }), state: settled(999 * s, 3, { base: 2 }) }))).toBe('ScaleUp 2 → 3')
  })
})

describe('cooldown and epoch', () => {
  const restful = target({ cooldownNs: 60 * s })
  it('the target rests after an action in either direction', () => {
    const { state } = done(input(0, 2, [up], { target: restful }))
    const ready = advance(state, restful, 5 * s, snapshot(4, { readySince: 5 * s }))
    const held = plan(input(59 * s, 4, [up], { target: restful, state: ready })).decision
    expect(say(held)).toBe('Cooldown 4 (hold)')
    expect(held.message).toBe('slow: slow holds; 4 → 6 is held: deployment/adservice rests 1m after each change, another 1s')
    expect(say(plan(input(59 * s, 4, [down], { target: restful, state: ready })).decision)).toBe('Cooldown 4 (hold)')
    expect(say(plan(input(60 * s, 4, [up], { target: restful, state: ready })).decision)).toBe('ScaleUp 4 → 6')
  })
  it('no further up before the new replicas are ready or settle has passed; downs may', () => {
    const { state } = done(input(0, 2, [up]))
    expect(state.epoch).toEqual({ kind: 'pending', since: 0 })
    expect(say(plan(input(5 * s, 4, [up], { state })).decision)).toBe('Settling 4 (hold)')
    expect(say(plan(input(5 * s, 4, [down], { state })).decision)).toBe('ScaleDown 4 → 3')
  })
  it('pending ends with readiness, or when settle has passed', () => {
    const { state } = done(input(10 * s, 2, [up]))
    const later = (at: number, seen: Parameters<typeof advance>[3]) => advance(state, target(), at * s, seen).epoch
    expect(later(15, snapshot(4, { ready: 2, readySince: undefined }))).toEqual({ kind: 'pending', since: 10 * s })
    expect(later(40, snapshot(4, { readySince: 35 * s }))).toEqual({ kind: 'since', at: 35 * s })
    // A look from before the action says nothing; one that missed the moment does.
    expect(later(15, snapshot(2, { readySince: 0 }))).toEqual({ kind: 'pending', since: 10 * s })
    expect(later(40, snapshot(4, { readySince: 0 }))).toEqual({ kind: 'since', at: 40 * s })
    // Also where the old replicas became ready after the step that the action was planned for.
    expect(later(15, snapshot(2, { readySince: 12 * s }))).toEqual({ kind: 'pending', since: 10 * s })
    expect(later(130, { error: 'transient', message: '' })).toEqual({ kind: 'since', at: 130 * s })
  })
  it('after a down the epoch is the action', () => expect(done(input(10 * s, 4, [down])).state.epoch).toEqual({ kind: 'since', at: 10 * s }))
  it('telling twice is telling once', () => {
    const { decision, state } = plan(input(0, 2, [up]))
    const once = acted(state, decision)
    expect(acted(once, decision)).toBe(once)
    expect(once.ruleActed).toEqual({ slow: 0 })
  })
})

describe('rate', () => {
  const quick = target({ max: 100, up: pace(0, [{ amount: 4, unit: 'replicas', perNs: 60 * s }]) })
  it('limits, and a period later gives again', () => {
    const first = done(input(0, 2, [[rule('slow', '+10'), 'true']], { target: quick }))
    expect(say(first.decision)).toBe('ScaleUp 2 → 6')
    expect(first.decision.message).toBe('slow: slow holds; 2 → 6 replicas (12 wanted; up at most 4 per 1m)')
    const state = advance(first.state, quick, 5 * s, snapshot(6, { readySince: 1 * s }))
    expect(say(plan(input(59 * s, 6, [up], { target: quick, state })).decision)).toBe('ScaleUpLimit 6 (hold)')
    expect(say(plan(input(60 * s, 6, [up], { target: quick, state })).decision)).toBe('ScaleUp 6 → 8')
  })
  it('of several limits the most permissive decides', () => {
    const gentle = target({
      max: 100,
      down: pace(0, [
        { amount: 1, unit: 'replicas', perNs: 60 * s },
        { amount: 0.1, unit: 'ratio', perNs: 60 * s },
      ]),
    })
    expect(say(planned(50, [[rule('r', 'to 1'), 'true']], { target: gentle }))).toBe('ScaleDown 50 → 45')
    expect(say(planned(5, [[rule('r', 'to 1'), 'true']], { target: gentle }))).toBe('ScaleDown 5 → 4')
  })
})

describe('bounds and health', () => {
  it('bounds limit, then hold', () => {
    expect(say(planned(9, [up]))).toBe('ScaleUp 9 → 10')
    expect(say(planned(10, [up]))).toBe('TooManyReplicas 10 (hold)')
    expect(say(planned(1, [down]))).toBe('TooFewReplicas 1 (hold)')
  })
  it('a rollout holds both ways, and only what is wanted', () => {
    const blocked = { snapshot: snapshot(4, { blocked: 'a rollout is in progress' }) }
    expect(say(planned(4, [up], blocked))).toBe('Blocked 4 (hold)')
    expect(say(planned(4, [down], blocked))).toBe('Blocked 4 (hold)')
    expect(say(planned(4, [], blocked))).toBe('Steady 4 (steady)')
  })
})

describe('the decision', () => {
  it('has the same id for the same plan and another for any other', () => {
    const given = input(1000 * s, 2, [up])
    expect(plan(given).decision.id).toBe(plan(given).decision.id)
    const others = [planned(2, [up], { digest: 'x' }), planned(3, [up]), planned(2, [down]), planned(2, [up], { snapshot: snapshot(2, { version: 'w' }) })]
    expect(new Set([planned(2, [up]), ...others].map((d) => d.id)).size).toBe(5)
  })
  it('records every stage in order', () => {
    expect(
      planned(2, [up])
        .stages.map((x) => x.stage)
        .join(' '),
    ).toBe('resolve merge freeze mode stabilize cooldown epoch rate bounds health compare')
    expect(planned(2, [up]).target).toBe(ads)
  })
})
