/** Constants that another file of the project has: the import that brings them here. */
import { checkMessages, type Diagnostic, type FileTree, type Fix, quote } from '../../src/language/index.ts'
import type { Document, Project, View } from '../contract.ts'
import { relative } from './completion/providers/files.ts'

type Here = Pick<View, 'document' | 'project'>

/** A file whose constants can be had by importing it. */
export interface Importable {
  readonly from: Document
  /** Those that are wanted. */
  readonly names: readonly string[]
  readonly fix: Fix
}

/** Imports that define the name that the diagnostic is about; one for each file that has it. */
export function importsFor(here: Here, { code, range }: Diagnostic): readonly Fix[] {
  if (code !== checkMessages.unknownName.code) return []
  const name = here.document.text.slice(range.start, range.end)
  return importable(here, (other) => other === name).map(({ fix }) => fix)
}

/** Files that declare constants which are wanted. */
export function importable({ document, project }: Here, isWanted: (name: string) => boolean): readonly Importable[] {
  return [...project.documents.values()].flatMap((from) => {
    const names = from === document ? [] : constantsOf(from).filter(isWanted)
    if (names.length === 0 || !mayImport(project, document, from)) return []
    const text = `import ${quote(relative(document.name, from.name))}`
    return [{ from, names, fix: { title: text, edits: [insertion(document, text)] } }]
  })
}

const constants = new WeakMap<FileTree, readonly string[]>()

/** Found once for each tree: files that are not edited keep theirs. */
function constantsOf({ parsed: { tree } }: Document): readonly string[] {
  const known = constants.get(tree)
  if (known !== undefined) return known
  const found = tree.declarations.flatMap((declaration) => (declaration.kind === 'let' && declaration.name !== undefined ? [declaration.name.text] : []))
  constants.set(tree, found)
  return found
}

/** Not in a circle, and no name twice. */
function mayImport(project: Project, document: Document, other: Document): boolean {
  const own = constantsOf(document)
  return !constantsOf(other).some((name) => own.includes(name)) && !reaches(project, other, document, new Set())
}

function reaches(project: Project, from: Document, to: Document, seen: Set<Document>): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return from.parsed.tree.declarations.some((declaration) => {
    const imported = declaration.kind === 'import' && declaration.path !== undefined ? project.resolve(declaration.path.value, from) : undefined
    return imported !== undefined && reaches(project, imported, to, seen)
  })
}

/** Below the imports that there are, else above all but the version of the language. */
function insertion({ parsed, text }: Document, written: string): Fix['edits'][number] {
  const { declarations, language } = parsed.tree
  const last = declarations.findLast(({ kind }) => kind === 'import')?.range ?? language?.range
  if (last !== undefined) {
    // A comment behind it stays with it.
    const behind = /^[ \t]*\/\/[^\r\n]*/.exec(text.slice(last.end))?.[0].length ?? 0
    const at = last.end + behind
    return { range: { start: at, end: at }, text: `\n${written}` }
  }
  // Imports are set apart from what is no import.
  return { range: { start: 0, end: 0 }, text: `${written}\n${/^\s*\n/.test(text) ? '' : '\n'}` }
}
