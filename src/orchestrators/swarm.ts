/** Services of a Docker Swarm: `swarm:service/api`. The Engine's API, over its socket. */
import { type WorkloadRef, workloadId } from '../bundle/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type WorkloadState } from './contract.ts'
import { type HttpAnswer, type HttpClient, type HttpOptions, httpClient } from './http.ts'

export interface SwarmOptions extends Pick<HttpOptions, 'tls' | 'timeoutMs'> {
  /** `unix:///var/run/docker.sock` by default, or `tcp://host:port` of a manager. */
  readonly host?: string
}

interface Service {
  readonly ID: string
  readonly Version: { readonly Index: number }
  readonly Spec: { readonly Name: string; readonly Mode?: { readonly Replicated?: { readonly Replicas?: number } } }
  readonly ServiceStatus?: { readonly RunningTasks?: number }
  readonly UpdateStatus?: { readonly State?: string; readonly Message?: string }
}

/**
 * The version is the service's id and replicas; the update itself carries the service's version index that was read just before it, and the whole of its
 * specification, since Swarm replaces it. Errors: `blocked` for an address that cannot be used.
 */
export function swarm(options: SwarmOptions = {}): OrchestrationClient | OrchestrationError {
  const made = httpClient({ name: 'Docker', address: options.host ?? 'unix:///var/run/docker.sock', ...options })
  if (isError(made)) return made
  const http: HttpClient = made
  const lastIds = new Map<string, string>()

  async function read(workload: WorkloadRef): Promise<Service | OrchestrationError> {
    if (workload.kind !== undefined && workload.kind !== 'service')
      return { error: 'not-found', message: `Swarm has services, and ${workloadId(workload)} is none: write swarm:service/${workload.name}.` }
    const answer = await http.call('GET', `/services/${encodeURIComponent(workload.name)}`)
    if (isError(answer)) return answer
    if (answer.status !== 200) return refused(answer, workload)
    const service = answer.body as Partial<Service> | undefined
    if (typeof service?.ID !== 'string' || typeof service.Version?.Index !== 'number' || service.Spec === undefined)
      return { error: 'transient', message: `Docker answered something else than a service for ${workload.name}.` }
    if (service.Spec.Mode?.Replicated === undefined)
      return { error: 'not-scalable', message: `${workload.name} runs once on every node (global mode): only replicated services can be scaled.` }
    return service as Service
  }

  async function stateOf(service: Service): Promise<WorkloadState | OrchestrationError> {
    const filters = encodeURIComponent(JSON.stringify({ id: [service.ID] }))
    const answer = await http.call('GET', `/services?status=true&filters=${filters}`)
    if (isError(answer)) return answer
    const listed = answer.status === 200 ? (answer.body as readonly Service[] | undefined)?.find(({ ID }) => ID === service.ID) : undefined
    const { State, Message = '' } = service.UpdateStatus ?? {}
    const moving = State === 'updating' || State === 'rollback_started'
    return {
      desired: replicasOf(service),
      ready: listed?.ServiceStatus?.RunningTasks ?? 0,
      version: versionOf(service),
      ...(moving ? { blocked: `a rollout is in progress: ${Message || State}` } : {}),
      ...(State === 'paused' || State === 'rollback_paused' ? { note: `Its rollout has been paused: ${Message}` } : {}),
    }
  }

  return {
    name: 'swarm',
    async get(workload) {
      const service = await read(workload)
      return isError(service) ? service : stateOf(service)
    },
    async set(workload, { replicas, version, id }) {
      const service = await read(workload)
      if (isError(service)) return service
      if (lastIds.get(service.ID) === id || replicasOf(service) === replicas) return stateOf(service)
      const conflict = (why: string): OrchestrationError => ({ error: 'conflict', message: `The service ${workload.name} ${why}: plan again.` })
      if (versionOf(service) !== version) return conflict(`is at ${replicasOf(service)} and has changed since the decision was planned`)
      const spec = { ...service.Spec, Mode: { Replicated: { ...service.Spec.Mode?.Replicated, Replicas: replicas } } }
      const answer = await http.call('POST', `/services/${encodeURIComponent(service.ID)}/update?version=${service.Version.Index}`, spec)
      if (isError(answer)) return answer
      // The Engine answers a wrong index with 400 or 500, and only its words tell.
      if (answer.status >= 400 && answer.text.includes('out of sequence')) return conflict('was changed by somebody at the same time')
      if (answer.status !== 200) return refused(answer, workload)
      lastIds.set(service.ID, id)
      const after = await read(workload)
      return isError(after) ? after : stateOf(after)
    },
    async close() {
      http.close()
    },
  }
}

function replicasOf({ Spec }: Service): number {
  return Spec.Mode?.Replicated?.Replicas ?? 0
}

function versionOf(service: Service): string {
  return `${service.ID}:${replicasOf(service)}`
}

function refused({ status, body, text }: HttpAnswer, { name }: WorkloadRef): OrchestrationError {
  const said = (body as { message?: unknown } | undefined)?.message ?? text
  switch (status) {
    case 404:
      return { error: 'not-found', message: `The swarm has no service ${name}.` }
    case 401:
    case 403:
      return { error: 'forbidden', message: `Docker does not let us scale ${name}: ${said}` }
    case 406:
    case 503:
      return { error: 'blocked', message: `This Docker Engine is no manager of a swarm: ${said}` }
    case 400:
      return { error: 'blocked', message: `Docker refuses to scale ${name}: ${said}` }
    default:
      return { error: 'transient', message: `Docker answered ${status} for ${name}: ${said}` }
  }
}
