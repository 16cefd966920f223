/** The language client: VS Code's features from the server's capabilities, and a way to the server's own requests. */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
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
  /** Fails where the program ends before it serves, with a sentence on why where the program said one. */
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
    stdioOptions: {
      stdout: (stream, channel) => void linesOf(stream, (line) => channel.info(line)),
      stderr: (stream, channel) => {
        const lines: string[] = []
        complaint = linesOf(stream, (line) => {
          channel.error(line)
          if (lines.length < mostRead) lines.push(line)
        }).then(() => reasonIn(lines))
      },
    },
    middleware: {
      executeCommand: (command, given, next) => (isLens(command, lenses) ? lenses[command](...given) : next(command, given)),
      provideCompletionItem: (document, position, context, token, next) =>
        isIndenting(document, position, context) ? undefined : next(document, position, context, token),
    },
  }
  const client = new QuietWhenNotServing('scale', 'SCALE', server, options)
  let handler: ErrorHandler | undefined
  /** What the program wrote beside the protocol, once it has ended. */
  let complaint: Promise<string | undefined> | undefined
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
      try {
        await client.start()
      } catch (error) {
        // One that closes its output and lives on has nothing more to say.
        throw new Error((await Promise.race([complaint, later()])) ?? '', { cause: error })
      }
      client.isServing = true
    },
    stop() {
      client.isServing = false
      return client.stop()
    },
    located: found,
  }
}

/** Of a program that does not start; what follows is a trace. */
const mostRead = 50

function later(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), 1000))
}

/** Resolves when there is no more. */
function linesOf(input: Readable, hear: (line: string) => void): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false, historySize: 0 })
  lines.on('line', hear)
  return new Promise((ended) => lines.once('close', ended))
}

/** The line that says most: an error that Node prints has its place before it. */
export function reasonIn(lines: readonly string[]): string | undefined {
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.find((line) => line.trim() !== '')
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
