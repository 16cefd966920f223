/** Completion and what else helps while one types. */
import type { CompletionItem, Connection } from 'vscode-languageserver/node'
import type { View } from '../contract.ts'
import { completion, resolveCompletion } from '../features/completion/index.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { guarded, type Report, uriIn, viewNow } from './answers.ts'

export interface LanguageOptions {
  readonly connection: Connection
  readonly workspace: Workspace
  readonly report: Report
  readonly page: View['page']
  /** The client fills in the places of snippets. */
  readonly snippets: () => boolean
}

export function wireLanguage({ connection, workspace, report, page, snippets }: LanguageOptions): void {
  connection.onCompletion(
    guarded('textDocument/completion', report, (params, token) => {
      const view = viewNow(workspace, uriIn(params), token)
      return view === undefined ? null : completion(view, view.document.lines.offsetAt(params.position), { snippets: snippets() })
    }),
  )
  connection.onCompletionResolve(guarded<CompletionItem, CompletionItem>('completionItem/resolve', report, (item) => resolveCompletion(item, page)))
}
