/**
 * What a check remembers for the next one, of those who check the same files again after every edit. A check says the same with a memory as without; with one, it looks again
 * only at what is new, or is made of something that is.
 */
import type { Diagnostic } from '../diagnostics.ts'
import { exact } from '../exact.ts'
import type { Predicate, Ranged, SelectorNode, SpanExpression, TargetDeclaration, TextRange, WorkloadNode } from '../tree.ts'
import type { CheckedPredicate, Rule, Selector, Target } from './program.ts'
import { nothingResolved, type SpanValue } from './resolved.ts'
import { checkRule, type RuleTree, type Workloads } from './rules.ts'
import { compareText, type LetSymbol, type Scope } from './scope.ts'
import { TogetherMemory } from './together.ts'
import { clausesOfTarget, type Defaults, finishedTarget, type TargetEntry, type Targets, targetNamed } from './workloads.ts'

/** What a declaration can see of its file: what every name stands for, and its defaults. The same object while it is the same. */
export interface Surroundings {
  readonly print: string
  readonly defaults: Defaults
}

/** What came of a declaration, what its check left behind, and what it was made of beside its own tree. */
interface Finding<T> {
  readonly result: T
  readonly diagnostics: readonly Diagnostic[]
  /** Where the declaration began. */
  readonly start: number
  readonly selectors: readonly Known<SelectorNode, Selector>[]
  readonly predicates: readonly Known<Predicate, CheckedPredicate>[]
  readonly spans: readonly Known<SpanExpression, SpanValue>[]
  readonly peers: readonly string[]
  /** The `let`s that it names. */
  readonly names: readonly string[]
  readonly surroundings: Surroundings
  /** What was asked of service patterns, and the answers. */
  readonly asked: readonly Known<string, boolean>[]
}

/** An entry of a map. */
interface Known<K, V> {
  readonly of: K
  readonly is: V
}

interface RuleFinding extends Finding<Rule> {
  readonly name: string
  /** The workloads that it names, its own first, with what was known of them. */
  readonly named: readonly { readonly id: string; readonly node: WorkloadNode; readonly clauses: Defaults }[]
}

export class CheckMemory {
  readonly #rules = new WeakMap<RuleTree, RuleFinding>()
  readonly #targets = new WeakMap<TargetDeclaration, Finding<Defaults>>()
  /** What rules of one target say together. */
  readonly bands = new TogetherMemory()
  /** By file. */
  readonly #surroundings = new Map<string, Surroundings>()
  /** Of the last check. */
  #finished: ReadonlyMap<string, TargetEntry> = new Map()

  /** The last ones of this file, if these are equal. */
  surroundings({ file, lets, incomplete }: Scope, defaults: Defaults): Surroundings {
    const names = [...lets].map(([name, { value }]) => [name, value?.type, String(value?.value)])
    const print = JSON.stringify([incomplete, names, defaults])
    const before = this.#surroundings.get(file)
    if (before?.print === print) return before
    const now = { print, defaults }
    this.#surroundings.set(file, now)
    return now
  }

  /** What `clausesOfTarget` says, or said before. */
  clausesOf(tree: TargetDeclaration, scope: Scope, surroundings: Surroundings): Defaults {
    const before = this.#targets.get(tree)
    if (before !== undefined && holds(before, tree, scope, surroundings)) {
      leave(before, scope)
      return before.result
    }
    const now = found(tree, scope, surroundings, (own) => clausesOfTarget(tree, own, surroundings.defaults))
    leave(now, scope)
    if (isOwn(now.diagnostics, tree.range)) this.#targets.set(tree, now)
    return now.result
  }

  /** What `checkRule` makes of the tree, or made before. */
  ruleOf(tree: RuleTree, name: string, scope: Scope, surroundings: Surroundings, targets: Targets): Rule | undefined {
    const { defaults } = surroundings
    const before = this.#rules.get(tree)
    if (before !== undefined && before.name === name && holds(before, tree, scope, surroundings) && nameTheSame(before, scope, defaults, targets)) {
      leave(before, scope)
      if (before.result.file === scope.tree) return before.result
      const result = { ...before.result, file: scope.tree }
      this.#rules.set(tree, { ...before, result })
      return result
    }
    const named: RuleFinding['named'][number][] = []
    const workloads: Workloads = {
      named(node) {
        const entry = targetNamed(node, tree, scope, defaults, targets)
        named.push({ id: entry.id, node, clauses: entry.clauses })
        return entry
      },
      mostReplicas: (id) => targets.get(id)?.clauses.between?.max,
    }
    const now = found(tree, scope, surroundings, (own) => checkRule(tree, name, own, defaults, workloads))
    leave(now, scope)
    const { result } = now
    // What an error says may tell of other places.
    if (result !== undefined && isOwn(now.diagnostics, tree.range)) this.#rules.set(tree, { ...now, result, name, named: exact(named) })
    return result
  }

  /** The clauses that the target of this id had, if these are equal. */
  clausesAsBefore(id: string, clauses: Defaults): Defaults {
    const before = this.#finished.get(id)?.clauses
    return before !== undefined && (before === clauses || JSON.stringify(before) === JSON.stringify(clauses)) ? before : clauses
  }

  /** All targets of the program, by id; each the same object while its clauses are. */
  finish(entries: Targets): readonly Target[] {
    const targets: Target[] = []
    for (const entry of entries.values()) {
      const before = this.#finished.get(entry.id)
      entry.finished = before?.clauses === entry.clauses ? before.finished : finishedTarget(entry)
      targets.push(entry.finished as Target)
    }
    this.#finished = entries
    return targets.sort((a, b) => compareText(a.id, b.id))
  }
}

function found<T>({ range }: Ranged, scope: Scope, surroundings: Surroundings, find: (scope: Scope) => T): Finding<T> {
  const asked = new Map<string, boolean>()
  const isPeer = (pattern: string): boolean => {
    const answer = scope.isPeer(pattern)
    asked.set(pattern, answer)
    return answer
  }
  const own: Scope = { ...scope, isPeer, diagnostics: [], resolved: nothingResolved(), used: new Set() }
  const result = find(own)
  const { diagnostics, used } = own
  const { selectors, predicates, spans, peers } = own.resolved
  return {
    result,
    diagnostics: diagnostics.length === 0 ? nothing : diagnostics,
    start: range.start,
    selectors: entriesOf(selectors),
    predicates: entriesOf(predicates),
    spans: entriesOf(spans),
    peers: peers.size === 0 ? nothing : [...peers],
    names: used.size === 0 ? nothing : Array.from(used, ({ name }) => name.text),
    surroundings,
    asked: entriesOf(asked),
  }
}

/** Most of what a check could leave behind is not there. */
const nothing: readonly never[] = []

function entriesOf<K, V>(map: ReadonlyMap<K, V>): readonly Known<K, V>[] {
  return map.size === 0 ? nothing : Array.from(map, ([of, is]) => ({ of, is }))
}

/** Does to the compilation what the check of the declaration does. */
function leave(finding: Finding<unknown>, { diagnostics, resolved, used, lets }: Scope): void {
  for (const diagnostic of finding.diagnostics) diagnostics.push(diagnostic)
  for (const { of, is } of finding.selectors) resolved.selectors.set(of, is)
  for (const { of, is } of finding.predicates) resolved.predicates.set(of, is)
  for (const { of, is } of finding.spans) resolved.spans.set(of, is)
  for (const pattern of finding.peers) resolved.peers.add(pattern)
  for (const name of finding.names) used.add(lets.get(name) as LetSymbol)
}

function holds(finding: Finding<unknown>, tree: Ranged, scope: Scope, surroundings: Surroundings): boolean {
  if (finding.surroundings !== surroundings) return false
  // What is said of a place is said anew where the place has moved.
  if (finding.diagnostics.length > 0 && finding.start !== tree.range.start) return false
  return finding.asked.every(({ of, is }) => scope.isPeer(of) === is)
}

/** Whether the workloads of a rule are what they were. They are named to the compilation, as the check of the rule would. */
function nameTheSame({ named, result }: RuleFinding, scope: Scope, defaults: Defaults, targets: Targets): boolean {
  for (const { id, node, clauses } of named) {
    const entry = targets.get(id) ?? targetNamed(node, result.tree, scope, defaults, targets)
    if (entry.clauses !== clauses) return false
    if (id === result.target && result.tree.kind === 'rule') entry.scaled = true
  }
  return true
}

/** Whether nothing is said of other places, which an edit may move. */
function isOwn(diagnostics: readonly Diagnostic[], { start, end }: TextRange): boolean {
  const isWithin = (range: TextRange): boolean => start <= range.start && range.end <= end
  return diagnostics.every(({ range, related, fix }) => isWithin(range) && related === undefined && (fix?.edits ?? []).every((edit) => isWithin(edit.range)))
}
