/** What can be folded: declarations of several lines, runs of comments and of imports, and `// #region` to `// #endregion`. */
import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-protocol'
import type { TextRange } from '../../src/language/index.ts'
import type { View } from '../contract.ts'

export function foldingRanges({ document }: View): readonly FoldingRange[] {
  const { lines, parsed, text } = document
  const { tree } = parsed
  const found: FoldingRange[] = []
  const add = ({ start, end }: TextRange, kind?: FoldingRangeKind): void => {
    const startLine = lines.positionAt(start).line
    const last = lines.positionAt(end).line
    // The line of a closing brace stays visible.
    const endLine = kind === undefined && text[end - 1] === '}' ? last - 1 : last
    if (endLine > startLine) found.push({ startLine, endLine, ...(kind === undefined ? {} : { kind }) })
  }
  for (const declaration of tree.declarations) add(declaration.range)
  for (const run of runs(tree.comments, (comment) => isAlone(text, comment.range.start))) add(run, FoldingRangeKind.Comment)
  for (const run of runs(tree.declarations, ({ kind }) => kind === 'import')) add(run, FoldingRangeKind.Imports)
  const open: number[] = []
  for (const { range, text: comment } of tree.comments) {
    if (/^\/\/\s*#region\b/.test(comment)) open.push(range.start)
    else if (/^\/\/\s*#endregion\b/.test(comment)) {
      const start = open.pop()
      if (start !== undefined) add({ start, end: range.end }, FoldingRangeKind.Region)
    }
  }
  return found.sort((a, b) => a.startLine - b.startLine)

  /** Neighbours on lines that follow each other. */
  function runs<T extends { readonly range: TextRange }>(all: readonly T[], belongs: (one: T) => boolean): readonly TextRange[] {
    const joined: { start: number; end: number }[] = []
    let before: T | undefined
    for (const one of all) {
      const run = joined.at(-1)
      if (!belongs(one)) before = undefined
      else {
        const follows = before !== undefined && lines.positionAt(one.range.start).line - lines.positionAt(before.range.end).line <= 1
        if (follows && run !== undefined) run.end = one.range.end
        else joined.push({ ...one.range })
        before = one
      }
    }
    return joined
  }
}

function isAlone(text: string, start: number): boolean {
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === ''
}
