/** Programs that would exhaust the stack: nobody writes them, but somebody may send one. */
import { type Diagnostic, report } from '../diagnostics.ts'
import type { Declaration, FileTree } from '../tree.ts'
import { messages } from './messages.ts'

/** Levels of the tree; far more than people nest, far less than the stack holds. */
const deepest = 1000

/** No declaration with a shorter text can be too deep. */
const shortest = 2 * deepest

/** The tree with declarations that are nested too deep marked as broken, for the checker to leave them alone; each is reported. */
export function withoutTooDeep(tree: FileTree, diagnostics: Diagnostic[]): FileTree {
  if (tree.source.text.length < shortest) return tree
  let found = false
  const declarations = tree.declarations.map((declaration) => {
    const { start, end } = declaration.range
    if (end - start < shortest || declaration.broken || !isTooDeep(declaration)) return declaration
    found = true
    diagnostics.push(report(messages.tooDeep, tree.source.name, { start, end: Math.min(end, start + 80) }, { most: deepest }))
    return { ...declaration, broken: true }
  })
  return found ? { ...tree, declarations } : tree
}

/** Level by level, since a walk that calls itself is what would exhaust the stack. */
function isTooDeep(declaration: Declaration): boolean {
  let level: unknown[] = [declaration]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap((node) => Object.values(node as object)).filter((member) => typeof member === 'object' && member !== null)
  }
  return false
}
