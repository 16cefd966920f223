/** The Kustomize bases and the example overlay, by the real kubectl. That the bases are the chart's is in chart.test.ts. */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runScaled } from '../daemon/process.ts'
import { kubectlPath } from '../support/kubernetes/kubectl.ts'
import { file, folder, type Manifest, manifests, one } from './helm.ts'

async function kustomize(path: string): Promise<readonly Manifest[]> {
  const { stdout } = await promisify(execFile)(kubectlPath() as string, ['kustomize', path], { maxBuffer: 64 << 20 })
  return manifests(stdout)
}

const overlay = 'deploy/kustomize/overlays/boutique'
const roots = ['deploy/kustomize/base', 'deploy/kustomize/split', overlay]

describe.skipIf(kubectlPath() === undefined)('kubectl kustomize', () => {
  it.each(roots)('%s configures scaled with nothing that it does not take, and lets it have the lease that it asks for', async (root) => {
    const all = await kustomize(root)
    const leases = new Set<string>()
    for (const { data } of all.filter(({ kind, data: of }) => kind === 'ConfigMap' && of?.['scaled.yaml'] !== undefined)) {
      const text = data?.['scaled.yaml'] as string
      expect(await runScaled(['check-config', '--config', file('scaled.yaml', text)])).toMatchObject({ code: 0, err: '' })
      const lease = (parse(text) as { orchestrators?: { kubernetes: { lease: { name: string } } } }).orchestrators?.kubernetes.lease.name
      if (lease !== undefined) leases.add(lease)
    }
    // Kustomize renames what it takes for a reference to a ConfigMap.
    expect([...leases]).toEqual(one(all, 'Role', 'scaled-lease').rules?.[1]?.resourceNames)
  })

  it.each(roots)('%s mounts ConfigMaps that there are', async (root) => {
    const all = await kustomize(root)
    const mounted = all.flatMap(
      ({ spec }) => (spec as { template?: { spec: { volumes: { configMap?: { name: string } }[] } } } | undefined)?.template?.spec.volumes ?? [],
    )
    const names = mounted.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap.name]))
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) one(all, 'ConfigMap', name)
  })

  it('starts new pods for another configuration, and none for other rules', async () => {
    const copy = folder()
    cpSync('deploy/kustomize', copy, { recursive: true })
    const config = async (): Promise<string | undefined> =>
      (await kustomize(join(copy, 'base'))).find(({ data }) => data?.['scaled.yaml'] !== undefined)?.metadata.name
    const before = await config()
    cpSync(file('scaled-config.yaml', 'log: { level: debug }\n'), join(copy, 'base/scaled-config.yaml'))
    expect(await config()).not.toBe(before)
    expect((await kustomize(join(copy, 'base'))).filter(({ metadata }) => metadata.name === 'scaled-rules')).toHaveLength(1)
  })

  it('is in any namespace that an overlay says, together with its samplers', async () => {
    const copy = folder()
    cpSync('deploy/kustomize/split', join(copy, 'split'), { recursive: true })
    cpSync(file('kustomization.yaml', 'namespace: other\nresources: [split]\n'), join(copy, 'kustomization.yaml'))
    const all = await kustomize(copy)
    expect(new Set(all.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['other']))
    expect(JSON.stringify(one(all, 'RoleBinding', 'scaled-lease'))).toContain('"namespace":"other"}]')
    // No name of a namespace is left anywhere.
    expect(JSON.stringify(all)).not.toMatch(/\bscale\.svc\b|"namespace":"scale"/)
  })

  it('has in the example the rights that its rules need', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/scalec.js', 'rbac', `${overlay}/rules.scale`, '--service-account', 'scale:scaled'])
    // The first line has the bundle's digest, and that the path of the rules.
    const withoutDigest = (text: string): string => text.replace(/sha256:\w+/, '')
    expect(withoutDigest(readFileSync(`${overlay}/rbac.yaml`, 'utf8'))).toBe(withoutDigest(stdout))
    const all = await kustomize(overlay)
    expect(one(all, 'ConfigMap', 'scaled-rules').data?.['rules.scale']).toBe(readFileSync(`${overlay}/rules.scale`, 'utf8'))
    expect(all.filter(({ metadata }) => metadata.namespace === 'boutique').map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding'])
  })
})
