/** Any kind of a Kubernetes cluster that has the scale subresource. */
import { type WorkloadRef, workloadId } from '../../bundle/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type SetRequest, type WorkloadState } from '../contract.ts'
import { type ApiOptions, type ApiResponse, connect, type KubernetesApi } from './api.ts'
import { type Discovery, discovery, type Resource, rootOf } from './discovery.ts'
import { errorOf, unexpected } from './errors.ts'
import { blockedOf, noteOf, readyOf, type Scalable } from './health.ts'
import { type Owners, owners } from './owner.ts'
import { unschedulable } from './pods.ts'

export interface KubernetesOptions extends ApiOptions {
  /** Of workloads that name none; the context's by default, else `default`. */
  readonly namespace?: string
}

/** The `managedFields` manager of what is written, for GitOps tools that are told to leave it alone. */
const fieldManager = 'scaled'

interface Scale {
  readonly kind?: string
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number; readonly selector?: string }
}

interface Cluster {
  readonly api: KubernetesApi
  readonly find: Discovery
  readonly owners: Owners
  readonly defaultNamespace: string
}

/** Where a workload is. */
interface Place {
  /** As the rule spells it. */
  readonly kind: string
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  /** The object's path; `/scale` follows. */
  readonly path: string
}

/**
 * Reads and writes the scale subresource. The version is the object's identity and its number of replicas: a set is refused when either
 * changed since the plan, and not for the changes of status that pods cause all the time; the write itself carries the resourceVersion
 * that was read just before it. Errors of the factory: `blocked` for a kubeconfig that cannot be used.
 */
export async function kubernetes(options: KubernetesOptions = {}): Promise<OrchestrationClient | OrchestrationError> {
  const api = await connect(options)
  return isError(api) ? api : clientOf(api, options.namespace ?? api.namespace)
}

export function clientOf(api: KubernetesApi, defaultNamespace: string): OrchestrationClient {
  const cluster: Cluster = { api, find: discovery(api), owners: owners(api), defaultNamespace }
  /** Id of the last change per workload. */
  const lastIds = new Map<string, string>()
  return {
    name: 'kubernetes',
    async get(workload) {
      const place = await placeOf(workload, cluster)
      if (isError(place)) return place
      const scale = await readScale(cluster, place)
      return isError(scale) ? scale : stateOf(cluster, place, scale)
    },
    async set(workload, request) {
      const place = await placeOf(workload, cluster)
      if (isError(place)) return place
      const scale = await readScale(cluster, place)
      if (isError(scale)) return scale
      const key = workloadId(workload)
      if (lastIds.get(key) === request.id || replicasOf(scale) === request.replicas) return stateOf(cluster, place, scale)
      const written = await write(cluster, place, scale, request)
      if (isError(written)) return written
      lastIds.set(key, request.id)
      return stateOf(cluster, place, written)
    },
    close: () => api.close(),
  }
}

async function placeOf(workload: WorkloadRef, { find, defaultNamespace }: Cluster): Promise<Place | OrchestrationError> {
  if (workload.kind === undefined)
    return { error: 'not-found', message: `${workloadId(workload)} names no kind: write deployment/${workload.name}, or the kind that it is.` }
  const resource = await find.resolve(workload.kind)
  if (isError(resource)) return resource
  const namespace = workload.namespace ?? defaultNamespace
  const path = `${rootOf(resource)}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}/${encodeURIComponent(workload.name)}`
  return { kind: workload.kind, resource, namespace, name: workload.name, path }
}

async function readScale({ api, find }: Cluster, place: Place): Promise<Scale | OrchestrationError> {
  const response = await api.call('GET', `${place.path}/scale`)
  if (isError(response)) return response
  if (response.status === 404) {
    find.doubt(place.kind)
    return whyNoScale(api, place)
  }
  if (response.status !== 200) return errorOf(response, scaleRequest('get', place))
  const scale = response.body as Scale
  // Anything else would read as 0 replicas.
  return scale.kind === 'Scale' ? scale : unexpected(`${place.path}/scale`, 'a Scale')
}

/** The API server answers 404 both for an object that does not exist and for one without a scale: its own existence tells which. */
async function whyNoScale(api: KubernetesApi, place: Place): Promise<OrchestrationError> {
  const { resource, namespace, name } = place
  const object = await api.call('GET', place.path)
  if (isError(object)) return object
  const exists = object.status === 200 || (object.status === 403 && !resource.scalable)
  return exists
    ? { error: 'not-scalable', message: `${resource.kind} ${namespace}/${name} has no scale: only kinds with the scale subresource can be scaled.` }
    : { error: 'not-found', message: `There is no ${resource.kind} ${name} in namespace ${namespace}.` }
}

async function write({ api, owners }: Cluster, place: Place, scale: Scale, request: SetRequest): Promise<Scale | OrchestrationError> {
  const { resource, namespace, name } = place
  if (versionOf(scale) !== request.version)
    return {
      error: 'conflict',
      message: `${resource.kind} ${namespace}/${name} is at ${replicasOf(scale)} and has changed since the decision was planned: plan again.`,
    }
  // Looked at before each write: an autoscaler may have come since the plan.
  const ownership = await owners.ofNow(resource, namespace, name)
  if (isError(ownership)) return ownership
  if (ownership.owner !== undefined)
    return { error: 'blocked', message: `${ownership.owner} scales ${resource.kind} ${namespace}/${name}: delete it, or take the workload out of the rules.` }
  const body = { ...scale, spec: { ...scale.spec, replicas: request.replicas } }
  const response = await api.call('PUT', `${place.path}/scale?fieldManager=${fieldManager}`, body)
  if (isError(response)) return response
  return response.status === 200 ? (response.body as Scale) : errorOf(response, scaleRequest('update', place))
}

async function stateOf({ api, owners }: Cluster, place: Place, scale: Scale): Promise<WorkloadState | OrchestrationError> {
  const { resource, namespace, name } = place
  const [object, ownership] = await Promise.all([api.call('GET', place.path), owners.of(resource, namespace, name)])
  if (isError(ownership)) return ownership
  const desired = replicasOf(scale)
  const status = readable(object)
  const ready = (status === undefined ? undefined : readyOf(status)) ?? scale.status?.replicas ?? 0
  const selector = scale.status?.selector
  const pending = ready < desired && selector !== undefined ? await unschedulable(api, namespace, selector) : undefined
  const blocked = (status === undefined ? undefined : blockedOf(resource.kind, status)) ?? pending
  const note = ownership.note ?? (status === undefined ? undefined : noteOf(status))
  return {
    desired,
    ready,
    version: versionOf(scale),
    ...(blocked === undefined ? {} : { blocked }),
    ...(ownership.owner === undefined ? {} : { owner: ownership.owner }),
    ...(note === undefined ? {} : { note }),
  }
}

/** Best effort: an account that may only scale still scales, with the replicas that exist taken for ready. */
function readable(response: ApiResponse | OrchestrationError): Scalable | undefined {
  return isError(response) || response.status !== 200 ? undefined : (response.body as Scalable)
}

/** Kubernetes leaves a zero out. */
function replicasOf(scale: Scale): number {
  return scale.spec?.replicas ?? 0
}

function versionOf(scale: Scale): string {
  return `${scale.metadata?.uid ?? ''}:${replicasOf(scale)}`
}

function scaleRequest(verb: 'get' | 'update', { resource, namespace, name }: Place) {
  return { verb, resource: `${resource.plural}/scale`, group: resource.group, name, namespace }
}
