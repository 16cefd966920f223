/** What was decided, as events on the workload, where `kubectl describe` shows them. */
import type { Notice } from '../contract.ts'
import type { KubernetesApi } from './api.ts'

export interface Regarding {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid?: string
}

export interface Events {
  /** Never fails: an account that may not write events scales all the same. */
  tell(regarding: Regarding, notice: Notice): Promise<void>
}

const controller = 'scaled'
/** As client-go's: a workload may say so much at once, and then one thing every so often. */
const burst = 25
const refillMs = 300_000
/** Of the API: a longer note is refused. */
const longestNote = 1024

/** `instance` tells several daemons apart. */
export function createEvents(api: KubernetesApi, instance = `${controller}-${process.pid}`, now: () => number = Date.now): Events {
  const buckets = new Map<string, { tokens: number; at: number }>()
  let count = 0

  function allowed(key: string): boolean {
    const at = now()
    const bucket = buckets.get(key) ?? { tokens: burst, at }
    const refilled = Math.min(burst, bucket.tokens + (at - bucket.at) / refillMs)
    buckets.set(key, { tokens: refilled >= 1 ? refilled - 1 : refilled, at })
    return refilled >= 1
  }

  return {
    async tell(regarding, { severity, reason, message }) {
      const { namespace, name } = regarding
      if (!allowed(`${namespace}/${regarding.kind}/${name}`)) return
      const at = now()
      await api.call('POST', `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`, {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: `${name}.${at.toString(16)}${(count++).toString(16).padStart(4, '0')}`, namespace },
        // Six digits: a MicroTime.
        eventTime: new Date(at).toISOString().replace('Z', '000Z'),
        reportingController: controller,
        reportingInstance: instance,
        action: reason === 'SuccessfulRescale' || reason === 'FailedRescale' ? 'Scale' : 'Evaluate',
        reason,
        type: severity === 'warning' ? 'Warning' : 'Normal',
        regarding,
        note: message.length > longestNote ? `${message.slice(0, longestNote - 1)}…` : message,
      })
    },
  }
}
