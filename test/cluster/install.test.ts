/**
 * What deploy/ installs, on the genuine API server: every form is accepted, Helm sees it become ready, and with the account, the rights and the configuration that
 * were installed the built daemon does its work. Only addresses and folders of the configuration are another, since no container runs here.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Scaled, Workspace } from '../daemon/process.ts'
import { workspace } from '../daemon/process.ts'
import { load, start } from '../daemon/support.ts'
import { chart, helm as runHelm } from '../deploy/helm.ts'
import { kubectl, kubectlPath, type Run } from '../support/kubernetes/kubectl.ts'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'
import { create, deployment, patch } from './support.ts'

const rules = `
defaults { namespace shop  every 200ms }
target deployment/ads { between 1 and 6  cooldown 60s }
ads-slow: scale deployment/ads +2 when span(adservice/GetAds).p99 > 400ms 2 times in 2s
`

const busy = `
defaults { namespace shop  every 200ms }
target deployment/ads { between 1 and 6  cooldown 60s }
ads-busy: scale deployment/ads +2 when span(adservice/GetAds).rate over 2s > 70/s 2 times in 2s
`

const ruleSet = {
  apiVersion: 'scale.dev/v1alpha1',
  kind: 'ScaleRuleSet',
  metadata: { name: 'front', namespace: 'shop' },
  spec: {
    rules: `
defaults { every 200ms }
target deployment/front { between 1 and 4  cooldown 60s }
front-slow: scale deployment/front +1 when span(adservice/GetAds).p99 > 400ms 2 times in 2s
`,
  },
}

/** Of operators that are not here: their objects are taken as they are. */
const foreign = [
  ['monitoring.coreos.com', 'v1', 'ServiceMonitor'],
  ['monitoring.coreos.com', 'v1', 'PrometheusRule'],
  ['cert-manager.io', 'v1', 'Issuer'],
  ['cert-manager.io', 'v1', 'Certificate'],
] as const

describe.skipIf('missing' in clusterBinary() || kubectlPath() === undefined)('an installation', () => {
  let cluster: Cluster
  const at = (name: string): string => join(cluster.folder, name)
  const helm = (...args: readonly string[]): Promise<Run> => runHelm(...args, '--kubeconfig', cluster.kubeconfig)
  const kube = (...args: readonly string[]): Promise<Run> => kubectl(kubectlPath() as string, cluster.kubeconfig, ...args)

  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
    for (const name of ['scale', 'shop', 'front', 'boutique', 'split'])
      await create(cluster, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    for (const [group, version, kind] of foreign)
      await create(cluster, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', anything(group, version, kind))
    for (const [name, replicas] of [
      ['ads', 2],
      ['front', 1],
    ] as const)
      await create(cluster, '/apis/apps/v1/namespaces/shop/deployments', deployment(name, replicas))
    writeFileSync(at('ads.scale'), rules)
    writeFileSync(at('busy.scale'), busy)
  })
  afterAll(() => cluster.close())

  describe('is accepted by the API server, each object of it:', () => {
    /** A line an object, without the words that all of them must have. */
    async function dryRun(manifests: string): Promise<readonly string[]> {
      const file = at('dry-run.yaml')
      writeFileSync(file, manifests)
      const { code, stdout, stderr } = await kube('apply', '--server-side', '--dry-run=server', '-f', file)
      expect([code, stderr]).toEqual([0, ''])
      console.log(stdout.trim())
      const accepted = stdout.trim().split('\n')
      expect(accepted.filter((line) => !line.endsWith(' serverside-applied (server dry run)'))).toEqual([])
      expect(accepted.length).toBe(manifests.match(/^kind: /gm)?.length)
      return accepted.map((line) => line.split(' ')[0] as string)
    }

    it.each([
      ['least', ['--set', 'existingRules=team-rules']],
      ['whole', ['--values', 'test/deploy/values/whole.yaml']],
      ['split', ['--values', 'test/deploy/values/split.yaml']],
      ['keda', ['--values', 'test/deploy/values/keda.yaml']],
    ] as const)('the chart, %s', async (_, values) => {
      const { stdout } = await runHelm('template', 'scaled', chart, '--namespace', 'scale', '--include-crds', ...values)
      expect(await dryRun(stdout)).toContain('customresourcedefinition.apiextensions.k8s.io/scalerulesets.scale.dev')
    })

    it.each(['base', 'split', 'overlays/boutique'])('Kustomize, %s', async (path) => {
      const accepted = await dryRun(execFileSync(kubectlPath() as string, ['kustomize', `deploy/kustomize/${path}`], { encoding: 'utf8' }))
      expect(accepted).toContain(`networkpolicy.networking.k8s.io/${path === 'split' ? 'scaled-sampler' : 'scaled'}`)
    })
  })

  /** A kubeconfig of the account that the chart made. */
  async function kubeconfigOfAccount(namespace: string, account: string): Promise<string> {
    const { status, body } = await cluster.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    })
    expect(status).toBe(201)
    return cluster.kubeconfigFor((body as { status: { token: string } }).status.token, `${namespace}-${account}-${tokens++}`)
  }
  let tokens = 0

  async function dataOf(namespace: string, configMap: string): Promise<Readonly<Record<string, string>>> {
    const { status, body } = await cluster.call('GET', `/api/v1/namespaces/${namespace}/configmaps/${configMap}`)
    expect(status, configMap).toBe(200)
    return (body as { data: Record<string, string> }).data
  }

  interface Configuration {
    receivers?: { grpc: { host: string; port: number }; http: { host: string; port: number } }
    api: { host: string; port: number }
    state: { dir: string }
    engine: Record<string, unknown>
    shutdown: { delay: string }
    sampler?: { listen: { host: string; port: number } }
    modeler?: { samplers: readonly string[] }
    orchestrators?: { poll?: string; kubernetes: { kubeconfig?: string; lease: { identity?: string; name: string; namespace: string } } }
  }

  /** The installed configuration and rules in a folder of this machine. */
  async function place(namespace: string, configMap: string, adapt: (config: Configuration, dir: string) => void): Promise<Workspace> {
    const space = workspace('')
    const config = parse((await dataOf(namespace, configMap))['scaled.yaml'] as string) as Configuration
    const anywhere = { host: '127.0.0.1', port: 0 }
    if (config.receivers !== undefined) Object.assign(config.receivers, { grpc: anywhere, http: anywhere })
    config.api = anywhere
    config.state.dir = join(space.dir, 'state')
    // No faster than a person would wait for.
    config.engine.lateness = '200ms'
    config.shutdown.delay = '50ms'
    adapt(config, space.dir)
    writeFileSync(space.config, stringify(config))
    return space
  }

  async function rulesIn(space: Workspace, namespace: string, configMap: string): Promise<string> {
    const folder = mkdtempSync(join(space.dir, 'rules-'))
    for (const [name, text] of Object.entries(await dataOf(namespace, configMap))) writeFileSync(join(folder, name), text)
    return folder
  }

  const replicas = async (name: string): Promise<number> =>
    ((await cluster.call('GET', `/apis/apps/v1/namespaces/shop/deployments/${name}`)).body as { spec: { replicas: number } }).spec.replicas
  const setReplicas = async (name: string, count: number): Promise<void> => {
    expect(await kube('scale', `deployment/${name}`, '-n', 'shop', `--replicas=${count}`)).toMatchObject({ code: 0 })
  }
  /** What the API server refused to the account. */
  const refusedTo = (account: string): readonly string[] =>
    cluster
      .audit()
      .filter(({ user, responseStatus }) => user.username === account && responseStatus?.code === 403)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`)

  it('with Helm becomes ready, and its account scales by rules of files and of objects, with the lease', async () => {
    const installed = await helm(
      'install',
      'scaled',
      chart,
      '--namespace',
      'scale',
      '--wait',
      '--timeout',
      '90s',
      '--set-file',
      `rules.ads\\.scale=${at('ads.scale')}`,
      '--set',
      'ruleSets.enabled=true,ruleSets.namespaces={shop},rbac.namespaces={shop},config.engine.min_available=0%',
    )
    expect(installed, installed.stderr).toMatchObject({ code: 0 })
    expect(installed.stdout).toContain('scaled.scale.svc:4317')
    await create(cluster, '/apis/scale.dev/v1alpha1/namespaces/shop/scalerulesets', ruleSet)

    const kubeconfig = await kubeconfigOfAccount('scale', 'scaled')
    const space = await place('scale', 'scaled-config', (config) => {
      Object.assign(config.orchestrators?.kubernetes as object, { kubeconfig })
      Object.assign(config.orchestrators as object, { poll: '500ms' })
    })
    const scaled = await start(space, ['--rules', await rulesIn(space, 'scale', 'scaled-rules')])
    load(scaled, 600)
    await expect.poll(() => replicas('ads'), { timeout: 60_000 }).toBe(4)
    await expect.poll(() => replicas('front'), { timeout: 60_000 }).toBe(2)

    const lease = (await cluster.call('GET', '/apis/coordination.k8s.io/v1/namespaces/scale/leases/scaled')).body as { spec: { holderIdentity: string } }
    expect(await scaled.status()).toMatchObject({ lease: { leads: true, holder: lease.spec.holderIdentity } })
    const printed = (await kube('get', 'srs', 'front', '-n', 'shop', '--no-headers')).stdout
    expect(printed).toMatch(/^front +True +Compiled +1 /)
    await expect
      .poll(async () => (await kube('get', 'events', '-n', 'shop', '-o', 'jsonpath={.items[*].reason}')).stdout, { timeout: 20_000 })
      .toContain('SuccessfulRescale')
    expect(refusedTo('system:serviceaccount:scale:scaled')).toEqual([])
    expect(await scaled.end()).toBe(0)
  })

  it("has no verb of the chart's own that could go: of the lease, and of ScaleRuleSets", async () => {
    const kubeconfig = await kubeconfigOfAccount('scale', 'scaled')
    const account = 'system:serviceaccount:scale:scaled'
    const of = [
      ['scale', 'scaled-lease'],
      ['shop', 'scaled-scale-rule-sets'],
    ] as const
    const needed: string[] = []
    for (const [namespace, name] of of) {
      const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/${name}`
      const role = (await cluster.call('GET', path)).body as { rules: { resources: [string]; verbs: string[] }[] }
      for (const [i, { resources, verbs }] of role.rules.entries())
        for (const verb of verbs) {
          const less = role.rules
            .map((rule, k) => (k === i ? { ...rule, verbs: verbs.filter((each) => each !== verb) } : rule))
            .filter((rule) => rule.verbs.length > 0)
          await patch(cluster, path, { rules: less })
          // A new lease, and a new generation of the rules, so that there is something to create and to write.
          await kube('delete', 'lease', 'scaled', '-n', 'scale', '--ignore-not-found')
          await patch(cluster, '/apis/scale.dev/v1alpha1/namespaces/shop/scalerulesets/front', { spec: { rules: `${ruleSet.spec.rules}// without ${verb}` } })
          const before = refusedTo(account).length
          const space = await place('scale', 'scaled-config', (config) => {
            Object.assign(config.orchestrators?.kubernetes as object, { kubeconfig })
          })
          const scaled = await start(space, ['--rules', await rulesIn(space, 'scale', 'scaled-rules')])
          const [resource = ''] = resources[0].split('/')
          await expect
            .poll(
              () =>
                refusedTo(account)
                  .slice(before)
                  .filter((line) => line.startsWith(`${verb} `) && line.includes(resource)),
              { timeout: 30_000 },
            )
            .not.toEqual([])
          await scaled.end('SIGKILL')
          needed.push(`${verb} ${resources[0]}`)
        }
      await patch(cluster, path, { rules: role.rules })
    }
    console.log(`refused without it: ${needed.join(', ')}`)
    expect(needed).toEqual(['create leases', 'get leases', 'update leases', 'list scalerulesets', 'watch scalerulesets', 'update scalerulesets/status'])
  })

  it('with the rights that scalec rbac prints needs no more than these', async () => {
    const printed = execFileSync(process.execPath, ['dist/scalec.js', 'rbac', at('ads.scale'), '--service-account', 'scale:scaled'], { encoding: 'utf8' })
    writeFileSync(at('rbac.yaml'), printed)
    await setReplicas('ads', 2)
    const values = [
      '--set-file',
      `rules.ads\\.scale=${at('ads.scale')}`,
      '--set-file',
      `rbac.manifests=${at('rbac.yaml')}`,
      '--set',
      'config.engine.min_available=0%',
    ]
    // Without a word on rule sets: what the last revision granted goes.
    const upgraded = await helm('upgrade', 'scaled', chart, '--namespace', 'scale', '--wait', '--timeout', '90s', '--reset-values', ...values)
    expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 })
    const roles = (await kube('get', 'roles', '-n', 'shop', '-o', 'jsonpath={.items[*].metadata.name}')).stdout
    expect(roles).toBe('scaled')
    const before = refusedTo('system:serviceaccount:scale:scaled').length

    const kubeconfig = await kubeconfigOfAccount('scale', 'scaled')
    const space = await place('scale', 'scaled-config', (config) => {
      expect(config.orchestrators?.kubernetes).not.toHaveProperty('rule_sets')
      Object.assign(config.orchestrators?.kubernetes as object, { kubeconfig })
      Object.assign(config.orchestrators as object, { poll: '500ms' })
    })
    // It has in memory the cooldown of the test before.
    expect(await kube('delete', 'lease', 'scaled', '-n', 'scale')).toMatchObject({ code: 0 })
    const scaled = await start(space, ['--rules', await rulesIn(space, 'scale', 'scaled-rules')])
    load(scaled, 600)
    await expect.poll(() => replicas('ads'), { timeout: 60_000 }).toBe(4)
    expect(refusedTo('system:serviceaccount:scale:scaled').slice(before)).toEqual([])
    // The account may nothing else: neither another workload nor a secret.
    const may = async (...question: readonly string[]): Promise<string> =>
      (await kube('auth', 'can-i', ...question, '--as', 'system:serviceaccount:scale:scaled')).stdout.trim()
    expect(await may('update', 'deployments/ads', '--subresource=scale', '-n', 'shop')).toBe('yes')
    expect(await may('update', 'deployments/front', '--subresource=scale', '-n', 'shop')).toBe('no')
    expect(await may('update', 'deployments/ads', '-n', 'shop')).toBe('no')
    expect(await may('get', 'secrets', '-n', 'shop')).toBe('no')
    expect(await may('list', 'pods', '-n', 'front')).toBe('no')
  })

  it('of samplers and modelers becomes ready, and one of the modelers acts on what all samplers have counted', async () => {
    await setReplicas('ads', 2)
    const installed = await helm(
      'install',
      'scaled',
      chart,
      '--namespace',
      'split',
      '--wait',
      '--timeout',
      '90s',
      '--set-file',
      `rules.busy\\.scale=${at('busy.scale')}`,
      '--set',
      'split.enabled=true,rbac.namespaces={shop},config.engine.min_available=0%',
    )
    expect(installed, installed.stderr).toMatchObject({ code: 0 })

    const samplers: Scaled[] = []
    for (const _ of [0, 1]) {
      const space = await place('split', 'scaled-sampler-config', (config) => {
        Object.assign(config.sampler?.listen as object, { host: '127.0.0.1', port: 0 })
      })
      samplers.push(await start(space, [], 'sampler'))
    }
    const kubeconfig = await kubeconfigOfAccount('split', 'scaled')
    const modelers: Scaled[] = []
    for (const name of ['first', 'second']) {
      const space = await place('split', 'scaled-modeler-config', (config) => {
        expect(config.modeler?.samplers).toHaveLength(samplers.length)
        Object.assign(config.modeler as object, { samplers: samplers.map(({ ready }) => String(ready.sampler)) })
        Object.assign(config.orchestrators?.kubernetes as object, { kubeconfig })
        Object.assign(config.orchestrators?.kubernetes.lease as object, { identity: name })
        Object.assign(config.orchestrators as object, { poll: '500ms' })
      })
      modelers.push(await start(space, ['--rules', await rulesIn(space, 'split', 'scaled-rules')], 'modeler'))
    }
    // Each sampler gets at most 50 spans a second, and the rule asks for more than 70: neither alone has that.
    for (const sampler of samplers) load(sampler, 10)
    await expect.poll(() => replicas('ads'), { timeout: 60_000 }).toBe(4)
    const leaders = await Promise.all(modelers.map(async ({ api }) => /^scale_leader (\d)$/m.exec(await (await fetch(`${api}/metrics`)).text())?.[1]))
    expect(leaders.sort()).toEqual(['0', '1'])
    expect(refusedTo('system:serviceaccount:split:scaled')).toEqual([])
  })
})

/** A definition that takes whatever it is given. */
function anything(group: string, version: string, kind: string): object {
  const singular = kind.toLowerCase()
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural: `${singular}s`, singular },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
    },
  }
}
