/** Another name for a constant, a rule or a workload, wherever the project names it. A name that would break a file, or is taken, is refused with the reason. */
import type { Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol'
import { parse } from '../../src/language/index.ts'
import type { Document, Project, View } from '../contract.ts'
import { type Entity, letsOf, type Occurrence, occurrencesIn, occurrencesOf, symbolAt } from '../symbols.ts'

export interface Prepared {
  readonly range: Range
  readonly placeholder: string
}

export interface Refused {
  readonly problem: string
}

/** Undefined where nothing stands that has a name of its own. */
export function prepareRename({ document, project }: View, offset: number): Prepared | Refused | undefined {
  const found = symbolAt(document, offset, project)
  if (found === undefined) return undefined
  const problem = fixedName(found.symbol)
  if (problem !== undefined) return { problem }
  const { nameRange } = found.at
  return { range: document.lines.rangeOf(nameRange), placeholder: unquoted(document.text.slice(nameRange.start, nameRange.end)) }
}

export function rename({ document, project, cancelled }: View, offset: number, newName: string): WorkspaceEdit | Refused | undefined {
  const found = symbolAt(document, offset, project)
  if (found === undefined) return undefined
  const { symbol, at } = found
  const name = symbol.kind === 'target' ? withoutKind(newName, at) : newName
  if (name === undefined) return { problem: `the kind of ${symbol.name} stays: write the name alone` }
  const problem = fixedName(symbol) ?? taken(symbol, name, project)
  if (problem !== undefined) return { problem }
  const byDocument = Map.groupBy(occurrencesOf(symbol, project, cancelled), (occurrence) => occurrence.document)
  const changes: Record<string, TextEdit[]> = {}
  for (const [there, occurrences] of byDocument) {
    const written = symbol.kind === 'target' && !isPlain(name) ? JSON.stringify(name) : name
    if (breaks(there, occurrences, written) || (symbol.kind === 'let' && !isReadAsName(name)))
      return { problem: `${JSON.stringify(newName)} is no name for a ${words[symbol.kind]}` }
    changes[there.uri] = occurrences.map(({ nameRange }) => ({ range: there.lines.rangeOf(nameRange), newText: written }))
  }
  if (symbol.kind === 'target')
    for (const { document: there, nameRange, newText } of namesOfRules(symbol, at, name, project)) {
      const edits = changes[there.uri] ?? []
      edits.push({ range: there.lines.rangeOf(nameRange), newText })
      changes[there.uri] = edits
    }
  return { changes }
}

/** Where tests name rules without a label, whose names begin with their workload's: `"deployment/ads +2 #1"`. */
function namesOfRules({ name: id }: Entity, at: Occurrence, newName: string, project: Project): readonly (Occurrence & { readonly newText: string })[] {
  const { document, range, nameRange } = at
  const kind = document.text.slice(range.start, nameRange.start)
  const before = `${kind}${unquoted(document.text.slice(nameRange.start, nameRange.end))}`
  if (!id.startsWith(before)) return []
  const newId = `${kind}${newName}${id.slice(before.length)}`
  return [...project.documents.values()].flatMap((there) =>
    occurrencesIn(there, project)
      .filter(({ symbol }) => symbol.kind === 'rule' && symbol.name.startsWith(`${id} `))
      .map(({ symbol, at: mention }) => ({ ...mention, newText: JSON.stringify(`${newId}${symbol.name.slice(id.length)}`) })),
  )
}

const words = { let: 'constant', rule: 'rule', target: 'workload', service: 'service', operation: 'operation' } as const

/** Why a name cannot be changed here. */
function fixedName({ kind, name }: Entity): string | undefined {
  if (kind === 'service' || kind === 'operation') return `${name} is named by the traces, not by the rules`
  if (kind === 'rule' && / #\d+$/.test(name)) return `${name} has no label: write one before the rule, such as slow: scale …`
  return undefined
}

function taken({ kind, name }: Entity, newName: string, project: Project): string | undefined {
  if (newName === name) return undefined
  if (kind === 'let') {
    // Whoever sees the constant must not see another of the new name.
    const seeing = [...project.documents.values()].map((document) => letsOf(document, project)).find((lets) => lets.has(newName) && lets.has(name))
    return seeing === undefined ? undefined : `there is a constant ${newName} already, in ${seeing.get(newName)?.name}`
  }
  // Two names of workloads that become one are the user's choice, such as when a deployment is.
  if (kind !== 'rule') return undefined
  const key = `rule ${newName}`
  const other = [...project.documents.values()].find((document) =>
    occurrencesIn(document, project).some(({ symbol, at }) => symbol.key === key && at.isDeclaration),
  )
  return other === undefined ? undefined : `there is a rule ${newName} already, in ${other.name}`
}

/** Of a workload's new name what stands in the place of the old one: some write its kind with it. Undefined where that is another kind. */
function withoutKind(newName: string, { document, range, nameRange }: Occurrence): string | undefined {
  const kind = document.text.slice(range.start, nameRange.start)
  if (newName.startsWith(kind)) return newName.slice(kind.length)
  return newName.includes('/') ? undefined : newName
}

/** `true` and `false` have a meaning already. */
function isReadAsName(text: string): boolean {
  const [declaration] = parse({ name: '', text: `let it = ${text}` }).tree.declarations
  return declaration?.kind === 'let' && declaration.value?.kind === 'name'
}

/** Whether the file would have syntax errors that it does not have now. */
function breaks(document: Document, occurrences: readonly Occurrence[], newName: string): boolean {
  let text = ''
  let end = 0
  for (const { nameRange } of [...occurrences].sort((a, b) => a.nameRange.start - b.nameRange.start)) {
    text += document.text.slice(end, nameRange.start) + newName
    end = nameRange.end
  }
  text += document.text.slice(end)
  const after = parse({ name: document.name, text })
  return after.diagnostics.length > document.parsed.diagnostics.length || after.tree.declarations.length !== document.parsed.tree.declarations.length
}

function isPlain(name: string): boolean {
  return /^\w+(?:[-.]+\w+)*$/.test(name)
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}
