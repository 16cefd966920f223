/** What must hold when the daemon is killed in the middle of a surge and started again: computed from the decision logs and the pool. */
import type { Endpoint } from '../services/balancer.ts'
import { type Action, type Check, seconds } from './story.ts'

export interface Restart {
  /** Every decision to scale of both daemons, from the decision log, in its order. */
  readonly actions: readonly Action[]
  /** The ready replicas when the daemon was killed, and when the new one had answered. */
  readonly before: readonly Endpoint[]
  readonly after: readonly Endpoint[]
  /** Process ids of all replicas that were ever ready. */
  readonly pids: ReadonlySet<number>
  readonly oldPid: number
  readonly newPid: number
  /** When, in seconds since the load began. */
  readonly killed: number
  readonly back: number
}

export function judgeRestart(restart: Restart, initialReplicas: number, cooldownSeconds: number): Check[] {
  const { actions, before, after, pids } = restart
  const ids = new Set(actions.map((a) => a.id))
  const broken = actions.find((a, i) => a.from !== (actions[i - 1]?.to ?? initialReplicas))
  const added = actions.reduce((sum, a) => sum + Math.max(0, a.to - a.from), 0)
  const gaps = actions.slice(1).map((a, i) => a.step - (actions[i]?.step ?? 0))
  const shortest = Math.min(...gaps)
  const lost = before.filter((b) => !after.some((a) => a.pid === b.pid))
  return [
    {
      what: 'the daemon was killed and came back',
      ok: restart.oldPid !== restart.newPid,
      detail: `pid ${restart.oldPid} at ${seconds(restart.killed)}, pid ${restart.newPid} at ${seconds(restart.back)}`,
    },
    {
      what: 'the running replicas were adopted, not started anew',
      ok: before.length > 0 && lost.length === 0,
      detail: lost.length === 0 ? `pids ${before.map((e) => e.pid).join(', ')} before and after` : `pids ${lost.map((e) => e.pid).join(', ')} are gone`,
    },
    {
      what: 'no action was applied twice',
      ok: ids.size === actions.length && broken === undefined && pids.size === initialReplicas + added,
      detail:
        ids.size !== actions.length
          ? 'a decision id occurs twice in the decision log'
          : broken !== undefined
            ? `the action at ${seconds(broken.seen)} starts from ${broken.from}, not from where the one before it ended`
            : `${actions.map((a) => `${a.from} to ${a.to}`).join(', ')}; ${pids.size} worker processes in all, ${initialReplicas} + ${added} expected`,
    },
    {
      what: `the cooldown of ${cooldownSeconds} s was respected`,
      ok: actions.length < 2 || shortest >= cooldownSeconds,
      detail: actions.length < 2 ? 'only one action' : `at least ${seconds(shortest)} between two actions`,
    },
  ]
}
