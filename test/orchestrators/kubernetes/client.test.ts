import { describe, expect, it } from 'vitest'
import { isError, kubernetes } from '../../../src/orchestrators/index.ts'
import { behavesAsClient, expectState, request } from '../suite.ts'
import { cluster, temporaryFile } from './support.ts'

const ads = { kind: 'deployment', name: 'ads' }

behavesAsClient('the Kubernetes client', async () => {
  const { double, client } = await cluster()
  return {
    client,
    workload: ads,
    missing: { kind: 'deployment', name: 'nothing' },
    changes: () => double.writes.length,
    changeOutside: async (replicas) => double.scale('Deployment', 'ads', replicas),
    close: async () => {},
  }
})

describe('reading a workload', () => {
  it('takes ready replicas from the object', async () => {
    const { double, client } = await cluster()
    double.setStatus('Deployment', 'ads', { readyReplicas: 1 })
    expect(await client.get(ads)).toEqual({ desired: 2, ready: 1, version: expect.any(String) })
  })

  it('takes the replicas that exist where the object may not be read', async () => {
    const { double, client } = await cluster()
    double.denied.add('get deployments')
    double.setStatus('Deployment', 'ads', { replicas: 3, readyReplicas: 1 })
    expect(await client.get(ads)).toMatchObject({ desired: 2, ready: 3 })
  })

  it('reads zeros, which the API server leaves out', async () => {
    const { double, client } = await cluster()
    double.add('Deployment', 'idle', { replicas: 0 }, { status: { observedGeneration: 1 } })
    expect(await client.get({ kind: 'deployment', name: 'idle' })).toMatchObject({ desired: 0, ready: 0 })
  })

  it('looks in the workload’s namespace, else in the configured one, else in the context’s', async () => {
    const { double, client, kubeconfig } = await cluster()
    double.add('Deployment', 'ads', { replicas: 7 }, { metadata: { namespace: 'other' } })
    expect(await client.get({ ...ads, namespace: 'other' })).toMatchObject({ desired: 7 })
    const other = await kubernetes({ kubeconfig, namespace: 'other' })
    if (isError(other)) throw new Error(other.message)
    expect(await other.get(ads)).toMatchObject({ desired: 7 })
    expect(await other.get({ ...ads, namespace: 'shop' })).toMatchObject({ desired: 2 })
    await other.close()
  })

  it('says when a rollout is in progress', async () => {
    const { double, client } = await cluster()
    double.setStatus('Deployment', 'ads', { replicas: 3, updatedReplicas: 1 })
    expect(await client.get(ads)).toMatchObject({ blocked: 'a rollout is in progress: 1 of 3 pods are of the new revision' })
  })

  it('says when pods cannot be scheduled', async () => {
    const { double, client } = await cluster()
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' }]
    const labels = { app: 'ads' }
    double.setStatus('Deployment', 'ads', { readyReplicas: 0 })
    double.add('Pod', 'ads-1', {}, { metadata: { labels }, status: { phase: 'Pending', conditions } })
    double.add('Pod', 'web-1', {}, { metadata: { labels: { app: 'web' } }, status: { phase: 'Pending', conditions } })
    expect(await client.get(ads)).toMatchObject({ blocked: 'a pod cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu.' })
    double.add('Pod', 'ads-2', {}, { metadata: { labels }, status: { phase: 'Pending', conditions } })
    expect(await client.get(ads)).toMatchObject({ blocked: expect.stringContaining('2 pods cannot be scheduled') })
    double.denied.add('list pods')
    expect(expectState(await client.get(ads)).blocked).toBeUndefined()
  })

  it('does not ask for pods while all replicas are ready', async () => {
    const { double, client } = await cluster()
    await client.get(ads)
    expect(double.requests.filter((r) => r.includes('/pods'))).toEqual([])
  })
})

describe('setting replicas', () => {
  it('writes the scale subresource with the resourceVersion, under its own name', async () => {
    const { double, client } = await cluster()
    const { version } = expectState(await client.get(ads))
    expect(expectState(await client.set(ads, request(4, version, 'a')))).toMatchObject({ desired: 4, ready: 2 })
    expect(double.writes).toEqual(['PUT /apis/apps/v1/namespaces/shop/deployments/ads/scale?fieldManager=scaled&timeout=4s'])
    expect(double.get('Deployment', 'ads')).toMatchObject({ spec: { replicas: 4 }, metadata: { managedFields: [{ manager: 'scaled' }] } })
  })

  it('does not mind that pods became ready since the plan', async () => {
    const { double, client } = await cluster()
    const { version } = expectState(await client.get(ads))
    double.setStatus('Deployment', 'ads', { readyReplicas: 1 })
    expect(await client.set(ads, request(4, version, 'a'))).toMatchObject({ desired: 4 })
  })

  it('is refused when somebody writes between its read and its write', async () => {
    const { double, client } = await cluster()
    const { version } = expectState(await client.get(ads))
    double.beforePut = () => double.scale('Deployment', 'ads', 1)
    expect(await client.set(ads, request(4, version, 'a'))).toEqual({ error: 'conflict', message: 'Somebody changed ads at the same time: plan again.' })
    expect(double.get('Deployment', 'ads').spec.replicas).toBe(1)
  })

  it('is refused when the object was deleted and made anew', async () => {
    const { double, client } = await cluster()
    const { version } = expectState(await client.get(ads))
    double.remove('Deployment', 'ads')
    double.add('Deployment', 'ads', { replicas: 2 })
    expect(await client.set(ads, request(4, version, 'a'))).toMatchObject({ error: 'conflict' })
  })

  it('takes a write whose answer was lost for done', async () => {
    const { double, client } = await cluster()
    const { version } = expectState(await client.get(ads))
    double.scale('Deployment', 'ads', 4)
    expect(await client.set(ads, request(4, version, 'a'))).toMatchObject({ desired: 4 })
    expect(double.writes).toEqual([])
  })

  it('reports what the API server finds invalid', async () => {
    const { client } = await cluster()
    const { version } = expectState(await client.get(ads))
    expect(await client.set(ads, request(-1, version, 'a'))).toMatchObject({
      error: 'blocked',
      message: expect.stringContaining('must be greater than or equal to 0'),
    })
  })
})

describe('what our account may not', () => {
  it('is named by verb and resource', async () => {
    const { double, client } = await cluster()
    const { version } = expectState(await client.get(ads))
    double.denied.add('update deployments/scale')
    expect(await client.set(ads, request(3, version, 'a'))).toEqual({
      error: 'forbidden',
      message:
        'Our account may not update ads, deployments/scale of group apps in shop: grant it the verb update on deployments/scale. The API server says: ' +
        'deployments.apps "ads" is forbidden: User "tester" cannot update resource "deployments/scale" in API group "apps" in the namespace "shop"',
    })
    double.denied.add('get deployments/scale')
    expect(await client.get(ads)).toMatchObject({ error: 'forbidden', message: expect.stringContaining('the verb get on deployments/scale') })
  })

  it('is told apart from credentials that are not accepted', async () => {
    const { double, client } = await cluster()
    double.token = 'renewed'
    expect(await client.get(ads)).toMatchObject({ error: 'forbidden', message: expect.stringContaining('renew the token') })
  })
})

describe('an API server that does not answer', () => {
  it('is transient: down, silent or failing', async () => {
    const { double, client } = await cluster({ timeoutMs: 100 })
    double.broken = 503
    expect(await client.get(ads)).toMatchObject({ error: 'transient', message: expect.stringContaining('503') })
    double.broken = 'hang'
    expect(await client.get(ads)).toEqual({ error: 'transient', message: `The Kubernetes API at ${double.url} could not be asked: no answer within 100 ms.` })
    double.broken = undefined
    expect(await client.get(ads)).toMatchObject({ desired: 2 })
    await double.close()
    // The first call may find the shared connection closed.
    expect(await client.get(ads)).toMatchObject({ error: 'transient', message: expect.stringContaining(double.url) })
    expect(await client.set(ads, request(3, 'x', 'a'))).toMatchObject({ error: 'transient', message: expect.stringContaining('ECONNREFUSED') })
  })

  it('is not taken at its word when it is something else', async () => {
    const { double, client } = await cluster()
    // Before the kind is known, then after.
    for (const path of ['/apis', '/apis/apps/v1/namespaces/shop/deployments/ads/scale']) {
      for (const text of ['<html>Please log in</html>', '{}', '[]', '{"kind":"Status"}']) {
        double.broken = { text }
        const expected = { error: 'transient', message: expect.stringMatching(`${path} with something else than .*: look for a proxy or a login page`) }
        expect(await client.get(ads)).toMatchObject(expected)
      }
      double.broken = undefined
      await client.get(ads)
    }
  })

  it('is not waited for longer while a program gets the token', async () => {
    const { double } = await cluster()
    const config = JSON.parse(double.kubeconfig())
    config.users[0].user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['2'] } }
    const client = await kubernetes({ kubeconfig: temporaryFile('config', JSON.stringify(config)), timeoutMs: 50 })
    if (isError(client)) throw new Error(client.message)
    expect(await client.get(ads)).toMatchObject({ error: 'transient', message: expect.stringContaining('no answer within 50 ms') })
    await client.close()
    expect(double.requests).toEqual([])
  })

  it('does not keep a closed client waiting', async () => {
    const { double, client } = await cluster({ timeoutMs: 60_000 })
    double.broken = 'hang'
    const reading = client.get(ads)
    await client.close()
    expect(await reading).toMatchObject({ error: 'transient' })
  })
})

describe('connections', () => {
  // client-node 2.0 opens one a call; sharing them hangs on a private method of it.
  it('are shared by calls', async () => {
    const { double, client } = await cluster()
    for (let i = 0; i < 20; i++) await client.get(ads)
    expect(double.requests.length).toBeGreaterThanOrEqual(60)
    expect(double.connections).toBeLessThanOrEqual(4)
  })
})

describe('a kubeconfig that cannot be used', () => {
  it('is refused at once, with what is wrong', async () => {
    const { double } = await cluster()
    const good = temporaryFile('config', double.kubeconfig())
    expect(await kubernetes({ kubeconfig: '/no/such/file' })).toEqual({ error: 'blocked', message: 'The kubeconfig /no/such/file does not exist.' })
    expect(await kubernetes({ kubeconfig: good, context: 'prod' })).toEqual({ error: 'blocked', message: `${good} has no context prod. Known: double.` })
    const bad = temporaryFile('config', 'clusters: [')
    expect(await kubernetes({ kubeconfig: bad })).toMatchObject({ error: 'blocked', message: expect.stringContaining('cannot be read') })
  })
})
