/** What `scalec check` says, for editors: with a link to the message's page, tags, and the other places that matter. */
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic as ProtocolDiagnostic } from 'vscode-languageserver-protocol'
import { checkMessages, type Diagnostic, lintMessages } from '../../src/language/index.ts'
import type { Document, Project } from '../contract.ts'
import { lineIndex } from '../positions.ts'

/** The URL of a message's page, where it can be opened. */
export type PageUrl = (code: string) => string | undefined

/** Text that could as well not be there: editors show it pale. */
const unnecessary: ReadonlySet<string> = new Set([
  checkMessages.unusedLet.code,
  lintMessages.shadowed.code,
  lintMessages.superfluous.code,
  lintMessages.deadAlternative.code,
  lintMessages.unusedSuppression.code,
])

/** `diagnostics` are of the document's last check; where it was edited since, their places may lie behind its end, and are put within. */
export function protocolDiagnostics(document: Document, project: Project, diagnostics: readonly Diagnostic[], pageUrl: PageUrl): readonly ProtocolDiagnostic[] {
  return diagnostics.map((diagnostic) => protocolDiagnostic(document, project, diagnostic, pageUrl))
}

function protocolDiagnostic(document: Document, project: Project, diagnostic: Diagnostic, pageUrl: PageUrl): ProtocolDiagnostic {
  const href = pageUrl(diagnostic.code)
  const { code, severity, message, label, help, range, related } = diagnostic
  const lines = [message, ...(label === undefined ? [] : [label]), ...(help === undefined ? [] : [`help: ${help}`])]
  const information = (related ?? []).flatMap((other) => {
    const there = project.documents.get(other.file)
    return there === undefined ? [] : [{ location: { uri: there.uri, range: there.lines.rangeOf(other.range) }, message: other.message }]
  })
  return {
    range: document.lines.rangeOf(visible(range, document.text)),
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    source: 'scale',
    message: lines.join('\n'),
    ...(unnecessary.has(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(information.length === 0 ? {} : { relatedInformation: information }),
  }
}

/** What is missing at a place has an empty range, which some editors do not show: the character before it. */
function visible(range: { readonly start: number; readonly end: number }, text: string): { readonly start: number; readonly end: number } {
  if (range.end > range.start) return range
  const before = range.start - 1
  return before >= 0 && !/\s/.test(text[before] ?? ' ') ? { start: before, end: range.start } : range
}

/** What is wrong with a `scale.json`, at the key that the sentence names. */
export function settingsDiagnostic(text: string, problem: string): ProtocolDiagnostic {
  const key = /\$(?:\.(\w+))?/.exec(problem)?.[1]
  const at = key === undefined ? -1 : text.indexOf(`"${key}"`)
  const range = at < 0 ? { start: 0, end: Math.min(1, text.length) } : { start: at, end: at + (key?.length ?? 0) + 2 }
  return { range: lineIndex(text).rangeOf(range), severity: DiagnosticSeverity.Error, source: 'scale', message: problem }
}
