/**
 * From the kind that a rule names to the API resource: `deployment`, `deployments`, `deploy`, `deployments.apps`,
 * `rollouts.argoproj.io`, `rollouts.v1alpha1.argoproj.io`. What the API server lists is kept and read again when a kind is not found.
 */
import { isError, type OrchestrationError } from '../contract.ts'
import type { KubernetesApi } from './api.ts'
import { errorOf, unexpected } from './errors.ts'

export interface Resource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  /** Whether the API server lists `plural/scale`. */
  readonly scalable: boolean
}

/** `/apis/apps/v1`, `/api/v1`. */
export function rootOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
}

export interface Discovery {
  /** Errors: `not-found` for a kind that the cluster does not have, else those of the requests. */
  resolve(kind: string): Promise<Resource | OrchestrationError>
  /** Nothing was found where the kind is thought to be: it is looked up again, since its CRD may serve another version now. */
  doubt(kind: string): void
}

interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** `keepMs`: how long an answer holds that is in doubt, and that a kind is missing: a typing mistake must not read every group at every poll. */
export function discovery(api: KubernetesApi, now: () => number = Date.now, keepMs = 30_000): Discovery {
  const known = new Map<string, { readonly resource: Resource; readonly since: number }>()
  const missing = new Map<string, { readonly until: number; readonly error: OrchestrationError }>()

  async function resolve(kind: string): Promise<Resource | OrchestrationError> {
    const name = kind.toLowerCase()
    const found = known.get(name)
    if (found !== undefined) return found.resource
    const miss = missing.get(name)
    if (miss !== undefined && now() < miss.until) return miss.error
    const result = await search(name)
    if (!isError(result)) known.set(name, { resource: result, since: now() })
    else if (result.error === 'not-found') missing.set(name, { until: now() + keepMs, error: result })
    return result
  }

  /** Group by group, because one group's server may be down while the others answer; the first that has the kind wins, as in kubectl. */
  async function search(kind: string): Promise<Resource | OrchestrationError> {
    const [word = '', ...rest] = kind.split('.')
    const candidates = await groupVersions(rest)
    if (isError(candidates)) return candidates
    let failed: OrchestrationError | undefined
    let unscalable: Resource | undefined
    for (const candidate of candidates) {
      const found = await searchIn(candidate, word)
      if (found === undefined) continue
      if (isError(found)) failed ??= found
      else if (found.scalable) return found
      else unscalable ??= found
    }
    const suggestion =
      rest.length > 0 ? 'check the group, and that its CRD is installed' : 'check the spelling, or write it with its group as in rollouts.argoproj.io'
    return unscalable ?? failed ?? { error: 'not-found', message: `The cluster has no kind ${kind}: ${suggestion}.` }
  }

  /** Where a kind may be: in its group if it names one (`argoproj.io`, `v1alpha1.argoproj.io`), else in apps, the core group and all others. */
  async function groupVersions(qualifier: readonly string[]): Promise<readonly GroupVersion[] | OrchestrationError> {
    const response = await api.call('GET', '/apis')
    if (isError(response)) return response
    if (response.status !== 200) return errorOf(response, { verb: 'list', resource: 'API groups', group: '', namespace: 'the cluster' })
    const { groups } = response.body as ApiGroupList
    if (groups === undefined) return unexpected('/apis', 'a list of API groups')
    const [version, ...group] = qualifier
    const wanted = version !== undefined && /^v\d/.test(version) ? { group: group.join('.'), version } : { group: qualifier.join('.'), version: undefined }
    if (qualifier.length > 0) {
      const found = groups.find((g) => g.name === wanted.group)
      const served = found?.versions.find((v) => v.version === (wanted.version ?? found.preferredVersion.version))
      return served === undefined ? [] : [{ group: wanted.group, version: served.version }]
    }
    const all = groups.map((g): GroupVersion => ({ group: g.name, version: g.preferredVersion.version }))
    const apps = all.filter((g) => g.group === 'apps')
    return [...apps, { group: '', version: 'v1' }, ...all.filter((g) => g.group !== 'apps')]
  }

  async function searchIn(where: GroupVersion, word: string): Promise<Resource | OrchestrationError | undefined> {
    const response = await api.call('GET', rootOf(where))
    if (isError(response)) return response
    if (response.status === 404) return undefined
    if (response.status !== 200) return errorOf(response, { verb: 'list', resource: 'API resources', group: where.group, namespace: 'the cluster' })
    const { resources } = response.body as ApiResourceList
    if (resources === undefined) return unexpected(rootOf(where), 'a list of API resources')
    const match = resources.find(
      (r) => !r.name.includes('/') && r.namespaced && [r.name, r.singularName, r.kind.toLowerCase(), ...(r.shortNames ?? [])].includes(word),
    )
    if (match === undefined) return undefined
    return { ...where, plural: match.name, kind: match.kind, scalable: resources.some((r) => r.name === `${match.name}/scale`) }
  }

  function doubt(kind: string): void {
    const name = kind.toLowerCase()
    if (now() - (known.get(name)?.since ?? 0) >= keepMs) known.delete(name)
  }

  return { resolve, doubt }
}

interface ApiGroupList {
  readonly groups?: readonly {
    readonly name: string
    readonly versions: readonly { readonly version: string }[]
    readonly preferredVersion: { readonly version: string }
  }[]
}

interface ApiResourceList {
  readonly resources?: readonly {
    readonly name: string
    readonly singularName: string
    readonly kind: string
    readonly namespaced: boolean
    readonly shortNames?: readonly string[]
  }[]
}
