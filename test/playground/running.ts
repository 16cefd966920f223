/** `scalec playground` as a process, and what a page would say to it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { WebSocket } from 'ws'
import type { Hello, PageMessage, ServerMessage } from '../../lsp/playground/contract.ts'

export interface RunningPlayground {
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  stop(): Promise<number | null>
}

export async function playground(args: readonly string[], cwd: string): Promise<RunningPlayground> {
  const child = spawn(process.execPath, [resolve('dist/scalec.js'), 'playground', '--port', '0', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (data) => {
    said += data
  })
  const url = await new Promise<string>((found, failed) => {
    child.stdout.once('data', (data) => found(String(data).trim()))
    child.once('exit', (code) => failed(new Error(`it ended with ${code}: ${said}`)))
  })
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      const [code] = await ended
      return code as number | null
    },
  }
}

/** A page without a browser: it says where it is from, as a browser would. */
export class Page {
  readonly socket: WebSocket
  readonly #seen: ServerMessage[] = []
  readonly #waiting: { readonly wanted: (message: ServerMessage) => boolean; readonly found: (message: ServerMessage) => void }[] = []

  constructor(url: string, path = '/replay', origin = new URL(url).origin) {
    this.socket = new WebSocket(new URL(path, url.replace('http', 'ws')), { origin })
    this.socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ServerMessage
      this.#seen.push(message)
      const waiter = this.#waiting.findIndex(({ wanted }) => wanted(message))
      if (waiter !== -1) this.#waiting.splice(waiter, 1)[0]?.found(message)
    })
  }

  /** All that came so far, by kind and request. */
  get seen(): readonly string[] {
    return this.#seen.map((message) => ('request' in message ? `${message.kind} ${message.request}` : message.kind))
  }

  send(message: PageMessage): void {
    this.socket.send(JSON.stringify(message))
  }

  /** The next message of the kind, or the one that came already. */
  until<K extends ServerMessage['kind']>(kind: K, request?: number): Promise<Extract<ServerMessage, { kind: K }>> {
    const wanted = (message: ServerMessage): boolean =>
      message.kind === kind && (request === undefined || ('request' in message && message.request === request))
    const known = this.#seen.find(wanted)
    const found = known === undefined ? new Promise<ServerMessage>((resolve) => this.#waiting.push({ wanted, found: resolve })) : Promise.resolve(known)
    return found as Promise<Extract<ServerMessage, { kind: K }>>
  }

  hello(): Promise<Hello> {
    return this.until('hello')
  }

  close(): void {
    this.socket.close()
  }
}
