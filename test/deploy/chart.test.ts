/** The Helm chart: what it renders is what the daemon takes, what cannot work is refused with the reason, and what follows from the code is not stale. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { generated } from '../../.ci/chart.ts'
import { runScaled } from '../daemon/process.ts'
import { chart, file, helm, least, type Manifest, manifests, missing, one, render } from './helm.ts'

const values = (name: string): readonly string[] => ['--values', `test/deploy/values/${name}.yaml`]

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> }
  readonly spec: {
    readonly enableServiceLinks: boolean
    readonly automountServiceAccountToken: boolean
    readonly serviceAccountName: string
    readonly securityContext: object
    readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[]
    readonly containers: readonly {
      readonly args: readonly string[]
      readonly image: string
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
      readonly securityContext: object
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
      readonly livenessProbe: { readonly httpGet: { readonly path: string; readonly scheme?: string } }
      readonly readinessProbe: { readonly httpGet: { readonly path: string } }
    }[]
  }
}
const podOf = (workload: Manifest): Pod => (workload.spec as { readonly template: Pod }).template
const containerOf = (workload: Manifest): Pod['spec']['containers'][number] => podOf(workload).spec.containers[0] as Pod['spec']['containers'][number]

it('is made of the code where it follows from it: node .ci/chart.ts', () => {
  for (const [path, text] of generated()) expect(readFileSync(path, 'utf8'), path).toBe(text)
})

describe.skipIf(missing)('the chart', () => {
  const cases = { least, whole: values('whole'), split: values('split'), keda: values('keda') }

  it.each(Object.entries(cases))('lints without a warning: %s', async (_, args) => {
    const { code, stdout } = await helm('lint', chart, '--strict', ...args)
    expect([code, stdout.match(/\[(WARNING|ERROR)\].*/g)]).toEqual([0, null])
  })

  it.each(Object.entries(cases))('configures scaled with nothing that it does not take: %s', async (_, args) => {
    const configs = (await render(...args)).filter(({ kind, data }) => kind === 'ConfigMap' && data?.['scaled.yaml'] !== undefined)
    expect(configs.length).toBeGreaterThan(0)
    for (const { metadata, data } of configs) {
      const checked = await runScaled(['check-config', '--config', file('scaled.yaml', data?.['scaled.yaml'] as string)], { TEMPO_TOKEN: 'x' })
      expect(checked, metadata.name).toMatchObject({ code: 0, err: '' })
    }
  })

  it('says over its own configuration what the values say', async () => {
    const config = parse(one(await render(...values('whole')), 'ConfigMap', 'scaled-config').data?.['scaled.yaml'] as string)
    expect(config).toMatchObject({
      receivers: { max_request: 67108864, grpc: { host: '0.0.0.0', port: 4317, tls: { cert: '/etc/scaled-tls/tls.crt' } } },
      decisions: { file: '/var/lib/scaled/decisions.jsonl' },
      engine: { min_available: '50%', budget: { actions: 10 } },
      orchestrators: {
        default: 'kubernetes',
        poll: '2s',
        kubernetes: { namespace: 'shop', lease: { name: 'scaled', namespace: 'scale', duration: '30s' }, rule_sets: { namespaces: ['shop'] } },
      },
    })
  })

  it.each(Object.entries(cases))('locks its pods down: %s', async (_, args) => {
    const workloads = (await render(...args)).filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    for (const workload of workloads) {
      const { spec } = podOf(workload)
      const container = containerOf(workload)
      expect(spec.securityContext).toEqual({
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
      expect([container.livenessProbe.httpGet.path, container.readinessProbe.httpGet.path]).toEqual(['/livez', '/readyz'])
      // A Service named scaled-api would be configuration: SCALED_API_PORT=tcp://…
      expect(spec.enableServiceLinks).toBe(false)
      // What is mounted is there, and what is there is mounted; a claim's template is a volume, too.
      const claims = ((workload.spec as { readonly volumeClaimTemplates?: readonly Manifest[] }).volumeClaimTemplates ?? []).map(
        ({ metadata }) => metadata.name,
      )
      const volumes = [...spec.volumes.map(({ name }) => name), ...claims]
      expect(volumes.sort()).toEqual(container.volumeMounts.map(({ name }) => name).sort())
    }
  })

  it.each(Object.entries(cases))('selects by its Services and policies the pods that there are: %s', async (_, args) => {
    const all = await render(...args)
    const pods = all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet').map((workload) => ({ workload, pod: podOf(workload) }))
    for (const { kind, metadata, spec } of all.filter(({ kind: each }) => each === 'Service' || each === 'NetworkPolicy' || each === 'PodDisruptionBudget')) {
      const of = spec as {
        readonly selector?: never
        readonly podSelector?: { readonly matchLabels: never }
        readonly ports?: readonly { targetPort: string }[]
      }
      const selector: Readonly<Record<string, string>> =
        kind === 'Service' ? of.selector! : (of.podSelector ?? (of.selector as never as { matchLabels: never })).matchLabels
      const matching = pods.filter(({ pod }) => Object.entries(selector).every(([key, value]) => pod.metadata.labels[key] === value))
      expect(matching.length, `${kind} ${metadata.name}`).toBe(1)
      const named = containerOf((matching[0] as (typeof pods)[number]).workload).ports.map(({ name }) => name)
      if (kind === 'Service') for (const { targetPort } of of.ports ?? []) expect(named).toContain(targetPort)
    }
  })

  it('asks for probes over TLS where the API speaks it', async () => {
    expect(containerOf(one(await render(...values('whole')), 'Deployment', 'scaled')).livenessProbe.httpGet.scheme).toBe('HTTPS')
    expect(containerOf(one(await render(...least), 'Deployment', 'scaled')).livenessProbe.httpGet.scheme).toBeUndefined()
  })

  it('starts a new pod for another configuration, and none for other rules', async () => {
    const checksum = async (...more: readonly string[]): Promise<string | undefined> =>
      podOf(one(await render('--set', 'rules.a\\.scale=// a', ...more), 'Deployment', 'scaled')).metadata.annotations['checksum/config']
    const before = await checksum()
    expect(await checksum('--set', 'rules.a\\.scale=// b')).toBe(before)
    expect(await checksum('--set', 'config.log.level=debug')).not.toBe(before)
  })

  it('takes an image by its digest', async () => {
    const digest = `sha256:${'0'.repeat(64)}`
    expect(containerOf(one(await render(...least, '--set', `image.digest=${digest}`), 'Deployment', 'scaled')).image).toBe(`scale/scaled@${digest}`)
  })

  describe('of one process', () => {
    it('never runs two at once', async () => {
      expect(one(await render(...least), 'Deployment', 'scaled').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
      // A budget for a single pod would only stop drains.
      expect((await render(...least)).map(({ kind }) => kind)).not.toContain('PodDisruptionBudget')
    })

    it('has no right that nobody asked for but its lease', async () => {
      const roles = (await render(...least)).filter(({ kind }) => kind.endsWith('Role'))
      expect(roles.map(({ kind, metadata, rules }) => [kind, metadata.name, rules])).toEqual([
        [
          'Role',
          'scaled-lease',
          [
            { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
            { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: ['scaled'], verbs: ['get', 'update'] },
          ],
        ],
      ])
    })

    it('grants what scalec rbac prints', async () => {
      const printed = file('rbac.yaml', readFileSync('deploy/kustomize/overlays/boutique/rbac.yaml', 'utf8'))
      const all = await render(...least, '--set-file', `rbac.manifests=${printed}`)
      const role = all.find(({ kind, metadata }) => kind === 'Role' && metadata.namespace === 'boutique')
      expect(role?.rules?.[0]).toEqual({ apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['adservice'], verbs: ['get', 'update'] })
    })
  })

  describe('of samplers and modelers', () => {
    it('names each sampler to the modelers as DNS does', async () => {
      const all = await render(...values('split'))
      const samplers = one(all, 'StatefulSet', 'scaled-sampler')
      expect(samplers.spec).toMatchObject({ replicas: 3, serviceName: 'scaled-sampler' })
      expect(one(all, 'Service', 'scaled-sampler').spec).toMatchObject({ clusterIP: 'None' })
      const config = parse(one(all, 'ConfigMap', 'scaled-modeler-config').data?.['scaled.yaml'] as string)
      expect(config.modeler).toEqual({ patience: '5s', samplers: [0, 1, 2].map((i) => `scaled-sampler-${i}.scaled-sampler:4319`) })
      const sampler = parse(one(all, 'ConfigMap', 'scaled-sampler-config').data?.['scaled.yaml'] as string)
      expect(sampler.sampler).toEqual({ budget: '5%', max_waiting_spans: 2000000, listen: { host: '0.0.0.0', port: 4319 } })
      expect(sampler.orchestrators).toBeUndefined()
    })

    it('gives rights to modelers alone, and the way to samplers too', async () => {
      const all = await render(...values('split'))
      expect(podOf(one(all, 'StatefulSet', 'scaled-sampler')).spec.automountServiceAccountToken).toBe(false)
      expect(podOf(one(all, 'Deployment', 'scaled-modeler')).spec.automountServiceAccountToken).toBe(true)
      const { ingress } = one(all, 'NetworkPolicy', 'scaled-sampler').spec as {
        ingress: readonly { from: readonly object[]; ports: readonly { port: number }[] }[]
      }
      const [toSampler] = ingress.filter(({ ports }) => ports.some(({ port }) => port === 4319))
      expect(toSampler?.from).toEqual([
        {
          podSelector: {
            matchLabels: { 'app.kubernetes.io/name': 'scaled', 'app.kubernetes.io/instance': 'scaled', 'app.kubernetes.io/component': 'modeler' },
          },
        },
      ])
    })

    it('runs two modelers, with one in the lead, of which one at a time may be evicted', async () => {
      const all = await render(...values('split'))
      expect(one(all, 'Deployment', 'scaled-modeler').spec).toMatchObject({ replicas: 2, strategy: { type: 'RollingUpdate' } })
      expect(containerOf(one(all, 'Deployment', 'scaled-modeler')).args).toEqual(['modeler', '--rules', '/etc/scale', '--config', '/etc/scaled/scaled.yaml'])
      expect(one(all, 'PodDisruptionBudget', 'scaled-modeler').spec).toMatchObject({ maxUnavailable: 1 })
      expect(one(all, 'Service', 'scaled').spec).toMatchObject({ selector: { 'app.kubernetes.io/component': 'modeler' } })
    })
  })

  describe('refuses, in words', () => {
    const refused: Readonly<Record<string, readonly [readonly string[], string]>> = {
      'several processes that would share the spans': [
        [...least, '--set', 'replicas=2'],
        'replicas: 2 of scaled behind one Service would each see a part of the spans and count wrong. Set split.enabled=true',
      ],
      'modelers that would all act': [[...least, '--set', 'split.enabled=true,lease.enabled=false'], 'without a lease all modelers would act'],
      'KEDA in front of several modelers': [[...least, '--set', 'split.enabled=true,keda.enabled=true'], 'KEDA asks any modeler'],
      'no rules at all': [[], 'no rules: --set-file'],
      'rule sets without rights': [['--set', 'ruleSets.enabled=true,ruleSets.namespaces={shop}'], 'rules of namespace shop could scale nothing'],
      'rule sets of nowhere': [['--set', 'ruleSets.enabled=true'], 'name the namespaces whose ScaleRuleSet objects are rules'],
      'a webhook without a certificate': [
        ['--set', 'ruleSets.enabled=true,ruleSets.namespaces={shop},rbac.namespaces={shop},webhook.enabled=true'],
        'the API server speaks TLS alone',
      ],
      'a webhook without objects': [[...least, '--set', 'webhook.enabled=true'], 'ruleSets.enabled is false'],
      'rights of somebody else': [
        [...least, '--set', 'rbac.manifests=kind: Role'],
        'rbac.manifests grants nothing to scaled in scale: print it with scalec rbac --service-account scale:scaled',
      ],
      // By the schema of the values.
      'a misspelt value': [[...least, '--set', 'replica=1'], "additional properties 'replica' not allowed"],
      'a misspelt key of scaled': [[...least, '--set', 'config.engine.latenes=5s'], "at '/config/engine': additional properties 'latenes' not allowed"],
      'a misspelt key of a role': [
        [...least, '--set', 'split.sampler.config.sampler.bugdet=5%'],
        "at '/split/sampler/config/sampler': additional properties 'bugdet'",
      ],
      'a number that is none': [[...least, '--set', 'replicas=many'], "at '/replicas': got string, want integer"],
      'a rule file that would not be read': [['--set', 'rules.main=x'], "at '/rules': additional properties 'main' not allowed"],
      'a namespace that cannot be': [[...least, '--set', 'rbac.namespaces={Shop}'], "at '/rbac/namespaces/0': 'Shop' does not match pattern"],
      'a digest that is none': [[...least, '--set', 'image.digest=latest'], "at '/image/digest'"],
      'too little time to stop': [[...least, '--set', 'terminationGracePeriodSeconds=5'], "at '/terminationGracePeriodSeconds': minimum: got 5, want 16"],
    }
    it.each(Object.entries(refused))('%s', async (_, [args, says]) => {
      const { code, stderr } = await helm('template', 'scaled', chart, '--namespace', 'scale', ...args)
      expect(code).toBe(1)
      expect(stderr).toContain(says)
    })
  })

  it('is named after its release, all of it', async () => {
    const { stdout } = await helm('template', 'prod', chart, '--namespace', 'scale', ...values('split'))
    const names = manifests(stdout).map(({ metadata }) => metadata.name)
    expect(names.filter((name) => !name.startsWith('prod-scaled'))).toEqual([])
    expect(stdout).toContain('prod-scaled-sampler-0.prod-scaled-sampler:4319')
  })
})
