/** Actions of rules, and whether a target's bounds leave them room. */
import type { ActionNode } from '../tree.ts'
import { messages } from './messages.ts'
import type { Action, Bounds } from './program.ts'
import { replaceWith, type Scope, say } from './scope.ts'
import { plain, printQuantity, printRatio } from './units.ts'
import { checkQuantity, constantOf, type Environment, sayMismatch, wholeNumber } from './values.ts'
import { boundsOf, type TargetEntry } from './workloads.ts'

/** `+2`, `to at least 3`, `to hold`: what stands in the name of a rule without a label. */
export function printAction(node: ActionNode): string {
  switch (node.kind) {
    case 'change': {
      const amount = node.amount.kind === 'ratio' ? printRatio(node.amount.value) : plain(node.amount.value)
      return `${node.sign < 0 ? '-' : '+'}${amount}`
    }
    case 'set':
      return `to ${node.bound === 'exactly' ? '' : `${node.bound} `}${plain(node.replicas.value)}`
    case 'hold':
      return 'to hold'
  }
}

export function checkAction(node: ActionNode, env: Environment): Action | undefined {
  switch (node.kind) {
    case 'change':
      return checkChange(node, env.scope)
    case 'set': {
      const replicas = wholeNumber(node.replicas, env.scope, 'a number of replicas', 0)
      const kind = { exactly: 'set', 'at least': 'floor', 'at most': 'ceiling' } as const
      return replicas === undefined ? undefined : { kind: kind[node.bound], replicas }
    }
    case 'hold':
      return checkHold(node, env)
  }
}

function checkChange(node: ActionNode & { kind: 'change' }, scope: Scope): Action | undefined {
  const { amount, sign } = node
  const action = printAction(node)
  if (amount.value === 0) {
    say(scope, messages.noChange, node.range, { action })
    return undefined
  }
  if (amount.kind === 'ratio') {
    if (sign > 0 || amount.value <= 1) return { kind: 'change', amount: sign * amount.value, unit: 'ratio' }
    say(scope, messages.tooMuch, node.range, { action }, replaceWith(node.range, '-100%'))
    return undefined
  }
  const replicas = wholeNumber(amount, scope, 'a number of replicas', 1)
  return replicas === undefined ? undefined : { kind: 'change', amount: sign * replicas, unit: 'replicas' }
}

function checkHold(node: ActionNode & { kind: 'hold' }, env: Environment): Action | undefined {
  const { scope } = env
  const value = checkQuantity(node.value, env)
  const given = checkQuantity(node.at, { scope, everyNs: undefined })
  if (value === undefined || given === undefined) return undefined
  if (value.kind === 'constant') {
    say(scope, messages.constantHeld, node.value.range, {})
    return undefined
  }
  if (given.type !== value.type) {
    const parameters = { what: 'what is held', wanted: value.type, given: given.type }
    sayMismatch(scope, node.at, given, value.type, (guess) => [messages.wrongType, { ...parameters, guess }])
    return undefined
  }
  const at = constantOf(node.at, scope, value.type, 'what is held')
  if (at === undefined) return undefined
  if (!(at > 0)) {
    const parameters = { what: 'what is held', given: printQuantity(at, value.type), range: `a value above ${printQuantity(0, value.type)}` }
    say(scope, messages.outOfRange, node.at.range, parameters)
    return undefined
  }
  if (node.perReplica && (value.type === 'duration' || value.type === 'ratio')) {
    const start = node.at.range.end
    const fix = { title: 'leave out `per replica`', edits: [{ range: { start, end: node.range.end }, text: '' }] }
    say(scope, messages.perReplica, { start, end: node.range.end }, { type: value.type }, { fix })
    return undefined
  }
  return { kind: 'hold', value, at, perReplica: node.perReplica }
}

/** Rejects what the bounds of the target, or of the rule, can never let happen. */
export function checkRoom(node: ActionNode, action: Action, target: TargetEntry, between: Bounds | undefined, scope: Scope): boolean {
  const outer = boundsOf(target)
  const bounds = between === undefined ? outer : { min: Math.max(outer.min, between.min), max: Math.min(outer.max, between.max) }
  if (action.kind !== 'set' && action.kind !== 'floor' && action.kind !== 'ceiling') return true
  const tooHigh = action.replicas > bounds.max && action.kind !== 'ceiling'
  const tooLow = action.replicas < bounds.min && action.kind !== 'floor'
  if (!tooHigh && !tooLow) return true
  sayApart(`\`${printAction(node)}\``, node.range, target, bounds, scope)
  return false
}

export function sayApart(what: string, range: ActionNode['range'], target: TargetEntry, bounds: Bounds, scope: Scope): void {
  const node = target.declaration?.clauses.find((clause) => clause.kind === 'between')
  const related = node === undefined ? {} : { related: [{ file: target.scope.file, range: node.range, message: 'its bounds' }] }
  say(scope, messages.boundsApart, range, { what, target: target.id, ...bounds }, related)
}
