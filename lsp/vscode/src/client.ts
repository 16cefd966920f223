/** The language client: VS Code's features from the server's capabilities, and a way to the server's own requests. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { LanguageClient, type LanguageClientOptions, type ServerOptions, TransportKind } from 'vscode-languageclient/node'
import { type Located, locate } from './locate.ts'
import type { Language } from './requests.ts'

/** What lenses do here, instead of what the server would say in a message. */
export type LensCommands = Readonly<Record<'scale.runTest' | 'scale.replay' | 'scale.explain', (...given: readonly unknown[]) => unknown>>

export interface Client {
  readonly language: Language
  start(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
  /** The `scalec` that serves. */
  readonly located: Located
}

export function createClient(context: vscode.ExtensionContext, lenses: LensCommands): Client | { readonly problem: string } {
  const found = locate({
    setting: vscode.workspace.getConfiguration('scale').get<string>('path') ?? '',
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    isTrusted: vscode.workspace.isTrusted,
    path: process.env.PATH ?? '',
    platform: process.platform,
    exists: existsSync,
    own: join(context.extensionPath, 'server', 'scalec.js'),
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
    synchronize: { configurationSection: 'scale' },
    middleware: {
      executeCommand: (command, given, next) => (isLens(command, lenses) ? lenses[command](...given) : next(command, given)),
    },
  }
  const client = new LanguageClient('scale', 'SCALE', server, options)
  return {
    language: {
      // A third argument that is undefined would be sent as a parameter.
      request: (method, params, token) =>
        token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token as vscode.CancellationToken),
      onNotification: (method, hear) => client.onNotification(method, hear),
    },
    start: () => client.start(),
    restart: () => client.restart(),
    stop: () => client.stop(),
    located: found,
  }
}

function isLens(command: string, lenses: LensCommands): command is keyof LensCommands {
  return Object.hasOwn(lenses, command)
}
