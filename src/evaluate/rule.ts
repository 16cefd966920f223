/** One rule: its compiled condition, its target's evidence epoch, and what it says at a step. */
import { type ActionIR, canonical, type RuleIR } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { Filter } from './cell.ts'
import { compileCondition } from './conditions.ts'
import type { Builder, Condition, StepContext } from './context.ts'
import type { Epoch, RuleOutcome } from './contract.ts'
import type { Evidence } from './series.ts'
import { compileValue, type Value } from './values.ts'

/** What a rule remembers; it outlives a reload that leaves the rule as it is. */
export interface RuleMemory {
  /** The rule that it belongs to. */
  readonly rule: RuleIR
  /** Of its conditions, in the order of compiling. */
  readonly states: object[]
  staleSince: Nanos | undefined
}

export interface CompiledRule {
  readonly ir: RuleIR
  readonly up: boolean
  readonly memory: RuleMemory
  readonly condition: Condition
  readonly hold: Value | undefined
}

/** Whether the action may take capacity up: then spans that started before the evidence epoch do not count. */
export function takesUp(action: ActionIR): boolean {
  switch (action.kind) {
    case 'change':
      return action.amount > 0
    case 'set':
    case 'floor':
    case 'hold':
      return true
    case 'ceiling':
    case 'freeze':
      return false
    default:
      return action satisfies never
  }
}

/** Where a rule stands in its file, and what is said of it there, does not change what it means. */
function meanTheSame(a: RuleIR, b: RuleIR): boolean {
  const [one, other] = [a, b].map(({ source: _source, doc: _doc, ...meaning }) => canonical(meaning))
  return one === other
}

export function compileRule(ir: RuleIR, previous: RuleMemory | undefined, builder: Omit<Builder, 'rule' | 'state'>): CompiledRule {
  const kept = previous !== undefined && meanTheSame(previous.rule, ir) ? previous : undefined
  const memory: RuleMemory = { rule: ir, states: [], staleSince: kept?.staleSince }
  const full: Builder = {
    ...builder,
    rule: ir,
    state: <T extends object>(initial: () => T): T => {
      // The same meaning asks for the same states in the same order.
      const state = (kept?.states[memory.states.length] as T | undefined) ?? initial()
      memory.states.push(state)
      return state
    },
  }
  const condition = compileCondition(ir.condition, full)
  const hold = ir.action.kind === 'hold' ? compileValue(ir.action.value, full) : undefined
  return { ir, up: takesUp(ir.action), memory, condition, hold }
}

export function evidenceOf(epoch: Epoch | undefined, up: boolean, at: Nanos): Evidence {
  if (epoch === undefined) return { from: Number.NEGATIVE_INFINITY, up, settling: false }
  if (epoch.kind === 'since') return { from: epoch.at, up, settling: epoch.at >= at }
  return { from: epoch.since, up, settling: up || epoch.since >= at }
}

/** What of a closing tick the target's rules must not see; undefined while there is nothing to leave out, or nothing to see. */
export function filterOf(epoch: Epoch | undefined, up: boolean): Filter | undefined {
  if (epoch === undefined) return undefined
  if (epoch.kind === 'since') return { by: up ? 'start' : 'end', from: epoch.at }
  return up ? undefined : { by: 'end', from: epoch.since }
}

export function evaluateRule({ ir, condition, hold, memory }: CompiledRule, context: StepContext): RuleOutcome {
  const because = condition(context)
  const { truth, unknown } = because
  const held = hold?.observe(context)
  const stale = unknown === 'stale' || (truth === 'true' && held?.unknown === 'stale')
  memory.staleSince = stale ? (memory.staleSince ?? context.at) : undefined
  const outcome: RuleOutcome = { rule: ir.name, target: ir.target, truth, because }
  if (unknown === undefined && held === undefined) return outcome
  return {
    ...outcome,
    ...(unknown === undefined ? {} : { unknown }),
    ...(memory.staleSince === undefined ? {} : { staleSince: memory.staleSince }),
    ...(held === undefined ? {} : { hold: held }),
  }
}
