/**
 * Carries out decisions, each at most once. An action is written down before the orchestrator is asked and struck out
 * when its fate is known; in between the target may not be acted upon. Where the fate is not known (no answer, or a
 * crash) the workload itself tells: it has the replicas that were asked for, or, when no request can be on its way any more, it has not.
 */
import type { WorkloadRef } from '../bundle/index.ts'
import type { World } from '../evaluate/index.ts'
import type { OrchestrationClient, OrchestrationError, WorldPoller } from '../orchestrators/index.ts'
import { inFlightMs, isError } from '../orchestrators/index.ts'
import type { Decision } from '../plan/index.ts'
import type { PendingAction } from './store.ts'

export interface ActionsOptions {
  readonly client: OrchestrationClient
  readonly world: WorldPoller
  /** Makes what is pending durable; rejects when that fails. */
  readonly persist: () => Promise<void>
  /** The orchestrator has taken the decision, or may have (`unsure`). */
  readonly acted: (decision: Decision, how?: { readonly unsure?: boolean }) => void
  readonly failed: (target: string, error: OrchestrationError) => void
  /** Whether this daemon may act, of several. */
  readonly mayAct: () => boolean
  /** Whether the present rules still have the target. */
  readonly isTarget: (target: string) => boolean
  /** Of the last run. */
  readonly pending: Readonly<Record<string, PendingAction>>
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number
}

export interface Actions {
  /** Not yet known to be done or not, by target id. */
  readonly pending: ReadonlyMap<string, PendingAction>
  /** The world with the targets of pending actions held. */
  world(): World
  /** Carries out a `scale` decision; resolves to what became of it: itself, or a hold that says why not. Never rejects. */
  carryOut(decision: Decision, workload: WorkloadRef): Promise<Decision>
  /**
   * Settles what is pending without anybody at it, as far as the world has been read, and has read what can be known now; resolves to the decisions that turned out to be
   * done.
   */
  resolve(): Promise<readonly Decision[]>
  /** Resolves when no call is under way. */
  idle(): Promise<void>
}

/** Of a pending action: until when its request may still be carried out, and when the workload was last read for it. */
interface Doubt {
  readonly until: number
  read: number
}

export function createActions(options: ActionsOptions): Actions {
  const { client, world, persist } = options
  const pending = new Map<string, PendingAction>(Object.entries(options.pending))
  const running = new Map<string, Promise<unknown>>()
  const doubts = new Map<string, Doubt>([...pending.keys()].map((target) => [target, doubt()]))

  function doubt(): Doubt {
    return { until: options.now() + inFlightMs, read: Number.NEGATIVE_INFINITY }
  }

  async function look(target: string): Promise<void> {
    const began = options.now()
    await world.refresh(target)
    const [now, doubted] = [world.world.get(target), doubts.get(target)]
    if (doubted !== undefined && now !== undefined && !('error' in now)) doubted.read = began
  }

  async function attempt(decision: Decision, workload: WorkloadRef): Promise<Decision> {
    const { target, to, version } = decision
    if (to === undefined || version === undefined) return hold(decision, 'the target has not been read')
    pending.set(target, { workload, decision })
    try {
      await persist()
    } catch (error) {
      pending.delete(target)
      return hold(decision, `the state cannot be written, and an action that is not written down could be done twice: ${(error as Error).message}`)
    }
    const result = await client.set(workload, { replicas: to, version, reason: decision.message, id: decision.id, mayWrite: options.mayAct })
    if (isError(result)) {
      options.failed(target, result)
      if (result.error !== 'transient' || result.unwritten) {
        pending.delete(target)
        await world.refresh(target)
        return hold(decision, result.message)
      }
      doubts.set(target, doubt())
      await look(target)
      const fate = settle(target)
      if (fate === 'done') return decision
      if (fate === 'overtaken') return hold(decision, `${result.message} Somebody else has changed the workload since, so it counts as done`)
      return hold(decision, `${result.message} The workload will show whether it was`)
    }
    world.observe(target, result)
    pending.delete(target)
    options.acted(decision)
    return decision
  }

  /**
   * What the last reading of the target says of its pending action; strikes it out when that is known. Overtaken: somebody else has set another number, before it or
   * after it. It counts as done, for what was done counts towards the pace, and to rest once too often does less harm than to go too fast. In flight: nothing has changed,
   * and may yet.
   */
  function settle(target: string): 'done' | 'not done' | 'overtaken' | 'in flight' | 'unknown' {
    const action = pending.get(target)
    const now = world.world.get(target)
    if (action === undefined) return 'not done'
    if (now === undefined) return 'unknown'
    if ('error' in now && (now.error === 'transient' || now.error === 'forbidden')) return 'unknown'
    // A workload that is gone, or that cannot be scaled, has not been scaled.
    const unchanged = 'error' in now || now.desired === action.decision.from
    const doubted = doubts.get(target)
    if (unchanged && !('error' in now) && doubted !== undefined && doubted.read < doubted.until) return 'in flight'
    pending.delete(target)
    doubts.delete(target)
    if (unchanged) return 'not done'
    const fate = now.desired === action.decision.to ? 'done' : 'overtaken'
    options.acted(action.decision, { unsure: fate === 'overtaken' })
    return fate
  }

  return {
    pending,
    world() {
      if (pending.size === 0) return world.world
      const view = new Map(world.world)
      for (const [target, { decision }] of pending) {
        const snapshot = view.get(target)
        if (snapshot !== undefined && !('error' in snapshot))
          view.set(target, { ...snapshot, blocked: `the change from ${decision.from} to ${decision.to} replicas has not been answered yet` })
      }
      return view
    },
    async carryOut(decision, workload) {
      if (pending.has(decision.target)) return hold(decision, 'the last change has not been answered yet')
      const call = attempt(decision, workload)
      running.set(decision.target, call)
      const result = await call
      running.delete(decision.target)
      // A failure to strike out is harmless: a restart would find the action pending, and the workload tells its fate.
      await persist().catch(() => {})
      return result
    },
    async resolve() {
      const done: Decision[] = []
      let changed = false
      for (const [target, { decision }] of [...pending]) {
        if (running.has(target)) continue
        // Nobody reads the target of a rule that is gone, and nobody asks what became of it.
        if (!options.isTarget(target)) {
          pending.delete(target)
          doubts.delete(target)
        }
        const fate = settle(target)
        changed ||= fate !== 'unknown' && fate !== 'in flight'
        if (fate === 'done') done.push(decision)
        if (fate === 'in flight' && options.now() >= (doubts.get(target)?.until ?? 0))
          running.set(
            target,
            look(target).finally(() => running.delete(target)),
          )
      }
      if (changed) await persist().catch(() => {})
      return done
    },
    async idle() {
      await Promise.all(running.values())
    },
  }
}

/** The decision as it turned out: nothing was changed. */
function hold(decision: Decision, why: string): Decision {
  return {
    ...decision,
    outcome: 'hold',
    reason: 'FailedUpdateScale',
    message: `${decision.from} to ${decision.to} replicas was decided and not done: ${why}`,
    to: decision.from,
  }
}
