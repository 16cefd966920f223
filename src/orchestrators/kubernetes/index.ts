/** Any kind of a Kubernetes cluster that has the scale subresource. */
import { type WorkloadRef, workloadId } from '../../bundle/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type SetRequest, type WorkloadState } from '../contract.ts'
import { type ApiOptions, type ApiResponse, connect, type KubernetesApi } from './api.ts'
import { budgetNote } from './budgets.ts'
import { type Discovery, discovery, type Resource, rootOf } from './discovery.ts'
import { errorOf, unexpected } from './errors.ts'
import { createEvents } from './events.ts'
import { blockedOf, noteOf, readyOf, type Scalable } from './health.ts'
import { selects } from './labels.ts'
import { createMirrors, type Mirrors } from './mirrors.ts'
import { type Owners, type Ownership, ownerAmong, owners } from './owner.ts'
import { pauseOf } from './pause.ts'
import { unschedulable, withoutRoom } from './pods.ts'

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
  /** Of the workloads that are watched. */
  readonly mirrors: Mirrors
  /** Paths of these. */
  readonly watched: Set<string>
  /** By path, of what was read last: events name the object by it. */
  readonly uids: Map<string, string>
  /** By path, the resourceVersion that the API server last told: a copy of an earlier one is behind. */
  readonly told: Map<string, number>
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
 * that was read just before it. A workload that is watched is read from a copy, as long as that is in step and nobody asks for a fresh reading; a set never is. Errors of the factory:
 * `blocked` for a kubeconfig that cannot be used.
 */
export async function kubernetes(options: KubernetesOptions = {}): Promise<OrchestrationClient | OrchestrationError> {
  const api = await connect(options)
  return isError(api) ? api : clientOf(api, options.namespace ?? api.namespace)
}

export function clientOf(api: KubernetesApi, defaultNamespace: string): OrchestrationClient {
  const cluster: Cluster = {
    api,
    find: discovery(api),
    owners: owners(api),
    mirrors: createMirrors(api),
    watched: new Set(),
    uids: new Map(),
    told: new Map(),
    defaultNamespace,
  }
  const events = createEvents(api)
  /** Of each watch: begins it, once its workload can be found. */
  const unfollowed = new Set<() => Promise<void>>()
  /** Id of the last change per workload. */
  const lastIds = new Map<string, string>()
  return {
    name: 'kubernetes',
    async get(workload, { fresh = false } = {}) {
      const place = await placeOf(workload, cluster)
      if (isError(place)) return place
      for (const follow of unfollowed) void follow()
      const copied = fresh ? undefined : copiedState(cluster, place)
      if (copied !== undefined) return copied
      const scale = await readScale(cluster, place)
      return isError(scale) ? scale : stateOf(cluster, place, scale)
    },
    async set(workload, request) {
      const place = await placeOf(workload, cluster)
      if (isError(place)) return unwritten(place)
      const scale = await readScale(cluster, place)
      if (isError(scale)) return unwritten(scale)
      const key = workloadId(workload)
      if (lastIds.get(key) === request.id || replicasOf(scale) === request.replicas) return stateOf(cluster, place, scale)
      const written = await write(cluster, place, scale, request)
      if (isError(written)) return written
      lastIds.set(key, request.id)
      return stateOf(cluster, place, written)
    },
    async notify(workload, notice) {
      const place = await placeOf(workload, cluster)
      if (isError(place)) return
      const { resource, namespace, name, path } = place
      const uid = cluster.uids.get(path)
      await events.tell({ apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name, ...(uid === undefined ? {} : { uid }) }, notice)
    },
    watch(workload, changed) {
      const ends: (() => void)[] = []
      let ended = false
      const follow = async (): Promise<void> => {
        if (ended || ends.length > 0) return
        const place = await placeOf(workload, cluster)
        if (ended || ends.length > 0 || isError(place)) return
        unfollowed.delete(follow)
        const { resource, namespace, name, path } = place
        const { mirrors, watched } = cluster
        watched.add(path)
        const all = [mirrors.workload(resource, namespace, name), mirrors.autoscalers(namespace), mirrors.pods(namespace), mirrors.budgets(namespace)]
        ends.push(...all.map((mirror) => mirror.onChange(changed)), () => watched.delete(path))
      }
      // Where the cluster cannot be asked now, the next reading tries again.
      unfollowed.add(follow)
      void follow()
      return () => {
        ended = true
        unfollowed.delete(follow)
        for (const end of ends) end()
      }
    },
    async close() {
      cluster.mirrors.close()
      await api.close()
    },
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

async function readScale({ api, find, told }: Cluster, place: Place): Promise<Scale | OrchestrationError> {
  const response = await api.call('GET', `${place.path}/scale`)
  if (isError(response)) return response
  if (response.status === 404) {
    find.doubt(place.kind)
    return whyNoScale(api, place)
  }
  if (response.status !== 200) return errorOf(response, scaleRequest('get', place))
  const scale = response.body as Scale
  // Anything else would read as 0 replicas.
  if (scale.kind !== 'Scale') return unexpected(`${place.path}/scale`, 'a Scale')
  told.set(place.path, Number(scale.metadata?.resourceVersion))
  return scale
}

function unwritten(error: OrchestrationError): OrchestrationError {
  return { ...error, unwritten: true }
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

async function write({ api, owners, told }: Cluster, place: Place, scale: Scale, request: SetRequest): Promise<Scale | OrchestrationError> {
  const { resource, namespace, name } = place
  if (versionOf(scale) !== request.version)
    return {
      error: 'conflict',
      message: `${resource.kind} ${namespace}/${name} is at ${replicasOf(scale)} and has changed since the decision was planned: plan again.`,
    }
  // Looked at before each write: an autoscaler may have come since the plan.
  const ownership = await owners.ofNow(resource, namespace, name)
  if (isError(ownership)) return unwritten(ownership)
  if (ownership.owner !== undefined)
    return { error: 'blocked', message: `${ownership.owner} scales ${resource.kind} ${namespace}/${name}: delete it, or take the workload out of the rules.` }
  if (request.mayWrite?.() === false) return { error: 'blocked', message: 'Another daemon may act by now: the lease was lost on the way.' }
  const body = { ...scale, spec: { ...scale.spec, replicas: request.replicas } }
  // The API server gives up before we do: nothing is carried out long after nobody waits for it.
  const timeout = `${Math.max(1, Math.floor(api.timeoutMs / 1000) - 1)}s`
  const response = await api.call('PUT', `${place.path}/scale?fieldManager=${fieldManager}&timeout=${timeout}`, body)
  if (isError(response)) return response
  // Too many requests are refused at the door.
  if (response.status === 429) return unwritten(errorOf(response, scaleRequest('update', place)))
  if (response.status !== 200) return errorOf(response, scaleRequest('update', place))
  const written = response.body as Scale
  told.set(place.path, Number(written.metadata?.resourceVersion))
  return written
}

async function stateOf({ api, owners, uids }: Cluster, place: Place, scale: Scale): Promise<WorkloadState | OrchestrationError> {
  const { resource, namespace, name } = place
  const [object, ownership] = await Promise.all([api.call('GET', place.path), owners.of(resource, namespace, name)])
  if (isError(ownership)) return ownership
  uids.set(place.path, scale.metadata?.uid ?? '')
  const desired = replicasOf(scale)
  const status = readable(object)
  const ready = (status === undefined ? undefined : readyOf(status)) ?? scale.status?.replicas ?? 0
  const selector = scale.status?.selector
  const pending = ready < desired && selector !== undefined ? await unschedulable(api, namespace, selector) : undefined
  return stateFrom(place, { desired, ready, version: versionOf(scale), pending, ownership, object: status })
}

/** From the copies, where the workload is watched and they are in step, and where the kind keeps its replicas in the usual place; else undefined. */
function copiedState({ mirrors, watched, uids, told }: Cluster, place: Place): WorkloadState | undefined {
  if (!watched.has(place.path)) return undefined
  const { resource, namespace, name } = place
  const mirror = mirrors.workload(resource, namespace, name)
  const [autoscalers, pods, budgets] = [mirrors.autoscalers(namespace), mirrors.pods(namespace), mirrors.budgets(namespace)]
  const object = mirror.inStep ? mirror.get(name) : undefined
  const desired = object?.spec?.replicas
  // Of other kinds nobody knows which field the scale subresource stands for.
  if (object === undefined || desired === undefined || !usual.has(resource.group) || !autoscalers.inStep || !pods.inStep) return undefined
  if (Number(object.metadata.resourceVersion) < (told.get(place.path) ?? 0)) return undefined
  const uid = object.metadata.uid ?? ''
  uids.set(place.path, uid)
  const ready = readyOf(object) ?? 0
  const selector = object.spec?.selector
  const chosen = selector === undefined ? [] : [...pods.all()].filter(({ metadata }) => selects(selector, metadata.labels ?? {}))
  const labels = selector?.matchLabels ?? {}
  return stateFrom(place, {
    desired,
    ready,
    version: `${uid}:${desired}`,
    pending: ready < desired ? withoutRoom(chosen) : undefined,
    ownership: ownerAmong(autoscalers.all(), resource, namespace, name),
    object,
    budget: budgets.inStep ? budgetNote(budgets.all(), labels, namespace, desired) : undefined,
  })
}

/** API groups whose kinds all keep their replicas in `spec.replicas`. */
const usual = new Set(['apps', '', 'argoproj.io'])

interface Parts {
  readonly desired: number
  readonly ready: number
  readonly version: string
  /** Pods without room. */
  readonly pending: string | undefined
  readonly ownership: Ownership
  /** Undefined where it may not be read. */
  readonly object: Scalable | undefined
  readonly budget?: string | undefined
}

function stateFrom({ resource }: Place, { desired, ready, version, pending, ownership, object, budget }: Parts): WorkloadState {
  const blocked = (object === undefined ? undefined : blockedOf(resource.kind, object)) ?? pending
  const { paused, note: pauseNote } = pauseOf(object?.metadata?.annotations)
  const note = ownership.note ?? pauseNote ?? (object === undefined ? undefined : noteOf(object)) ?? budget
  return {
    desired,
    ready,
    version,
    ...(blocked === undefined ? {} : { blocked }),
    ...(ownership.owner === undefined ? {} : { owner: ownership.owner }),
    ...(paused === undefined ? {} : { paused }),
    ...(note === undefined ? {} : { note }),
  }
}

/** Best effort: an account that may only scale still scales, with the replicas that exist taken for ready. */
function readable(response: ApiResponse | OrchestrationError): Scalable | undefined {
  return isError(response) || response.status !== 200 ? undefined : (response.body as Scalable)
}

function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`
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
