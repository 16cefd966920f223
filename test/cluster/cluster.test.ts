/** The control plane itself: what the other tests here stand on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'
import { apps, create, deployment, untilReady } from './support.ts'

describe.skipIf('missing' in clusterBinary())('a genuine control plane', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
  })
  afterAll(() => cluster.close())

  it('is Kubernetes, of the version that host/go.mod names', async () => {
    const { body } = await cluster.call('GET', '/version')
    expect((body as { gitVersion: string }).gitVersion).toMatch(/^v1\.\d+\.\d+$/)
    console.log(`API server ${(body as { gitVersion: string }).gitVersion}`)
  })

  it('runs a deployment until its pods are ready, and answers a restart with the same objects', async () => {
    await create(cluster, apps, deployment('ads', 2))
    await untilReady(cluster, 'ads', 2)
    await cluster.kill('apiserver')
    await cluster.startPart('apiserver')
    await untilReady(cluster, 'ads', 2)
    expect(cluster.audit().filter(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'deployments')).toHaveLength(1)
  })
})
