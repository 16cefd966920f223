/** A metrics adapter as small as can be: external.metrics.k8s.io, which HorizontalPodAutoscalers ask for metrics of type External. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import type { Cluster } from './cluster.ts'
import { create } from './support.ts'

const group = 'external.metrics.k8s.io'
const version = 'v1beta1'

export interface Adapter {
  /** How often it was asked for a value. */
  readonly asked: number
  close(): Promise<void>
}

/** Serves `value` of a metric and of the labels that it is selected by, and has the API server's aggregator send what asks for metrics here. */
export async function startAdapter(cluster: Cluster, value: (metric: string, labels: Readonly<Record<string, string>>) => number): Promise<Adapter> {
  let asked = 0
  const server = createServer(cluster.certificate, ({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'https://adapter')
    const metric = new RegExp(`^/apis/${group}/${version}/namespaces/[^/]+/([^/]+)$`).exec(pathname)?.[1]
    response.setHeader('content-type', 'application/json')
    if (metric === undefined) {
      response.statusCode = pathname === `/apis/${group}/${version}` ? 200 : 404
      response.end(JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/${version}`, resources: [] }))
      return
    }
    asked++
    const labels = Object.fromEntries((searchParams.get('labelSelector') ?? '').split(',').map((pair) => pair.split('='))) as Record<string, string>
    const item = { metricName: metric, metricLabels: labels, timestamp: new Date().toISOString(), value: String(value(metric, labels)) }
    response.end(JSON.stringify({ kind: 'ExternalMetricValueList', apiVersion: `${group}/${version}`, metadata: {}, items: [item] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await create(cluster, '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'adapter' },
    // The aggregator takes a name as it is: no pods are needed behind it.
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  })
  await create(cluster, '/apis/apiregistration.k8s.io/v1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { namespace: 'default', name: 'adapter', port },
    },
  })
  await expect.poll(async () => (await cluster.call('GET', `/apis/${group}/${version}`)).status, { timeout: 60_000, interval: 500 }).toBe(200)
  return {
    get asked() {
      return asked
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
