/** Quick fixes of diagnostics, imports of what they miss, all fixes of a file at once, and suppressions of what is only doubtful. */
import { type CodeAction, CodeActionKind, type Diagnostic as ProtocolDiagnostic, type TextEdit } from 'vscode-languageserver-protocol'
import { type Diagnostic, type Fix, isSuppressible, type TextRange } from '../../src/language/index.ts'
import type { View } from '../contract.ts'
import { overlap } from '../tree.ts'
import { type PageUrl, protocolDiagnostics } from './diagnostics.ts'
import { compatibleFixes, isFixedWithOthers } from './fix-all.ts'
import { importsFor } from './imports.ts'

export interface ActionRequest {
  readonly range: TextRange
  /** Kinds that are asked for, with all below them; undefined: any. */
  readonly only?: readonly string[]
  /** As `2027-01-31`: suppressions of today end three months later. */
  readonly today: string
  readonly pageUrl: PageUrl
}

/** `diagnostics` are the document's, of its text as it is. */
export function codeActions(
  { document, project }: View,
  diagnostics: readonly Diagnostic[],
  { range, only, today, pageUrl }: ActionRequest,
): readonly CodeAction[] {
  const isAsked = (kind: string): boolean => only === undefined || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`))
  const own = `${CodeActionKind.SourceFixAll}.scale`
  const edit = (edits: readonly TextEdit[]): Pick<CodeAction, 'edit'> => ({ edit: { changes: { [document.uri]: [...edits] } } })
  const textEdits = (edits: Fix['edits']): TextEdit[] => edits.map((each) => ({ range: document.lines.rangeOf(each.range), newText: each.text }))
  const shown = (diagnostic: Diagnostic): ProtocolDiagnostic[] => [...protocolDiagnostics(document, project, [diagnostic], pageUrl)]
  const actions: CodeAction[] = []
  const here = diagnostics.filter((diagnostic) => overlap(diagnostic.range, range))
  if (isAsked(CodeActionKind.QuickFix)) {
    for (const diagnostic of here)
      if (diagnostic.fix !== undefined)
        actions.push({
          title: capitalised(diagnostic.fix.title),
          kind: CodeActionKind.QuickFix,
          diagnostics: shown(diagnostic),
          isPreferred: true,
          ...edit(textEdits(diagnostic.fix.edits)),
        })
    for (const diagnostic of here)
      for (const fix of importsFor({ document, project }, diagnostic))
        actions.push({ title: capitalised(fix.title), kind: CodeActionKind.QuickFix, diagnostics: shown(diagnostic), ...edit(textEdits(fix.edits)) })
    for (const diagnostic of here)
      if (isSuppressible(diagnostic.code))
        actions.push({
          title: `Suppress ${diagnostic.code} until ${inThreeMonths(today)}`,
          kind: CodeActionKind.QuickFix,
          diagnostics: shown(diagnostic),
          ...edit([suppression(document.text, diagnostic, inThreeMonths(today), document.lines.positionAt)]),
        })
  }
  const fixes = isAsked(own) ? compatibleFixes(diagnostics.filter(isFixedWithOthers)) : []
  if (fixes.length > 0)
    actions.push({
      title: `Apply ${fixes.length === 1 ? 'the one fix' : `all ${fixes.length} fixes`} of this file`,
      // Whoever asks for fixes of all servers is answered in these words.
      kind: only?.includes(own) === true ? own : CodeActionKind.SourceFixAll,
      ...edit(textEdits(fixes.flatMap((fix) => fix.edits))),
    })
  return actions
}

/** A comment on a line of its own before the line, indented as it is. */
function suppression(text: string, { code, range }: Diagnostic, until: string, positionAt: (offset: number) => { line: number; character: number }): TextEdit {
  const lineStart = text.lastIndexOf('\n', range.start - 1) + 1
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? ''
  const at = positionAt(lineStart)
  return { range: { start: at, end: at }, newText: `${indent}// scale-ignore ${code} until ${until}: TODO say why\n` }
}

function inThreeMonths(today: string): string {
  const day = new Date(`${today}T00:00:00Z`)
  day.setUTCMonth(day.getUTCMonth() + 3)
  return day.toISOString().slice(0, 10)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
