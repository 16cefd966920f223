/** Every place of the project that names the same constant, rule, workload, service or operation. */
import type { Location } from 'vscode-languageserver-protocol'
import type { View } from '../contract.ts'
import { occurrencesOf, symbolAt } from '../symbols.ts'

export function references({ document, project, cancelled }: View, offset: number, withDeclaration: boolean): readonly Location[] {
  const found = symbolAt(document, offset, project)
  if (found === undefined) return []
  return occurrencesOf(found.symbol, project, cancelled)
    .filter(({ isDeclaration }) => withDeclaration || !isDeclaration)
    .map(({ document: there, range }) => ({ uri: there.uri, range: there.lines.rangeOf(range) }))
}
