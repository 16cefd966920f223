/** JSON over HTTP to one cluster, with the credentials of a kubeconfig: what @kubernetes/client-node is used for. */
import { existsSync } from 'node:fs'
import type { KubeConfig } from '@kubernetes/client-node'
import type { OrchestrationError } from '../contract.ts'
import { unexpected } from './errors.ts'

export interface ApiResponse {
  readonly status: number
  /** Of a 200 an object; of others whatever JSON it was, undefined where it was none. */
  readonly body: unknown
}

export interface KubernetesApi {
  /** The context's, else `default`. */
  readonly namespace: string
  /** Any status is a response; `transient` is for an API server that could not be asked. */
  call(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<ApiResponse | OrchestrationError>
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
  const closeConnections = shareConnections(config)
  const http = new IsomorphicFetchHttpLibrary()
  const timeoutMs = options.timeoutMs ?? 5000
  const closed = new AbortController()

  async function call(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<ApiResponse | OrchestrationError> {
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([timeout, closed.signal])
    try {
      const context = new RequestContext(server + path, HttpMethod[method])
      context.setHeaderParam('Accept', 'application/json')
      context.setHeaderParam('User-Agent', 'scaled')
      if (body !== undefined) {
        context.setHeaderParam('Content-Type', 'application/json')
        context.setBody(JSON.stringify(body))
      }
      // May run a program to get a token, which knows nothing of the signal.
      await Promise.race([config.applySecurityAuthentication(context), aborted(signal)])
      context.setSignal(signal)
      const response = await http.send(context).toPromise()
      const status = response.httpStatusCode
      const answer = parse(await response.body.text())
      if (status === 200 && (typeof answer !== 'object' || answer === null)) return unexpected(server + path, 'JSON')
      return { status, body: answer }
    } catch (error) {
      const why = timeout.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error)
      return { error: 'transient', message: `The Kubernetes API at ${server} could not be asked: ${why}.` }
    }
  }

  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    call,
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
