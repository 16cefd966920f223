/** What deploy/README.md tells people to write is taken by what reads it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { pauseAnnotation, untilAnnotation } from '../../src/orchestrators/kubernetes/pause.ts'
import { runScaled } from '../daemon/process.ts'
import { file, helm, least, manifests, missing, one, render } from './helm.ts'

/** Of the YAML on the page, what is looked at. */
interface Document {
  readonly kind?: string
  readonly orchestrators?: { readonly default: string }
  readonly spec?: { readonly triggers?: readonly { readonly type: string; readonly metricType: string; readonly metadata: Readonly<Record<string, string>> }[] }
}

const page = readFileSync('deploy/README.md', 'utf8')
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text as string)
const yaml = blocks('yaml').map((text) => ({ text, document: parse(text) as Document }))
const install = blocks('sh').flatMap((text) => text.split('\n').filter((line) => line.startsWith('helm install ')))

/** The manifests that an `helm install` of the page would make. */
async function installed(line: string): Promise<ReturnType<typeof manifests>> {
  const args = [...line.replace('$SCALE/', '').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string)).slice(2)
  const here = args
    .filter((arg) => arg !== '--create-namespace')
    .map((arg) => arg.replace(/=rules\.scale$/, '=examples/kubernetes/rules.scale').replace(/=rbac\.yaml$/, '=examples/kubernetes/rbac.yaml'))
  const { code, stdout, stderr } = await helm('template', ...here)
  expect([code, stderr]).toEqual([0, ''])
  return manifests(stdout)
}

describe.skipIf(missing)('an installation of the page', () => {
  it('is one that Helm renders, and the Collector finds the way to it', async () => {
    expect(install).toHaveLength(2)
    const [simple, split] = await Promise.all(install.map(installed))
    const ports = (all: ReturnType<typeof manifests>, name: string): readonly number[] =>
      (one(all, 'Service', name).spec as { ports: readonly { port: number }[] }).ports.map(({ port }) => port)
    const collectors = yaml.map(({ document }) => JSON.stringify(document)).filter((text) => text.includes('"exporters"'))
    expect(collectors[0]).toContain('"endpoint":"scaled.scale.svc:4317"')
    expect(ports(simple ?? [], 'scaled')).toContain(4317)
    expect(collectors[1]).toContain('"hostname":"scaled-sampler.scale.svc.cluster.local","port":4317')
    expect(ports(split ?? [], 'scaled-sampler')).toContain(4317)
    expect((one(split ?? [], 'StatefulSet', 'scaled-sampler').spec as { replicas: number }).replicas).toBe(3)
  })
})

it('configures other orchestrators with what scaled takes', async () => {
  const configurations = yaml.filter(({ document }) => 'orchestrators' in document)
  expect(configurations.map(({ document }) => document.orchestrators?.default)).toEqual(['swarm', 'nomad', 'exec'])
  for (const { text } of configurations)
    expect(await runScaled(['check-config', '--config', file('scaled.yaml', text)], { NOMAD_TOKEN: 'x' })).toMatchObject({ code: 0, err: '' })
})

it('pauses by the annotations that are read', () => {
  expect(page).toContain(`${pauseAnnotation}=out`)
  expect(page).toContain(`${untilAnnotation}=2026-`)
})

it.skipIf(missing)('sends KEDA to the port that the chart opens for it', async () => {
  const scaled = yaml.find(({ document }) => document.kind === 'ScaledObject')?.document
  const [trigger] = scaled?.spec?.triggers ?? []
  // With AverageValue and one a replica HPA arrives at the number itself.
  expect(trigger).toMatchObject({ type: 'external', metricType: 'AverageValue', metadata: { target: 'deployment/ads' } })
  const service = one(await render(...least, '--set', 'keda.enabled=true'), 'Service', 'scaled').spec as { ports: readonly { name: string; port: number }[] }
  expect(trigger?.metadata.scalerAddress).toBe(`scaled.scale.svc:${service.ports.find(({ name }) => name === 'keda')?.port}`)
})

it('links to what is there', () => {
  for (const [, path] of page.matchAll(/\]\(([^)#]+)\)/g)) expect(existsSync(join('deploy', path as string)), path).toBe(true)
})
