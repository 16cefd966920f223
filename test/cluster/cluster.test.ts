/** The control plane itself: what the other tests here stand on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'

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
    const path = '/apis/apps/v1/namespaces/default/deployments'
    expect((await cluster.call('POST', path, deployment('ads', 2))).status).toBe(201)
    await readyReplicas(cluster, `${path}/ads`, 2)
    await cluster.kill('apiserver')
    await cluster.startPart('apiserver')
    await readyReplicas(cluster, `${path}/ads`, 2)
    expect(cluster.audit().filter(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'deployments')).toHaveLength(1)
  })
})

function deployment(name: string, replicas: number): object {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name, image: 'none' }] } } },
  }
}

async function readyReplicas(cluster: Cluster, path: string, count: number): Promise<void> {
  await expect
    .poll(async () => ((await cluster.call('GET', path)).body as { status?: { readyReplicas?: number } }).status?.readyReplicas, { timeout: 30_000 })
    .toBe(count)
}
