/** Wiring: which feature answers which request. What is known is in the workspace, what is said in features. */
import { type Connection, ErrorCodes, type InitializeParams, type InitializeResult, ResponseError } from 'vscode-languageserver/node'
import type { View } from './contract.ts'
import { applyChanges } from './edits.ts'
import { codeActions } from './features/code-actions.ts'
import { definition } from './features/definition.ts'
import type { PageUrl } from './features/diagnostics.ts'
import { foldingRanges } from './features/folding.ts'
import { formatDocument, formatOnType, formatRange } from './features/formatting.ts'
import { highlights } from './features/highlight.ts'
import { documentLinks } from './features/links.ts'
import { references } from './features/references.ts'
import { prepareRename, type Refused, rename } from './features/rename.ts'
import { selectionRanges } from './features/selection.ts'
import { documentSymbols, workspaceSymbols } from './features/symbols.ts'
import { guarded, guardedNotification, type InDocument, reporter, uriIn, viewChecked, viewNow } from './wiring/answers.ts'
import { capabilities } from './wiring/capabilities.ts'
import { createColours } from './wiring/colours.ts'
import { wireLanguage } from './wiring/language.ts'
import { wireOwnRequests } from './wiring/own.ts'
import { createPreparation } from './wiring/prepare.ts'
import { Publisher } from './wiring/publish.ts'
import { createSettings } from './wiring/settle.ts'
import { createFileWatch } from './wiring/watch.ts'
import { type Host, nodeHost } from './workspace/host.ts'
import { pathOf } from './workspace/uris.ts'
import { Workspace } from './workspace/workspace.ts'

export interface ServerOptions {
  readonly version: string
  /** A page of the reference, as in `View`. */
  readonly page: (path: string) => string | undefined
  /** Where an editor can open the page of a message. */
  readonly pageUrl: PageUrl
  readonly host?: Host
}

/** Serves the connection until the client says `exit` or is gone. */
export function startServer(connection: Connection, options: ServerOptions): void {
  const { version, page, pageUrl, host = nodeHost() } = options
  const report = reporter(connection)
  const workspace = new Workspace({
    host,
    page,
    checked: (project) => {
      prepare(project)
      publisher.push(!client.pulls)
      if (client.pulls && client.refreshes && workspace.takeCrossFileNews()) void connection.languages.diagnostics.refresh()
    },
    catalogChanged: (project) => own.catalogChanged(project),
    failed: (error) => report('check', error),
  })
  const prepare = createPreparation((error) => report('completion', error))
  const client = { pulls: false, refreshes: false, snippets: false }
  const settings = createSettings(connection, workspace, report, () => publisher.push(!client.pulls))
  const publisher = new Publisher({ connection, workspace, pageUrl, read: host.read, lint: () => settings.now.lint })
  const own = wireOwnRequests({ connection, workspace, report, version, settings, published: () => publisher.push(!client.pulls) })
  const watch = createFileWatch(connection, workspace, report)

  connection.onInitialize((params): InitializeResult => {
    const { capabilities: can } = params
    client.pulls = can.textDocument?.diagnostic !== undefined
    client.refreshes = can.workspace?.diagnostics?.refreshSupport === true
    client.snippets = can.textDocument?.completion?.completionItem?.snippetSupport === true
    settings.initialize(params)
    watch.initialize(params)
    workspace.setFolders(foldersOf(params))
    return { capabilities: capabilities(), serverInfo: { name: 'scale', version } }
  })
  connection.onInitialized(
    guardedNotification('initialized', report, () => {
      settings.initialized()
      watch.initialized()
      if (settings.canFolders)
        connection.workspace.onDidChangeWorkspaceFolders(
          guardedNotification('workspace/didChangeWorkspaceFolders', report, ({ added, removed }) => {
            const gone = new Set(removed.map(({ uri }) => pathOf(uri)))
            workspace.setFolders([...workspace.folders.filter((folder) => !gone.has(folder)), ...added.flatMap(({ uri }) => pathOf(uri) ?? [])])
            watch.refresh()
            publisher.push(!client.pulls)
          }),
        )
    }),
  )
  connection.onShutdown(() => {
    workspace.dispose()
    settings.close()
    watch.close()
  })

  connection.onDidOpenTextDocument(
    guardedNotification('textDocument/didOpen', report, ({ textDocument }) => {
      workspace.opened(textDocument.uri, textDocument.version, textDocument.text)
      watch.refresh()
    }),
  )
  connection.onDidChangeTextDocument(
    guardedNotification('textDocument/didChange', report, ({ textDocument, contentChanges }) => {
      const before = workspace.text(textDocument.uri)
      if (before === undefined) throw new Error(`${textDocument.uri} is not open`)
      const document = workspace.documentOf(textDocument.uri)
      const lines = document?.text === before.text ? document.lines : undefined
      workspace.changed(textDocument.uri, textDocument.version, applyChanges(before.text, contentChanges, lines))
    }),
  )
  connection.onDidCloseTextDocument(
    guardedNotification('textDocument/didClose', report, ({ textDocument }) => {
      workspace.closed(textDocument.uri)
      publisher.push(!client.pulls)
    }),
  )

  /** A request about a document, answered from its text as it is, checked or not. */
  const now = <P extends InDocument, R>(what: string, answer: (view: View, params: P) => R) =>
    guarded<P, R | null>(what, report, (params, token) => {
      const view = viewNow(workspace, uriIn(params), token)
      return view === undefined ? null : answer(view, params)
    })

  connection.onDefinition(now('textDocument/definition', (view, { position }) => [...definition(view, view.document.lines.offsetAt(position))]))
  connection.onReferences(
    now('textDocument/references', (view, { position, context }) => [...references(view, view.document.lines.offsetAt(position), context.includeDeclaration)]),
  )
  connection.onPrepareRename(
    now('textDocument/prepareRename', (view, { position }) => accepted(prepareRename(view, view.document.lines.offsetAt(position))) ?? null),
  )
  connection.onRenameRequest(
    now('textDocument/rename', (view, { position, newName }) => accepted(rename(view, view.document.lines.offsetAt(position), newName)) ?? null),
  )
  connection.onDocumentHighlight(now('textDocument/documentHighlight', (view, { position }) => [...highlights(view, view.document.lines.offsetAt(position))]))
  connection.onDocumentSymbol(now('textDocument/documentSymbol', (view) => [...documentSymbols(view)]))
  connection.onFoldingRanges(now('textDocument/foldingRange', (view) => [...foldingRanges(view)]))
  connection.onSelectionRanges(
    now('textDocument/selectionRange', (view, { positions }) => [
      ...selectionRanges(
        view,
        positions.map((position) => view.document.lines.offsetAt(position)),
      ),
    ]),
  )
  connection.onDocumentLinks(now('textDocument/documentLink', (view) => [...documentLinks(view)]))
  connection.onDocumentFormatting(now('textDocument/formatting', (view) => [...formatDocument(view)]))
  connection.onDocumentRangeFormatting(now('textDocument/rangeFormatting', (view, { range }) => [...formatRange(view, view.document.lines.textRangeOf(range))]))
  connection.onDocumentOnTypeFormatting(
    now('textDocument/onTypeFormatting', (view, { position, ch, options: { tabSize } }) => [
      ...formatOnType(view, view.document.lines.offsetAt(position), ch, tabSize),
    ]),
  )
  connection.onWorkspaceSymbol(
    guarded('workspace/symbol', report, ({ query }: { readonly query: string }, token) => {
      const documents = new Map(workspace.projects.flatMap(({ roots }) => roots.map((document) => [document.uri, document] as const)))
      return [...workspaceSymbols([...documents.values()], query, () => token.isCancellationRequested)]
    }),
  )
  const colours = createColours()
  connection.languages.semanticTokens.on(now('textDocument/semanticTokens/full', ({ document }) => colours.full(document)))
  connection.languages.semanticTokens.onDelta(
    now('textDocument/semanticTokens/full/delta', ({ document }, { previousResultId }) => colours.delta(document, previousResultId)),
  )
  connection.languages.semanticTokens.onRange(
    now('textDocument/semanticTokens/range', ({ document }, { range }) => colours.range(document, document.lines.textRangeOf(range))),
  )

  connection.onCodeAction(
    guarded('textDocument/codeAction', report, async (params, token) => {
      const { range, context } = params
      const view = await viewChecked(workspace, uriIn(params), token)
      const state = workspace.projectOf(uriIn(params))
      if (view === undefined || state === undefined) return null
      const asked = {
        range: view.document.lines.textRangeOf(range),
        today: host.today(),
        pageUrl,
        ...(context.only === undefined ? {} : { only: context.only }),
      }
      return [...codeActions(view, workspace.diagnosticsOf(state, view.document), asked)]
    }),
  )
  connection.languages.diagnostics.on(
    guarded('textDocument/diagnostic', report, async (params, token) => {
      const { previousResultId } = params
      const view = await viewChecked(workspace, uriIn(params), token)
      const state = workspace.projectOf(uriIn(params))
      return view === undefined || state === undefined ? { kind: 'full', items: [] } : publisher.report(state, view.document, previousResultId)
    }) as Parameters<Connection['languages']['diagnostics']['on']>[0],
  )
  connection.languages.diagnostics.onWorkspace(
    guarded('workspace/diagnostic', report, ({ previousResultIds }, token) =>
      publisher.workspaceReport(new Map(previousResultIds.map(({ uri, value }) => [uri, value])), () => token.isCancellationRequested),
    ) as Parameters<Connection['languages']['diagnostics']['onWorkspace']>[0],
  )
  wireLanguage({ connection, workspace, report, page, snippets: () => client.snippets })
  connection.listen()
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null || rootUri === undefined ? [] : [rootUri])
  return uris.flatMap((uri) => pathOf(uri) ?? [])
}

/** A refusal is an answer that people read: editors show the message of the error. */
function accepted<T extends object>(result: T | Refused | undefined): T | undefined {
  if (result !== undefined && 'problem' in result) throw new ResponseError(ErrorCodes.InvalidRequest, result.problem)
  return result
}
