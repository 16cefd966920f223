/** Workloads: targets of the rules, and what the catalog knows to run. In tests also the rules, of which something is expected. */
import {
  type Catalog,
  type CatalogWorkload,
  type Declaration,
  type Expected,
  type FileTree,
  printName,
  type TextRange,
  type WorkloadNode,
  workloadId,
} from '../../../../src/language/index.ts'
import { namespaceOf } from '../../../symbols.ts'
import { type Request, rangeOfUse, unquoted, within } from '../request.ts'
import { leading, type Suggestion, type Tier, tiers } from '../suggestion.ts'

/** Kinds that every cluster has. */
const commonKinds = ['deployment', 'statefulset']

export function workloads(request: Request, { use, type, label }: Expected): readonly Suggestion[] {
  if (use.rule === 'clause' && type === 'Part') return namespaces(request)
  if (use.rule !== 'workload' || type !== 'Part') return []
  if (label === 'namespace') return namespaces(request)
  const range = rangeOfUse(request.place, use)
  const inTest = within(use, 'testDeclaration') !== undefined
  // What stands behind it already says whether a rule or a workload is meant.
  const [next] = use.within?.rule === 'expectSubject' ? request.place.behind : []
  const ofRule = next?.type === 'fires' || next?.type === 'unknown'
  const ofWorkload = next?.type === 'at' || next?.type === 'between'
  const found = ofRule ? [] : inTest ? [...targets(request, range)] : [...everything(request, use, range), ...likeServices(request, range)]
  const begins = use.start >= request.place.tokens.length
  if (!inTest && begins) found.push(...kinds(request))
  return [...found, ...(use.within?.rule === 'expectSubject' && begins && !ofWorkload ? rules(request) : [])]
}

/** Targets before what only runs; of those that have a `target` already a second one would be rejected. */
function everything(request: Request, use: Expected['use'], range: TextRange): readonly Suggestion[] {
  const { catalog, facts } = request
  const isTarget = use.within?.rule === 'targetDeclaration'
  const own = ownWorkload(request)
  const inValue = within(use, 'functionCall') !== undefined
  const { declared, scaled } = namedIn(request)
  const running = catalog === undefined ? undefined : runningIn(catalog)
  const tier = (id: string): Tier => ((inValue ? id === own : isTarget || declared.has(id)) ? tiers.fitting : tiers.likely)
  const weight = (id: string): number => running?.get(id)?.replicas ?? 0
  const text = (id: string): string => shortened(id, facts.namespace)
  function* ids(): Generator<string> {
    if (!isTarget) yield* declared
    for (const id of scaled) if (!declared.has(id)) yield id
    for (const id of running?.keys() ?? []) if (!declared.has(id) && !scaled.has(id)) yield id
  }
  const typed = request.view.document.text.slice(range.start, request.place.offset)
  return leading(ids(), typed, { text, tier, weight }).map((id): Suggestion => {
    const known = running?.get(id)
    return {
      label: text(id),
      kind: 'workload',
      tier: tier(id),
      weight: weight(id),
      range,
      detail: () =>
        [
          ...(declared.has(id) ? ['target'] : []),
          ...(known?.replicas === undefined ? [] : [`${known.replicas} ${known.replicas === 1 ? 'replica' : 'replicas'}`]),
          ...(known === undefined || known.services.length === 0 ? [] : [known.services.join(', ')]),
        ].join(', '),
    }
  })
}

const runningWorkloads = new WeakMap<Catalog, ReadonlyMap<string, CatalogWorkload>>()

/** By id; found once for each catalog. */
function runningIn(catalog: Catalog): ReadonlyMap<string, CatalogWorkload> {
  const known = runningWorkloads.get(catalog)
  if (known !== undefined) return known
  const found = new Map(catalog.workloads.map((workload) => [workload.id, workload]))
  runningWorkloads.set(catalog, found)
  return found
}

/** What runs the services of a catalog that knows no workloads, such as one of a recording: most often it has the service's name. */
function likeServices(request: Request, range: TextRange): readonly Suggestion[] {
  const { catalog, facts, place, view } = request
  if (catalog === undefined || catalog.workloads.length > 0) return []
  const { declared, scaled } = namedIn(request)
  const named = new Set([...declared, ...scaled].map((id) => shortened(id, facts.namespace)))
  const written = view.document.text.slice(range.start, place.word.start)
  // Behind a kind that is written already its workloads are meant.
  const kind = /[/:]$/.test(written) ? written : `${commonKinds[0]}/`
  return catalog.services
    .map(({ name }) => `${kind}${printName(name)}`)
    .filter((label) => !named.has(label))
    .map((label): Suggestion => ({ label, kind: 'workload', tier: tiers.possible, weight: 1, range, detail: 'named like its service' }))
}

/** Those that some rule or target names: a test of another one is an error. */
function targets(request: Request, range: TextRange): readonly Suggestion[] {
  const { declared, scaled } = namedIn(request)
  return [...new Set([...declared, ...scaled])].map((id) => ({
    label: shortened(id, request.facts.namespace),
    kind: 'workload',
    tier: tiers.fitting,
    range,
    detail: declared.has(id) ? 'target' : 'scaled by a rule',
  }))
}

/** Without the namespace that `defaults` says. */
function shortened(id: string, namespace: string | undefined): string {
  return namespace !== undefined && id.endsWith(` in ${namespace}`) ? id.slice(0, -` in ${namespace}`.length) : id
}

interface Named {
  /** By a `target`. */
  readonly declared: ReadonlySet<string>
  /** By rules and freezes. */
  readonly scaled: ReadonlySet<string>
}

/** A declaration of a workload's rule or target. */
type Naming = Extract<Declaration, { readonly kind: 'target' | 'rule' | 'freeze' }>

function isNaming(declaration: Declaration): declaration is Naming {
  return declaration.kind === 'target' || declaration.kind === 'rule' || declaration.kind === 'freeze'
}

const ids = new WeakMap<WorkloadNode, string>()

/** Found once for each: an edit leaves most of a file's nodes. */
function knownId(node: WorkloadNode): string {
  const known = ids.get(node)
  if (known !== undefined) return known
  const id = idOf(node)
  ids.set(node, id)
  return id
}

/** As it is written: without the namespace of `defaults`. */
function idOf({ orchestrator, workloadKind, name, namespace }: WorkloadNode): string {
  return workloadId({
    ...(orchestrator === undefined ? {} : { orchestrator: orchestrator.text }),
    ...(workloadKind === undefined ? {} : { kind: workloadKind.text }),
    name: name.text,
    ...(namespace === undefined ? {} : { namespace: namespace.text }),
  })
}

/** Of the whole project, whose rules are compiled together, but for the declaration around the place: what is written there is not yet meant. */
function namedIn({ view, place }: Request): Named {
  const found = { declared: new Set<string>(), scaled: new Set<string>() }
  for (const document of view.project.documents.values()) {
    const standard = namespaceOf(document, view.project)
    const { tree } = document.parsed
    const uses = document === view.document ? usesIn(tree, place.start) : knownUses(tree)
    for (const { id, isTarget, isWhole } of uses)
      (isTarget ? found.declared : found.scaled).add(isWhole || standard === undefined ? id : `${id} in ${standard}`)
  }
  return found
}

/** A workload as a file names it. */
interface Use {
  readonly id: string
  readonly isTarget: boolean
  /** Its namespace is written. */
  readonly isWhole: boolean
}

const uses = new WeakMap<FileTree, readonly Use[]>()

/** Found once for each tree: files that are not edited keep theirs. */
export function knownUses(tree: FileTree): readonly Use[] {
  const known = uses.get(tree)
  if (known !== undefined) return known
  const found = usesIn(tree)
  uses.set(tree, found)
  return found
}

/** Each once; without those of the declaration that begins at `without`. */
function usesIn({ declarations }: FileTree, without?: number): readonly Use[] {
  const found = new Map<string, Use>()
  for (const declaration of declarations) {
    if (!isNaming(declaration) || declaration.workload === undefined || declaration.range.start === without) continue
    const [id, isTarget] = [knownId(declaration.workload), declaration.kind === 'target']
    const key = isTarget ? `target ${id}` : id
    if (!found.has(key)) found.set(key, { id, isTarget, isWhole: declaration.workload.namespace !== undefined })
  }
  return [...found.values()]
}

/** The workload of the rule around the place. */
function ownWorkload({ place, facts }: Request): string | undefined {
  const workload = place.uses.find(({ rule, within: outer }) => rule === 'workload' && outer?.within === undefined)
  if (workload === undefined) return undefined
  const end = place.uses.find(({ start, within: outer }) => start > workload.start && outer === workload.within)?.start
  const text = place.tokens
    .slice(workload.start, end)
    .map((token) => (token.type === 'in' ? ' in ' : unquoted(token)))
    .join('')
  return facts.namespace === undefined || text.includes(' in ') ? text : `${text} in ${facts.namespace}`
}

function kinds({ place }: Request): readonly Suggestion[] {
  return place.within === 'text'
    ? []
    : commonKinds.map((kind): Suggestion => ({ label: `${kind}/`, kind: 'workload', tier: tiers.possible, detail: 'a kind of workload' }))
}

function namespaces(request: Request): readonly Suggestion[] {
  const { declared, scaled } = namedIn(request)
  const ids = [...declared, ...scaled, ...(request.catalog?.workloads ?? []).map(({ id }) => id)]
  const found = new Set(ids.flatMap((id) => / in (.+)$/.exec(id)?.[1] ?? []))
  return [...found].map((name): Suggestion => ({ label: name, kind: 'workload', tier: tiers.likely, text: printName(name), detail: 'namespace' }))
}

function rules(request: Request): readonly Suggestion[] {
  return [...ruleNames(request)].map((name): Suggestion => ({ label: name, kind: 'rule', tier: tiers.likely, text: printName(name), detail: 'rule' }))
}

/** Of the whole project, but for the rule around the place. */
function ruleNames({ view, place }: Request): ReadonlySet<string> {
  const found = new Set<string>()
  for (const document of view.project.documents.values())
    for (const declaration of document.parsed.tree.declarations) {
      if (!isNaming(declaration) || (document === view.document && declaration.range.start === place.start)) continue
      if (declaration.kind !== 'target' && declaration.label !== undefined) found.add(declaration.label.text)
    }
  for (const { name, tree } of view.project.checked?.program.rules ?? []) if (tree.label === undefined) found.add(name)
  return found
}
