/** The HTTP API: health, metrics, status, decisions. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Door, httpServer, openDoor, unauthenticated } from '../door.ts'
import type { Metrics } from '../metrics.ts'
import type { Feed } from './events.ts'
import { stream } from './events.ts'
import type { Check } from './health.ts'
import { health } from './health.ts'
import type { Call, Route } from './router.ts'
import { json, router, send } from './router.ts'

export interface ApiOptions<T extends { readonly target: string }> {
  readonly metrics: Metrics
  readonly decisions: Feed<T>
  readonly status: () => object
  readonly ready: Readonly<Record<string, Check>>
  /** A handler threw: a bug. */
  readonly failed: (error: unknown) => void
}

export interface Api {
  readonly port: number
  /** Ends event streams and stops listening. */
  close(): Promise<void>
}

/** Starts listening; rejects with the listener's error. */
export async function startApi<T extends { readonly target: string }>(host: string, port: number, options: ApiOptions<T>, door: Door = openDoor): Promise<Api> {
  const { metrics, decisions } = options
  const stop = new AbortController()

  function listDecisions({ request, response, query }: Call): void {
    const target = query.get('target')
    const keep = (record: T): boolean => target === null || record.target === target
    if (request.headers.accept?.includes('text/event-stream') === true) {
      const last = request.headers['last-event-id'] ?? query.get('after')
      const lastId = last === null || last === '' ? undefined : Number(last)
      if (lastId !== undefined && !Number.isSafeInteger(lastId))
        json(response, 400, { error: `Last-Event-ID: expected the id of an event, got ${JSON.stringify(last)}` })
      else stream(response, decisions, { event: 'decision', lastId, stop: stop.signal, keep })
      return
    }
    const limit = Number(query.get('limit') ?? 100)
    if (!Number.isInteger(limit) || limit < 1)
      json(response, 400, { error: `limit: expected a whole number from 1, got ${JSON.stringify(query.get('limit'))}` })
    else {
      const kept = decisions.recent().filter(({ record }) => keep(record))
      json(response, 200, { decisions: kept.slice(-limit).map(({ id, record }) => ({ event: id, ...record })) })
    }
  }

  const routes: readonly Route[] = [
    { method: 'GET', path: '/livez', handle: health({}) },
    { method: 'GET', path: '/readyz', handle: health(options.ready) },
    {
      method: 'GET',
      path: '/metrics',
      handle: async ({ response }) => send(response, 200, metrics.registry.contentType, await metrics.registry.metrics()),
    },
    { method: 'GET', path: '/v1/status', handle: ({ response }) => json(response, 200, options.status()) },
    { method: 'GET', path: '/v1/decisions', handle: listDecisions },
  ]
  const answer = router(routes, options.failed)
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    if (isProbe(request) || door.admits(request.headers.authorization)) answer(request, response)
    else {
      response.setHeader('www-authenticate', 'Bearer, Basic realm="scaled"')
      json(response, 401, { error: unauthenticated })
    }
  }
  const server = httpServer(door, {}, listener)
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      stop.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Kubelets have no token; what they learn is one word. */
function isProbe({ url }: IncomingMessage): boolean {
  const path = url?.split('?', 1)[0]
  return path === '/livez' || path === '/readyz'
}
