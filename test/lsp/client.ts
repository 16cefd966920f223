/** An editor without a window: a JSON-RPC client that speaks with `scalec lsp` over standard input and output, as editors do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
  type TextEdit,
} from 'vscode-languageserver-protocol/node'
import { lineIndex } from '../../lsp/positions.ts'

export interface ClientOptions {
  /** Beside those that every test has: the client takes pushed diagnostics unless it says that it asks. */
  readonly capabilities?: ClientCapabilities
  readonly initializationOptions?: unknown
  /** Folders of the workspace, below the files' one; by default that one. */
  readonly folders?: readonly string[]
  /** Programs other than the built one. */
  readonly command?: readonly string[]
}

export interface Client {
  readonly connection: ProtocolConnection
  readonly initialized: InitializeResult
  /** Of the files. */
  readonly folder: string
  readonly process: ChildProcess
  uri(name: string): string
  /** Opens the file, with another text than the disk's if one is given. */
  open(name: string, text?: string): Promise<void>
  /** Of an open document. */
  text(name: string): string
  change(name: string, ...changes: readonly TextDocumentContentChangeEvent[]): Promise<void>
  close(name: string): Promise<void>
  write(name: string, text: string): void
  remove(name: string): void
  /** Diagnostics that are pushed for the file, as soon as they are as the test wants them. */
  pushed(name: string, wanted: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>
  /** What the server registered and said so far. */
  readonly registered: readonly string[]
  readonly log: readonly string[]
  stop(): Promise<void>
}

/** Starts a server on a folder of these files. */
export async function startClient(files: Readonly<Record<string, string>>, options: ClientOptions = {}): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-lsp-'))
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  const [program = process.execPath, ...given] = options.command ?? [process.execPath, 'dist/scalec.js', 'lsp', '--stdio']
  const server = spawn(program, given, { stdio: ['pipe', 'pipe', 'inherit'] })
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin))
  const uri = (name: string): string => (name.includes(':') ? name : pathToFileURL(join(folder, name)).href)
  const log: string[] = []
  const registered: string[] = []
  const latest = new Map<string, readonly Diagnostic[]>()
  let waiting: (() => void)[] = []
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri: of, diagnostics }) => {
    latest.set(of, diagnostics)
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
  })
  connection.onNotification('window/logMessage', ({ message }: { readonly message: string }) => void log.push(message))
  connection.onRequest(RegistrationRequest.type, ({ registrations }) => void registered.push(...registrations.map(({ method }) => method)))
  connection.listen()
  const folders = (options.folders ?? ['.']).map((name) => ({ uri: pathToFileURL(join(folder, name)).href, name }))
  const initialized = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: folders,
    capabilities: options.capabilities ?? {},
    initializationOptions: options.initializationOptions ?? { diagnostics: { delay: 10 } },
  })
  await connection.sendNotification(InitializedNotification.type, {})

  const open = new Map<string, { text: string; version: number }>()
  const documentOf = (name: string) => {
    const document = open.get(name)
    if (document === undefined) throw new Error(`${name} is not open`)
    return document
  }
  return {
    connection,
    initialized,
    folder,
    process: server,
    uri,
    async open(name, text = files[name] ?? '') {
      open.set(name, { text, version: 1 })
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri: uri(name), languageId: 'scale', version: 1, text } })
    },
    text: (name) => documentOf(name).text,
    async change(name, ...contentChanges) {
      const document = documentOf(name)
      for (const change of contentChanges) {
        if (!('range' in change)) document.text = change.text
        else {
          const { start, end } = lineIndex(document.text).textRangeOf(change.range)
          document.text = document.text.slice(0, start) + change.text + document.text.slice(end)
        }
      }
      document.version++
      await connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri: uri(name), version: document.version },
        contentChanges: [...contentChanges],
      })
    },
    async close(name) {
      open.delete(name)
      await connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: uri(name) } })
    },
    write,
    remove: (name) => rmSync(join(folder, name)),
    async pushed(name, wanted) {
      for (;;) {
        const found = latest.get(uri(name))
        if (found !== undefined && wanted(found)) return found
        await new Promise<void>((wake) => waiting.push(wake))
      }
    },
    registered,
    log,
    async stop() {
      const ended = new Promise<void>((done) => server.once('exit', () => done()))
      if (server.exitCode === null) {
        await connection.sendRequest(ShutdownRequest.type)
        await connection.sendNotification(ExitNotification.type)
        await ended
      }
      connection.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A text whose cursor is marked by `|`, without the mark, and where that stood. */
export function marked(text: string, mark = '|'): { readonly text: string; readonly offset: number; readonly position: Position } {
  const offset = text.indexOf(mark)
  if (offset < 0) throw new Error('the text has no cursor')
  const plain = text.slice(0, offset) + text.slice(offset + mark.length)
  return { text: plain, offset, position: lineIndex(plain).positionAt(offset) }
}

/** The text after edits of one moment. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = lineIndex(text)
  return [...edits]
    .map((edit) => ({ ...lines.textRangeOf(edit.range), text: edit.newText }))
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((now, { start, end, text: by }) => now.slice(0, start) + by + now.slice(end), text)
}
