import { describe, expect, it } from 'vitest'
import { composite, dryRun, type OrchestrationClient } from '../../src/orchestrators/index.ts'
import { behavesAsClient, setAsAnother } from './suite.ts'

const named = (name: string, client: OrchestrationClient): OrchestrationClient => ({ ...client, name })

behavesAsClient('the composite', async () => {
  const inner = dryRun({ replicas: { 'process:worker': 2 } })
  return {
    client: composite({ default: dryRun({ replicas: {} }), byPrefix: { process: inner } }),
    workload: { orchestrator: 'process', name: 'worker' },
    missing: { orchestrator: 'process', name: 'nothing' },
    changes: () => inner.sets.length,
    changeOutside: (replicas) => setAsAnother(inner, { orchestrator: 'process', name: 'worker' }, replicas),
    close: async () => {},
  }
})

describe('the composite', () => {
  const cluster = named('kubernetes', dryRun({ replicas: { 'deployment/ads': 1, 'kubernetes:deployment/ads': 7 } }))
  const pool = named('process', dryRun({ replicas: { 'process:worker': 2 } }))
  const client = composite({ default: cluster, byPrefix: { process: pool } })

  it('sends a workload without a prefix to the default, which its own name reaches too', async () => {
    expect(await client.get({ kind: 'deployment', name: 'ads' })).toMatchObject({ desired: 1 })
    expect(await client.get({ orchestrator: 'kubernetes', kind: 'deployment', name: 'ads' })).toMatchObject({ desired: 7 })
  })

  it('names the orchestrators it knows when it does not know one', async () => {
    const expected = { error: 'not-found', message: 'nomad:web/api names the orchestrator nomad, which is not configured. Known: kubernetes, process.' }
    const workload = { orchestrator: 'nomad', kind: 'web', name: 'api' }
    expect(await client.get(workload)).toEqual(expected)
    expect(await client.set(workload, { replicas: 1, version: '', reason: '', id: '' })).toEqual(expected)
  })

  it('closes each client once', async () => {
    let closed = 0
    const counting: OrchestrationClient = { ...pool, name: 'process', close: async () => void closed++ }
    await composite({ default: counting, byPrefix: { process: counting, local: counting } }).close()
    expect(closed).toBe(1)
  })
})
