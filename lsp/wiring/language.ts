/** Completion and what else helps while one types. */
import type { CompletionItem, Connection } from 'vscode-languageserver/node'
import type { View } from '../contract.ts'
import { codeLenses } from '../features/code-lens.ts'
import { completion, resolveCompletion } from '../features/completion/index.ts'
import { hover, hoverAwaitsCheck } from '../features/hover/index.ts'
import { inlayHints } from '../features/inlay-hints.ts'
import { signatureHelp } from '../features/signature-help.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { guarded, type InDocument, type Report, uriIn, viewChecked, viewNow } from './answers.ts'

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
  connection.onSignatureHelp(
    guarded('textDocument/signatureHelp', report, (params, token) => {
      const view = viewNow(workspace, uriIn(params), token)
      return view === undefined ? null : signatureHelp(view, view.document.lines.offsetAt(params.position))
    }),
  )

  /** A request about a document that is checked first. */
  const checked = <P extends InDocument, R>(what: string, answer: (view: View, params: P) => R) =>
    guarded<P, R | null>(what, report, async (params, token) => {
      const view = await viewChecked(workspace, uriIn(params), token)
      return view === undefined ? null : answer(view, params)
    })
  connection.onHover(
    guarded('textDocument/hover', report, async (params, token) => {
      const now = viewNow(workspace, uriIn(params), token)
      if (now === undefined) return null
      const offset = now.document.lines.offsetAt(params.position)
      const view = hoverAwaitsCheck(now, offset) ? await viewChecked(workspace, uriIn(params), token) : now
      return view === undefined ? null : hover(view, offset)
    }),
  )
  connection.onCodeLens(checked('textDocument/codeLens', (view) => [...codeLenses(view)]))
  connection.languages.inlayHint.on(checked('textDocument/inlayHint', (view, { range }) => [...inlayHints(view, view.document.lines.textRangeOf(range))]))
  connection.onCompletionResolve(guarded<CompletionItem, CompletionItem>('completionItem/resolve', report, (item) => resolveCompletion(item, page)))
}
