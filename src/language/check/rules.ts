/** Rules and freezes. */
import type { Clause, FreezeDeclaration, RuleDeclaration, WorkloadNode } from '../tree.ts'
import { checkAction, checkRoom, printAction, sayApart } from './actions.ts'
import { type ClauseValues, checkClauses } from './clauses.ts'
import { checkCondition, type RuleEnvironment, wholeSteps } from './conditions.ts'
import { messages } from './messages.ts'
import { isPatient } from './patience.ts'
import { type Action, type CheckedCondition, type Rule, workloadId } from './program.ts'
import { type Scope, say } from './scope.ts'
import { printDuration } from './units.ts'
import { boundsOf, type Defaults, type TargetEntry, workloadOf } from './workloads.ts'

export const defaultEveryNs = 5e9

export type RuleTree = RuleDeclaration | FreezeDeclaration

/** A rule's tree and where it stands. */
export interface PlacedRule {
  readonly scope: Scope
  readonly tree: RuleTree
  /** Undefined where so much is missing that it has none. */
  name: string | undefined
}

/** Where each name of a rule was given first, in all files. */
export type RuleNames = ReadonlyMap<string, PlacedRule>

/**
 * Gives every rule its name: the label, or workload, action and a counter among those without a label that say the same, so that edits
 * of other rules change nothing. Reports names given twice.
 */
export function nameRules(rules: readonly PlacedRule[], defaultsOf: (scope: Scope) => Defaults): RuleNames {
  const names = new Map<string, PlacedRule>()
  const counters = new Map<string, number>()
  for (const rule of rules) {
    const { scope, tree } = rule
    const name = tree.label?.text ?? unlabelled(tree, defaultsOf(scope), counters)
    rule.name = name
    if (name === undefined) continue
    const other = names.get(name)
    if (other === undefined) names.set(name, rule)
    else {
      const related = [{ file: other.scope.file, range: other.tree.label?.range ?? other.tree.range, message: 'the first' }]
      say(scope, messages.ruleTwice, tree.label?.range ?? tree.range, { name }, { related })
    }
  }
  return names
}

function unlabelled(tree: RuleTree, defaults: Defaults, counters: Map<string, number>): string | undefined {
  const action = tree.kind === 'freeze' ? `freeze${tree.direction === undefined ? '' : ` ${tree.direction}`}` : tree.action && printAction(tree.action)
  if (tree.workload === undefined || action === undefined) return undefined
  const stem = `${workloadId(workloadOf(tree.workload, defaults))} ${action}`
  const count = (counters.get(stem) ?? 0) + 1
  counters.set(stem, count)
  return `${stem} #${count}`
}

/** How a rule learns of the workloads that it names. */
export interface Workloads {
  named(node: WorkloadNode): TargetEntry
  /** Declared upper bound of a target. */
  mostReplicas(id: string): number | undefined
}

/** A rule, or undefined when it is broken or has an error. */
export function checkRule(tree: RuleTree, name: string, scope: Scope, defaults: Defaults, workloads: Workloads): Rule | undefined {
  if (tree.broken || tree.workload === undefined) return undefined
  const before = scope.diagnostics.length
  const clauses = checkClauses(tree.clauses, tree.kind, scope)
  const target = workloads.named(tree.workload)
  const everyNs = clauses.everyNs ?? defaults.everyNs ?? defaultEveryNs
  const env: RuleEnvironment = {
    scope,
    everyNs,
    workload: (node) => workloads.named(node),
    mostReplicas: (id) => workloads.mostReplicas(id),
  }
  const action = actionOf(tree, env)
  const condition = conditionOf(tree, env)
  if (tree.kind === 'rule' && !checkBounds(tree, action, target, clauses, scope)) return undefined
  if (tree.kind === 'rule') target.scaled = true
  if (action === undefined || condition === undefined || hasError(scope, before)) return undefined
  const freeze = tree.kind === 'freeze'
  const rule: Rule = {
    name,
    tree,
    file: scope.tree,
    target: target.id,
    action,
    condition,
    everyNs,
    cooldownNs: clauses.cooldownNs ?? 0,
    atLeastSpans: clauses.atLeastSpans ?? defaults.atLeastSpans ?? 0,
    onMissing: (freeze ? undefined : (clauses.onMissing ?? defaults.onMissing)) ?? { kind: 'hold' },
    priority: (freeze ? undefined : (clauses.priority ?? defaults.priority)) ?? 0,
    between: clauses.between,
    observe: clauses.observe ?? defaults.observe ?? false,
  }
  if (isImpatient(rule, target)) say(scope, messages.impatient, condition.range, { rule: name }, patienceFix(tree, everyNs))
  return rule
}

function hasError(scope: Scope, since: number): boolean {
  for (let i = since; i < scope.diagnostics.length; i++) if (scope.diagnostics[i]?.severity === 'error') return true
  return false
}

function conditionOf(tree: RuleTree, env: RuleEnvironment): CheckedCondition | undefined {
  if (tree.condition !== undefined) return checkCondition(tree.condition, env)
  return tree.kind === 'rule' && tree.action?.kind === 'hold' ? { kind: 'always', range: tree.action.range } : undefined
}

function actionOf(tree: RuleTree, env: RuleEnvironment): Action | undefined {
  if (tree.kind === 'freeze') return { kind: 'freeze', up: tree.direction !== 'down', down: tree.direction !== 'up' }
  return tree.action === undefined ? undefined : checkAction(tree.action, env)
}

/** Rejects bounds that cannot meet: of the rule, of its action, of its floor while data is missing, with those of the target. */
function checkBounds(tree: RuleDeclaration, action: Action | undefined, target: TargetEntry, clauses: ClauseValues, scope: Scope): boolean {
  const outer = boundsOf(target)
  const { between, onMissing } = clauses
  const rangeOf = (kind: Clause['kind']) => tree.clauses.find((clause) => clause.kind === kind)?.range ?? tree.range
  if (between !== undefined && (between.min > outer.max || between.max < outer.min)) {
    sayApart(`between ${between.min} and ${between.max}`, rangeOf('between'), target, outer, scope)
    return false
  }
  if (onMissing?.kind === 'floor' && onMissing.replicas > outer.max) {
    sayApart(`a floor of ${onMissing.replicas}`, rangeOf('onMissing'), target, outer, scope)
    return false
  }
  return action === undefined || tree.action === undefined || checkRoom(tree.action, action, target, between, scope)
}

function isImpatient(rule: Rule, target: TargetEntry): boolean {
  return rule.action.kind === 'change' && rule.action.amount < 0 && (target.clauses.stableDownNs ?? 0) === 0 && !isPatient(rule.condition, rule.everyNs)
}

/** `for 5m` behind a single comparison; around anything larger it needs parentheses. */
function patienceFix(tree: RuleTree, everyNs: number): Parameters<typeof say>[4] {
  const { condition } = tree
  if (condition === undefined) return {}
  const { start, end } = condition.range
  const clause = `for ${printDuration(wholeSteps(5 * 60e9, everyNs))}`
  const simple = condition.kind === 'compare' || condition.kind === 'parenthesis'
  const behind = { range: { start: end, end }, text: simple ? ` ${clause}` : `) ${clause}` }
  const edits = simple ? [behind] : [{ range: { start, end: start }, text: '(' }, behind]
  return { fix: { title: `write ${clause} behind it`, edits } }
}
