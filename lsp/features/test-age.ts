/** Whether what became of a test still holds: it is of the test and of the rules as they were when it ran. */
import { createHash } from 'node:crypto'
import type { Declaration, FileTree } from '../../src/language/index.ts'
import type { Document, Project, TestRun } from '../contract.ts'

/** What was edited since the run; undefined: neither. */
export type Edited = 'test' | 'rules'

export function editedSince(run: TestRun, declaration: Declaration, document: Document, project: Project): Edited | undefined {
  if (run.text !== document.text.slice(declaration.range.start, declaration.range.end)) return 'test'
  return run.rules !== undefined && run.rules !== rulesOf(project) ? 'rules' : undefined
}

/** The same for as long as nothing but tests and comments is edited in the project. */
export function rulesOf(project: Project): string {
  return [...project.documents]
    .map(([name, { parsed }]) => `${name} ${rulesIn(parsed.tree)}`)
    .sort()
    .join('\n')
}

const digests = new WeakMap<FileTree, string>()

/** Digested once for each tree: of a project's files one changes at a time. */
function rulesIn(tree: FileTree): string {
  const known = digests.get(tree)
  if (known !== undefined) return known
  const digest = createHash('sha256')
  for (const { kind, range } of tree.declarations) if (kind !== 'test') digest.update(`${tree.source.text.slice(range.start, range.end)}\n`)
  const found = digest.digest('base64')
  digests.set(tree, found)
  return found
}
