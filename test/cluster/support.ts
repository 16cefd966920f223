/** Objects for the control plane, and what waits for them. */
import { expect } from 'vitest'
import { waitUnlessAborted } from '../../src/daemon/clock.ts'
import type { Cluster } from './cluster.ts'

/** The wall clock, for `createWorld`. */
export const clock = {
  now: () => Date.now() * 1e6,
  wait: waitUnlessAborted,
}

export const apps = '/apis/apps/v1/namespaces/default/deployments'

export function deployment(
  name: string,
  replicas: number,
  more: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> } = {},
): object {
  const labels = { app: name, ...more.labels }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(more.annotations === undefined ? {} : { annotations: more.annotations }) },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name, image: 'none' }] } },
    },
  }
}

export async function create(cluster: Cluster, path: string, object: object): Promise<void> {
  const { status, body } = await cluster.call('POST', path, object)
  if (status !== 201) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
}

/** A JSON merge patch. */
export async function patch(cluster: Cluster, path: string, change: object): Promise<void> {
  const { status, body } = await cluster.call('PATCH', path, change, undefined, 'application/merge-patch+json')
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
}

/** What a person does with kubectl. */
export function scaleTo(cluster: Cluster, name: string, replicas: number): Promise<void> {
  return patch(cluster, `${apps}/${name}/scale`, { spec: { replicas } })
}

export async function untilReady(cluster: Cluster, name: string, count: number): Promise<void> {
  await expect
    .poll(async () => ((await cluster.call('GET', `${apps}/${name}`)).body as { status?: { readyReplicas?: number } }).status?.readyReplicas, {
      timeout: 30_000,
    })
    .toBe(count)
}
