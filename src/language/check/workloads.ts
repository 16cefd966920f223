/** Workloads and targets: who is named where, and the limits that hold for each. */
import type { Ranged, TargetDeclaration, TextRange, WorkloadNode } from '../tree.ts'
import { type ClauseValues, checkClauses } from './clauses.ts'
import type { CheckMemory, Surroundings } from './memory.ts'
import { messages } from './messages.ts'
import { type Bounds, type Limit, type Target, type Workload, workloadId } from './program.ts'
import { type Scope, say } from './scope.ts'

/** The `defaults` that hold in a file: its own, else those of its imports, the later import first. */
export type Defaults = Omit<ClauseValues, 'nodes'>

export interface TargetEntry {
  readonly id: string
  readonly workload: Workload
  readonly declaration: TargetDeclaration | undefined
  /** Where it is declared, or first named. */
  readonly scope: Scope
  readonly range: TextRange
  /** The rule that first names it, where no target declares it. */
  readonly namedBy: Ranged | undefined
  readonly clauses: Defaults
  /** Some rule may change it. */
  scaled: boolean
  /** What the program has of it, once all is known. */
  finished: Target | undefined
}

/** All targets by id. */
export type Targets = Map<string, TargetEntry>

export const impliedBounds: Bounds = { min: 1, max: 10 }
const minute = 60e9
/** At most max(1, 10 %) a minute. */
const downLimits: readonly Limit[] = [
  { amount: 1, unit: 'replicas', perNs: minute },
  { amount: 0.1, unit: 'ratio', perNs: minute },
]

export function workloadOf(node: WorkloadNode, defaults: Defaults): Workload {
  const namespace = node.namespace?.text ?? defaults.namespace
  return {
    ...(node.orchestrator === undefined ? {} : { orchestrator: node.orchestrator.text }),
    ...(node.workloadKind === undefined ? {} : { kind: node.workloadKind.text }),
    name: node.name.text,
    ...(namespace === undefined ? {} : { namespace }),
  }
}

/** Enters the declared target; reports one that is declared twice. */
export function declareTarget(declaration: TargetDeclaration, scope: Scope, surroundings: Surroundings, targets: Targets, memory: CheckMemory): void {
  if (declaration.workload === undefined) return
  const workload = workloadOf(declaration.workload, surroundings.defaults)
  const id = workloadId(workload)
  const other = targets.get(id)
  if (other !== undefined) {
    const related = [{ file: other.scope.file, range: other.range, message: 'first declared here' }]
    say(scope, messages.targetTwice, declaration.workload.range, { target: id }, { related })
    return
  }
  const clauses = memory.clausesOf(declaration, id, scope, surroundings)
  targets.set(id, { id, workload, declaration, scope, range: declaration.workload.range, namedBy: undefined, clauses, scaled: false, finished: undefined })
}

/** What a target's declaration says, and the file's defaults where it says nothing. */
export function clausesOfTarget({ broken, clauses }: TargetDeclaration, scope: Scope, defaults: Defaults): Defaults {
  if (broken) return {}
  const { nodes: _, ...values } = checkClauses(clauses, 'target', scope)
  return { ...defaults, ...values }
}

/** The target that a rule or a value names; one that is not declared is entered with the defaults of the file. */
export function targetNamed(node: WorkloadNode, namedBy: Ranged, scope: Scope, defaults: Defaults, targets: Targets): TargetEntry {
  const workload = workloadOf(node, defaults)
  const id = workloadId(workload)
  const known = targets.get(id)
  if (known !== undefined) return known
  const entry: TargetEntry = { id, workload, declaration: undefined, scope, range: node.range, namedBy, clauses: defaults, scaled: false, finished: undefined }
  targets.set(id, entry)
  return entry
}

export function boundsOf(entry: TargetEntry): Bounds {
  return entry.clauses.between ?? impliedBounds
}

export function finishedTarget(entry: TargetEntry): Target {
  const { clauses } = entry
  return {
    id: entry.id,
    workload: entry.workload,
    bounds: boundsOf(entry),
    boundsImplied: clauses.between === undefined,
    up: { stableNs: clauses.stableUpNs ?? 0, limits: clauses.up ?? [] },
    down: { stableNs: clauses.stableDownNs ?? 5 * minute, limits: clauses.down ?? downLimits },
    cooldownNs: clauses.cooldownNs ?? 0,
    settleNs: clauses.settleNs ?? 2 * minute,
    mode: clauses.mode ?? 'act',
    combine: clauses.combine ?? 'largest',
  }
}

/** Warns that a scaled workload has no bounds, at its declaration or where it is first named; the fix declares them. */
export function warnOfImpliedBounds(entry: TargetEntry): void {
  if (!entry.scaled || entry.clauses.between !== undefined || entry.declaration?.broken) return
  // Bounds that are wrong have their error already.
  if (entry.declaration?.clauses.some((clause) => clause.kind === 'between')) return
  const { min, max } = impliedBounds
  const { scope, declaration } = entry
  const text = scope.tree.source.text
  const brace = declaration === undefined ? -1 : text.indexOf('{', entry.range.end)
  const clause = `between ${min} and ${max}`
  const named = text.slice(entry.range.start, entry.range.end)
  const at = brace >= 0 ? brace + 1 : endOfLine(text, entry.namedBy?.range.end ?? text.length)
  const insertion = brace >= 0 ? ` ${clause} ` : `\n\ntarget ${named} { ${clause} }`
  const fix = { title: 'declare these bounds', edits: [{ range: { start: at, end: at }, text: insertion }] }
  say(scope, messages.impliedBounds, entry.range, { target: entry.id, min, max }, { fix })
}

/** Behind the comment that ends the line, so that the comment stays where it is. */
function endOfLine(text: string, from: number): number {
  const rest = /^[ \t]*(\/\/[^\n\r]*)?(?=[\n\r]|$)/.exec(text.slice(from, from + 1000))
  return from + (rest?.[0].length ?? 0)
}
