/** The same name elsewhere in the document; where it is declared, it is written. */
import { type DocumentHighlight, DocumentHighlightKind } from 'vscode-languageserver-protocol'
import type { View } from '../contract.ts'
import { occurrencesIn, symbolAt } from '../symbols.ts'

export function highlights({ document, project }: View, offset: number): readonly DocumentHighlight[] {
  const found = symbolAt(document, offset, project)
  if (found === undefined) return []
  return occurrencesIn(document, project)
    .filter(({ symbol }) => symbol.key === found.symbol.key)
    .map(({ at }) => ({ range: document.lines.rangeOf(at.range), kind: at.isDeclaration ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }))
}
