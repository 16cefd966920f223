/** The control loop: takes the steps that are due, one at a time, in order, and has their decisions carried out. */
import { setImmediate as giveWay } from 'node:timers/promises'
import type { Engine, StepResult } from '../engine/index.ts'
import type { Decision } from '../plan/index.ts'
import type { Actions } from './actions.ts'
import { waitUnlessAborted, wallClock } from './clock.ts'

export interface ControlOptions {
  /** The engine of the moment. */
  readonly engine: () => Engine
  readonly actions: Actions
  readonly workloadOf: (target: string) => Parameters<Actions['carryOut']>[1] | undefined
  /** Milliseconds between looks at the clock, for when no spans come. */
  readonly lookEveryMs: () => number
  /** A step was evaluated, in `elapsedMs`. */
  readonly stepped: (result: StepResult, elapsedMs: number) => void
  /** A decision as it turned out. */
  readonly decided: (decision: Decision) => void
  /** A bug: the loop goes on with the next step. */
  readonly failed: (error: unknown) => void
}

export interface Control {
  start(): void
  /** Takes the steps that are due, if none is being taken. Cheap when there is none. */
  wake(): void
  /** Takes what is due, waits for the actions under way, and stops. */
  stop(): Promise<void>
}

/** Steps taken without a pause, after a long sleep of the machine for instance, give way to requests this often. */
const giveWayMs = 50
/** How long a step waits for its actions; slower ones go on beside the next steps, with their targets held. */
const actionPatienceMs = 1000

export function createControl(options: ControlOptions): Control {
  let turn: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function takeDue(): Promise<void> {
    for (const decision of await options.actions.resolve()) options.decided(decision)
    let resumed = performance.now()
    for (let at = options.engine().due(wallClock()); at !== undefined; at = options.engine().due(wallClock())) {
      const began = performance.now()
      const result = options.engine().step(at, options.actions.world())
      options.stepped(result, performance.now() - began)
      const calls: Promise<void>[] = []
      const others: Decision[] = []
      for (const decision of result.decisions) {
        const workload = decision.outcome === 'scale' ? options.workloadOf(decision.target) : undefined
        if (workload === undefined) others.push(decision)
        else calls.push(options.actions.carryOut(decision, workload).then(options.decided))
      }
      if (calls.length > 0) await patiently(Promise.all(calls))
      // Writing a decision down, with its evidence, takes some milliseconds: no action waits for that of another target.
      for (const decision of others) options.decided(decision)
      if (performance.now() - resumed < giveWayMs) continue
      await giveWay()
      resumed = performance.now()
    }
  }

  function wake(): void {
    if (turn !== undefined || stopped) return
    if (options.actions.pending.size === 0 && options.engine().due(wallClock()) === undefined) return
    turn = takeDue()
      .catch(options.failed)
      .finally(() => {
        turn = undefined
      })
  }

  function look(): void {
    wake()
    timer = setTimeout(look, options.lookEveryMs())
  }

  return {
    start: look,
    wake,
    async stop() {
      clearTimeout(timer)
      await turn
      wake()
      stopped = true
      await turn
      await options.actions.idle()
    },
  }
}

async function patiently(work: Promise<unknown>): Promise<void> {
  const patience = new AbortController()
  await Promise.race([work, waitUnlessAborted(actionPatienceMs, patience.signal)])
  patience.abort()
}
