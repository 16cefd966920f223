/** Ever larger selections from a place outwards: word, node, its parents, the declaration, with its comments, the file. */
import type { SelectionRange } from 'vscode-languageserver-protocol'
import { scan, type TextRange } from '../../src/language/index.ts'
import type { View } from '../contract.ts'
import { declarationAt, rangeWithComments, touches, visitNodes } from '../tree.ts'

export function selectionRanges({ document }: View, offsets: readonly number[]): readonly SelectionRange[] {
  const { tree } = document.parsed
  return offsets.map((offset) => {
    const ranges: TextRange[] = [{ start: 0, end: document.text.length }]
    const declaration = declarationAt(tree, offset)
    if (declaration !== undefined) {
      const { start, end } = declaration.range
      ranges.push(rangeWithComments(tree, declaration))
      visitNodes(declaration, ({ range }) => {
        if (touches(range, offset)) ranges.push(range)
      })
      const word = scan(document.text.slice(start, end)).words.find(({ range }) => touches(range, offset - start))
      if (word !== undefined) ranges.push({ start: word.range.start + start, end: word.range.end + start })
    } else {
      const comment = tree.comments.find(({ range }) => touches(range, offset))
      if (comment !== undefined) ranges.push(comment.range)
    }
    let selection: SelectionRange | undefined
    let around: TextRange | undefined
    for (const range of ranges.sort((a, b) => a.start - b.start || b.end - a.end)) {
      // Parts of a repaired text may overlap; each selection must hold the next.
      if (around !== undefined && (range.start < around.start || range.end > around.end || (range.start === around.start && range.end === around.end))) continue
      around = range
      selection = { range: document.lines.rangeOf(range), ...(selection === undefined ? {} : { parent: selection }) }
    }
    return selection as SelectionRange
  })
}
