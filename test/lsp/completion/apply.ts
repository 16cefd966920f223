/** What a client does with an item that is taken. */
import { type CompletionItem, TextEdit } from 'vscode-languageserver-protocol'
import { lineIndex } from '../../../lsp/positions.ts'

export function applyEdits(text: string, item: CompletionItem | undefined): string {
  const edit = item?.textEdit
  if (edit === undefined || !TextEdit.is(edit)) throw new Error(`nothing is replaced by ${item?.label}`)
  const { start, end } = lineIndex(text).textRangeOf(edit.range)
  return text.slice(0, start) + edit.newText + text.slice(end)
}
