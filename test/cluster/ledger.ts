/**
 * Who changed a workload when, and who held the lease then, read from the API server's audit log. Everything is in the order of etcd's revisions, which is the
 * one order in which it happened: a line of the log is written when its request ends, which may be later.
 */
import type { AuditEvent } from './cluster.ts'

export interface Write {
  readonly kind: 'write'
  readonly by: string
  /** Undefined where the writer had not read it. */
  readonly from: number | undefined
  readonly to: number
  readonly revision: number
  /** When the request came, ms. */
  readonly at: number
}

export interface Tenure {
  readonly kind: 'tenure'
  /** Undefined when it is let go. */
  readonly holder: string | undefined
  readonly revision: number
  readonly at: number
}

export type Entry = Write | Tenure

interface Body {
  readonly metadata?: { readonly resourceVersion?: string }
  readonly spec?: { readonly replicas?: number; readonly holderIdentity?: string }
}

/** All that changed the replicas of `deployment`, and every change of the holder of `lease`, oldest first. */
export function ledgerOf(audit: readonly AuditEvent[], of: { readonly deployment: string; readonly lease: string; readonly namespace?: string }): Entry[] {
  const { namespace = 'default' } = of
  const entries: Entry[] = []
  /** What the revisions of the scale that somebody read said. */
  const read = new Map<string, number>()
  for (const event of audit) {
    const { objectRef: ref, stage, verb, user, responseStatus } = event
    if (stage !== 'ResponseComplete' || ref?.namespace !== namespace || (responseStatus?.code !== 200 && responseStatus?.code !== 201)) continue
    const answer = event.responseObject as Body | undefined
    const revision = Number(answer?.metadata?.resourceVersion)
    const at = Date.parse(event.requestReceivedTimestamp)
    if (ref.resource === 'leases' && ref.name === of.lease && verb !== 'get') {
      entries.push({ kind: 'tenure', holder: answer?.spec?.holderIdentity || undefined, revision, at })
    } else if (ref.resource === 'deployments' && ref.name === of.deployment && ref.subresource !== 'status') {
      if (verb === 'get' && ref.subresource === 'scale') read.set(`${user.username} ${revision}`, answer?.spec?.replicas ?? 0)
      if (verb !== 'update' && verb !== 'patch' && verb !== 'create') continue
      const base = (event.requestObject as Body | undefined)?.metadata?.resourceVersion
      const from = base === undefined ? undefined : read.get(`${user.username} ${base}`)
      entries.push({ kind: 'write', by: user.username, from, to: answer?.spec?.replicas ?? 0, revision, at })
    }
  }
  return changesOf(entries.sort((a, b) => a.revision - b.revision))
}

/** Without what changed nothing: renewals, and writes of what stood there already. */
function changesOf(entries: readonly Entry[]): Entry[] {
  let replicas: number | undefined
  let holder: string | undefined
  return entries.filter((entry) => {
    const same = entry.kind === 'write' ? (entry.from ?? replicas) === entry.to : entry.holder === holder
    if (entry.kind === 'write') replicas = entry.to
    else holder = entry.holder
    return !same
  })
}

/** One line an entry, for whoever must see what went wrong. */
export function printed(entries: readonly Entry[]): string {
  return entries
    .map((entry) => {
      const what = entry.kind === 'write' ? `${entry.by} sets ${entry.from ?? '?'} to ${entry.to}` : `the lease is ${entry.holder ?? 'nobody'}'s`
      return `${new Date(entry.at).toISOString()} revision ${entry.revision}: ${what}`
    })
    .join('\n')
}
