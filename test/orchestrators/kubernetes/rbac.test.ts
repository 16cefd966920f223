import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type Bundle, compile } from '../../../src/bundle/index.ts'
import { accessOf, type OrchestrationClient, rbacYaml } from '../../../src/orchestrators/index.ts'
import type { AccessRequest, KubernetesDouble } from '../../support/kubernetes/server.ts'
import { request } from '../suite.ts'
import { cluster } from './support.ts'

function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: '0.1.0' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return bundle
}

const bundle = bundleOf(`
  target deployment/ads { between 1 and 5 }
  target rollouts.argoproj.io/web in front { between 1 and 5 }
  scale deployment/ads +1 when span(a).p99 > 1s and replicas(statefulset/db) > 1 for 1m
  scale rollouts.argoproj.io/web in front +1 when span(a).p99 > 1s for 1m
  scale nomad:web/api to 3 when span(a).p99 > 1s for 1m
  target nomad:web/api { between 1 and 5 }`)

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly rules?: readonly Rule[]
}

function manifests(of: Bundle, namespace = 'shop'): Manifest[] {
  const text = rbacYaml(accessOf(of, namespace), { role: 'scaled', serviceAccount: { namespace: 'scale', name: 'scaled' } }, ['why'])
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest)
}

/** As the API server decides. */
function authorizer(roles: readonly Manifest[]): (request: AccessRequest) => boolean {
  return ({ verb, group, resource, namespace, name }) =>
    roles.some(
      ({ metadata, rules = [] }) =>
        metadata.namespace === namespace &&
        rules.some(
          (rule) =>
            rule.apiGroups.includes(group) &&
            rule.resources.includes(resource) &&
            rule.verbs.includes(verb) &&
            (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
        ),
    )
}

const ads = { kind: 'deployment', name: 'ads' }
const web = { kind: 'rollouts.argoproj.io', name: 'web', namespace: 'front' }
const db = { kind: 'statefulset', name: 'db' }

/** Everything that the client can see and do, as one value. */
async function exercise(double: KubernetesDouble, client: OrchestrationClient): Promise<unknown> {
  double.add('Deployment', 'ads', { replicas: 2 }, { status: { replicas: 2, readyReplicas: 1, updatedReplicas: 2, observedGeneration: 1 } })
  double.add(
    'Rollout',
    'web',
    { replicas: 2 },
    { metadata: { namespace: 'front' }, status: { replicas: 2, readyReplicas: 1, currentPodHash: 'b', stableRS: 'a' } },
  )
  double.add('StatefulSet', 'db', { replicas: 3 }, { status: { replicas: 3, readyReplicas: 2, updatedReplicas: 3, observedGeneration: 1 } })
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' }]
  for (const app of ['ads', 'db']) double.add('Pod', `${app}-1`, {}, { metadata: { labels: { app } }, status: { phase: 'Pending', conditions } })
  const seen: unknown[] = []
  for (const workload of [ads, web, db]) seen.push(await client.get(workload))
  for (const workload of [ads, web]) {
    const state = await client.get(workload)
    seen.push('error' in state ? state : await client.set(workload, request(4, state.version, `id-${double.requests.length}`)))
  }
  return JSON.parse(JSON.stringify(seen).replaceAll(/uid-[\w-]+/g, 'uid'))
}

describe('the Roles of a bundle', () => {
  it('grant what the rules need by name, a namespace at a time, and nothing for other orchestrators', () => {
    expect(manifests(bundle).map(({ kind, metadata, rules }) => `${kind} ${metadata.namespace}${(rules ?? []).map(words).join('')}`)).toEqual([
      [
        'Role front',
        'rollouts/scale.argoproj.io web get,update',
        'rollouts.argoproj.io web get,list,watch',
        'horizontalpodautoscalers.autoscaling * list,watch',
        'pods. * list,watch',
        'poddisruptionbudgets.policy * list,watch',
        'events.events.k8s.io * create',
      ].join('\n'),
      'RoleBinding front',
      [
        'Role shop',
        'deployments/scale.apps ads get,update',
        'deployments.apps ads get,list,watch',
        'statefulsets/scale.apps db get',
        'statefulsets.apps db get,list,watch',
        'horizontalpodautoscalers.autoscaling * list,watch',
        'pods. * list,watch',
        'poddisruptionbudgets.policy * list,watch',
        'events.events.k8s.io * create',
      ].join('\n'),
      'RoleBinding shop',
    ])
  })

  it('let the client do all that it does without any; without one verb it can do less', async () => {
    const roles = manifests(bundle)
    const free = await cluster({ namespace: 'shop' })
    const expected = await exercise(free.double, free.client)
    const bound = await cluster({ namespace: 'shop' })
    bound.double.authorize = authorizer(roles)
    expect(await exercise(bound.double, bound.client)).toEqual(expected)
    expect(bound.double.writes).toHaveLength(2)

    for (const role of roles.filter(({ kind }) => kind === 'Role'))
      for (const rule of role.rules ?? [])
        for (const verb of rule.verbs) {
          // What keeps copies in step, and events, are for a genuine API server: test/cluster/rbac.test.ts.
          if (verb === 'watch' || verb === 'create' || rule.resources.includes('poddisruptionbudgets')) continue
          if (verb === 'list' && rule.resourceNames !== undefined) continue
          // Nothing of this Rollout is pending, and nobody else scales it.
          if (role.metadata.namespace === 'front' && rule.resources.includes('pods')) continue
          const less = roles.map((each) =>
            each !== role ? each : { ...each, rules: (each.rules ?? []).map((r) => (r === rule ? { ...r, verbs: r.verbs.filter((v) => v !== verb) } : r)) },
          )
          bound.double.authorize = authorizer(less)
          expect(await exercise(bound.double, bound.client), `${role.metadata.namespace}: ${verb} ${rule.resources}`).not.toEqual(expected)
        }
  })

  it('grant no writing where nothing is written', () => {
    const read = (text: string) =>
      manifests(bundleOf(text))
        .flatMap(({ rules = [] }) => rules.flatMap(({ verbs }) => verbs))
        .includes('update')
    const rule = 'scale deployment/ads +1 when span(a).p99 > 1s for 1m'
    expect(read(`${rule}`)).toBe(true)
    expect(read(`${rule} observe`)).toBe(false)
    expect(read(`${rule}\ntarget deployment/ads { between 1 and 5 mode observe }`)).toBe(false)
    expect(read(`${rule}\ntarget deployment/ads { between 1 and 5 mode out-only }`)).toBe(true)
    expect(read('freeze deployment/ads when span(a).p99 > 1s for 1m')).toBe(false)
  })

  it('know kinds by all their names, guess plurals with a note, and say what they cannot know', () => {
    const access = (kind: string) => accessOf(bundleOf(`scale ${kind}/x +1 when span(a).p99 > 1s for 1m`), 'shop')
    const resource = (kind: string) => access(kind).namespaces[0]?.rules[1]
    for (const kind of ['deploy', 'Deployment', 'deployments.apps', 'deployments.v1.apps'])
      expect(resource(kind)).toMatchObject({ group: 'apps', resource: 'deployments' })
    expect(resource('rc')).toMatchObject({ group: '', resource: 'replicationcontrollers' })
    expect(resource('rollouts.v1alpha1.argoproj.io')).toMatchObject({ group: 'argoproj.io', resource: 'rollouts' })
    expect(resource('policy.example.com')).toMatchObject({ group: 'example.com', resource: 'policies' })
    expect(access('policy.example.com').notes[0]).toBe(
      'policy.example.com is taken for the resource policies of group example.com: compare with kubectl api-resources --api-group=example.com',
    )
    expect(access('widget').namespaces).toEqual([])
    expect(access('kubernetes:widget').unknown).toEqual([
      'kubernetes:widget/x: widget is no kind that is known here: write it with its group, as in rollouts.argoproj.io',
    ])
  })

  it('are those of the example', () => {
    const read = (name: string): string => readFileSync(`examples/kubernetes/${name}`, 'utf8')
    const [account, ...example] = parseAllDocuments(read('rbac.yaml')).map((document) => document.toJS() as Manifest)
    expect(account?.kind).toBe('ServiceAccount')
    expect(manifests(bundleOf(read('rules.scale')))).toEqual(example)
  })

  it('are commented', () => {
    const text = rbacYaml(accessOf(bundle, 'shop'), { role: 'scaled', serviceAccount: { namespace: 'scale', name: 'scaled' } }, ['For these rules.'])
    expect(text).toMatch(/^# For these rules\.\napiVersion: rbac/)
    expect(text).toContain(
      `  # Read and write the number of replicas, and nothing else.
  - apiGroups: [ argoproj.io ]
    resources: [ rollouts/scale ]
    resourceNames: [ web ]
    verbs: [ get, update ]`,
    )
    expect(text).not.toContain('*')
  })
})

function words({ apiGroups, resources, resourceNames, verbs }: Rule): string {
  return `\n${resources}.${apiGroups} ${resourceNames ?? '*'} ${verbs}`
}
