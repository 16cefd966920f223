import { describe, expect, it } from 'vitest'
import type { ApiResponse, KubernetesApi } from '../../../src/orchestrators/kubernetes/api.ts'
import { discovery } from '../../../src/orchestrators/kubernetes/discovery.ts'
import { kinds } from '../../support/kubernetes/kinds.ts'
import type { KubernetesDouble } from '../../support/kubernetes/server.ts'
import { cluster } from './support.ts'

describe('the kind of a workload', () => {
  it('may be written in every way that kubectl knows', async () => {
    const { double, client } = await cluster()
    double.add('Rollout', 'ads', { replicas: 5 })
    double.add('StatefulSet', 'ads', { replicas: 6 })
    double.add('ReplicaSet', 'ads', { replicas: 7 })
    double.add('ReplicationController', 'ads', { replicas: 8 })
    const spellings: Record<number, string[]> = {
      2: ['deployment', 'deployments', 'deploy', 'Deployment', 'deployments.apps', 'deployment.v1.apps'],
      5: ['rollouts.argoproj.io', 'rollout', 'rollouts.v1alpha1.argoproj.io'],
      6: ['statefulset', 'sts'],
      7: ['replicaset', 'rs.apps'],
      8: ['replicationcontroller', 'rc'],
    }
    for (const [desired, names] of Object.entries(spellings))
      for (const kind of names) expect([kind, await client.get({ kind, name: 'ads' })]).toMatchObject([kind, { desired: Number(desired) }])
  })

  it('that nobody has is an error that says how to write it', async () => {
    const { client } = await cluster()
    expect(await client.get({ kind: 'deploymnet', name: 'ads' })).toEqual({
      error: 'not-found',
      message: 'The cluster has no kind deploymnet: check the spelling, or write it with its group as in rollouts.argoproj.io.',
    })
    expect(await client.get({ kind: 'widgets.example.com', name: 'ads' })).toEqual({
      error: 'not-found',
      message: 'The cluster has no kind widgets.example.com: check the group, and that its CRD is installed.',
    })
    expect(await client.get({ name: 'ads' })).toEqual({ error: 'not-found', message: 'ads names no kind: write deployment/ads, or the kind that it is.' })
  })

  it('is looked up once', async () => {
    const { double, client } = await cluster()
    for (let i = 0; i < 3; i++) await client.get({ kind: 'deployment', name: 'ads' })
    expect(double.requests.filter((r) => r === 'GET /apis' || r === 'GET /apis/apps/v1')).toHaveLength(2)
  })

  it('is found although another group’s server is down', async () => {
    const { double, client } = await cluster()
    double.add('Rollout', 'web', { replicas: 3 })
    double.down.add('autoscaling/v2')
    expect(await client.get({ kind: 'rollout', name: 'web' })).not.toMatchObject({ error: 'not-found' })
    // It may be in the group that did not answer.
    double.down.add('argoproj.io/v1alpha1')
    expect(await client.get({ kind: 'ro', name: 'web' })).toMatchObject({ error: 'transient' })
  })
})

describe('a kind without a scale', () => {
  it('is told apart from an object that does not exist', async () => {
    const { double, client } = await cluster()
    double.add('DaemonSet', 'agent', {})
    expect(await client.get({ kind: 'daemonset', name: 'agent' })).toEqual({
      error: 'not-scalable',
      message: 'DaemonSet shop/agent has no scale: only kinds with the scale subresource can be scaled.',
    })
    expect(await client.get({ kind: 'daemonset', name: 'nothing' })).toEqual({
      error: 'not-found',
      message: 'There is no DaemonSet nothing in namespace shop.',
    })
    // Where objects may not be read, what the API server lists decides.
    double.denied.add('get daemonsets').add('get deployments')
    expect(await client.get({ kind: 'daemonset', name: 'nothing' })).toMatchObject({ error: 'not-scalable' })
    expect(await client.get({ kind: 'deployment', name: 'nothing' })).toMatchObject({ error: 'not-found' })
  })

  it('loses to a kind of the same name that has one', async () => {
    const { double, client } = await cluster()
    double.kinds = [{ group: '', version: 'v1', plural: 'rollouts', singular: 'rollout', kind: 'Note', scale: false }, ...kinds]
    double.add('Rollout', 'web', { replicas: 3 })
    expect(await client.get({ kind: 'rollout', name: 'web' })).toMatchObject({ desired: 3 })
  })
})

describe('discovery', () => {
  const apiOf = (double: KubernetesDouble): KubernetesApi => ({
    namespace: 'shop',
    timeoutMs: 5000,
    async call(_, path) {
      const response = await fetch(double.url + path)
      return { status: response.status, body: await response.json() } satisfies ApiResponse
    },
    lines: async () => ({ status: 404, body: undefined }),
    async close() {},
  })

  it('looks again where a kind is when nothing is found there, for its CRD may serve another version now', async () => {
    const { double } = await cluster()
    let now = 0
    const find = discovery(apiOf(double), () => now, 1000)
    expect(await find.resolve('rollout')).toMatchObject({ version: 'v1alpha1' })
    double.kinds = kinds.map((k) => (k.kind === 'Rollout' ? { ...k, version: 'v1' } : k))
    now = 999
    find.doubt('rollout')
    expect(await find.resolve('rollout')).toMatchObject({ version: 'v1alpha1' })
    now = 1000
    find.doubt('Rollout')
    expect(await find.resolve('rollout')).toMatchObject({ version: 'v1' })
  })

  it('looks again for a missing kind after a while, so that a new CRD is found', async () => {
    const { double } = await cluster()
    const all = double.kinds
    const api = apiOf(double)
    let now = 0
    const find = discovery(api, () => now, 1000)
    double.kinds = all.filter((k) => k.kind !== 'Rollout')
    expect(await find.resolve('rollout')).toMatchObject({ error: 'not-found' })
    double.kinds = all
    const before = double.requests.length
    now = 999
    expect(await find.resolve('rollout')).toMatchObject({ error: 'not-found' })
    expect(double.requests.length).toBe(before)
    now = 1000
    expect(await find.resolve('rollout')).toEqual({ group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', kind: 'Rollout', scalable: true })
  })
})
