/** The page's server: files of the built page, replays and the language server over WebSockets, on 127.0.0.1 only. */
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Catalog, vocabulary } from '../../src/language/index.ts'
import { assets } from './assets.ts'
import { type EditedFile, type PageMessage, paths, type ServerMessage } from './contract.ts'
import { refusal, securityHeaders } from './guard.ts'
import { serveLanguage } from './language.ts'
import type { FoundRecording } from './recordings.ts'
import type { ReplaySettings } from './replay.ts'
import { startReplays } from './replays.ts'

export interface PlaygroundOptions {
  /** 0: any that is free. */
  readonly port: number
  /** Of the project; the language server runs there. */
  readonly folder: string
  /** Where the page was built to. */
  readonly built: URL
  /** `scalec lsp --stdio`, as a program and its arguments. */
  readonly languageServer: readonly [string, ...string[]]
  /** As they are on disk now. */
  readonly files: () => readonly EditedFile[]
  readonly recordings: readonly FoundRecording[]
  readonly replay: ReplaySettings
  /** For the language server, and where it is from; without one, that of the recording. */
  readonly catalog?: { readonly catalog: Catalog; readonly source: string }
  /** Writes a file that may be saved; answers what went wrong. */
  readonly save: (file: string, text: string) => string | undefined
  /** Hears of what would otherwise go unseen. */
  readonly onProblem: (message: string) => void
}

export interface Playground {
  readonly url: string
  close(): Promise<void>
}

/** A page sends texts of rules, and a message of its language client: no more than this. */
const largestMessage = 16 * 1024 * 1024

/** Rejects where the port cannot be had, with the system's error. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  let port = options.port
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage })
  const server = createServer((request, response) => {
    const refused = refusal(request.headers, port, 'page')
    if (refused !== undefined) return answer(response, 403, 'text/plain; charset=utf-8', `${refused}\n`)
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'text/plain; charset=utf-8', 'only GET\n')
    const asset = Object.hasOwn(assets, request.url ?? '') ? assets[request.url ?? ''] : undefined
    if (asset === undefined) return answer(response, 404, 'text/plain; charset=utf-8', 'there is no such page\n')
    answer(response, 200, asset.type, request.method === 'HEAD' ? '' : readFileSync(new URL(asset.file, options.built)))
  })
  server.on('upgrade', (request, socket, head) => {
    const refused = refusal(request.headers, port, 'socket')
    const known = request.url === paths.replay || request.url === paths.language
    if (refused !== undefined || !known) {
      socket.end(`HTTP/1.1 ${known ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      if (request.url === paths.language) serveLanguage(page, options.languageServer, options.folder)
      else servePage(page, options)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
  })
  port = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, { ...securityHeaders, 'Content-Type': type }).end(body)
}

/** One page: what it is given to begin with, its replays and its saves. */
function servePage(page: WebSocket, { files, recordings, replay, catalog, folder, built, save, onProblem }: PlaygroundOptions): void {
  const send = (message: ServerMessage): void => page.send(JSON.stringify(message))
  const given = files()
  const mayBeSaved = new Set(given.filter(({ saved }) => saved).map(({ name }) => name))
  let newest = 0
  /** Path of the recording that is replayed, and of the one whose catalog the page has or will have. */
  let chosen: string | undefined
  let learning: string | undefined
  const replays = startReplays(
    workerScript(built),
    replay,
    (told) => {
      if (told.kind === 'learned') return send({ kind: 'catalog', catalog: told.catalog, source: nameOf(told.path) })
      if (told.kind !== 'cancelled') send(told)
      // What the rules do is shown first.
      if (catalog === undefined && chosen !== undefined && chosen !== learning && (told.kind === 'picture' || told.kind === 'refused')) {
        learning = chosen
        replays.send({ kind: 'learn' })
      }
    },
    (message) => {
      onProblem(`a replay broke off: ${message}`)
      send({ kind: 'refused', request: newest, problems: [{ message: `the replay broke off, which is a bug of scalec: ${message}`, severity: 'error' }] })
    },
  )
  page.on('close', () => void replays.close())
  page.on('error', () => page.terminate())
  page.on('message', (data) => {
    const message = readMessage(String(data))
    if (message === undefined) return page.close(1003, 'this is no message of the page')
    switch (message.kind) {
      case 'replay': {
        newest = message.request
        const path = recordings.find(({ id }) => id === message.recording)?.path
        chosen = path
        if (path === undefined) send({ kind: 'refused', request: newest, problems: [{ message: 'choose a recording', severity: 'error' }] })
        else replays.send({ kind: 'replay', request: newest, path, texts: message.files.map(({ name, text }) => [name, text]), replicas: message.replicas })
        break
      }
      case 'explain':
        replays.send(message)
        break
      case 'save': {
        const error = saved(message)
        send({ kind: 'saved', file: message.file, ...(error === undefined ? {} : { error }) })
        break
      }
      default:
        message satisfies never
    }
  })
  /** Only what the page was given to edit, and only over what it has seen. */
  function saved({ file, text, before }: Extract<PageMessage, { kind: 'save' }>): string | undefined {
    if (!mayBeSaved.has(file)) return 'this text is no file; copy it to keep it'
    if (files().find(({ name }) => name === file)?.text !== before)
      return `${file} has changed on disk, and is not overwritten: reload the page, which keeps your text as well`
    return save(file, text)
  }

  function nameOf(path: string): string {
    return recordings.find((recording) => recording.path === path)?.name ?? path
  }

  const choices = recordings.map(({ id, name, bytes }) => ({ id, name, bytes }))
  send({ kind: 'hello', version: replay.version, files: given, recordings: choices, words: vocabulary, rootUri: pathToFileURL(folder).href })
  if (catalog !== undefined) send({ kind: 'catalog', ...catalog })
}

/** The worker as it was built; from source while there is only that. */
function workerScript(built: URL): URL {
  return import.meta.url.endsWith('.ts') ? new URL('./worker.ts', import.meta.url) : new URL('playground.worker.js', built)
}

function readMessage(text: string): PageMessage | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isMessage(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isMessage(value: unknown): value is PageMessage {
  if (typeof value !== 'object' || value === null) return false
  const { kind, request, recording, files, replicas, decision, file, text, before } = value as Readonly<Record<string, unknown>>
  switch (kind) {
    case 'replay':
      return Number.isSafeInteger(request) && typeof recording === 'string' && Array.isArray(files) && files.every(isText) && isCounts(replicas)
    case 'explain':
      return Number.isSafeInteger(request) && typeof decision === 'string'
    case 'save':
      return typeof file === 'string' && typeof text === 'string' && typeof before === 'string'
    default:
      return false
  }
}

function isText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { name, text } = value as Readonly<Record<string, unknown>>
  return typeof name === 'string' && typeof text === 'string'
}

function isCounts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((count) => Number.isSafeInteger(count) && count >= 0 && count <= 100_000)
}
