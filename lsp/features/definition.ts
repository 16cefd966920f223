/** Where what stands there is declared: constants, rules, targets, imported files. A workload that no target declares is where it is first named. */
import type { LocationLink } from 'vscode-languageserver-protocol'
import type { TextRange } from '../../src/language/index.ts'
import type { View } from '../contract.ts'
import { occurrencesOf, symbolAt } from '../symbols.ts'
import { declarationAt, touches } from '../tree.ts'

export function definition(view: View, offset: number): readonly LocationLink[] {
  const { document, project, cancelled } = view
  const declaration = declarationAt(document.parsed.tree, offset)
  if (declaration?.kind === 'import' && declaration.path !== undefined && touches(declaration.path.range, offset)) {
    const imported = project.resolve(declaration.path.value, document)
    const start = { line: 0, character: 0 }
    const range = { start, end: start }
    return imported === undefined
      ? []
      : [{ originSelectionRange: document.lines.rangeOf(declaration.path.range), targetUri: imported.uri, targetRange: range, targetSelectionRange: range }]
  }
  const found = symbolAt(document, offset, project)
  if (found === undefined || found.symbol.kind === 'service' || found.symbol.kind === 'operation') return []
  const all = occurrencesOf(found.symbol, project, cancelled)
  const declared = all.filter(({ isDeclaration }) => isDeclaration)
  if (declared.length === 0 && found.symbol.kind === 'rule') return unlabelled(found.symbol.name, found.at.range, view)
  const first = found.symbol.kind === 'target' ? all.slice(0, 1) : []
  return (declared.length > 0 ? declared : first).map(({ document: there, range, nameRange }) => {
    const whole = there.parsed.tree.declarations.find((each) => each.range.start <= range.start && range.end <= each.range.end)
    return {
      originSelectionRange: document.lines.rangeOf(found.at.range),
      targetUri: there.uri,
      targetRange: there.lines.rangeOf(whole?.range ?? range),
      targetSelectionRange: there.lines.rangeOf(nameRange),
    }
  })
}

/** A rule without a label has a name too, which tests may use. */
function unlabelled(name: string, origin: TextRange, { document, project }: View): readonly LocationLink[] {
  const rule = project.checked?.program.rules.find((each) => each.name === name)
  const there = rule === undefined ? undefined : project.documents.get(rule.file.source.name)
  if (rule === undefined || there === undefined) return []
  const range = there.lines.rangeOf(rule.tree.range)
  return [{ originSelectionRange: document.lines.rangeOf(origin), targetUri: there.uri, targetRange: range, targetSelectionRange: range }]
}
