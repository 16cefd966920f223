/** JSON over HTTP, over TCP, TLS or a unix socket, with a time limit: for orchestrators that need no client library. */
import { readFileSync } from 'node:fs'
import { Agent, request as plainRequest, type RequestOptions } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { OrchestrationError } from './contract.ts'

export interface HttpOptions {
  /** `http://host:port`, `https://host:port`, `tcp://host:port` or `unix:///path/to.sock`. */
  readonly address: string
  readonly headers?: Readonly<Record<string, string>>
  /** PEM files. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  /** Of one request; 5000 by default. */
  readonly timeoutMs?: number
  /** For people: `Nomad`. */
  readonly name: string
}

export interface HttpAnswer {
  readonly status: number
  /** Undefined where it was no JSON. */
  readonly body: unknown
  /** What was sent, shortened: error messages are often plain text. */
  readonly text: string
}

export interface HttpClient {
  /** Any status is an answer; `transient` is for a server that could not be asked. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<HttpAnswer | OrchestrationError>
  close(): void
}

/** An answer that is longer says nothing that is wanted. */
const longestAnswer = 16 * 2 ** 20

/** Errors: `blocked` for an address or a TLS file that cannot be used. */
export function httpClient(options: HttpOptions): HttpClient | OrchestrationError {
  const { address, name, headers = {}, timeoutMs = 5000 } = options
  const blocked = (why: string): OrchestrationError => ({ error: 'blocked', message: `${name} at ${address} cannot be used: ${why}.` })
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !['http:', 'https:', 'tcp:', 'unix:'].includes(url.protocol))
    return blocked('write http://host:port, https://host:port or unix:///path')
  let tls: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {}
  try {
    tls = Object.fromEntries(Object.entries(options.tls ?? {}).map(([part, file]) => [part, readFileSync(file as string)]))
  } catch (error) {
    return blocked((error as Error).message)
  }
  const secure = url.protocol === 'https:' || (url.protocol === 'tcp:' && options.tls !== undefined)
  const agent = secure ? new SecureAgent({ keepAlive: true, ...tls }) : new Agent({ keepAlive: true })
  const where: RequestOptions =
    url.protocol === 'unix:'
      ? { socketPath: decodeURIComponent(url.pathname), host: 'localhost' }
      : { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }

  return {
    call: (method, path, body) =>
      new Promise((resolve) => {
        const failed = (why: string): void => resolve({ error: 'transient', message: `${name} at ${address} could not be asked: ${why}.` })
        const text = body === undefined ? undefined : JSON.stringify(body)
        const call = (secure ? secureRequest : plainRequest)(
          {
            ...where,
            agent,
            method,
            path,
            signal: AbortSignal.timeout(timeoutMs),
            headers: {
              accept: 'application/json',
              'user-agent': 'scaled',
              ...headers,
              ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
            },
          },
          (response) => {
            const chunks: Buffer[] = []
            let size = 0
            response.on('data', (chunk: Buffer) => {
              size += chunk.length
              if (size > longestAnswer) response.destroy(new Error('the answer has no end'))
              else chunks.push(chunk)
            })
            response.on('error', (error) => failed(error.message))
            response.on('end', () => {
              const said = Buffer.concat(chunks).toString('utf8')
              resolve({ status: response.statusCode as number, body: parse(said), text: said.slice(0, 500).trim() })
            })
          },
        )
        call.on('error', (error) => failed(error.name === 'TimeoutError' || error.name === 'AbortError' ? `no answer within ${timeoutMs} ms` : error.message))
        call.end(text)
      }),
    close: () => agent.destroy(),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
