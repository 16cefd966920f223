/**
 * Writes what of deploy/ follows from the code: the rights over a namespace, the keys of scaled's configuration in the schema of the chart's values, the alerts
 * in the chart, and the Kustomize bases, which are the chart rendered. `node .ci/chart.ts`.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Document, isMap, parseAllDocuments, parseDocument } from 'yaml'
import type { z } from 'zod'
import { schema } from '../src/daemon/config/schema.ts'
import { rulesYaml, wholeNamespace } from '../src/orchestrators/index.ts'
import { helmPath } from '../test/support/kubernetes/kubectl.ts'

export const chart = 'deploy/helm/scaled'

/** Text by path; the Kustomize bases only where there is a helm. */
export function generated(): ReadonlyMap<string, string> {
  const helm = helmPath()
  return new Map([
    [`${chart}/files/namespace-rules.yaml`, `# Written by .ci/chart.ts, from what scalec rbac is made of.\n${rulesYaml(wholeNamespace())}`],
    [`${chart}/files/alerts.yaml`, readFileSync('deploy/alerts.yaml', 'utf8')],
    [`${chart}/values.schema.json`, valuesSchema()],
    ...(helm === undefined ? [] : [...kustomizeBase(helm, 'base', []), ...kustomizeBase(helm, 'split', ['--set', 'split.enabled=true'])]),
  ])
}

/** The schema of the values, in which the part of `config` is scaled's own: a misspelt key is found before anything is installed. */
function valuesSchema(): string {
  const document = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8')) as { $defs: Record<string, unknown> }
  document.$defs.config = keysOf(schema)
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** Which keys there may be; what stands behind them scaled checks itself, with better words. */
function keysOf(of: z.core.$ZodType): object {
  const { def } = of._zod
  if (def.type === 'default' || def.type === 'prefault' || def.type === 'optional') return keysOf((of as z.core.$ZodDefault)._zod.def.innerType)
  if (def.type === 'object') {
    const { shape } = (of as z.core.$ZodObject)._zod.def
    return { type: 'object', additionalProperties: false, properties: Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, keysOf(value)])) }
  }
  if (def.type === 'record') return { type: 'object', additionalProperties: keysOf((of as z.core.$ZodRecord)._zod.def.valueType) }
  return def.type === 'array' ? { type: 'array' } : {}
}

/** The chart as plain manifests, and the configuration in files of its own, of which Kustomize makes ConfigMaps whose names tell their content. */
function kustomizeBase(helm: string, base: string, values: readonly string[]): readonly (readonly [path: string, text: string])[] {
  const text = execFileSync(helm, ['template', 'scaled', chart, '--namespace', 'scale', '--set', 'existingRules=scaled-rules', ...values], { encoding: 'utf8' })
  const documents = parseAllDocuments(text).filter((document) => isMap(document.contents))
  const isConfig = (document: Document): boolean => document.get('kind') === 'ConfigMap'
  const manifests = documents.filter((document) => !isConfig(document))
  for (const document of manifests) {
    for (const at of [['metadata', 'labels'], labelsOfPods]) for (const label of ofHelm) remove(document, [...at, label])
    remove(document, ['spec', 'template', 'metadata', 'annotations'])
    // Kustomize fills in the namespace.
    for (const at of [
      ['metadata', 'namespace'],
      ['subjects', 0, 'namespace'],
    ])
      remove(document, at)
  }
  const head = (what: string): string => `# ${what}, rendered by .ci/chart.ts from the chart in deploy/helm: change it there, or patch it in an overlay.\n`
  return [
    [
      `deploy/kustomize/${base}/manifests.yaml`,
      `${head('scaled')}${manifests
        .map((document) => document.toString(plain))
        .join('---\n')
        .replaceAll(/^# Source: .*\n/gm, '')}`,
    ],
    ...documents.filter(isConfig).map((document) => {
      const config = parseDocument(String(document.getIn(['data', 'scaled.yaml'])))
      // The pod's own, whatever namespace an overlay puts it into.
      for (const at of [['namespace'], ['lease', 'namespace']]) remove(config, ['orchestrators', 'kubernetes', ...at])
      return [`deploy/kustomize/${base}/${String(document.getIn(['metadata', 'name']))}.yaml`, `${head('Configuration')}${config.toString(plain)}`] as const
    }),
  ]
}

function remove(document: Document, at: readonly (string | number)[]): void {
  if (document.hasIn(at)) document.deleteIn(at)
}

const labelsOfPods = ['spec', 'template', 'metadata', 'labels']
const ofHelm = ['helm.sh/chart', 'app.kubernetes.io/managed-by']
const plain = { lineWidth: 0, directives: false } as const

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) for (const [path, text] of generated()) writeFileSync(path, text)
