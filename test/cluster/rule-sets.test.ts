/** ScaleRuleSet objects and their webhook, with the chart's own CRD, on the genuine API server. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { parse } from 'yaml'
import type { Bundle } from '../../src/bundle/index.ts'
import { watchRuleSets } from '../../src/daemon/rule-sets/watch.ts'
import { startWebhook, webhookPath } from '../../src/daemon/rule-sets/webhook.ts'
import { connect, isError } from '../../src/orchestrators/index.ts'
import { kubectl, kubectlPath } from '../support/kubernetes/kubectl.ts'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'
import { create } from './support.ts'

const good = 'ads-slow: scale deployment/ads +1 when span(ads/Get).p99 > 400ms 5 times in 60s'
const wrong = 'ads-slow: scale deployment/ads +1 wen span(ads/Get).p99 > 400ms 5 times in 60s'

describe.skipIf('missing' in clusterBinary() || kubectlPath() === undefined)('rules as objects', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
    await create(cluster, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', parse(readFileSync('deploy/helm/scaled/crds/scalerulesets.yaml', 'utf8')))
    for (const name of ['shop', 'front']) await create(cluster, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    await vi.waitUntil(async () => (await cluster.call('GET', path('shop'))).status === 200, { timeout: 30_000 })
  })
  afterAll(() => cluster.close())

  const path = (namespace: string, name = ''): string => `/apis/scale.dev/v1alpha1/namespaces/${namespace}/scalerulesets${name === '' ? '' : `/${name}`}`

  async function apply(namespace: string, name: string, rules: string): Promise<{ code: number; stderr: string }> {
    const file = join(cluster.folder, `${name}.json`)
    writeFileSync(file, JSON.stringify({ apiVersion: 'scale.dev/v1alpha1', kind: 'ScaleRuleSet', metadata: { name, namespace }, spec: { rules } }))
    return kubectl(kubectlPath() as string, cluster.kubeconfig, 'apply', '-f', file)
  }

  async function watching(mayWrite = true) {
    const api = await connect({ kubeconfig: cluster.kubeconfig })
    if (isError(api)) throw new Error(api.message)
    const state: { bundle?: Bundle | undefined } = {}
    const sets = watchRuleSets({
      api,
      namespaces: ['shop', 'front'],
      base: () => undefined,
      changed: (bundle) => {
        state.bundle = bundle
      },
      mayWrite: () => mayWrite,
      now: () => '2026-01-01T00:00:00Z',
      said: () => {},
    })
    onTestFinished(async () => {
      sets.close()
      await api.close()
    })
    await sets.settled()
    return { sets, rules: () => state.bundle?.rules.map(({ name, target }) => `${name} → ${target}`) ?? [] }
  }

  const printed = async (namespace: string, name: string): Promise<string> =>
    (await kubectl(kubectlPath() as string, cluster.kubeconfig, 'get', 'srs', name, '-n', namespace, '-o', 'wide', '--no-headers')).stdout
      .trim()
      .replaceAll(/ {2,}/g, ' | ')

  it('are in force in their own namespace, and say so', async () => {
    await apply('shop', 'ads', good)
    const { rules } = await watching()
    await expect.poll(rules).toEqual(['shop/ads/ads-slow → deployment/ads in shop'])
    await expect.poll(() => printed('shop', 'ads')).toMatch(/^ads \| True \| Compiled \| 1 \| 1 rule is in force \| \d+s$/)
  })

  it('that are wrong say where, while the last right ones stay in force', async () => {
    await apply('shop', 'ads', good)
    const { rules } = await watching()
    await expect.poll(rules).toHaveLength(1)
    await apply('shop', 'ads', wrong)
    await expect.poll(() => printed('shop', 'ads')).toContain('False | Invalid | 1 | 1:35: error SC1003: expected `when`, found `wen`; the rules of generation')
    expect(rules()).toEqual(['shop/ads/ads-slow → deployment/ads in shop'])
    const { status } = (await cluster.call('GET', path('shop', 'ads'))).body as {
      status: { problems: unknown[]; activeGeneration: number; observedGeneration: number }
    }
    expect(status.problems[0]).toMatchObject({ severity: 'error', code: 'SC1003', line: 1, column: 35 })
    expect(status.observedGeneration).toBe(status.activeGeneration + 1)
    await cluster.call('DELETE', path('shop', 'ads'))
    await expect.poll(rules).toEqual([])
  })

  it('of which one is wrong leave the others in force', async () => {
    await apply('shop', 'broken', wrong)
    await apply('front', 'web', good)
    const { rules } = await watching()
    await expect.poll(rules).toEqual(['front/web/ads-slow → deployment/ads in front'])
    await expect.poll(() => printed('shop', 'broken')).toContain('no rules of it are in force')
    await cluster.call('DELETE', path('shop', 'broken'))
    await cluster.call('DELETE', path('front', 'web'))
  })

  it('may not reach into another namespace, nor take a workload that others have', async () => {
    await apply('shop', 'greedy', good.replace('deployment/ads', 'deployment/ads in front'))
    await apply('shop', 'a', good)
    await apply('shop', 'b', good)
    const { rules } = await watching()
    await expect.poll(rules).toEqual(['shop/a/ads-slow → deployment/ads in shop'])
    await expect.poll(() => printed('shop', 'greedy')).toContain('deployment/ads in front is outside namespace shop')
    await expect.poll(() => printed('shop', 'b')).toContain('False | Refused | 0 | deployment/ads in shop is scaled by shop/a already')
    for (const name of ['greedy', 'a', 'b']) await cluster.call('DELETE', path('shop', name))
  })

  it('are written to by nobody who may not', async () => {
    await apply('shop', 'quiet', good)
    const { rules } = await watching(false)
    await expect.poll(rules).toHaveLength(1)
    expect(((await cluster.call('GET', path('shop', 'quiet'))).body as { status?: unknown }).status).toBeUndefined()
    await cluster.call('DELETE', path('shop', 'quiet'))
  })

  it('are checked before they are stored, by a webhook that the API server calls', async () => {
    const at = (name: string): string => join(cluster.folder, name)
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=webhook',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        at('hook.key'),
        '-out',
        at('hook.crt'),
      ],
      { stdio: 'ignore' },
    )
    const webhook = await startWebhook({ host: '127.0.0.1', port: 0, tls: { cert: at('hook.crt'), key: at('hook.key') } })
    onTestFinished(() => webhook.close())
    await create(cluster, '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'scaled' },
      webhooks: [
        {
          name: 'scalerulesets.scale.dev',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          clientConfig: { url: `https://127.0.0.1:${webhook.port}${webhookPath}`, caBundle: readFileSync(at('hook.crt')).toString('base64') },
          rules: [{ apiGroups: ['scale.dev'], apiVersions: ['v1alpha1'], resources: ['scalerulesets'], operations: ['CREATE', 'UPDATE'] }],
        },
      ],
    })
    // The API server learns of a webhook a moment later.
    await expect
      .poll(async () => (await apply('shop', 'checked', wrong)).stderr, { timeout: 20_000 })
      .toContain('admission webhook "scalerulesets.scale.dev" denied the request: the rules do not compile: 1:35: error SC1003: expected `when`, found `wen`')
    expect((await cluster.call('GET', path('shop', 'checked'))).status).toBe(404)
    const warned = await apply('shop', 'checked', good)
    expect(warned.code).toBe(0)
    expect(warned.stderr).toContain('warning SC')
    expect((await apply('shop', 'checked', good.replace('deployment/ads', 'deployment/ads in front'))).stderr).toContain('is outside namespace shop')
    await cluster.call('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/scaled')
    await cluster.call('DELETE', path('shop', 'checked'))
  })
})
