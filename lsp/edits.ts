/** The editor's changes of a text, one after the other as it made them. */
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol'
import { lineIndex } from './positions.ts'

export function applyChanges(text: string, changes: readonly TextDocumentContentChangeEvent[]): string {
  let now = text
  for (const change of changes) {
    if (!('range' in change)) {
      now = change.text
      continue
    }
    const lines = lineIndex(now)
    const from = lines.offsetAt(change.range.start)
    const to = lines.offsetAt(change.range.end)
    now = now.slice(0, Math.min(from, to)) + change.text + now.slice(Math.max(from, to))
  }
  return now
}
