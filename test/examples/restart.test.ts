import { describe, expect, it } from 'vitest'
import { judgeRestart, type Restart } from '../../examples/boutique/demo/restart.ts'
import type { Action } from '../../examples/boutique/demo/story.ts'

const endpoint = (pid: number) => ({ slot: pid % 100, host: '127.0.0.1', port: 4000 + pid, pid })
const up: Action = { id: 'u', seen: 17, step: 15, from: 2, to: 4, reason: 'ScaleUp', message: 'two more' }
const down: Action = { id: 'd', seen: 52, step: 50, from: 4, to: 3, reason: 'ScaleDown', message: 'one less' }
const good: Restart = {
  actions: [up, down],
  before: [endpoint(100), endpoint(101)],
  after: [endpoint(100), endpoint(101), endpoint(102), endpoint(103)],
  pids: new Set([100, 101, 102, 103]),
  oldPid: 1,
  newPid: 2,
  killed: 17.2,
  back: 18.4,
}
const failed = (restart: Restart): string[] => judgeRestart(restart, 2, 8).flatMap((c) => (c.ok ? [] : [c.what]))
const once = 'no action was applied twice'

describe('the checks of a restart', () => {
  it('pass when everything was done once', () => {
    expect(failed(good)).toEqual([])
  })

  it.each<[string, Partial<Restart>, string]>([
    ['the same decision logged twice', { actions: [up, down, { ...down, step: 70 }] }, once],
    ['a second +2 from the same base', { actions: [up, { ...up, id: 'u2', step: 25 }, down] }, once],
    ['more processes than the decisions account for', { pids: new Set([100, 101, 102, 103, 104, 105]) }, once],
    ['a replica that was started anew', { after: [endpoint(100), endpoint(104)] }, 'the running replicas were adopted, not started anew'],
    ['an action too soon after another', { actions: [up, { ...down, step: 20 }] }, 'the cooldown of 8 s was respected'],
    ['no new daemon', { newPid: 1 }, 'the daemon was killed and came back'],
  ])('fail on %s', (_, change, what) => {
    expect(failed({ ...good, ...change })).toEqual([what])
  })
})
