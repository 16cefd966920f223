/**
 * One of several daemons acts: a Lease of coordination.k8s.io, renewed by its holder and taken over when it was not for its duration. As client-go's leader
 * election: expiry is judged by the local monotonic clock from when a change of the lease was *seen*, so clocks need not agree. A lease does not
 * fence: the holder stops acting at its renew deadline, well before another may take over, and the resourceVersion of each write guards what is late.
 */
import { isError, type OrchestrationError } from '../contract.ts'
import { type ApiOptions, connect, type KubernetesApi } from './api.ts'

export interface LeaseOptions {
  readonly namespace: string
  readonly name: string
  /** Who we are; unique among the daemons: the pod's name. */
  readonly identity: string
  /** How long others wait after the last renewal that they saw; 15,000 by default. */
  readonly durationMs?: number
  /** How long after the last renewal that succeeded we still act; 10,000 by default. */
  readonly deadlineMs?: number
  /** Between two tries; 2,000 by default. */
  readonly retryMs?: number
}

export interface LeaseEvents {
  /** What the holder leaves for its successor; written with a renewal when it changed. At most `longestNote` characters. */
  readonly note?: () => string
  /** We hold it. Of a predecessor: what it left, if anything. Awaited before `held` says so. */
  readonly onAcquired?: (predecessor: { readonly note: string | undefined } | undefined) => Promise<void> | void
  /** We do not hold it any more, or cannot know. */
  readonly onLost?: (why: string) => void
  /** Another holds it. */
  readonly onHolder?: (holder: string, note: string | undefined) => void
  /** A try failed. */
  readonly onTrouble?: (message: string) => void
}

export interface Lease {
  /** Whether we may act at this moment. Ask right before each write. */
  readonly held: boolean
  /** Who held it when it was last seen; undefined before that, and where nobody does. */
  readonly holder: string | undefined
  readonly transitions: number
  start(): void
  /** Stops trying, and lets go of the lease if it is ours, so that the next need not wait for it to expire. */
  close(): Promise<void>
}

/** Milliseconds of a monotonic clock, and the wall clock for the times in the object, which only people read. */
export interface LeaseClock {
  now(): number
  wall(): Date
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** An object's annotations may have 256 KiB in all. */
export const longestNote = 200_000
const noteAnnotation = 'scale.dev/state'

interface LeaseObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/** With a connection of its own: renewals must not wait behind other requests. Errors: `blocked` for a kubeconfig that cannot be used. */
export async function kubernetesLease(
  api: ApiOptions,
  options: Omit<LeaseOptions, 'namespace'> & { readonly namespace?: string },
  events: LeaseEvents,
  clock: LeaseClock,
): Promise<Lease | OrchestrationError> {
  const { deadlineMs = 10_000 } = options
  // A request that hangs must leave time for another.
  const connection = await connect({ ...api, timeoutMs: Math.min(api.timeoutMs ?? 5000, deadlineMs / 2) })
  return isError(connection) ? connection : createLease(connection, { ...options, namespace: options.namespace ?? connection.namespace }, events, clock)
}

export function createLease(api: KubernetesApi, options: LeaseOptions, events: LeaseEvents, clock: LeaseClock): Lease {
  const { namespace, name, identity, durationMs = 15_000, deadlineMs = 10_000, retryMs = 2000 } = options
  if (!(retryMs < deadlineMs && deadlineMs < durationMs)) throw new RangeError('retry < deadline < duration')
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
  const stop = new AbortController()
  let loop: Promise<void> | undefined
  /** When the renewal that last succeeded was sent. */
  let renewedAt = Number.NEGATIVE_INFINITY
  let acquired = false
  let everAcquired = false
  /** Whether what the object has as its note is another's: until we know that we hold it, we carry it on. */
  let inherits = false
  /** Whether the last write had no answer, though we are answered what we read: it may have come all the same, and may do so again. */
  let unanswered = false
  let seen: { readonly object: LeaseObject; readonly at: number } | undefined

  const holderOf = (object: LeaseObject): string | undefined => object.spec?.holderIdentity || undefined
  const noteOf = (object: LeaseObject): string | undefined => object.metadata.annotations?.[noteAnnotation]
  const mayAct = (): boolean => acquired && clock.now() < renewedAt + deadlineMs

  function lose(why: string): void {
    if (!acquired) return
    acquired = false
    events.onLost?.(why)
  }

  /** The object with us as its holder. */
  function ours(before: LeaseObject | undefined): LeaseObject {
    const now = microTime(clock.wall())
    const again = before !== undefined && holderOf(before) === identity
    const note = acquired || before === undefined ? events.note?.() : noteOf(before)
    const { [noteAnnotation]: _, ...others } = before?.metadata.annotations ?? {}
    return {
      ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
      metadata: {
        name,
        ...(before?.metadata.resourceVersion === undefined ? {} : { resourceVersion: before.metadata.resourceVersion }),
        // An older one would be taken for what is so now.
        annotations: { ...others, ...(note === undefined || note.length > longestNote ? {} : { [noteAnnotation]: note }) },
      },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(durationMs / 1000),
        acquireTime: again ? (before.spec?.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (again || before === undefined ? 0 : 1),
      },
    }
  }

  async function attempt(): Promise<void> {
    const sentAt = clock.now()
    const response = await api.call('GET', `${collection}/${encodeURIComponent(name)}`)
    if (isError(response)) {
      unanswered = false
      return trouble(response.message)
    }
    if (response.status === 404) return write(undefined, sentAt)
    if (response.status !== 200) return trouble(`reading the lease ${namespace}/${name} was answered with status ${response.status}`)
    const object = response.body as LeaseObject
    if (seen === undefined || seen.object.metadata.resourceVersion !== object.metadata.resourceVersion) seen = { object, at: clock.now() }
    const holder = holderOf(object)
    if (holder !== undefined && holder !== identity) {
      lose(`${holder} holds it now`)
      events.onHolder?.(holder, noteOf(object))
      // By its own word, which may differ from ours.
      const theirsMs = (object.spec?.leaseDurationSeconds ?? durationMs / 1000) * 1000
      if (clock.now() < seen.at + theirsMs) return
    }
    // Else we would keep the lease from the others for ever, and never know that we hold it.
    if (holder === identity && !acquired && unanswered && clock.now() < seen.at + 2 * durationMs) return
    return write(object, sentAt)
  }

  async function write(before: LeaseObject | undefined, sentAt: number): Promise<void> {
    const body = ours(before)
    // What we left ourselves is older than what we know, unless it was another process under our name. Of a write without an answer it is another's still.
    inherits ||= before !== undefined && (holderOf(before) !== identity || !everAcquired)
    const response = before === undefined ? await api.call('POST', collection, body) : await api.call('PUT', `${collection}/${encodeURIComponent(name)}`, body)
    unanswered = isError(response)
    if (isError(response)) return trouble(response.message)
    // Somebody else was faster: the next try sees who.
    if (response.status === 409) return
    if (response.status !== 200 && response.status !== 201) return trouble(`writing the lease ${namespace}/${name} was answered with status ${response.status}`)
    seen = { object: response.body as LeaseObject, at: clock.now() }
    renewedAt = sentAt
    if (acquired || clock.now() >= renewedAt + deadlineMs) return
    everAcquired = true
    await events.onAcquired?.(inherits && before !== undefined ? { note: noteOf(before) } : undefined)
    inherits = false
    acquired = clock.now() < renewedAt + deadlineMs
  }

  function trouble(message: string): void {
    events.onTrouble?.(message)
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      await attempt()
      if (acquired && !mayAct()) lose(`it was not renewed for ${deadlineMs / 1000} s`)
      await clock.wait(retryMs, stop.signal)
    }
  }

  return {
    get held() {
      return mayAct()
    },
    get holder() {
      return seen === undefined ? undefined : holderOf(seen.object)
    },
    get transitions() {
      return seen?.object.spec?.leaseTransitions ?? 0
    },
    start() {
      loop ??= run()
    },
    async close() {
      stop.abort()
      await loop
      if (acquired && seen !== undefined) {
        const { metadata, spec } = ours(seen.object) as Required<LeaseObject>
        const { holderIdentity: _, ...free } = spec
        await api.call('PUT', `${collection}/${encodeURIComponent(name)}`, { metadata, spec: { ...free, leaseDurationSeconds: 1 } })
        lose('this daemon ends')
      }
      await api.close()
    },
  }
}

/** Six digits after the second: client-go refuses three. */
function microTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z')
}
