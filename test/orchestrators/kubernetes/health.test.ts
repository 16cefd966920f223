import { describe, expect, it } from 'vitest'
import { blockedOf, noteOf, readyOf } from '../../../src/orchestrators/kubernetes/health.ts'

describe('ready replicas', () => {
  it('are what the status says, 0 where it leaves them out, unknown without a status', () => {
    expect(readyOf({ status: { readyReplicas: 2, replicas: 3 } })).toBe(2)
    expect(readyOf({ status: { replicas: 3 } })).toBe(0)
    expect(readyOf({ status: { observedGeneration: 4 } })).toBe(0)
    expect(readyOf({ status: {} })).toBeUndefined()
    expect(readyOf({})).toBeUndefined()
  })
})

describe('a Deployment', () => {
  it('is blocked while pods of an old revision exist', () => {
    expect(blockedOf('Deployment', { status: { replicas: 5, updatedReplicas: 2 } })).toBe('a rollout is in progress: 2 of 5 pods are of the new revision')
    expect(blockedOf('Deployment', { status: { replicas: 5, updatedReplicas: 5 } })).toBeUndefined()
  })

  it('is not blocked because replicas are not ready: more of them may be the cure', () => {
    expect(blockedOf('Deployment', { spec: { replicas: 6 }, status: { replicas: 5, updatedReplicas: 5, readyReplicas: 1 } })).toBeUndefined()
  })

  it('is not blocked for ever by a rollout that is stuck, and the note says so', () => {
    const message = 'ReplicaSet "ads-1" has timed out progressing.'
    const stuck = {
      status: { replicas: 5, updatedReplicas: 2, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }] },
    }
    expect(blockedOf('Deployment', stuck)).toBeUndefined()
    expect(noteOf(stuck)).toBe(`Its rollout has missed its deadline: ${message}`)
  })

  it('is blocked while its pods cannot be created', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: pods=10' }]
    expect(blockedOf('Deployment', { status: { replicas: 2, updatedReplicas: 2, conditions } })).toBe('its pods cannot be created: exceeded quota: pods=10')
  })
})

describe('a StatefulSet', () => {
  const rolling = { replicas: 4, currentRevision: 'a', updateRevision: 'b' }

  it('is blocked while an update runs, and not by a partition that keeps old pods on purpose', () => {
    expect(blockedOf('StatefulSet', { status: { ...rolling, updatedReplicas: 1 } })).toBe('a rollout is in progress: 1 of 4 pods are of the new revision')
    const spec = { updateStrategy: { rollingUpdate: { partition: 3 } } }
    expect(blockedOf('StatefulSet', { spec, status: { ...rolling, updatedReplicas: 1 } })).toBeUndefined()
    expect(blockedOf('StatefulSet', { status: { ...rolling, currentRevision: 'b' } })).toBeUndefined()
  })
})

describe('an Argo Rollout', () => {
  it('is blocked while a revision is on its way that is not the stable one', () => {
    expect(blockedOf('Rollout', { status: { currentPodHash: 'b', stableRS: 'a' } })).toContain('revision b is not the stable one, a')
    expect(blockedOf('Rollout', { status: { currentPodHash: 'a', stableRS: 'a' } })).toBeUndefined()
    expect(blockedOf('Rollout', { status: { currentPodHash: 'a' } })).toBeUndefined()
  })
})

describe('any other kind', () => {
  it('says nothing of rollouts', () => {
    expect(blockedOf('Widget', { status: { replicas: 5, updatedReplicas: 2 } })).toBeUndefined()
  })
})
