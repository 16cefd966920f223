/** The Kubernetes client of src/orchestrators, kept in step by watches, against the genuine thing. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createWorld, isError, kubernetes, type OrchestrationClient, type WorldPoller } from '../../src/orchestrators/index.ts'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'
import { startRelay } from './relay.ts'
import { apps, clock, create, deployment, patch, scaleTo, untilReady } from './support.ts'

describe.skipIf('missing' in clusterBinary())('a watched workload', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
  })
  afterAll(() => cluster.close())

  async function connect(kubeconfig = cluster.kubeconfig): Promise<OrchestrationClient> {
    const client = await kubernetes({ kubeconfig })
    if (isError(client)) throw new Error(client.message)
    onTestFinished(() => client.close())
    return client
  }

  /** Polls once an hour: what it learns in the test, watches told it. */
  async function watching(name: string, kind = 'deployment'): Promise<{ client: OrchestrationClient; world: WorldPoller; seen: () => unknown }> {
    const client = await connect()
    const target = { id: `${kind}/${name}`, workload: { kind, name } }
    const world = createWorld(client, [target], clock, { intervalMs: 3_600_000 })
    world.start()
    onTestFinished(() => world.close())
    await expect.poll(() => world.world.get(target.id)).toMatchObject({ desired: expect.any(Number) })
    return { client, world, seen: () => world.stateOf(target.id) ?? world.world.get(target.id) }
  }

  it('is seen to be scaled, ready, paused and owned as that happens, without a poll', async () => {
    await create(cluster, apps, deployment('web', 2))
    const { seen } = await watching('web')
    await expect.poll(seen).toMatchObject({ desired: 2, ready: 2 })
    await scaleTo(cluster, 'web', 3)
    await expect.poll(seen).toMatchObject({ desired: 3, ready: 3 })
    await patch(cluster, `${apps}/web`, { metadata: { annotations: { 'scale.dev/pause': 'out', 'scale.dev/pause-until': '2030-01-01T00:00:00Z' } } })
    await expect.poll(seen).toMatchObject({ paused: { up: true, down: false, until: Date.parse('2030-01-01T00:00:00Z') * 1e6 } })
    await patch(cluster, `${apps}/web`, { metadata: { annotations: { 'scale.dev/pause': null } } })
    await expect.poll(seen).not.toHaveProperty('paused')
    await create(cluster, '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 9 },
    })
    await expect.poll(seen).toMatchObject({ owner: 'HorizontalPodAutoscaler default/web' })
    await cluster.call('DELETE', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web')
    await expect.poll(seen).not.toHaveProperty('owner')
  })

  /** A client by way of a relay, the workload that it watches, and how many readings of the server one `get` costs: none, once the copies are in step. */
  async function counted(name: string) {
    await create(cluster, apps, deployment(name, 1))
    await untilReady(cluster, name, 1)
    const relay = await startRelay(cluster)
    onTestFinished(() => relay.close())
    const client = await connect(cluster.kubeconfigOf('scaled-a', relay.url))
    const workload = { kind: 'deployment', name }
    client.watch?.(workload, () => {})
    const readings = (): number => relay.asked.filter(({ path }) => path.endsWith(`/${name}/scale`) || path.endsWith(`/${name}`)).length
    async function cost(): Promise<number> {
      const before = readings()
      expect(await client.get(workload)).toMatchObject({ desired: 1 })
      return readings() - before
    }
    await expect.poll(cost).toBe(0)
    return { relay, client, workload, cost }
  }

  it('costs the API server no reading while it is in step', async () => {
    const { cost } = await counted('quiet')
    for (let i = 0; i < 20; i++) expect(await cost()).toBe(0)
  })

  it('whose watch died without a word is behind, is read anew when asked for, and from then on', async () => {
    const { relay, client, workload, cost } = await counted('dead')
    relay.set(({ path }) => (path.includes('watch=1') ? 'mute' : 'pass'))
    await expect.poll(() => relay.asked.filter(({ path }) => path.includes('watch=1')).length).toBeGreaterThanOrEqual(8)
    await expect.poll(cost).toBe(0)
    await scaleTo(cluster, 'dead', 3)
    expect(await client.get(workload)).toMatchObject({ desired: 1 })
    expect(await client.get(workload, { fresh: true })).toMatchObject({ desired: 3 })
    expect(await client.get(workload)).toMatchObject({ desired: 3 })
  })

  it('is in step again after the API server came back', async () => {
    await create(cluster, apps, deployment('lasting', 1))
    const { seen } = await watching('lasting')
    await expect.poll(seen).toMatchObject({ desired: 1, ready: 1 })
    await cluster.kill('apiserver')
    await cluster.startPart('apiserver')
    await scaleTo(cluster, 'lasting', 2)
    await expect.poll(seen, { timeout: 60_000 }).toMatchObject({ desired: 2, ready: 2 })
  })

  it('says that pods find no room, and that a disruption budget would be passed over', async () => {
    await create(cluster, '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'tight' },
      spec: { minAvailable: 3, selector: { matchLabels: { app: 'tight' } } },
    })
    await create(cluster, apps, deployment('tight', 2))
    const { seen } = await watching('tight')
    await expect.poll(seen).toMatchObject({ note: 'PodDisruptionBudget default/tight wants 3 available, and 2 are desired: scaling in passes it over.' })
    await create(cluster, apps, deployment('stuck', 1, { labels: { 'scale.test/unschedulable': 'yes' } }))
    const stuck = await watching('stuck')
    await expect.poll(stuck.seen).toMatchObject({ blocked: 'a pod cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu.' })
  })

  it('holds while a rollout is in progress', async () => {
    await create(cluster, apps, deployment('rolling', 2))
    await untilReady(cluster, 'rolling', 2)
    const { seen, client } = await watching('rolling')
    const template = { metadata: { labels: { 'scale.test/unschedulable': 'yes' } } }
    await patch(cluster, `${apps}/rolling`, { spec: { template } })
    await expect.poll(seen).toMatchObject({ blocked: expect.stringContaining('a rollout is in progress') })
    // Said, and not forbidden: that the planner holds is its own test.
    expect(isError(await client.get({ kind: 'deployment', name: 'rolling' }))).toBe(false)
  })

  it('is set with compare-and-set; a plan on older replicas is refused by the genuine server too', async () => {
    await create(cluster, apps, deployment('fought', 2))
    const client = await connect()
    const workload = { kind: 'deployment', name: 'fought' }
    const state = await client.get(workload)
    if (isError(state)) throw new Error(state.message)
    await scaleTo(cluster, 'fought', 5)
    expect(await client.set(workload, { replicas: 4, version: state.version, reason: 'test', id: 'one' })).toMatchObject({ error: 'conflict' })
    // Its status changes while pods come, and a write in that moment is refused as well.
    const plannedAnew = async () => {
      const now = await client.get(workload)
      return isError(now) ? now : client.set(workload, { replicas: 7, version: now.version, reason: 'test', id: 'two' })
    }
    await expect.poll(plannedAnew).toMatchObject({ desired: 7 })
    const object = (await cluster.call('GET', `${apps}/fought`)).body as { metadata: { managedFields: readonly { manager: string; subresource?: string }[] } }
    expect(object.metadata.managedFields).toContainEqual(expect.objectContaining({ manager: 'scaled', subresource: 'scale' }))
  })

  it('may be a custom resource, found by discovery', async () => {
    await create(cluster, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgets)
    const widget = { apiVersion: 'shop.test/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 2 } }
    await expect.poll(async () => (await cluster.call('POST', '/apis/shop.test/v1/namespaces/default/widgets', widget)).status, { timeout: 30_000 }).toBe(201)
    const { client, seen } = await watching('w', 'widgets.shop.test')
    await expect.poll(seen).toMatchObject({ desired: 2 })
    const state = await client.get({ kind: 'widgets.shop.test', name: 'w' })
    if (isError(state)) throw new Error(state.message)
    expect(await client.set({ kind: 'widgets.shop.test', name: 'w' }, { replicas: 3, version: state.version, reason: 'test', id: 'a' })).toMatchObject({
      desired: 3,
    })
  })

  it('is told of what was decided by an event that names it', async () => {
    await create(cluster, apps, deployment('told', 1))
    const client = await connect()
    const workload = { kind: 'deployment', name: 'told' }
    await client.get(workload)
    const message = 'New size: 3; reason: ads-slow: span(ads/GetAds).p99 > 400ms in 3 of the last 5 steps; trace 4bf92f3577b34da6a3ce929d0e0e4736'
    await client.notify?.(workload, { severity: 'normal', reason: 'SuccessfulRescale', message })
    const { items } = (await cluster.call('GET', '/apis/events.k8s.io/v1/namespaces/default/events')).body as { items: readonly Record<string, never>[] }
    expect(items.filter(({ reportingController }) => reportingController === 'scaled')).toEqual([
      expect.objectContaining({
        reason: 'SuccessfulRescale',
        type: 'Normal',
        note: message,
        regarding: expect.objectContaining({ kind: 'Deployment', name: 'told', uid: expect.any(String) }),
      }),
    ])
  })
})

const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.shop.test' },
  spec: {
    group: 'shop.test',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer' } } },
              status: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
      },
    ],
  },
}
