import { describe, expect, it, onTestFinished } from 'vitest'
import { catalogFromCluster } from '../../src/catalogs/index.ts'
import { isError } from '../../src/orchestrators/index.ts'
import { temporaryFile } from '../orchestrators/kubernetes/support.ts'
import { KubernetesDouble } from '../support/kubernetes/server.ts'

async function cluster() {
  const double = await KubernetesDouble.start()
  onTestFinished(() => double.close())
  const kubeconfig = temporaryFile('config', double.kubeconfig())
  return { double, ask: (namespace?: string) => catalogFromCluster({ kubeconfig, ...(namespace === undefined ? {} : { namespace }) }) }
}
const workloadsOf = (result: Awaited<ReturnType<typeof catalogFromCluster>>) => {
  if (isError(result)) throw new Error(result.message)
  return result.workloads
}
const container = (...env: readonly { readonly name: string; readonly value?: string }[]) => ({ template: { spec: { containers: [{ env }] } } })

describe('a catalog from a cluster', () => {
  it('has Deployments and StatefulSets of all namespaces, or of one, and nothing else', async () => {
    const { double, ask } = await cluster()
    double.add('Deployment', 'ads', { replicas: 2 })
    double.add('StatefulSet', 'db', { replicas: 0 })
    double.add('DaemonSet', 'logs', {})
    double.add('Deployment', 'ads', { replicas: 3 }, { metadata: { namespace: 'test' } })
    const shop = [
      { id: 'deployment/ads in shop', replicas: 2, services: [] },
      { id: 'statefulset/db in shop', replicas: 0, services: [] },
    ]
    expect(workloadsOf(await ask('shop'))).toEqual(shop)
    expect(workloadsOf(await ask())).toEqual([shop[0], { id: 'deployment/ads in test', replicas: 3, services: [] }, shop[1]])
  })

  it('knows services from the environment that OpenTelemetry reads', async () => {
    const { double, ask } = await cluster()
    double.add('Deployment', 'a', {
      replicas: 1,
      ...container({ name: 'OTEL_SERVICE_NAME', value: 'ads' }, { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'service.name=x' }),
    })
    double.add('Deployment', 'b', { replicas: 1, ...container({ name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'region=eu, service.name = cart' }) })
    double.add('Deployment', 'c', { replicas: 1, ...container({ name: 'OTEL_SERVICE_NAME', value: '$(POD_NAME)' }, { name: 'PORT' }) })
    expect(workloadsOf(await ask()).map(({ services }) => services)).toEqual([['ads'], ['cart'], []])
  })

  it('reads long lists page by page, and again when one has expired', async () => {
    const { double, ask } = await cluster()
    for (let i = 0; i < 600; i++) double.add('Deployment', `ads-${i}`, { replicas: 1 })
    double.expiring = 1
    expect(workloadsOf(await ask())).toHaveLength(600)
    expect(double.requests.filter((request) => request.includes('/deployments?limit='))).toHaveLength(5)
    double.expiring = 2
    expect(await ask()).toMatchObject({ error: 'transient', message: expect.stringContaining('410') })
  })

  it('says what its account may not, and that a namespace may do', async () => {
    const { double, ask } = await cluster()
    double.add('Deployment', 'ads', { replicas: 2 })
    double.denied.add('list deployments everywhere')
    expect(await ask()).toMatchObject({ error: 'forbidden', message: expect.stringMatching(/at the cluster scope.* Or ask for one namespace only\.$/) })
    expect(workloadsOf(await ask('shop'))).toHaveLength(1)
    double.denied.add('list statefulsets')
    expect(await ask('shop')).toMatchObject({ error: 'forbidden', message: expect.stringContaining('in the namespace "shop"') })
    expect(await catalogFromCluster({ kubeconfig: '/nowhere' })).toMatchObject({ error: 'blocked' })
  })

  it('is told from something that is no cluster', async () => {
    const { double, ask } = await cluster()
    double.broken = { text: '{}' }
    expect(await ask()).toMatchObject({ error: 'transient', message: expect.stringContaining('a list of deployments') })
  })
})
