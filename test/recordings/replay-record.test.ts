import { describe, expect, it } from 'vitest'
import { createDecisionFilter, decisionLine, decisionRecord } from '../../src/recordings/replay-record.ts'
import { planned, rule, s, settled, target } from '../plan/build.ts'

const slow = rule('slow', '+2')
const action = planned(2, [[slow, 'true']])
const steady = planned(2, [[slow, 'false']])
const limit = planned(10, [[slow, 'true']])

describe('a record', () => {
  it('is the decision in a fixed order of keys', () => {
    expect(Object.keys(decisionRecord(action))).toEqual([
      'time',
      'target',
      'outcome',
      'reason',
      'message',
      'from',
      'to',
      'wanted',
      'id',
      'version',
      'rules',
      'stages',
    ])
    expect(decisionRecord(action)).toMatchObject({
      time: '1970-01-01T00:16:40.000Z',
      target: 'deployment/adservice',
      outcome: 'scale',
      reason: 'ScaleUp',
      message: 'slow: slow holds; 2 → 4 replicas',
      from: 2,
      to: 4,
      wanted: 4,
      version: 'v2',
      rules: [{ rule: 'slow', truth: 'true', fired: true, wants: 4, because: { kind: 'compare', text: 'slow holds', truth: 'true' } }],
    })
  })
  it('says what was wanted where a limit held it', () => expect(decisionRecord(limit)).toMatchObject({ outcome: 'hold', from: 10, to: 10, wanted: 12 }))
  it('is one line', () => {
    expect(decisionLine(action)).not.toContain('\n')
    expect(JSON.parse(decisionLine(action))).toEqual(decisionRecord(action))
  })
  it('leaves out what could not be read', () => {
    const unread = decisionRecord(planned(2, [], { snapshot: undefined }))
    expect(Object.keys(unread)).toEqual(['time', 'target', 'outcome', 'reason', 'message', 'id', 'rules', 'stages'])
  })
})

describe('the log', () => {
  it('has every action, and a hold where it changes', () => {
    const { changed } = createDecisionFilter()
    const again = planned(10, [[slow, 'true']], { at: 1005 * s })
    const more = planned(10, [[rule('slow', '+3'), 'true']])
    const cooling = planned(10, [[slow, 'true']], {
      target: target({ max: 20, cooldownNs: 60 * s }),
      state: settled(0, 10, { lastAction: { at: 990 * s, from: 8, to: 10, id: 'x' } }),
    })
    expect([steady, limit, again, more, cooling, cooling, steady, steady, action, action].map(changed)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
      true,
      false,
      true,
      true,
    ])
  })
  it('keeps targets apart', () => {
    const { changed } = createDecisionFilter()
    expect([limit, { ...limit, target: 'deployment/other' }].map(changed)).toEqual([true, true])
  })
})
