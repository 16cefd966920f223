/**
 * The rights that `scalec rbac` prints are enough, and none is too many: under all of them the API server refuses nothing, and for each verb that
 * is taken away it refuses something that the client does. Rights are granted with kubectl, to a service account with a token of its own.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createWorld, isError, kubernetes } from '../../src/orchestrators/index.ts'
import { kubectl, kubectlPath } from '../support/kubernetes/kubectl.ts'
import { clusterBinary } from './binary.ts'
import { type AuditEvent, Cluster } from './cluster.ts'
import { clock, create, deployment } from './support.ts'

interface Role {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly rules: { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[]
}

/** What a watched workload keeps copies of. */
const copies = ['deployments', 'horizontalpodautoscalers', 'pods', 'poddisruptionbudgets']

const rules = `
target deployment/ads { between 1 and 5 }
ads-slow: scale deployment/ads +1 when span(ads/GetAds).p99 > 400ms 5 times in 60s`

describe.skipIf('missing' in clusterBinary() || kubectlPath() === undefined)('the rights that scalec rbac prints', () => {
  let cluster: Cluster
  let printed: Role[]

  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
    const file = join(cluster.folder, 'rules.scale')
    writeFileSync(file, rules)
    const yaml = execFileSync(process.execPath, ['dist/scalec.js', 'rbac', file, '--namespace', 'default', '--service-account', 'default:scaled'], {
      encoding: 'utf8',
    })
    printed = parseAllDocuments(yaml).map((document) => document.toJS() as Role)
    await create(cluster, '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'scaled' } })
    await create(cluster, '/apis/apps/v1/namespaces/default/deployments', deployment('ads', 1))
  })
  afterAll(() => cluster.close())

  /** Applies the manifests and does everything that the client does; what the API server refused of it, as `verb resource`. */
  async function refusedUnder(manifests: readonly Role[]): Promise<string[]> {
    const file = join(cluster.folder, 'rbac.yaml')
    writeFileSync(file, manifests.map((each) => JSON.stringify(each)).join('\n---\n'))
    const applied = await kubectl(kubectlPath() as string, cluster.kubeconfig, 'apply', '-f', file)
    expect(applied, applied.stderr).toMatchObject({ code: 0 })
    const { body } = await cluster.call('POST', '/api/v1/namespaces/default/serviceaccounts/scaled/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    })
    const { token } = (body as { status: { token: string } }).status
    await untilGranted(manifests, token)
    const from = cluster.audit().length
    const ours = (): readonly AuditEvent[] =>
      cluster
        .audit()
        .slice(from)
        .filter(({ userAgent }) => userAgent === 'scaled')
    await exercise(token, ours)
    const refused = ours().filter(({ responseStatus }) => responseStatus?.code === 403)
    return [...new Set(refused.map(({ verb, objectRef: of }) => `${verb} ${of?.resource}${of?.subresource === undefined ? '' : `/${of.subresource}`}`))].sort()
  }

  /** The authorizer learns of a changed Role a moment later: until it allows what is granted and nothing else. */
  async function untilGranted(manifests: readonly Role[], token: string): Promise<void> {
    for (const { rules: granted = [] } of printed)
      for (const { apiGroups, resources, verbs } of granted)
        for (const verb of verbs) {
          const [resource, subresource] = (resources[0] as string).split('/')
          const allowed = manifests.some(({ rules: now = [] }) => now.some((one) => one.resources[0] === resources[0] && one.verbs.includes(verb)))
          const spec = { resourceAttributes: { namespace: 'default', verb, group: apiGroups[0], resource, subresource, name: 'ads' } }
          const ask = async () =>
            (
              (
                await cluster.call(
                  'POST',
                  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
                  { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec },
                  token,
                )
              ).body as never as { status: { allowed: boolean } }
            ).status.allowed
          await expect.poll(ask).toBe(allowed)
        }
  }

  async function exercise(token: string, asked: () => readonly AuditEvent[]): Promise<void> {
    const client = await kubernetes({ kubeconfig: cluster.kubeconfigFor(token, 'scaled') })
    if (isError(client)) throw new Error(client.message)
    const workload = { kind: 'deployment', name: 'ads' }
    // Before anything is watched all is asked for directly, pods only while some replica is not ready.
    const state = await client.get(workload)
    const version = isError(state) ? '' : state.version
    // Another number each time: what stands there already is not written.
    const replicas = isError(state) ? 2 : (state.desired % 3) + 1
    await client.set(workload, { replicas, version, reason: 'test', id: token })
    await client.notify?.(workload, { severity: 'normal', reason: 'SuccessfulRescale', message: 'test' })
    const world = createWorld(client, [{ id: 'deployment/ads', workload }], clock, { intervalMs: 3_600_000 })
    world.start()
    // Every copy has opened its watch, or was refused a list or a watch.
    const opened = (resource: string): boolean =>
      asked().some(
        ({ verb, objectRef, responseStatus, stage }) =>
          objectRef?.resource === resource &&
          objectRef.subresource === undefined &&
          ((verb === 'watch' && stage === 'ResponseStarted') || ((verb === 'list' || verb === 'watch') && responseStatus?.code === 403)),
      )
    await expect.poll(() => copies.filter((copy) => !opened(copy)), { timeout: 20_000 }).toEqual([])
    await world.close()
    await client.close()
  }

  it('are enough', async () => {
    expect(await refusedUnder(printed)).toEqual([])
  })

  it('have no verb that could go', async () => {
    const kept: string[] = []
    for (const [r, role] of printed.entries())
      for (const [i, rule] of (role.rules ?? []).entries())
        for (const verb of rule.verbs) {
          const less = printed.map((each, k) =>
            k !== r
              ? each
              : {
                  ...each,
                  rules: each.rules
                    .map((one, j) => (j === i ? { ...one, verbs: one.verbs.filter((v) => v !== verb) } : one))
                    .filter(({ verbs }) => verbs.length > 0),
                },
          )
          const refused = await refusedUnder(less)
          expect(refused, `without ${verb} on ${rule.resources}`).toContain(`${verb} ${rule.resources[0]}`)
          kept.push(`${verb} ${rule.resources[0]}`)
        }
    console.log(`refused without it: ${kept.join(', ')}`)
  })
})
