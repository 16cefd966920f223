/** A language client that really starts the server and speaks to it, and leaves out what it would do in an editor's window. */
import { type ChildProcess, spawn } from 'node:child_process'
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
import { commands, seen } from './vscode-fake.ts'

export const TransportKind = { stdio: 0 } as const

interface Options {
  readonly middleware: { executeCommand(command: string, given: readonly unknown[], next: (command: string, given: readonly unknown[]) => unknown): unknown }
}

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
  }

  async start(): Promise<void> {
    const { command: program, args } = this.#server
    const child = spawn(program, [...args, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
    this.#process = child
    this.#connection = connection
    connection.onNotification('scale/catalogChanged', (params: unknown) => this.#heard.get('scale/catalogChanged')?.(params))
    connection.listen()
    const { capabilities } = await connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(seen.folder).href, name: 'workspace' }],
      capabilities: {},
    })
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

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  sendRequest(method: string, params: unknown): Promise<unknown> {
    return this.#connection?.sendRequest(method, params) ?? Promise.reject(new Error('it has not started'))
  }

  onNotification(method: string, hear: (params: unknown) => void): { dispose(): void } {
    this.#heard.set(method, hear)
    return { dispose: () => void this.#heard.delete(method) }
  }
}
