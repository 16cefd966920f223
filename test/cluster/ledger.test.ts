/** That the checkers can fail: each invariant is broken by a ledger made by hand, and the audit log is read in the order of revisions. */
import { describe, expect, it } from 'vitest'
import type { AuditEvent } from './cluster.ts'
import { type Allowed, violations } from './invariants.ts'
import { type Entry, ledgerOf } from './ledger.ts'

const allowed: Allowed = {
  daemons: ['scaled-a', 'scaled-b'],
  min: 2,
  max: 8,
  step: { up: 2, down: 1 },
  pace: { up: 3, down: 2, perMs: 20_000 },
  cooldownMs: 4000,
  calm: { belowMs: 100, forMs: 4000, tickMs: 1000 },
  delayMs: 1500,
}

let revision = 0
const lease = (holder: string | undefined): Entry => ({ kind: 'tenure', holder, revision: ++revision, at: 0 })
const write = (by: string, from: number, to: number, at: number): Entry => ({ kind: 'write', by, from, to, revision: ++revision, at })
const slow = [{ at: 0, load: 800 }]
const fast = [{ at: 0, load: 20 }]

const broken = (entries: readonly Entry[], history: readonly { at: number; load: number | 'silent' }[] = slow) =>
  violations(entries, history, allowed).map(({ invariant }) => invariant)

describe('an invariant is found to be broken', () => {
  it.each<[string, Entry[], (typeof slow | readonly { at: number; load: number | 'silent' }[])?]>([
    ['one writer', [lease('scaled-a'), lease('scaled-b'), write('scaled-a', 2, 4, 9000)]],
    ['one writer', [lease('scaled-a'), lease(undefined), write('scaled-a', 2, 4, 9000)]],
    ['bounds', [lease('scaled-a'), write('scaled-a', 7, 9, 9000)]],
    ['bounds', [lease('scaled-a'), write('scaled-a', 2, 1, 9000)], fast],
    ['twice', [lease('scaled-a'), write('scaled-a', 2, 6, 9000), write('person', 6, 2, 9100)]],
    ['twice', [lease('scaled-a'), write('scaled-a', 2, 3, 9000), write('scaled-a', 3, 4, 9400)]],
    ['pace', [lease('scaled-a'), write('scaled-a', 2, 4, 9000), write('scaled-a', 4, 6, 14_000)]],
    ['evidence', [lease('scaled-a'), write('scaled-a', 4, 3, 9000)], [...fast, { at: 5000, load: 'silent' }]],
    ['evidence', [lease('scaled-a'), write('scaled-a', 4, 3, 9000)], [...fast, { at: 5000, load: 800 }, { at: 7000, load: 20 }]],
    ['evidence', [lease('scaled-a'), write('scaled-a', 12, 11, 19_000)], [...fast, { at: 5000, load: 'silent' }]],
  ])('%s', (invariant, entries, history) => {
    expect(broken(entries, history)).toContain(invariant)
  })

  it('and nothing of a proper course', () => {
    const entries = [
      lease('scaled-a'),
      write('scaled-a', 2, 4, 9000),
      write('person', 4, 12, 10_000),
      lease('scaled-b'),
      write('scaled-b', 12, 11, 30_000),
      write('scaled-b', 11, 10, 34_500),
    ]
    expect(broken(entries, [...slow, { at: 12_000, load: 20 }])).toEqual([])
  })

  it('nor where what was taken away a while ago makes room for as much', () => {
    const entries = [lease('scaled-a'), write('scaled-a', 5, 4, 10_000), write('scaled-a', 4, 6, 20_000), write('scaled-a', 6, 8, 29_500)]
    expect(broken(entries, [...fast, { at: 10_000, load: 800 }])).toEqual([])
  })
})

describe('the ledger of an audit log', () => {
  const event = (user: string, verb: string, resource: string, revision: number, spec: object, base?: number): AuditEvent => ({
    verb,
    requestURI: '',
    stage: 'ResponseComplete',
    user: { username: user },
    objectRef: { resource, namespace: 'default', name: 'ads', ...(resource === 'deployments' ? { subresource: 'scale' } : {}) },
    responseStatus: { code: 200 },
    requestObject: base === undefined ? undefined : { metadata: { resourceVersion: String(base) } },
    responseObject: { metadata: { resourceVersion: String(revision) }, spec },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
    stageTimestamp: '2026-01-01T00:00:00.000000Z',
  })

  it('is in the order of revisions, knows what a write was based on, and leaves out what changed nothing', () => {
    const entries = ledgerOf(
      [
        event('scaled-a', 'get', 'deployments', 5, { replicas: 2 }),
        event('scaled-b', 'update', 'leases', 9, { holderIdentity: 'scaled-b' }),
        event('scaled-a', 'update', 'deployments', 8, { replicas: 4 }, 5),
        event('scaled-a', 'update', 'leases', 6, { holderIdentity: 'scaled-a' }),
        event('scaled-a', 'update', 'leases', 7, { holderIdentity: 'scaled-a' }),
        event('person', 'patch', 'deployments', 10, { replicas: 4 }),
      ],
      { deployment: 'ads', lease: 'ads' },
    )
    expect(entries.map((entry) => [entry.revision, entry.kind === 'write' ? `${entry.by} ${entry.from} ${entry.to}` : entry.holder])).toEqual([
      [6, 'scaled-a'],
      [8, 'scaled-a 2 4'],
      [9, 'scaled-b'],
    ])
  })
})
