/** The control loop: takes the steps that are due, one at a time, in order, and has their decisions carried out. */
import { setImmediate as giveWay } from 'node:timers/promises'
import type { Engine, StepResult } from '../engine/index.ts'
import type { Counted, World } from '../evaluate/index.ts'
import type { Decision } from '../plan/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { Actions } from './actions.ts'
import { waitUnlessAborted } from './clock.ts'
import { standby } from './leadership.ts'

export interface ControlOptions {
  /** The engine of the moment. */
  readonly engine: () => Engine
  /** End of the next step that is due, if any. */
  readonly due: () => Nanos | undefined
  /** Where spans are counted elsewhere: asks for the step's counts. */
  readonly count?: (engine: Engine, at: Nanos, world: World) => Promise<Counted>
  readonly actions: Actions
  /** Whether this daemon acts, of several; what it decides otherwise is left to the one that does. */
  readonly leads: () => boolean
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
  /** Does it between two steps: at once if none is being taken. */
  between(work: () => void): void
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
  /** What waits for the present step to end. */
  const between: (() => void)[] = []

  function doBetween(): void {
    for (const work of between.splice(0)) work()
  }

  async function takeDue(): Promise<void> {
    for (const decision of await options.actions.resolve()) options.decided(decision)
    let resumed = performance.now()
    for (let at = options.due(); at !== undefined; at = options.due()) {
      const world = options.actions.world()
      const counted = await options.count?.(options.engine(), at, world)
      const began = performance.now()
      const result = options.engine().step(at, world, counted)
      options.stepped(result, performance.now() - began)
      const calls: Promise<void>[] = []
      const others: Decision[] = []
      for (const decision of result.decisions) {
        const workload = decision.outcome === 'scale' ? options.workloadOf(decision.target) : undefined
        if (workload === undefined) others.push(decision)
        else if (!options.leads()) others.push(standby(decision))
        else calls.push(options.actions.carryOut(decision, workload).then(options.decided))
      }
      if (calls.length > 0) await patiently(Promise.all(calls))
      // Writing a decision down, with its evidence, takes some milliseconds: no action waits for that of another target.
      for (const decision of others) options.decided(decision)
      doBetween()
      if (performance.now() - resumed < giveWayMs) continue
      await giveWay()
      resumed = performance.now()
    }
  }

  function wake(): void {
    if (turn !== undefined || stopped) return
    if (options.actions.pending.size === 0 && options.due() === undefined) return
    turn = takeDue()
      .catch(options.failed)
      .finally(() => {
        turn = undefined
        doBetween()
      })
  }

  function look(): void {
    wake()
    timer = setTimeout(look, options.lookEveryMs())
  }

  return {
    start: look,
    wake,
    between(work) {
      between.push(work)
      if (turn === undefined) doBetween()
    },
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
