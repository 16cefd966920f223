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
  const { symbol } = found
  const problem = fixedName(symbol) ?? taken(symbol, newName, project)
  if (problem !== undefined) return { problem }
  const byDocument = Map.groupBy(occurrencesOf(symbol, project, cancelled), (occurrence) => occurrence.document)
  const changes: Record<string, TextEdit[]> = {}
  for (const [there, occurrences] of byDocument) {
    const written = symbol.kind === 'target' && !isPlain(newName) ? JSON.stringify(newName) : newName
    if (breaks(there, occurrences, written)) return { problem: `${JSON.stringify(newName)} is no name for a ${words[symbol.kind]}` }
    changes[there.uri] = occurrences.map(({ nameRange }) => ({ range: there.lines.rangeOf(nameRange), newText: written }))
  }
  return { changes }
}

const words = { let: 'constant', rule: 'rule', target: 'workload', service: 'service', operation: 'operation' } as const

/** Why a name cannot be changed here. */
function fixedName({ kind, name }: Entity): string | undefined {
  if (kind === 'service' || kind === 'operation') return `${name} is named by the traces, not by the rules`
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
