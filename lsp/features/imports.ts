/** Constants that another file of the project has: the import that brings them here. */
import { checkMessages, type Diagnostic, type Fix, quote } from '../../src/language/index.ts'
import type { Document, Project, View } from '../contract.ts'
import { relative } from './completion/providers/files.ts'

/** Imports that define the name that the diagnostic is about; one for each file that has it. */
export function importsFor({ document, project }: Pick<View, 'document' | 'project'>, { code, range }: Diagnostic): readonly Fix[] {
  if (code !== checkMessages.unknownName.code) return []
  const name = document.text.slice(range.start, range.end)
  return [...project.documents.values()]
    .filter((other) => other !== document && constantsOf(other).includes(name) && mayImport(project, document, other))
    .map((other) => {
      const text = `import ${quote(relative(document.name, other.name))}`
      return { title: text, edits: [insertion(document, text)] }
    })
}

function constantsOf({ parsed }: Document): readonly string[] {
  return parsed.tree.declarations.flatMap((declaration) => (declaration.kind === 'let' && declaration.name !== undefined ? [declaration.name.text] : []))
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
