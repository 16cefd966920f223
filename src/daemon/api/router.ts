/** Routes of the HTTP API: exact paths, methods, and answers that say what is there instead. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
}

export type Handler = (call: Call) => void | Promise<void>

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly handle: Handler
}

export function router(routes: readonly Route[], failed: (error: unknown) => void): (request: IncomingMessage, response: ServerResponse) => void {
  const paths = [...new Set(routes.map((route) => route.path))].sort()
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const here = routes.filter((route) => route.path === url.pathname)
    const route = here.find(({ method }) => method === request.method || (method === 'GET' && request.method === 'HEAD'))
    if (here.length === 0) json(response, 404, { error: `no such path ${url.pathname}`, paths })
    else if (route === undefined) {
      const allow = here.map(({ method }) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ')
      response.setHeader('allow', allow)
      json(response, 405, { error: `${request.method} is not allowed on ${url.pathname}: use ${allow}` })
    } else
      answer(route.handle, { request, response, query: url.searchParams }).catch((error: unknown) => {
        failed(error)
        if (response.headersSent) response.destroy()
        else json(response, 500, { error: 'internal error; see the log' })
      })
  }
}

/** Turns a throw of the handler into a rejection too. */
async function answer(handle: Handler, call: Call): Promise<void> {
  await handle(call)
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body, undefined, 2)}\n`)
}

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' })
  response.end(body)
}
