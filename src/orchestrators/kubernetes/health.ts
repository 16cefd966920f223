/** What an object's own status says: how many replicas are ready, and whether it is in the middle of something. Pure. */

/** The parts of Deployment, StatefulSet, ReplicaSet and Argo Rollout that are looked at; every one may be missing. */
export interface Scalable {
  readonly metadata?: { readonly generation?: number; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: {
    readonly replicas?: number
    readonly paused?: boolean
    readonly updateStrategy?: { readonly rollingUpdate?: { readonly partition?: number } }
  }
  readonly status?: {
    readonly observedGeneration?: number | string
    readonly replicas?: number
    readonly readyReplicas?: number
    readonly updatedReplicas?: number
    readonly currentRevision?: string
    readonly updateRevision?: string
    readonly currentPodHash?: string
    readonly stableRS?: string
    readonly conditions?: readonly Condition[]
  }
}

interface Condition {
  readonly type?: string
  readonly status?: string
  readonly reason?: string
  readonly message?: string
}

/** Undefined where the object does not say. Kubernetes leaves a zero out. */
export function readyOf(object: Scalable): number | undefined {
  const { status } = object
  if (status === undefined) return undefined
  return status.readyReplicas ?? (status.observedGeneration === undefined && status.replicas === undefined ? undefined : 0)
}

/**
 * Why it must not be changed now. Replicas that are merely not ready do not count: readiness probes fail under the very load that more
 * replicas would take. Nor does a rollout that has missed its deadline: it may stand like that for days.
 */
export function blockedOf(kind: string, object: Scalable): string | undefined {
  const failing = conditionOf(object, 'ReplicaFailure')
  if (failing?.status === 'True') return `its pods cannot be created: ${failing.message ?? failing.reason}`
  const progressing = conditionOf(object, 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') return undefined
  return rolloutOf(kind, object)
}

/** Something that is no obstacle and that a person should know. */
export function noteOf(object: Scalable): string | undefined {
  const progressing = conditionOf(object, 'Progressing')
  return progressing?.reason === 'ProgressDeadlineExceeded' ? `Its rollout has missed its deadline: ${progressing.message ?? 'no message'}` : undefined
}

function rolloutOf(kind: string, { spec, status }: Scalable): string | undefined {
  if (status === undefined) return undefined
  const replicas = status.replicas ?? 0
  const updated = status.updatedReplicas ?? 0
  switch (kind) {
    case 'Deployment':
      // Old pods are still there. A Deployment that is merely being scaled has only updated ones.
      return replicas > updated ? `a rollout is in progress: ${updated} of ${replicas} pods are of the new revision` : undefined
    case 'StatefulSet': {
      if (status.updateRevision === undefined || status.updateRevision === status.currentRevision) return undefined
      // With a partition the pods below it keep the old revision on purpose.
      const due = Math.max(0, replicas - (spec?.updateStrategy?.rollingUpdate?.partition ?? 0))
      return updated < due ? `a rollout is in progress: ${updated} of ${due} pods are of the new revision` : undefined
    }
    case 'Rollout':
      return status.stableRS !== undefined && status.stableRS !== '' && status.currentPodHash !== status.stableRS
        ? `a rollout is in progress: revision ${status.currentPodHash} is not the stable one, ${status.stableRS}`
        : undefined
    default:
      return undefined
  }
}

function conditionOf(object: Scalable, type: string): Condition | undefined {
  return object.status?.conditions?.find((c) => c.type === type)
}
