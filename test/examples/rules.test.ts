import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { maxReplicas } from '../../examples/boutique/demo/configuration.ts'
import { cooldownSeconds, initialReplicas, thresholdMs } from '../../examples/boutique/scenario.ts'
import { type Bundle, compile } from '../../src/bundle/index.ts'
import { loadConfig } from '../../src/daemon/config/index.ts'

/** Those of rules; tests of a folder's rules may lie in a file beside them. */
const files = globSync('examples/**/*.scale')
  .filter((name) => !name.endsWith('.test.scale'))
  .sort()
const compiled = (name: string) => compile({ roots: [{ name, text: readFileSync(name, 'utf8') }] }, { compiler: 'test' })
const messages = (name: string): string[] => compiled(name).diagnostics.map((d) => `${d.severity} ${d.code}: ${d.message}`)

function bundleOf(name: string): Bundle {
  const { bundle } = compiled(name)
  if (bundle === undefined) throw new Error(messages(name).join('\n'))
  return bundle
}

describe('the rules of the examples', () => {
  it('are found', () => {
    expect(files).toEqual([
      'examples/boutique/rules.scale',
      'examples/kubernetes/rules.scale',
      'examples/one-line.scale',
      'examples/own/rules.scale',
      'examples/queue-and-workers/plain/rules.scale',
      'examples/queue-and-workers/rules.scale',
    ])
  })

  it.each(files)('compile: %s', (name) => {
    expect(messages(name).filter((m) => m.startsWith('error'))).toEqual([])
    expect(bundleOf(name).rules.length).toBeGreaterThan(0)
  })

  it.each(files.filter((f) => f.endsWith('/rules.scale')))('give no warning: %s', (name) => {
    expect(messages(name)).toEqual([])
  })

  it('are those that the demo is judged by', () => {
    const { targets, rules } = bundleOf('examples/boutique/rules.scale')
    expect(targets).toMatchObject([{ id: 'process:ads', min: initialReplicas, max: maxReplicas, cooldownNs: cooldownSeconds * 1e9 }])
    expect(rules.find((r) => r.name === 'ads-slow')?.condition).toMatchObject({ of: { operator: '>', right: { kind: 'constant', value: thresholdMs * 1e6 } } })
  })
})

describe('the YAML of the cluster example', () => {
  const read = (name: string): string => readFileSync(`examples/kubernetes/${name}`, 'utf8')

  it('is a configuration that scaled takes', () => {
    const result = loadConfig({ file: { name: 'scaled.yaml', text: read('scaled.yaml') }, environment: {}, flags: new Map() })
    expect(result).toMatchObject({ config: { orchestrators: { default: 'kubernetes' } } })
  })

  it('lets the account that it makes do what the role says, and nothing to whole workloads', () => {
    const [account, role, binding] = parseAllDocuments(read('rbac.yaml')).map((d) => d.toJS() as Manifest)
    expect(account).toMatchObject({ kind: 'ServiceAccount', metadata: { name: 'scaled', namespace: 'scale' } })
    expect(binding).toMatchObject({ roleRef: { kind: 'Role', name: 'scaled' }, subjects: [{ kind: 'ServiceAccount', name: 'scaled', namespace: 'scale' }] })
    const writable = role?.rules?.filter((r) => r.verbs.some((v) => !['get', 'list', 'watch'].includes(v))).flatMap((r) => r.resources)
    // Replicas, and events that say what was decided.
    expect(writable).toEqual(['deployments/scale', 'events'])
  })

  it('exports to the port that scaled listens on', () => {
    const { exporters, service } = parse(read('collector.yaml')) as Collector
    expect(exporters['otlp_grpc/scaled']?.endpoint).toMatch(/:4317$/)
    expect(Object.keys(exporters)).toEqual(service.pipelines['traces/scaled']?.exporters)
  })
})

interface Collector {
  readonly exporters: Readonly<Record<string, { readonly endpoint: string }>>
  readonly service: { readonly pipelines: Readonly<Record<string, { readonly exporters: readonly string[] }>> }
}

interface Manifest {
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]
}
