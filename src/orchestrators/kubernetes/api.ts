/** JSON over HTTP to one cluster, with the credentials of a kubeconfig: what @kubernetes/client-node is used for. */
import { existsSync } from 'node:fs'
import type { KubeConfig } from '@kubernetes/client-node'
import type { OrchestrationError } from '../contract.ts'
import { unexpected } from './errors.ts'
import { readToken, tokenFileOf } from './token-file.ts'

export interface ApiResponse {
  readonly status: number
  /** Of a 200 or 201 an object; of others whatever JSON it was, undefined where it was none. */
  readonly body: unknown
}

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

export interface KubernetesApi {
  /** The context's, else `default`. */
  readonly namespace: string
  /** For one request. */
  readonly timeoutMs: number
  /**
   * Any status is a response; `transient` is for an API server that could not be asked, or that wants to be left alone for now: after a 429 or 503 that says
   * Retry-After nothing is asked until then, at most a minute. A PATCH is a JSON merge patch.
   */
  call(method: Method, path: string, body?: unknown): Promise<ApiResponse | OrchestrationError>
  /**
   * Reads lines until the server ends them, `signal` aborts, or none comes for `quietMs`; `opened` is called once when the first may come. The response of a
   * status other than 200 comes without lines. How a stream ended is no error: only one that could not be opened is.
   */
  lines(path: string, signal: AbortSignal, quietMs: number, opened: () => void, line: (text: string) => void): Promise<ApiResponse | OrchestrationError>
  close(): Promise<void>
}

export interface ApiOptions {
  /** A kubeconfig file. By default KUBECONFIG, ~/.kube/config, or the service account of the pod, in this order. */
  readonly kubeconfig?: string
  /** A context of the kubeconfig; its current one by default. */
  readonly context?: string
  /** Time for one request; 5000 by default. */
  readonly timeoutMs?: number
}

/** Errors: `blocked` for a kubeconfig that cannot be used. */
export async function connect(options: ApiOptions): Promise<KubernetesApi | OrchestrationError> {
  // 0.7 s and 134 MB: loaded by those who have a cluster.
  const { KubeConfig, RequestContext, HttpMethod, IsomorphicFetchHttpLibrary } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  const problem = load(config, options)
  if (problem !== undefined) return { error: 'blocked', message: problem }
  const server = config.getCurrentCluster()?.server.replace(/\/+$/, '') as string
  const tokenFile = tokenFileOf(config, options.kubeconfig)
  const closeConnections = shareConnections(config)
  const http = new IsomorphicFetchHttpLibrary()
  const timeoutMs = options.timeoutMs ?? 5000
  const closed = new AbortController()

  /** Until when the API server wants to be left alone, by performance.now(). */
  let busyUntil = 0

  async function send(
    method: Method,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<ReturnType<typeof http.send>['toPromise']>>> {
    const context = new RequestContext(server + path, HttpMethod[method])
    context.setHeaderParam('Accept', 'application/json')
    context.setHeaderParam('User-Agent', 'scaled')
    if (body !== undefined) {
      context.setHeaderParam('Content-Type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')
      context.setBody(JSON.stringify(body))
    }
    // May run a program to get a token, which knows nothing of the signal.
    await Promise.race([config.applySecurityAuthentication(context), aborted(signal)])
    if (tokenFile !== undefined) context.setHeaderParam('Authorization', `Bearer ${readToken(tokenFile)}`)
    context.setSignal(signal)
    const response = await http.send(context).toPromise()
    const after = Number(response.headers['retry-after'])
    if ((response.httpStatusCode === 429 || response.httpStatusCode === 503) && after > 0) busyUntil = performance.now() + Math.min(after, 60) * 1000
    return response
  }

  function couldNot(why: string): OrchestrationError {
    return { error: 'transient', message: `The Kubernetes API at ${server} could not be asked: ${why}.` }
  }

  async function call(method: Method, path: string, body?: unknown): Promise<ApiResponse | OrchestrationError> {
    const leftMs = busyUntil - performance.now()
    if (leftMs > 0) return couldNot(`it asked for ${Math.ceil(leftMs / 1000)} s of rest`)
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([timeout, closed.signal])
    try {
      const response = await send(method, path, body, signal)
      const status = response.httpStatusCode
      const answer = parse(await response.body.text())
      if ((status === 200 || status === 201) && (typeof answer !== 'object' || answer === null)) return unexpected(server + path, 'JSON')
      return { status, body: answer }
    } catch (error) {
      return couldNot(timeout.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error))
    }
  }

  async function lines(...[path, stop, quietMs, opened, line]: Parameters<KubernetesApi['lines']>): Promise<ApiResponse | OrchestrationError> {
    const quiet = new AbortController()
    let timer = setTimeout(() => quiet.abort(), timeoutMs)
    const signal = AbortSignal.any([stop, closed.signal, quiet.signal])
    try {
      const response = await send('GET', path, undefined, signal)
      const status = response.httpStatusCode
      const body = response.body.stream?.()
      if (status !== 200 || body == null) return { status, body: parse(await response.body.text()) }
      const arm = (): void => {
        clearTimeout(timer)
        timer = setTimeout(() => quiet.abort(), quietMs)
      }
      arm()
      opened()
      try {
        const decoder = new TextDecoder()
        let rest = ''
        for await (const bytes of body) {
          arm()
          const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n')
          rest = parts.pop() as string
          for (const part of parts) if (part !== '') line(part)
        }
      } catch {
        // Cut off: whoever reads goes on from where they are.
      }
      return { status, body: undefined }
    } catch (error) {
      return couldNot(stop.aborted ? 'it was asked to stop' : quiet.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error))
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    timeoutMs,
    call,
    lines,
    async close() {
      closed.abort()
      await closeConnections()
    },
  }
}

function load(config: KubeConfig, { kubeconfig, context }: ApiOptions): string | undefined {
  const from = kubeconfig ?? 'the default kubeconfig'
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) return `The kubeconfig ${kubeconfig} does not exist.`
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromFile(kubeconfig)
  } catch (error) {
    return `${from} cannot be read: ${(error as Error).message}.`
  }
  // What client-node falls back to, a server on localhost:8080, is nobody's cluster.
  if (config.getCurrentContext() === 'loaded-context')
    return 'There is no kubeconfig and this is not a pod: set KUBECONFIG, or name a file in the configuration.'
  if (context !== undefined) config.setCurrentContext(context)
  const name = config.getCurrentContext()
  if (config.getContextObject(name) === null) {
    const known = config.getContexts().map((c) => c.name)
    return `${from} has no context ${name || '(none is current)'}. Known: ${known.join(', ')}.`
  }
  // client-node wants this said of servers that have no TLS to verify, such as kubectl proxy.
  config.clusters = config.clusters.map((cluster) => (cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster))
  return config.getCurrentCluster() === null ? `${from}: the cluster of context ${name} is not in it.` : undefined
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

interface Closable {
  close(): Promise<void>
}

/**
 * client-node 2.0 makes an HTTP agent per request, hence a connection per request. This keeps the last agent and gives it out again
 * while the credentials are the same. `createDispatcher` is private to it; should it go, requests work, each on a connection of its own.
 */
function shareConnections(config: KubeConfig): () => Promise<void> {
  const create: unknown = Reflect.get(config, 'createDispatcher')
  if (typeof create !== 'function') return async () => {}
  let last: { readonly key: string; readonly dispatcher: Closable | undefined } | undefined
  const shared = (cluster: unknown, options: object): Closable | undefined => {
    const key = JSON.stringify([cluster, options])
    if (last?.key !== key) {
      // Credentials were rotated: what is under way ends on the old connections.
      void last?.dispatcher?.close()
      last = { key, dispatcher: create.call(config, cluster, options) as Closable | undefined }
    }
    return last.dispatcher
  }
  Object.defineProperty(config, 'createDispatcher', { value: shared })
  return async () => {
    const dispatcher = last?.dispatcher
    last = undefined
    await dispatcher?.close()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** undici says `fetch failed` and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || error.message : error.message
}
