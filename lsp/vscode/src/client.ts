/** The language client: VS Code's features from the server's capabilities, and a way to the server's own requests. */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import * as vscode from 'vscode'
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from 'vscode-languageclient/node'
import { type Located, locate } from './locate.ts'
import type { Language } from './requests.ts'
import { uriOf } from './uris.ts'

/** What lenses do here, instead of what the server would say in a message. */
export type LensCommands = Readonly<Record<'scale.runTest' | 'scale.replay' | 'scale.explain', (...given: readonly unknown[]) => unknown>>

/** One process of the server; for another one, another client. */
export interface Client {
  readonly language: Language
  /** Fails where the program ends before it serves. */
  start(): Promise<void>
  stop(): Promise<void>
  /** The `scalec` that serves. */
  readonly located: Located
}

export interface ClientOptions {
  readonly extensionPath: string
  readonly lenses: LensCommands
  /** For what the server says beside its answers. */
  readonly output: vscode.LogOutputChannel
}

export function createClient({ extensionPath, lenses, output }: ClientOptions): Client | { readonly problem: string } {
  const found = locate({
    setting: vscode.workspace.getConfiguration('scale').get<string>('path') ?? '',
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    isTrusted: vscode.workspace.isTrusted,
    path: process.env.PATH ?? '',
    platform: process.platform,
    exists: existsSync,
    target: (file) => realpathSync(file),
    own: join(extensionPath, 'server', 'scalec.js'),
  })
  if ('problem' in found) return found
  const transport = TransportKind.stdio
  // A script runs in the editor's own Node, started by hand: the client would give a `module` an option that scalec does not know.
  const server: ServerOptions = found.isScript
    ? { command: process.execPath, args: [found.file, 'lsp'], transport, options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } } }
    : { command: found.file, args: ['lsp'], transport, options: { shell: process.platform === 'win32' } }
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'scale' },
      { scheme: 'untitled', language: 'scale' },
      { scheme: 'file', pattern: '**/scale.json' },
    ],
    outputChannel: output,
    synchronize: { configurationSection: 'scale' },
    uriConverters: { code2Protocol: uriOf, protocol2Code: vscode.Uri.parse },
    // One that ends before it serves would be started five times.
    errorHandler: {
      error: (...given) => (client.isServing ? usual().error(...given) : { action: ErrorAction.Continue, handled: true }),
      closed: () => (client.isServing ? usual().closed() : { action: CloseAction.DoNotRestart, handled: true }),
    },
    initializationFailedHandler: () => false,
    middleware: {
      executeCommand: (command, given, next) => (isLens(command, lenses) ? lenses[command](...given) : next(command, given)),
      provideCompletionItem: (document, position, context, token, next) =>
        isIndenting(document, position, context) ? undefined : next(document, position, context, token),
    },
  }
  const client = new QuietWhenNotServing('scale', 'SCALE', server, options)
  let handler: ErrorHandler | undefined
  const usual = (): ErrorHandler => {
    handler ??= client.createDefaultErrorHandler()
    return handler
  }
  return {
    language: {
      // A third argument that is undefined would be sent as a parameter.
      request: (method, params, token) =>
        token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token as vscode.CancellationToken),
      onNotification: (method, hear) => client.onNotification(method, hear),
    },
    async start() {
      await client.start()
      client.isServing = true
    },
    stop() {
      client.isServing = false
      return client.stop()
    },
    located: found,
  }
}

/** Whoever starts it says that it did not start: once, and in a sentence. What is still on its way when it is stopped is of no interest. */
class QuietWhenNotServing extends LanguageClient {
  isServing = false

  override error(message: string, data?: unknown, show?: boolean | 'force'): void {
    super.error(message, data, this.isServing ? show : false)
  }
}

function isLens(command: string, lenses: LensCommands): command is keyof LensCommands {
  return Object.hasOwn(lenses, command)
}

/** A space behind a word asks what may follow; one at the start of a line asks nothing, and the next key would take what is offered. */
function isIndenting(document: vscode.TextDocument, { line, character }: vscode.Position, { triggerCharacter }: vscode.CompletionContext): boolean {
  return triggerCharacter === ' ' && document.lineAt(line).text.slice(0, character).trim() === ''
}
