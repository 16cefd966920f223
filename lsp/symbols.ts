/**
 * What names mean, across the files of a project: constants, rules, workloads, and the services and operations of selectors. Found in the trees of now, so that
 * it holds in the middle of an edit as well. What a file names is found once for each of its trees.
 */
import { type Declaration, type FileTree, type Name, type Ranged, type TextRange, type WorkloadNode, workloadId } from '../src/language/index.ts'
import type { Document, Project } from './contract.ts'
import { touches, visitNodes } from './tree.ts'

export type EntityKind = 'let' | 'rule' | 'target' | 'service' | 'operation'

/** One thing that has a name. */
export interface Entity {
  readonly kind: EntityKind
  /** The same for all occurrences; of a constant, with the file that declares it. */
  readonly key: string
  /** As people write it. */
  readonly name: string
}

export interface Occurrence {
  readonly document: Document
  /** Of the whole: of a workload, `deployment/ads in shop`. */
  readonly range: TextRange
  /** Of the part that a rename replaces. */
  readonly nameRange: TextRange
  readonly isDeclaration: boolean
}

/** What a file names, before it is known what that means. */
type Mention =
  | { readonly kind: 'let' | 'rule'; readonly name: Name; readonly isDeclaration: boolean }
  | { readonly kind: 'target'; readonly node: WorkloadNode; readonly isDeclaration: boolean }
  | { readonly kind: 'service'; readonly service: Name }
  | { readonly kind: 'operation'; readonly service: Name; readonly operation: Name }

const mentions = new WeakMap<FileTree, readonly Mention[]>()

function mentionsOf(tree: FileTree): readonly Mention[] {
  const known = mentions.get(tree)
  if (known !== undefined) return known
  const found: Mention[] = []
  for (const declaration of tree.declarations) mentionsIn(declaration, found)
  mentions.set(tree, found)
  return found
}

function mentionsIn(declaration: Declaration, found: Mention[]): void {
  if (declaration.kind === 'let' && declaration.name !== undefined) found.push({ kind: 'let', name: declaration.name, isDeclaration: true })
  if ((declaration.kind === 'rule' || declaration.kind === 'freeze') && declaration.label !== undefined)
    found.push({ kind: 'rule', name: declaration.label, isDeclaration: true })
  const declared = declaration.kind === 'target' ? declaration.workload : undefined
  visitNodes(declaration, (node) => {
    if (isWorkload(node)) found.push({ kind: 'target', node, isDeclaration: node === declared })
    else if (isSelector(node)) {
      found.push({ kind: 'service', service: node.service })
      if (node.operation !== undefined) found.push({ kind: 'operation', service: node.service, operation: node.operation })
    } else if ('kind' in node) {
      if (node.kind === 'name' && 'name' in node) found.push({ kind: 'let', name: node.name as Name, isDeclaration: false })
      else if (node.kind === 'expectFires' || node.kind === 'expectUnknown')
        found.push({ kind: 'rule', name: (node as unknown as { readonly rule: Name }).rule, isDeclaration: false })
    }
  })
}

function isWorkload(node: Ranged): node is WorkloadNode {
  return 'workloadKind' in node
}

function isSelector(node: Ranged): node is Ranged & { readonly service: Name; readonly operation: Name | undefined } {
  return 'service' in node && 'ancestor' in node
}

/** The constants that a document can name, its own and those of its imports, with the document that declares each. The first of two counts, as for the checker. */
export function letsOf(document: Document, project: Project): ReadonlyMap<string, Document> {
  const found = new Map<string, Document>()
  for (const each of withImports(document, project)) for (const name of ownLets(each)) if (!found.has(name)) found.set(name, each)
  return found
}

function* ownLets(document: Document): Generator<string> {
  for (const declaration of document.parsed.tree.declarations) if (declaration.kind === 'let' && declaration.name !== undefined) yield declaration.name.text
}

/** Imports before what imports them, each once; the document itself is the last. */
export function withImports(document: Document, project: Project, seen = new Set<Document>()): readonly Document[] {
  if (seen.has(document)) return []
  seen.add(document)
  const found: Document[] = []
  for (const declaration of document.parsed.tree.declarations) {
    if (declaration.kind !== 'import' || declaration.path === undefined) continue
    const other = project.resolve(declaration.path.value, document)
    if (other !== undefined) found.push(...withImports(other, project, seen))
  }
  return [...found, document]
}

/** The namespace of the workloads that a file names without one: of its own `defaults`, else of its imports', the later import first. */
export function namespaceOf(document: Document, project: Project): string | undefined {
  let last: string | undefined
  for (const { parsed } of withImports(document, project))
    for (const declaration of parsed.tree.declarations)
      if (declaration.kind === 'defaults' && !declaration.broken)
        for (const clause of declaration.clauses) if (clause.kind === 'namespace') last = clause.name.text
  return last
}

/** What stands at the offset, and where exactly. */
export function symbolAt(document: Document, offset: number, project: Project): { readonly symbol: Entity; readonly at: Occurrence } | undefined {
  const [found] = occurrencesIn(document, project)
    .filter(({ at }) => touches(at.range, offset))
    // Of an operation and its service, the one that is pointed at; of a workload's name and its kind, the whole.
    .sort((a, b) => length(a.at.range) - length(b.at.range))
  return found
}

function length({ start, end }: TextRange): number {
  return end - start
}

interface Found {
  readonly symbol: Entity
  readonly at: Occurrence
}

export function occurrencesIn(document: Document, project: Project): readonly Found[] {
  const lets = letsOf(document, project)
  const namespace = namespaceOf(document, project)
  const foundOf = (mention: Mention): readonly Found[] => {
    switch (mention.kind) {
      case 'let': {
        const { name, isDeclaration } = mention
        const owner = lets.get(name.text)
        if (owner === undefined) return []
        return [found({ kind: 'let', key: `let ${owner.name} ${name.text}`, name: name.text }, document, name.range, isDeclaration && owner === document)]
      }
      case 'rule': {
        const { name, isDeclaration } = mention
        return [found({ kind: 'rule', key: `rule ${name.text}`, name: name.text }, document, name.range, isDeclaration)]
      }
      case 'target': {
        const { node, isDeclaration } = mention
        const id = workloadId({
          ...(node.orchestrator === undefined ? {} : { orchestrator: node.orchestrator.text }),
          ...(node.workloadKind === undefined ? {} : { kind: node.workloadKind.text }),
          name: node.name.text,
          ...(node.namespace === undefined && namespace === undefined ? {} : { namespace: node.namespace?.text ?? (namespace as string) }),
        })
        return [found({ kind: 'target', key: `target ${id}`, name: id }, document, node.range, isDeclaration, node.name.range)]
      }
      case 'service':
        return [found({ kind: 'service', key: `service ${mention.service.text}`, name: mention.service.text }, document, mention.service.range, false)]
      case 'operation': {
        const name = `${mention.service.text}/${mention.operation.text}`
        return [found({ kind: 'operation', key: `operation ${name}`, name }, document, mention.operation.range, false)]
      }
    }
  }
  return mentionsOf(document.parsed.tree).flatMap(foundOf)
}

function found(symbol: Entity, document: Document, range: TextRange, isDeclaration: boolean, nameRange = range): Found {
  return { symbol, at: { document, range, nameRange, isDeclaration } }
}

/** Everywhere in the project, in the order of its documents. */
export function occurrencesOf(symbol: Entity, project: Project, cancelled: () => boolean): readonly Occurrence[] {
  const all: Occurrence[] = []
  for (const document of project.documents.values()) {
    if (cancelled()) return []
    for (const { symbol: other, at } of occurrencesIn(document, project)) if (other.key === symbol.key) all.push(at)
  }
  return all
}
