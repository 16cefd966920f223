/**
 * Which of several daemons acts, and what it leaves its successor. All of them receive, evaluate and plan; one carries out. With each renewal of the lease its
 * holder writes down the engine's planning memory (cooldowns, rate windows, stabilization, epochs), and whoever takes over goes on from there.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { EngineState } from '../engine/index.ts'
import { isError, kubernetesLease, type LeaseClock, type LeaseEvents, longestNote, type OrchestrationError } from '../orchestrators/index.ts'
import type { Decision } from '../plan/index.ts'
import { waitUnlessAborted } from './clock.ts'
import type { Config } from './config/index.ts'
import type { Logger } from './logger.ts'
import { savedEngine } from './store.ts'

export interface Leadership {
  /** Whether this daemon may act at this moment. */
  readonly leads: boolean
  /** For `/v1/status`; undefined where there is no lease. */
  readonly document: object | undefined
  start(): void
  close(): Promise<void>
}

export interface LeadershipParts {
  readonly logger: Logger
  readonly present: () => EngineState
  /** This daemon acts from now on; what its predecessor left, undefined where there was none. */
  readonly takeOver: (left: EngineState | undefined) => Promise<void>
  /** Who leads has changed. */
  readonly changed: () => void
}

const alone: Leadership = { leads: true, document: undefined, start() {}, close: async () => {} }

const clock: LeaseClock = { now: () => performance.now(), wall: () => new Date(), wait: waitUnlessAborted }

export async function createLeadership(config: Config, parts: LeadershipParts): Promise<Leadership | OrchestrationError> {
  const of = config.orchestrators.kubernetes
  if (of?.lease === undefined) return alone
  const { name, namespace = of.namespace, identity = defaultIdentity(), duration, deadline, retry } = of.lease
  const { logger, present, takeOver, changed } = parts
  let holder: string | undefined
  let written: { readonly state: string; readonly note: string } | undefined
  const events: LeaseEvents = {
    note() {
      const state = JSON.stringify(present())
      if (written?.state !== state) written = { state, note: noteOf(state) }
      return written.note
    },
    async onAcquired(predecessor) {
      const left = predecessor?.note === undefined ? undefined : stateIn(predecessor.note)
      if (predecessor !== undefined && left === undefined)
        logger.warn({ lease: name }, 'what the last holder of the lease left is not there or cannot be read: every target rests once')
      await takeOver(predecessor === undefined ? undefined : (left ?? { targets: {} }))
      logger.info({ lease: name, identity, warm: left !== undefined }, 'this daemon holds the lease and acts')
      changed()
    },
    onLost(why) {
      logger.warn({ lease: name, identity }, `this daemon does not act any more: ${why}`)
      changed()
    },
    onHolder(now) {
      if (now === holder) return
      holder = now
      logger.info({ lease: name, holder: now }, 'another daemon holds the lease and acts; this one follows')
      changed()
    },
    onTrouble: (message) => logger.warn({ lease: name }, message),
  }
  const { kubeconfig, context } = of
  const lease = await kubernetesLease(
    { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) },
    { name, identity, durationMs: duration / 1e6, deadlineMs: deadline / 1e6, retryMs: retry / 1e6, ...(namespace === undefined ? {} : { namespace }) },
    events,
    clock,
  )
  if (isError(lease)) return lease
  return {
    get leads() {
      return lease.held
    },
    get document() {
      return { name, identity, leads: lease.held, ...(lease.holder === undefined ? {} : { holder: lease.holder }), transitions: lease.transitions }
    },
    start: lease.start,
    close: lease.close,
  }
}

/** What is decided here and left to the one who acts. */
export function standby(decision: Decision): Decision {
  if (decision.outcome !== 'scale') return decision
  const { from, to } = decision
  return {
    ...decision,
    outcome: 'hold',
    reason: 'Standby',
    message: `${from} to ${to} replicas was decided and is left to the daemon that holds the lease`,
    to: from,
  }
}

/** A pod's host name is its name. */
function defaultIdentity(): string {
  return process.env.POD_NAME ?? process.env.HOSTNAME ?? `scaled-${process.pid}`
}

/** Where there are so many targets that it would not fit, without what was recommended: a successor then waits out stabilization windows anew. */
function noteOf(state: string): string {
  const pack = (text: string): string => gzipSync(text).toString('base64')
  const whole = pack(state)
  return whole.length <= longestNote ? whole : pack(JSON.stringify(JSON.parse(state), (key, value: unknown) => (key === 'recommendations' ? [] : value)))
}

function stateIn(note: string): EngineState | undefined {
  try {
    // A few hundred kilobytes at most are written.
    return savedEngine(JSON.parse(gunzipSync(Buffer.from(note, 'base64'), { maxOutputLength: 64 << 20 }).toString('utf8')))
  } catch {
    return undefined
  }
}
