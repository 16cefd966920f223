/** The least that the client of this folder needs in a cluster for the rules of a bundle: what it calls, on the objects that the rules name. Pure. */
import type { Bundle, TargetIR, WorkloadRef } from '../../bundle/index.ts'

/** One rule of a Role. */
export interface AccessRule {
  /** Empty for the core group. */
  readonly group: string
  readonly resource: string
  /** Absent where RBAC cannot restrict a verb to names: lists of all objects. A list and a watch of the one object of a name can be. */
  readonly names?: readonly string[]
  readonly verbs: readonly ('get' | 'list' | 'watch' | 'update' | 'create')[]
  /** What it is for; one sentence without a full stop. */
  readonly why: string
}

export interface NamespaceAccess {
  readonly namespace: string
  readonly rules: readonly AccessRule[]
}

export interface Access {
  /** By name. */
  readonly namespaces: readonly NamespaceAccess[]
  /** What somebody should check. */
  readonly notes: readonly string[]
  /** Workloads that nothing is granted for, and why. */
  readonly unknown: readonly string[]
}

interface Resource {
  readonly group: string
  readonly plural: string
}

/** Kinds with a scale subresource, by every name that kubectl and the discovery here know them by. */
const known: readonly (Resource & { readonly words: readonly string[] })[] = [
  { group: 'apps', plural: 'deployments', words: ['deployment', 'deployments', 'deploy'] },
  { group: 'apps', plural: 'statefulsets', words: ['statefulset', 'statefulsets', 'sts'] },
  { group: 'apps', plural: 'replicasets', words: ['replicaset', 'replicasets', 'rs'] },
  { group: '', plural: 'replicationcontrollers', words: ['replicationcontroller', 'replicationcontrollers', 'rc'] },
  { group: 'argoproj.io', plural: 'rollouts', words: ['rollout', 'rollouts', 'ro'] },
]

/** Where a workload is, and whether some rule changes it. */
interface Use extends Resource {
  readonly namespace: string
  readonly name: string
  readonly written: boolean
}

/** `namespace`: of workloads that name none, as `orchestrators.kubernetes.namespace` of scaled. */
export function accessOf(bundle: Bundle, namespace: string): Access {
  const notes = new Set<string>()
  const unknown: string[] = []
  const uses: Use[] = []
  for (const target of bundle.targets) {
    const { workload } = target
    if (workload.orchestrator !== undefined && workload.orchestrator !== 'kubernetes') continue
    const resource = resourceOf(workload, notes)
    if ('error' in resource) {
      unknown.push(`${target.id}: ${resource.error}`)
      continue
    }
    if (workload.namespace === undefined)
      notes.add(`workloads that name no namespace are taken to be in ${namespace}, as orchestrators.kubernetes.namespace of scaled must say`)
    uses.push({ ...resource, namespace: workload.namespace ?? namespace, name: workload.name, written: isWritten(target, bundle) })
  }
  const namespaces = [...new Set(uses.map((use) => use.namespace))].sort()
  return {
    namespaces: namespaces.map((name) => ({ namespace: name, rules: rulesOf(uses.filter((use) => use.namespace === name)) })),
    notes: [...notes],
    unknown,
  }
}

/** Rules that only observe write nothing, nor do targets in another mode than act and out-only. */
function isWritten({ id, mode }: TargetIR, { rules }: Bundle): boolean {
  return (mode === 'act' || mode === 'out-only') && rules.some((rule) => rule.target === id && rule.action.kind !== 'freeze' && !rule.observe)
}

function resourceOf({ kind, name }: WorkloadRef, notes: Set<string>): Resource | { readonly error: string } {
  if (kind === undefined) return { error: `names no kind: write deployment/${name}, or the kind that it is` }
  const [word = '', ...rest] = kind.toLowerCase().split('.')
  // A version may stand before the group: rollouts.v1alpha1.argoproj.io.
  const group = (/^v\d/.test(rest[0] ?? '') ? rest.slice(1) : rest).join('.')
  const found = known.find((each) => each.words.includes(word) && (rest.length === 0 || each.group === group))
  if (found !== undefined) return { group: found.group, plural: found.plural }
  if (rest.length === 0) return { error: `${kind} is no kind that is known here: write it with its group, as in rollouts.argoproj.io` }
  const plural = pluralOf(word)
  notes.add(`${kind} is taken for the resource ${plural} of group ${group}: compare with kubectl api-resources --api-group=${group}`)
  return { group, plural }
}

/** As Kubernetes guesses it; a word that ends in s is taken for a plural already. */
function pluralOf(word: string): string {
  if (word.endsWith('s')) return word
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`
}

const writeWhy = 'Read and write the number of replicas, and nothing else'
const readWhy = 'See how many replicas are ready, whether a rollout is under way, and whether a person paused the scaling'

function rulesOf(uses: readonly Use[]): readonly AccessRule[] {
  const resources = new Map(uses.map(({ group, plural }) => [`${plural}.${group}`, { group, plural }]))
  const perResource = [...resources.keys()].sort().flatMap((key) => {
    const { group, plural } = resources.get(key) as Resource
    const here = uses.filter((use) => use.group === group && use.plural === plural)
    const names = (written: boolean): readonly string[] => [...new Set(here.filter((use) => use.written === written).map(({ name }) => name))].sort()
    const [written, read] = [names(true), names(false)]
    const scale = { group, resource: `${plural}/scale` }
    const rules: AccessRule[] = []
    if (written.length > 0) rules.push({ ...scale, names: written, verbs: ['get', 'update'], why: writeWhy })
    if (read.length > 0) rules.push({ ...scale, names: read, verbs: ['get'], why: 'Read the number of replicas of what the rules look at and never change' })
    const all = [...new Set([...written, ...read])].sort()
    rules.push({ group, resource: plural, names: all, verbs: ['get', 'list', 'watch'], why: readWhy })
    return rules
  })
  return [...perResource, ...surroundings]
}

/** What is looked at beside the workloads, and where it is said what became of them. */
const surroundings: readonly AccessRule[] = [
  {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    verbs: ['list', 'watch'],
    why: 'Keep off what a HorizontalPodAutoscaler scales already; a list cannot be restricted to names',
  },
  { group: '', resource: 'pods', verbs: ['list', 'watch'], why: 'Notice pods that cannot be scheduled, where more of them would not help' },
  { group: 'policy', resource: 'poddisruptionbudgets', verbs: ['list', 'watch'], why: 'Say where scaling in passes over a disruption budget' },
  { group: 'events.k8s.io', resource: 'events', verbs: ['create'], why: 'Say on the workload what was decided, and why' },
]

/**
 * The same for rules that nobody has yet: any Deployment and StatefulSet of a namespace. For ScaleRuleSet objects, which come and go; a bundle's own access
 * names its workloads and is less.
 */
export function wholeNamespace(): readonly AccessRule[] {
  const perResource = ['deployments', 'statefulsets'].flatMap((plural): readonly AccessRule[] => [
    { group: 'apps', resource: `${plural}/scale`, verbs: ['get', 'update'], why: writeWhy },
    { group: 'apps', resource: plural, verbs: ['get', 'list', 'watch'], why: readWhy },
  ])
  return [...perResource, ...surroundings]
}
