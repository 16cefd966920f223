/** Task groups of Nomad jobs: `nomad:JOB/GROUP`, the namespace behind `in`. */
import { type WorkloadRef, workloadId } from '../bundle/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type WorkloadState } from './contract.ts'
import { type HttpAnswer, type HttpClient, type HttpOptions, httpClient } from './http.ts'

export interface NomadOptions extends Pick<HttpOptions, 'tls' | 'timeoutMs'> {
  /** `http://127.0.0.1:4646` by default. */
  readonly address?: string
  /** Of an ACL policy with the capability scale-job, and read-job-scaling. */
  readonly token?: string
  /** Of workloads that name none; Nomad's default by default. */
  readonly namespace?: string
  readonly region?: string
}

interface Job {
  readonly JobID: string
  readonly JobCreateIndex?: number
  readonly JobModifyIndex: number
  readonly JobStopped?: boolean
  readonly TaskGroups?: Readonly<Record<string, Group>>
}

interface Group {
  readonly Desired: number
  readonly Running?: number
  readonly Healthy?: number
  readonly Unhealthy?: number
}

/**
 * The version is the job's creation and the group's count; the write carries the JobModifyIndex that was read just before it. Errors: `blocked` for an
 * address that cannot be used.
 */
export function nomad(options: NomadOptions = {}): OrchestrationClient | OrchestrationError {
  const { token, region, address = 'http://127.0.0.1:4646' } = options
  const made = httpClient({ name: 'Nomad', ...options, address, ...(token === undefined ? {} : { headers: { 'x-nomad-token': token } }) })
  if (isError(made)) return made
  const http: HttpClient = made
  const lastIds = new Map<string, string>()

  /** The job is the workload's kind, as in `nomad:web/api`. */
  function pathOf({ kind, namespace = options.namespace }: WorkloadRef): string {
    const query = new URLSearchParams({ ...(namespace === undefined ? {} : { namespace }), ...(region === undefined ? {} : { region }) }).toString()
    return `/v1/job/${encodeURIComponent(kind ?? '')}/scale${query === '' ? '' : `?${query}`}`
  }

  async function read(workload: WorkloadRef): Promise<{ readonly job: Job; readonly group: Group } | OrchestrationError> {
    const { kind, name } = workload
    if (kind === undefined) return { error: 'not-found', message: `${workloadId(workload)} names no job: write nomad:JOB/${name}.` }
    const answer = await http.call('GET', pathOf(workload))
    if (isError(answer)) return answer
    if (answer.status !== 200) return refused(answer, workload)
    const job = answer.body as Partial<Job> | undefined
    if (typeof job?.JobModifyIndex !== 'number') return { error: 'transient', message: `Nomad answered something else than the scale of job ${kind}.` }
    const group = job.TaskGroups?.[name]
    if (group !== undefined) return { job: job as Job, group }
    const known = Object.keys(job.TaskGroups ?? {}).join(', ')
    return { error: 'not-found', message: `The job ${kind} has no task group ${name}. It has: ${known || 'none'}.` }
  }

  function stateOf({ job, group }: { readonly job: Job; readonly group: Group }): WorkloadState {
    // Health is known of groups that have been deployed; of others that they run is all that is known.
    const judged = (group.Healthy ?? 0) + (group.Unhealthy ?? 0) > 0
    return {
      desired: group.Desired,
      ready: (judged ? group.Healthy : group.Running) ?? 0,
      version: versionOf(job, group),
      ...(job.JobStopped === true ? { blocked: `the job ${job.JobID} is stopped` } : {}),
    }
  }

  return {
    name: 'nomad',
    async get(workload) {
      const found = await read(workload)
      return isError(found) ? found : stateOf(found)
    },
    async set(workload, { replicas, version, id, reason }) {
      const found = await read(workload)
      if (isError(found)) return found
      const { job, group } = found
      const key = workloadId(workload)
      if (lastIds.get(key) === id || group.Desired === replicas) return stateOf(found)
      const conflict = (why: string): OrchestrationError => ({
        error: 'conflict',
        message: `The group ${workload.name} of job ${job.JobID} ${why}: plan again.`,
      })
      if (versionOf(job, group) !== version) return conflict(`is at ${group.Desired} and has changed since the decision was planned`)
      const answer = await http.call('POST', pathOf(workload), {
        Count: replicas,
        Target: { Group: workload.name },
        Message: reason,
        Meta: { 'scale.decision': id },
        JobModifyIndex: job.JobModifyIndex,
      })
      if (isError(answer)) return answer
      if (answer.status >= 400 && /modify ?index/i.test(answer.text)) return conflict('was changed by somebody at the same time')
      if (answer.status !== 200) return refused(answer, workload)
      lastIds.set(key, id)
      const after = await read(workload)
      return isError(after) ? after : stateOf(after)
    },
    async close() {
      http.close()
    },
  }
}

/** A job that was purged and registered again counts its creation anew. */
function versionOf({ JobCreateIndex = 0 }: Job, { Desired }: Group): string {
  return `${JobCreateIndex}:${Desired}`
}

function refused({ status, text }: HttpAnswer, { kind, name }: WorkloadRef): OrchestrationError {
  switch (status) {
    case 404:
      return { error: 'not-found', message: `Nomad has no job ${kind}.` }
    case 403:
      return {
        error: 'forbidden',
        message: `Nomad does not let us scale ${kind}/${name}: the token needs the capabilities read-job-scaling and scale-job. It says: ${text}`,
      }
    case 400:
      // An active deployment, or a count outside the group's own scaling bounds.
      return { error: 'blocked', message: `Nomad refuses to scale ${kind}/${name}: ${text}` }
    default:
      return { error: 'transient', message: `Nomad answered ${status} for ${kind}/${name}: ${text}` }
  }
}
