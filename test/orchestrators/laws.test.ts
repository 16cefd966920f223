/** The laws of compare-and-set, over any history of readings, plans, repeated orders and other people's changes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WorkloadRef } from '../../src/bundle/index.ts'
import { dryRun, isError, type OrchestrationClient, type SetRequest, type WorkloadState } from '../../src/orchestrators/index.ts'
import { cluster } from './kubernetes/support.ts'
import { openPool, temporaryDir } from './process/support.ts'
import { expectState } from './suite.ts'

type Step = { readonly do: 'read' | 'repeat' } | { readonly do: 'plan' | 'interfere'; readonly replicas: number }

const replicas = fc.integer({ min: 0, max: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ do: 'read' as const }),
  fc.constant({ do: 'repeat' as const }),
  fc.record({ do: fc.constantFrom('plan' as const, 'plan' as const, 'interfere' as const), replicas }),
)

interface Subject {
  readonly client: OrchestrationClient
  readonly workload: WorkloadRef
  interfere(replicas: number): Promise<void>
}

async function holds({ client, workload, interfere }: Subject, steps: readonly Step[], run: number): Promise<void> {
  let seen: WorkloadState = expectState(await client.get(workload))
  let desired = seen.desired
  /** Nothing has changed since `seen` was read. */
  let fresh = true
  let last: { readonly request: SetRequest; readonly done: boolean } | undefined
  for (const [index, s] of steps.entries()) {
    if (s.do === 'read') {
      seen = expectState(await client.get(workload))
      fresh = true
    } else if (s.do === 'interfere') {
      await interfere(s.replicas)
      if (desired !== s.replicas) fresh = false
      desired = s.replicas
      last = undefined
    } else if (s.do === 'plan') {
      const request = { replicas: s.replicas, version: seen.version, id: `${run}/${index}`, reason: 'a plan' }
      const result = await client.set(workload, request)
      if (fresh || s.replicas === desired) expect(expectState(result).desired).toBe(s.replicas)
      else if (seen.desired !== desired) expect(result).toMatchObject({ error: 'conflict' })
      const done = !isError(result)
      if (done && s.replicas !== desired) {
        desired = s.replicas
        fresh = false
      }
      last = { request, done }
    } else if (last?.done) expect(expectState(await client.set(workload, last.request)).desired).toBe(desired)
    expect(expectState(await client.get(workload)).desired).toBe(desired)
  }
}

async function check(subject: Subject, numRuns: number): Promise<void> {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) => holds(subject, steps, run++)),
    { numRuns },
  )
}

describe('a plan takes effect exactly when the workload is as it was planned on, and once', () => {
  it('in a dry run', async () => {
    const client = dryRun({ replicas: { 'deployment/ads': 2 } })
    const workload = { kind: 'deployment', name: 'ads' }
    let others = 0
    const interfere = async (replicas: number) => {
      const { version } = expectState(await client.get(workload))
      await client.set(workload, { replicas, version, id: `other-${others++}`, reason: '' })
    }
    await check({ client, workload, interfere }, 200)
  })

  it('on Kubernetes', async () => {
    const { double, client } = await cluster()
    const workload = { kind: 'deployment', name: 'ads' }
    await check({ client, workload, interfere: async (n) => double.scale('Deployment', 'ads', n) }, 15)
    expect(double.writes.every((w) => w.startsWith('PUT '))).toBe(true)
  })

  it('in a process pool', async () => {
    const client = await openPool({
      stateDir: temporaryDir(),
      pools: [{ name: 'worker', command: 'sleep', args: ['600'], replicas: 2, max: 4, drainMs: 0 }],
    })
    const workload = { orchestrator: 'process', name: 'worker' }
    let others = 0
    const interfere = async (replicas: number) => {
      const { version } = expectState(await client.get(workload))
      await client.set(workload, { replicas, version, id: `other-${others++}`, reason: '' })
    }
    await check({ client, workload, interfere }, 15)
  })
})
