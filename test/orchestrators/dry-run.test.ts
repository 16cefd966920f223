import { describe, expect, it } from 'vitest'
import { dryRun } from '../../src/orchestrators/index.ts'
import { behavesAsClient, expectState, request, setAsAnother } from './suite.ts'

behavesAsClient('the dry run', async () => {
  const client = dryRun({ replicas: { 'deployment/ads': 2 } })
  return {
    client,
    workload: { kind: 'deployment', name: 'ads' },
    missing: { kind: 'deployment', name: 'nothing' },
    changes: () => client.sets.length,
    changeOutside: (replicas) => setAsAnother(client, { kind: 'deployment', name: 'ads' }, replicas),
    close: async () => {},
  }
})

describe('the dry run', () => {
  it('remembers what would have been set, and why', async () => {
    const client = dryRun({ replicas: { 'deployment/ads': 2 } })
    const workload = { kind: 'deployment', name: 'ads' }
    await client.set(workload, request(4, expectState(await client.get(workload)).version, 'a'))
    expect(client.sets).toEqual([{ workload, request: { replicas: 4, version: '1', id: 'a', reason: 'because of a' } }])
  })

  it('gives every other workload the number it was told', async () => {
    const client = dryRun({ replicas: {}, otherwise: 3 })
    expect(await client.get({ name: 'anything' })).toEqual({ desired: 3, ready: 3, version: '1' })
  })
})
