/** A real kubectl against the double: where the two agree, the double is like an API server, and our client sees what kubectl sees. */
import { describe, expect, it } from 'vitest'
import { kubectl, kubectlPath } from '../../support/kubernetes/kubectl.ts'
import { expectState, request } from '../suite.ts'
import { type Cluster, cluster } from './support.ts'

const program = kubectlPath()
const ads = { kind: 'deployment', name: 'ads' }

describe.runIf(program !== undefined)('a real kubectl', () => {
  const run = ({ kubeconfig }: Cluster, ...args: string[]) => kubectl(program as string, kubeconfig, ...args)
  const replicasOf = async (of: Cluster, target: string) => Number((await run(of, 'get', target, '-o', 'jsonpath={.spec.replicas}')).stdout)

  it('sees what our client set', async () => {
    const of = await cluster()
    const { version } = expectState(await of.client.get(ads))
    await of.client.set(ads, request(4, version, 'a'))
    expect(await replicasOf(of, 'deployment/ads')).toBe(4)
    expect((await run(of, 'get', 'deploy/ads', '-o', 'jsonpath={.metadata.managedFields[0].manager}', '--show-managed-fields')).stdout).toBe('scaled')
  })

  it('sets what our client sees, which refuses its older plan', async () => {
    const of = await cluster()
    const { version } = expectState(await of.client.get(ads))
    expect(await run(of, 'scale', 'deployment/ads', '--replicas=3')).toEqual({ code: 0, stdout: 'deployment.apps/ads scaled\n', stderr: '' })
    expect(await of.client.get(ads)).toMatchObject({ desired: 3 })
    expect(await of.client.set(ads, request(4, version, 'a'))).toMatchObject({ error: 'conflict' })
  })

  it('is refused by --current-replicas where our client has moved on, and by the double in between', async () => {
    const of = await cluster()
    const { version } = expectState(await of.client.get(ads))
    await of.client.set(ads, request(3, version, 'a'))
    expect(await run(of, 'scale', 'deploy/ads', '--replicas=5', '--current-replicas=2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Expected replicas to be 2, was 3'),
    })
    expect(await run(of, 'scale', 'deploy/ads', '--replicas=5', '--current-replicas=3')).toMatchObject({ code: 0 })
    expect(of.double.writes.at(-1)).toBe('PUT /apis/apps/v1/namespaces/shop/deployments/ads/scale')
    expect(await of.client.get(ads)).toMatchObject({ desired: 5 })
  })

  it('scales a custom kind, and finds no scale where our client finds none', async () => {
    const of = await cluster()
    of.double.add('Rollout', 'web', { replicas: 2 })
    of.double.add('DaemonSet', 'agent', {})
    expect(await run(of, 'scale', 'rollouts.argoproj.io/web', '--replicas=6')).toMatchObject({ code: 0 })
    expect(await of.client.get({ kind: 'rollouts.argoproj.io', name: 'web' })).toMatchObject({ desired: 6 })
    expect(await run(of, 'scale', 'daemonset/agent', '--replicas=2')).toMatchObject({ code: 1, stderr: expect.stringContaining('NotFound') })
    expect(await of.client.get({ kind: 'daemonset', name: 'agent' })).toMatchObject({ error: 'not-scalable' })
    expect(await run(of, 'scale', 'deployment/nothing', '--replicas=2')).toMatchObject({ code: 1, stderr: expect.stringContaining('"nothing" not found') })
    expect(await of.client.get({ kind: 'deployment', name: 'nothing' })).toMatchObject({ error: 'not-found' })
  })

  it('is forbidden what our client is forbidden', async () => {
    const of = await cluster()
    of.double.denied.add('patch deployments/scale').add('get deployments/scale')
    const said = await run(of, 'scale', 'deployment/ads', '--replicas=3')
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot patch resource "deployments/scale" in API group "apps"') })
    expect(await of.client.get(ads)).toMatchObject({ error: 'forbidden', message: expect.stringContaining('cannot get resource "deployments/scale"') })
  })

  it('knows the kinds by the names that our client knows', async () => {
    const of = await cluster()
    of.double.add('StatefulSet', 'db', { replicas: 3 })
    for (const kind of ['sts', 'statefulset', 'statefulsets', 'statefulsets.apps', 'statefulsets.v1.apps']) {
      expect(await replicasOf(of, `${kind}/db`)).toBe(3)
      expect(await of.client.get({ kind, name: 'db' })).toMatchObject({ desired: 3 })
    }
    const unknown = await run(of, 'get', 'deploymnet/ads')
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('doesn\'t have a resource type "deploymnet"') })
    expect(await of.client.get({ kind: 'deploymnet', name: 'ads' })).toMatchObject({ error: 'not-found' })
  })
})
