/** What stands between a daemon and the API server, and may drop or refuse what passes. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Agent, createServer, request } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Cluster } from './cluster.ts'

/**
 * pass: as if the proxy were not there. drop: nothing passes and nobody is told. deaf: what is written reaches the API server, and its answer is lost. mute: an answer
 * begins and nothing comes of it, as a watch whose connection died without a word.
 * Otherwise what is answered in the API server's place.
 */
export type Manner = 'pass' | 'drop' | 'deaf' | 'mute' | { readonly status: number; readonly retryAfter?: number }

export interface Asked {
  readonly method: string
  readonly path: string
}

export interface Relay {
  readonly url: string
  /** From now on, for every request or as the request says; what is under way is cut. */
  set(manner: Manner | ((asked: Asked) => Manner | Promise<Manner>)): void
  /** Requests that did not pass, or whose answers did not. */
  readonly troubled: number
  /** Requests that came. */
  readonly asked: readonly (Asked & { readonly at: number })[]
  close(): Promise<void>
}

export async function startRelay(cluster: Cluster): Promise<Relay> {
  let manner: (asked: Asked) => Manner | Promise<Manner> = () => 'pass'
  let troubled = 0
  const asked: (Asked & { at: number })[] = []
  const sockets = new Set<Socket>()
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false })

  async function handle(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const one = { method: from.method as string, path: from.url as string }
    asked.push({ ...one, at: Date.now() })
    const now = await manner(one)
    if (now !== 'pass') troubled++
    if (now === 'drop') return
    if (typeof now === 'object') {
      refuse(to, now)
      return
    }
    const onward = request(`${cluster.url}${one.path}`, { method: one.method, headers: from.headers, agent }, (answer) => {
      if (now === 'deaf') {
        answer.resume()
        return
      }
      to.writeHead(answer.statusCode as number, answer.headers)
      // Of a watch the next byte may come in a minute.
      to.flushHeaders()
      if (now === 'mute') answer.resume()
      else answer.pipe(to)
      answer.on('error', () => to.destroy())
    })
    onward.on('error', () => to.destroy())
    to.on('close', () => {
      // A request that nobody waits for any more has still been made.
      if (now === 'pass') onward.destroy()
    })
    from.pipe(onward)
  }

  const server = createServer(cluster.certificate, (from, to) => void handle(from, to))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      manner = typeof next === 'function' ? next : () => next
      for (const socket of sockets) socket.destroy()
    },
    get troubled() {
      return troubled
    },
    asked,
    async close() {
      for (const socket of sockets) socket.destroy()
      agent.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refuse(to: ServerResponse, { status, retryAfter }: { readonly status: number; readonly retryAfter?: number }): void {
  const message = STATUS_CODES[status] as string
  const headers = { 'content-type': 'application/json', ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) }
  to.writeHead(status, headers)
  to.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, message }))
}
