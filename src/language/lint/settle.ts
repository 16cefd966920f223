/** What is said in the end: suppressions, and the severities that a project wants. */
import { byPlace } from '../check/check.ts'
import type { Diagnostic, Severity } from '../diagnostics.ts'
import type { FileTree } from '../tree.ts'
import type { LintContext } from './context.ts'
import { messages } from './messages.ts'
import { isSuppressible, suppress } from './suppress.ts'

/** Names that the catalog does not have. */
const names: ReadonlySet<string> = new Set(
  [messages.unknownService, messages.unknownOperation, messages.unknownAttribute, messages.unknownCatalogWorkload, messages.clientName].map(({ code }) => code),
)

/** All diagnostics of a compilation as they are to be shown, by file and place. */
export function settle(diagnostics: readonly Diagnostic[], files: readonly FileTree[], context: LintContext): readonly Diagnostic[] {
  return suppress(diagnostics, files, context)
    .flatMap((diagnostic) => {
      const severity = severityOf(diagnostic, context)
      if (severity === 'off') return []
      return [severity === diagnostic.severity ? diagnostic : { ...diagnostic, severity }]
    })
    .sort(byPlace)
}

/** What a program cannot work without stays an error. */
function severityOf({ code, severity }: Diagnostic, { severities, strict }: LintContext): Severity | 'off' {
  if (!isSuppressible(code)) return severity
  return severities?.[code] ?? (strict === true && names.has(code) ? 'error' : severity)
}
