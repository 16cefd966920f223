/** Paths in the text, to click: imports, and recordings that tests replay. */
import type { DocumentLink } from 'vscode-languageserver-protocol'
import type { TextLiteral } from '../../src/language/index.ts'
import type { View } from '../contract.ts'

export function documentLinks({ document, project }: View): readonly DocumentLink[] {
  const link = ({ range, value }: TextLiteral, tooltip: string, target: string): DocumentLink => ({
    range: document.lines.rangeOf({ start: range.start + 1, end: range.end - 1 }),
    target,
    tooltip: `${tooltip} ${value}`,
  })
  return document.parsed.tree.declarations.flatMap((declaration) => {
    if (declaration.kind === 'import' && declaration.path !== undefined) {
      const imported = project.resolve(declaration.path.value, document)
      return imported === undefined ? [] : [link(declaration.path, 'open', imported.uri)]
    }
    if (declaration.kind !== 'test') return []
    return declaration.statements.flatMap((statement) =>
      statement.kind === 'replay' ? [link(statement.path, 'open the recording', new URL(encodeURI(statement.path.value), document.uri).href)] : [],
    )
  })
}
