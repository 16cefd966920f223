/** What the server says that it can do. */
import { CodeActionKind, type ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver/node'
import { completionTriggers } from '../features/completion/index.ts'
import { tokenModifiers, tokenTypes } from '../features/semantic-tokens.ts'
import { signatureTriggers } from '../features/signature-help.ts'

export const commands = ['scale.runTest', 'scale.replay', 'scale.explain'] as const

export function capabilities(): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
    completionProvider: { triggerCharacters: [...completionTriggers], resolveProvider: true },
    hoverProvider: true,
    signatureHelpProvider: { triggerCharacters: [...signatureTriggers] },
    inlayHintProvider: true,
    codeLensProvider: {},
    definitionProvider: true,
    referencesProvider: true,
    renameProvider: { prepareProvider: true },
    documentHighlightProvider: true,
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] },
    semanticTokensProvider: { legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] }, full: { delta: true }, range: true },
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentLinkProvider: {},
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll, `${CodeActionKind.SourceFixAll}.scale`] },
    diagnosticProvider: { identifier: 'scale', interFileDependencies: true, workspaceDiagnostics: true },
    executeCommandProvider: { commands: [...commands] },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  }
}
