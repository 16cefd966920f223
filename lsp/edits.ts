/** The editor's changes of a text, one after the other as it made them. */
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol'
import { type LineIndex, lineIndex } from './positions.ts'

/** `lines`: of the text, where they are known. */
export function applyChanges(text: string, changes: readonly TextDocumentContentChangeEvent[], lines?: LineIndex): string {
  let now = text
  let known = lines
  for (const change of changes) {
    if (!('range' in change)) now = change.text
    else {
      known ??= lineIndex(now)
      const from = known.offsetAt(change.range.start)
      const to = known.offsetAt(change.range.end)
      now = now.slice(0, Math.min(from, to)) + change.text + now.slice(Math.max(from, to))
    }
    known = undefined
  }
  return now
}
