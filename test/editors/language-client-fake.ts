/** A language client that really starts the server and speaks to it, and leaves out what it would do in an editor's window. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import {
  createProtocolConnection,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node'
import { commands, seen, type Uri } from './vscode-fake.ts'

export const TransportKind = { stdio: 0 } as const
export const CloseAction = { DoNotRestart: 1, Restart: 2 } as const
export const ErrorAction = { Continue: 1, Shutdown: 2 } as const

interface Options {
  readonly uriConverters: { code2Protocol(uri: Uri): string; protocol2Code(text: string): Uri }
  readonly middleware: {
    executeCommand(command: string, given: readonly unknown[], next: (command: string, given: readonly unknown[]) => unknown): unknown
    provideCompletionItem(document: object, position: object, context: object, token: object, next: () => unknown): unknown
  }
  readonly stdioOptions: { stderr(input: Readable, channel: { error(line: string): void }): void }
}

/** What the clients so far were made with, the last one last. */
export const made: { readonly server: Server; readonly options: Options }[] = []

interface Server {
  readonly command: string
  readonly args: readonly string[]
}

export class LanguageClient {
  readonly #server: Server
  readonly #options: Options
  #process: ChildProcess | undefined
  #connection: ProtocolConnection | undefined
  readonly #heard = new Map<string, (params: unknown) => void>()
  /** The commands of lenses, which the real client registers. */
  readonly #registered: { dispose(): void }[] = []

  constructor(_id: string, _name: string, server: Server, options: Options) {
    this.#server = server
    this.#options = options
    made.push({ server, options })
  }

  async start(): Promise<void> {
    const { command: program, args } = this.#server
    const child = spawn(program, [...args, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#options.stdioOptions.stderr(child.stderr, { error: () => {} })
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
    this.#process = child
    this.#connection = connection
    connection.onNotification('scale/catalogChanged', (params: unknown) => this.#heard.get('scale/catalogChanged')?.(params))
    connection.listen()
    const ended = new Promise<never>((_, reject) => child.once('exit', () => reject(new Error('it ended'))))
    const initialized = connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(seen.folder).href, name: 'workspace' }],
      capabilities: {},
    })
    const { capabilities } = await Promise.race([initialized, ended])
    ended.catch(() => {})
    await connection.sendNotification(InitializedNotification.type, {})
    for (const command of capabilities.executeCommandProvider?.commands ?? [])
      this.#registered.push(
        commands.registerCommand(command, (...given) => this.#options.middleware.executeCommand(command, given, (name) => `the server's ${name}`)),
      )
  }

  async stop(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    await this.#connection?.sendRequest(ShutdownRequest.type)
    await this.#connection?.sendNotification(ExitNotification.type)
    await ended
    for (const command of this.#registered.splice(0)) command.dispose()
  }

  sendRequest(method: string, params: unknown): Promise<unknown> {
    return this.#connection?.sendRequest(method, params) ?? Promise.reject(new Error('it has not started'))
  }

  onNotification(method: string, hear: (params: unknown) => void): { dispose(): void } {
    this.#heard.set(method, hear)
    return { dispose: () => void this.#heard.delete(method) }
  }
}
