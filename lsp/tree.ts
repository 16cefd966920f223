/** Places in a tree: which nodes are at an offset, and what a file names. */
import type { Declaration, FileTree, Ranged, SourceText, TextRange } from '../src/language/index.ts'

/** Calls `visit` with every node that has a range, parents before what is in them. */
export function visitNodes(node: object, visit: (node: Ranged) => void): void {
  if (isNode(node)) visit(node)
  for (const value of Object.values(node)) {
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object' && item !== null) visitNodes(item, visit)
    } else if (!isRange(value)) visitNodes(value, visit)
  }
}

function isNode(node: object): node is Ranged {
  return 'range' in node
}

function isRange(value: object): value is TextRange {
  return 'start' in value && 'end' in value && !('range' in value)
}

/** Both ends belong to it: a cursor stands between characters. */
export function touches({ start, end }: TextRange, offset: number): boolean {
  return start <= offset && offset <= end
}

export function overlap(a: TextRange, b: TextRange): boolean {
  return a.start <= b.end && b.start <= a.end
}

/** The declaration at the offset; of two that meet there, the later. */
export function declarationAt(tree: FileTree, offset: number): Declaration | undefined {
  return tree.declarations.findLast(({ range }) => touches(range, offset))
}

/** With the `///` lines and other comments right before it, from the start of the first one's line. */
export function rangeWithComments(tree: FileTree, declaration: Declaration): TextRange {
  let { start } = declaration.range
  for (const comment of tree.comments.toReversed()) {
    if (comment.range.end > start) continue
    if (!/^[ \t]*\r?\n?[ \t]*$/.test(tree.source.text.slice(comment.range.end, start)) || !isAlone(tree.source, comment.range)) break
    start = comment.range.start
  }
  return { start, end: declaration.range.end }
}

/** Nothing stands before it on its line. */
function isAlone({ text }: SourceText, { start }: TextRange): boolean {
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === ''
}
