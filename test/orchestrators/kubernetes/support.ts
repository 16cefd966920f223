/** A client on a double of the API server, both closed at the end of the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { isError, type KubernetesOptions, kubernetes, type OrchestrationClient } from '../../../src/orchestrators/index.ts'
import { KubernetesDouble } from '../../support/kubernetes/server.ts'

export interface Cluster {
  readonly double: KubernetesDouble
  readonly client: OrchestrationClient
  readonly kubeconfig: string
}

/** With a Deployment shop/ads at 2 of 2. */
export async function cluster(options: KubernetesOptions = {}): Promise<Cluster> {
  const double = await KubernetesDouble.start()
  double.add('Deployment', 'ads', { replicas: 2 })
  const kubeconfig = temporaryFile('config', double.kubeconfig())
  const client = await kubernetes({ kubeconfig, ...options })
  onTestFinished(async () => {
    if (!isError(client)) await client.close()
    await double.close()
  })
  if (isError(client)) throw new Error(client.message)
  return { double, client, kubeconfig }
}

export function temporaryFile(name: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'scale-kubernetes-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}
