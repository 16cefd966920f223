/**
 * The last stage that limits: a budget over all targets of an engine, against thundering herds. When one cause makes many targets rise at
 * once, their new replicas arrive, and load their dependencies, at a pace that somebody has chosen. Falls count as actions only.
 *
 * What was decided counts at once, so that slow orchestrators cannot let more through. A decision that was not carried out gives its share
 * back at the next step.
 */
import type { World } from '../evaluate/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { Decision } from './contract.ts'
import { isRead } from './health.ts'
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'
import { duration, replicas } from './words.ts'

/** Limits over any window of `perNs`; one that is left out does not limit. */
export interface Budget {
  readonly actions?: number
  readonly addedReplicas?: number
  readonly perNs: number
}

/** What one decision takes of the budget. Plain JSON. */
export interface Spending {
  /** Of the decision. */
  readonly at: Nanos
  readonly id: string
  readonly target: string
  /** Replicas; 0 of a scale-down. */
  readonly added: number
  /** The orchestrator took it; until then it is only set aside. */
  readonly done: boolean
}

/** What is left of a budget at one step. */
export interface Allowance {
  readonly budget: Budget
  readonly actions: number
  readonly addedReplicas: number
}

export function budget({ input, base }: Context, wanted: number): StageResult {
  const { allowance } = input
  if (allowance === undefined || wanted === base) return { replicas: wanted }
  const { actions, addedReplicas, budget } = allowance
  const per = duration(budget.perNs)
  if (actions <= 0) {
    const times = budget.actions === 1 ? 'once' : `${budget.actions} times`
    return holds(base, 'BudgetExhausted', `all targets together change at most ${times} per ${per}`)
  }
  if (wanted - base <= addedReplicas) return { replicas: wanted }
  const message = `all targets together add at most ${replicas(budget.addedReplicas ?? 0)} per ${per}`
  return addedReplicas <= 0 ? holds(base, 'BudgetExhausted', message) : { replicas: base + addedReplicas, message }
}

export function allowanceOf(budget: Budget, spent: readonly Spending[], at: Nanos): Allowance {
  const counted = within(budget, spent, at)
  const added = counted.reduce((sum, spending) => sum + spending.added, 0)
  return {
    budget,
    actions: (budget.actions ?? Number.POSITIVE_INFINITY) - counted.length,
    addedReplicas: (budget.addedReplicas ?? Number.POSITIVE_INFINITY) - added,
  }
}

/** What still counts at `at`. */
export function within(budget: Budget, spent: readonly Spending[], at: Nanos): readonly Spending[] {
  return spent.filter((spending) => spending.at > at - budget.perNs)
}

/** With the decision set aside, if it is to be carried out. */
export function setAside(spent: readonly Spending[], decision: Decision): readonly Spending[] {
  const spending = spendingOf(decision, false)
  return spending === undefined ? spent : [...spent, spending]
}

/** With the decision done; told twice is told once. */
export function settled(spent: readonly Spending[], decision: Decision): readonly Spending[] {
  const spending = spendingOf(decision, true)
  return spending === undefined ? spent : [...spent.filter(({ id }) => id !== spending.id), spending]
}

/** Without what was set aside and not done, unless it may still be under way: then its workload is blocked, or nobody knows. */
export function givenBack(spent: readonly Spending[], world: World): readonly Spending[] {
  return spent.filter(({ done, target }) => {
    const snapshot = world.get(target)
    return done || !isRead(snapshot) || snapshot.blocked !== undefined
  })
}

function spendingOf({ outcome, at, id, target, from, to }: Decision, done: boolean): Spending | undefined {
  return outcome !== 'scale' || from === undefined || to === undefined ? undefined : { at, id, target, added: Math.max(0, to - from), done }
}
