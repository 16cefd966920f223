/** The workloads of a cluster that can be scaled: Deployments and StatefulSets, page by page. */
import { isError, type OrchestrationError } from '../contract.ts'
import { type ApiOptions, connect, type KubernetesApi } from './api.ts'
import { errorOf, unexpected } from './errors.ts'

export interface ListedWorkload {
  readonly kind: 'deployment' | 'statefulset'
  readonly namespace: string
  readonly name: string
  /** Desired. */
  readonly replicas: number
  /** What its containers call themselves in traces, where their environment says so (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES). */
  readonly services: readonly string[]
}

export interface ListOptions extends ApiOptions {
  /** All namespaces by default. */
  readonly namespace?: string
}

const pageSize = 250
const kinds = [
  ['deployment', 'deployments'],
  ['statefulset', 'statefulsets'],
] as const

/** Errors: `blocked` for a kubeconfig that cannot be used, else those of the requests. */
export async function listWorkloads(options: ListOptions = {}): Promise<readonly ListedWorkload[] | OrchestrationError> {
  const api = await connect(options)
  if (isError(api)) return api
  try {
    const all: ListedWorkload[] = []
    for (const [kind, plural] of kinds) {
      const items = await pages(api, plural, options.namespace)
      if (isError(items)) return items
      all.push(...items.map((item) => listed(kind, item)))
    }
    return all
  } finally {
    await api.close()
  }
}

interface Item {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec?: { readonly replicas?: number; readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } } }
}

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}

interface Page {
  readonly metadata?: { readonly continue?: string }
  readonly items?: readonly Item[]
}

async function pages(api: KubernetesApi, plural: string, namespace: string | undefined): Promise<readonly Item[] | OrchestrationError> {
  const path = `/apis/apps/v1/${namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`}${plural}`
  let items: Item[] = []
  let next = ''
  // A cluster that changes all the time may let a list expire; whoever is that slow twice is told.
  let expired = false
  for (;;) {
    const response = await api.call('GET', `${path}?limit=${pageSize}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`)
    if (isError(response)) return response
    if (response.status === 410 && !expired) {
      expired = true
      items = []
      next = ''
      continue
    }
    if (response.status !== 200)
      return refused(errorOf(response, { verb: 'list', resource: plural, group: 'apps', namespace: namespace ?? 'all namespaces' }), namespace)
    const page = response.body as Page
    if (!Array.isArray(page.items)) return unexpected(path, `a list of ${plural}`)
    items.push(...page.items)
    next = page.metadata?.continue ?? ''
    if (next === '') return items
  }
}

/** Who may not list the cluster may well list a namespace. */
function refused(error: OrchestrationError, namespace: string | undefined): OrchestrationError {
  return error.error === 'forbidden' && namespace === undefined ? { ...error, message: `${error.message} Or ask for one namespace only.` } : error
}

function listed(kind: ListedWorkload['kind'], { metadata: { name, namespace }, spec }: Item): ListedWorkload {
  // The API server writes the default, 1, into every object.
  return { kind, namespace, name, replicas: spec?.replicas ?? 1, services: servicesOf(spec?.template?.spec?.containers ?? []) }
}

/** As OpenTelemetry's SDKs read their environment: OTEL_SERVICE_NAME comes first. */
function servicesOf(containers: readonly Container[]): readonly string[] {
  const names = containers.map(({ env = [] }) => {
    const value = (name: string): string | undefined => env.find((variable) => variable.name === name)?.value
    const attributes = value('OTEL_RESOURCE_ATTRIBUTES')
      ?.split(',')
      .map((pair) => pair.split('=', 2).map((part) => part.trim()))
    return value('OTEL_SERVICE_NAME') ?? attributes?.find(([key]) => key === 'service.name')?.[1]
  })
  // A reference to something else, such as $(POD_NAME), is no name.
  return [...new Set(names.filter((name) => name !== undefined && name !== '' && !name.includes('$(')))] as string[]
}
