/** The API resources that the double serves, as a real API server lists them in discovery. */

export interface KindOf {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly shortNames?: readonly string[]
  readonly scale: boolean
}

export const kinds: readonly KindOf[] = [
  { group: '', version: 'v1', plural: 'pods', singular: 'pod', kind: 'Pod', shortNames: ['po'], scale: false },
  { group: '', version: 'v1', plural: 'configmaps', singular: 'configmap', kind: 'ConfigMap', shortNames: ['cm'], scale: false },
  {
    group: '',
    version: 'v1',
    plural: 'replicationcontrollers',
    singular: 'replicationcontroller',
    kind: 'ReplicationController',
    shortNames: ['rc'],
    scale: true,
  },
  { group: 'apps', version: 'v1', plural: 'deployments', singular: 'deployment', kind: 'Deployment', shortNames: ['deploy'], scale: true },
  { group: 'apps', version: 'v1', plural: 'statefulsets', singular: 'statefulset', kind: 'StatefulSet', shortNames: ['sts'], scale: true },
  { group: 'apps', version: 'v1', plural: 'replicasets', singular: 'replicaset', kind: 'ReplicaSet', shortNames: ['rs'], scale: true },
  { group: 'apps', version: 'v1', plural: 'daemonsets', singular: 'daemonset', kind: 'DaemonSet', shortNames: ['ds'], scale: false },
  {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    singular: 'horizontalpodautoscaler',
    kind: 'HorizontalPodAutoscaler',
    shortNames: ['hpa'],
    scale: false,
  },
  { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', singular: 'rollout', kind: 'Rollout', shortNames: ['ro'], scale: true },
]

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

/** `GET /apis`. */
export function groupList(served: readonly KindOf[]): object {
  const groups = [...new Set(served.filter((k) => k.group !== '').map((k) => k.group))].map((name) => groupOf(served, name))
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

/** `GET /apis/GROUP`. */
export function groupOf(served: readonly KindOf[], name: string): object {
  const versions = [...new Set(served.filter((k) => k.group === name).map((k) => k.version))].map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }))
  return { name, versions, preferredVersion: versions[0] }
}

/** `GET /apis/GROUP/VERSION` or `GET /api/v1`. */
export function resourceList(served: readonly KindOf[], group: string, version: string): object | undefined {
  const here = served.filter((k) => k.group === group && k.version === version)
  if (here.length === 0) return undefined
  const resources = here.flatMap((k) => {
    const own = { name: k.plural, singularName: k.singular, namespaced: true, kind: k.kind, verbs, ...(k.shortNames ? { shortNames: k.shortNames } : {}) }
    const scale = {
      name: `${k.plural}/scale`,
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    }
    return k.scale ? [own, scale] : [own]
  })
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group === '' ? version : `${group}/${version}`, resources }
}
