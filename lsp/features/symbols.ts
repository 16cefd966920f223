/** The outline of a document, and symbols of the whole workspace by name. */
import { type DocumentSymbol, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver-protocol'
import type { Declaration, TextRange, WorkloadNode } from '../../src/language/index.ts'
import type { Document, View } from '../contract.ts'

export function documentSymbols({ document }: View): readonly DocumentSymbol[] {
  return outline(document).map(({ name, detail, kind, range, nameRange }) => ({
    name,
    ...(detail === undefined ? {} : { detail }),
    kind,
    range: document.lines.rangeOf(range),
    selectionRange: document.lines.rangeOf(nameRange),
  }))
}

/** Whose names have the letters of the query in its order, as editors filter; at most so many. */
const mostSymbols = 1000

export function workspaceSymbols(documents: readonly Document[], query: string, cancelled: () => boolean): readonly WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = []
  for (const document of documents) {
    if (cancelled() || found.length >= mostSymbols) break
    for (const { name, kind, nameRange } of outline(document))
      if (isLike(name, query))
        found.push({ name, kind, location: { uri: document.uri, range: document.lines.rangeOf(nameRange) }, containerName: document.name })
  }
  return found.slice(0, mostSymbols)
}

interface Outlined {
  readonly name: string
  readonly detail: string | undefined
  readonly kind: SymbolKind
  readonly range: TextRange
  readonly nameRange: TextRange
}

function outline({ parsed, text }: Document): readonly Outlined[] {
  return parsed.tree.declarations.map((declaration) => {
    const named = nameOf(declaration, text)
    const { range } = declaration
    // Clients refuse a name outside its symbol.
    const nameRange = named.range.start >= range.start && named.range.end <= range.end ? named.range : range
    return { name: named.name === '' ? declaration.kind : named.name, detail: named.detail, kind: kinds[declaration.kind], range, nameRange }
  })
}

const kinds: Readonly<Record<Declaration['kind'], SymbolKind>> = {
  import: SymbolKind.Module,
  let: SymbolKind.Constant,
  defaults: SymbolKind.Namespace,
  target: SymbolKind.Object,
  rule: SymbolKind.Function,
  freeze: SymbolKind.Event,
  test: SymbolKind.Method,
}

function nameOf(declaration: Declaration, text: string): { readonly name: string; readonly range: TextRange; readonly detail?: string } {
  const written = ({ start, end }: TextRange): string => text.slice(start, end).replace(/\s+/g, ' ')
  const { range } = declaration
  switch (declaration.kind) {
    case 'import':
      return declaration.path === undefined ? { name: 'import', range } : { name: declaration.path.value, range: declaration.path.range, detail: 'import' }
    case 'let': {
      const { name, value } = declaration
      return name === undefined
        ? { name: 'let', range }
        : { name: name.text, range: name.range, ...(value === undefined ? {} : { detail: `= ${written(value.range)}` }) }
    }
    case 'defaults':
      return { name: 'defaults', range }
    case 'target':
      return ofWorkload('target', declaration.workload, range, written)
    case 'rule': {
      const { label, workload, action } = declaration
      if (label !== undefined && workload !== undefined)
        return { name: label.text, range: label.range, detail: `scale ${written(workload.range)}${action === undefined ? '' : ` ${written(action.range)}`}` }
      if (label !== undefined) return { name: label.text, range: label.range }
      return workload === undefined || action === undefined
        ? ofWorkload('scale', workload, range, written)
        : { name: `scale ${written(workload.range)} ${written(action.range)}`, range: workload.range }
    }
    case 'freeze': {
      const { label, workload } = declaration
      if (label === undefined) return ofWorkload('freeze', workload, range, written)
      return { name: label.text, range: label.range, ...(workload === undefined ? {} : { detail: `freeze ${written(workload.range)}` }) }
    }
    case 'test':
      return declaration.name === undefined ? { name: 'test', range } : { name: declaration.name.value, range: declaration.name.range, detail: 'test' }
  }
}

function ofWorkload(word: string, workload: WorkloadNode | undefined, range: TextRange, written: (range: TextRange) => string) {
  return workload === undefined ? { name: word, range } : { name: `${word} ${written(workload.range)}`, range: workload.range }
}

function isLike(name: string, query: string): boolean {
  const letters = name.toLowerCase()
  let from = 0
  for (const letter of query.toLowerCase()) {
    if (letter === ' ') continue
    const at = letters.indexOf(letter, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}
