/**
 * Other people's autoscaling rules as rules of this language: the paper's YAML, HorizontalPodAutoscalers, KEDA's ScaledObjects. Pure. Whatever cannot be
 * taken over or means something else here is said in a comment where it belongs.
 */
import { format } from '../language/index.ts'
import { type Manifest, type Problem, readManifests, textAt } from './documents.ts'
import { type Draft, draftsText } from './draft.ts'
import { importHpa } from './hpa.ts'
import { importScaledObject } from './keda.ts'
import { importPaperRules, isPaperRules } from './paper.ts'

export interface ImportFile {
  readonly name: string
  readonly text: string
}

export interface ImportProblem {
  readonly file: string
  /** One-based. */
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface Imported {
  /** A rule file in canonical form; empty when nothing was found. */
  readonly text: string
  /** Manifests that became a target. */
  readonly targets: number
  readonly rules: number
  /** What could not be read. */
  readonly problems: readonly ImportProblem[]
  /** Documents of other kinds: `Service shop/ads`. */
  readonly skipped: readonly string[]
}

export function importFiles(files: readonly ImportFile[]): Imported {
  const drafts: Draft[] = []
  const problems: ImportProblem[] = []
  const skipped: string[] = []
  for (const { name, text } of files) {
    const { manifests, problems: wrong } = readManifests(text)
    const found = manifests.flatMap((manifest) => importManifest(manifest) ?? skip(manifest, skipped))
    for (const each of found) if (!('message' in each)) drafts.push(each)
    const said = [...wrong, ...found.filter((each) => 'message' in each)]
    problems.push(...said.map(({ line, column, message }) => ({ file: name, line, column, message })))
  }
  // Of several for one workload the later ones become comments.
  const firsts = drafts.filter(({ workload }, i) => drafts.findIndex((other) => other.workload === workload) === i)
  const text = drafts.length === 0 ? '' : `language 1\n\n${draftsText(drafts)}`
  return {
    text: format({ name: 'imported.scale', text }).text,
    targets: firsts.length,
    rules: firsts.reduce((sum, { rules }) => sum + rules.filter(({ dormant }) => !dormant).length, 0),
    problems,
    skipped,
  }
}

function importManifest(manifest: Manifest): readonly (Draft | Problem)[] | undefined {
  const { fields, at } = manifest
  const [group = '', version = ''] = (textAt(fields, 'apiVersion') ?? '').split('/')
  if (fields.kind === 'HorizontalPodAutoscaler' && group === 'autoscaling') {
    if (version !== 'v2beta1') return [importHpa(manifest)]
    return [{ ...at('apiVersion'), message: 'autoscaling/v2beta1 is gone since Kubernetes 1.25: convert it with kubectl convert first' }]
  }
  if (fields.kind === 'ScaledObject' && group === 'keda.sh') return [importScaledObject(manifest)]
  if (isPaperRules(fields)) return importPaperRules(manifest)
  if (fields.kind === undefined && fields.apiVersion === undefined)
    return [
      { ...at(), message: 'this is neither a Kubernetes manifest nor a list of latency rules (`rules:` with service, operation, latency, times, window)' },
    ]
  return undefined
}

function skip({ fields }: Manifest, skipped: string[]): readonly Draft[] {
  const metadata = fields.metadata as { readonly name?: unknown } | undefined
  skipped.push(`${String(fields.kind)} ${String(metadata?.name ?? '')}`.trim())
  return []
}
