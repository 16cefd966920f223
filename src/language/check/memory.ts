/**
 * What a check remembers for the next one, of those who check the same files again after every edit. A check says the same with a memory as without; with one, it looks again
 * only at what is new, or is made of something that is.
 */
import type { Diagnostic } from '../diagnostics.ts'
import { exact } from '../exact.ts'
import type { Predicate, Ranged, SelectorNode, SpanExpression, TargetDeclaration, TextRange, WorkloadNode } from '../tree.ts'
import type { Rule, Target } from './program.ts'
import { nothingResolved, type Resolved } from './resolved.ts'
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
  readonly selectors: readonly SelectorNode[]
  readonly predicates: readonly Predicate[]
  readonly spans: readonly SpanExpression[]
  readonly peers: readonly string[]
  /** The `let`s that it names. */
  readonly names: readonly string[]
  readonly surroundings: Surroundings
  /** What was asked of service patterns, and the answers. */
  readonly asked: readonly Known<string, boolean>[]
  /** Errors may tell of other places, and are found anew each time. */
  readonly lasts: boolean
  /** The newest check that has the declaration. */
  check: number
}

/** An entry of a map. */
interface Known<K, V> {
  readonly of: K
  readonly is: V
}

interface RuleFinding extends Finding<Rule | undefined> {
  readonly name: string
  /** The workloads that it names, its own first, with what was known of them. */
  readonly named: readonly { readonly id: string; readonly node: WorkloadNode; readonly clauses: Defaults }[]
}

export class CheckMemory {
  /** Of the newest check. */
  readonly resolved = nothingResolved()
  /** What rules of one target say together. */
  readonly bands = new TogetherMemory()
  readonly #rules = new Map<RuleTree, RuleFinding>()
  readonly #targets = new Map<TargetDeclaration, Finding<Defaults>>()
  /** By file. */
  readonly #surroundings = new Map<string, Surroundings>()
  /** What nodes of tests turned out to be: these are looked at each time. */
  #ofTests: Nodes[] = []
  /** Of the last check. */
  #finished: ReadonlyMap<string, TargetEntry> = new Map()
  #check = 0

  /** A check begins. */
  begin(): void {
    this.#check++
    this.resolved.peers.clear()
    for (const nodes of this.#ofTests) this.#forget(nodes)
    this.#ofTests = []
  }

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

  /** What `clausesOfTarget` says, or said before; where it is equal to what the target of this id had, that. */
  clausesOf(tree: TargetDeclaration, id: string, scope: Scope, surroundings: Surroundings): Defaults {
    const before = this.#targets.get(tree)
    const finding = before !== undefined && holds(before, tree, scope, surroundings) ? before : this.#findTarget(tree, scope, surroundings)
    const clauses = this.#leave(finding, scope)
    const known = this.#finished.get(id)?.clauses
    return known !== undefined && (known === clauses || JSON.stringify(known) === JSON.stringify(clauses)) ? known : clauses
  }

  /** What `checkRule` makes of the tree, or made before. */
  ruleOf(tree: RuleTree, name: string, scope: Scope, surroundings: Surroundings, targets: Targets): Rule | undefined {
    const before = this.#rules.get(tree)
    const isAsBefore = before !== undefined && before.name === name && holds(before, tree, scope, surroundings) && nameTheSame(before, tree, scope, targets)
    const rule = this.#leave(isAsBefore ? before : this.#findRule(tree, name, scope, surroundings, targets), scope)
    // Where other parts of the file were edited, the tree has moved with its text.
    if (rule !== undefined) (rule as Movable).file = scope.tree
    return rule
  }

  #findTarget(tree: TargetDeclaration, scope: Scope, surroundings: Surroundings): Finding<Defaults> {
    const before = this.#targets.get(tree)
    if (before !== undefined) this.#forget(before)
    const now = this.#find(tree, scope, surroundings, (own) => clausesOfTarget(tree, own, surroundings.defaults))
    this.#targets.set(tree, now)
    return now
  }

  #findRule(tree: RuleTree, name: string, scope: Scope, surroundings: Surroundings, targets: Targets): RuleFinding {
    const before = this.#rules.get(tree)
    if (before !== undefined) this.#forget(before)
    const { defaults } = surroundings
    const named: RuleFinding['named'][number][] = []
    const workloads: Workloads = {
      named(node) {
        const entry = targetNamed(node, tree, scope, defaults, targets)
        named.push({ id: entry.id, node, clauses: entry.clauses })
        return entry
      },
      mostReplicas: (id) => targets.get(id)?.clauses.between?.max,
    }
    const found = this.#find(tree, scope, surroundings, (own) => checkRule(tree, name, own, defaults, workloads))
    const now: RuleFinding = { ...found, name, named: exact(named), lasts: found.lasts && found.result !== undefined }
    this.#rules.set(tree, now)
    return now
  }

  /** `check` with a scope for what is looked at in every check. */
  ofTests<T>(scope: Scope, check: (scope: Scope) => T): T {
    const resolved = nothingResolved()
    const found = check({ ...scope, resolved })
    this.#know(resolved)
    this.#ofTests.push(nodesOf(resolved))
    return found
  }

  /** All targets of the program, by id; each the same object while its clauses are. Declarations that are gone are forgotten. */
  finish(entries: Targets): readonly Target[] {
    const targets: Target[] = []
    for (const entry of entries.values()) {
      const before = this.#finished.get(entry.id)
      entry.finished = before?.clauses === entry.clauses ? before.finished : finishedTarget(entry)
      targets.push(entry.finished as Target)
    }
    this.#finished = entries
    this.#forgetOthers(this.#rules)
    this.#forgetOthers(this.#targets)
    return targets.sort((a, b) => compareText(a.id, b.id))
  }

  #find<T>({ range }: Ranged, scope: Scope, surroundings: Surroundings, find: (scope: Scope) => T): Finding<T> {
    const asked: Known<string, boolean>[] = []
    const isPeer = (pattern: string): boolean => {
      const is = scope.isPeer(pattern)
      asked.push({ of: pattern, is })
      return is
    }
    const resolved = nothingResolved()
    const own: Scope = { ...scope, isPeer, diagnostics: [], resolved, used: new Set() }
    const result = find(own)
    this.#know(resolved)
    const { diagnostics, used } = own
    return {
      result,
      diagnostics: kept(diagnostics),
      start: range.start,
      ...nodesOf(resolved),
      peers: kept([...resolved.peers]),
      names: kept(Array.from(used, ({ name }) => name.text)),
      surroundings,
      asked: kept(asked),
      lasts: isOwn(diagnostics, range),
      check: this.#check,
    }
  }

  /** Does to the compilation what the check of the declaration does. */
  #leave<T>(finding: Finding<T>, { diagnostics, used, lets }: Scope): T {
    finding.check = this.#check
    for (const diagnostic of finding.diagnostics) diagnostics.push(diagnostic)
    for (const pattern of finding.peers) this.resolved.peers.add(pattern)
    for (const name of finding.names) used.add(lets.get(name) as LetSymbol)
    return finding.result
  }

  #know({ selectors, predicates, spans, peers }: Resolved): void {
    for (const [node, selector] of selectors) this.resolved.selectors.set(node, selector)
    for (const [node, predicate] of predicates) this.resolved.predicates.set(node, predicate)
    for (const [node, value] of spans) this.resolved.spans.set(node, value)
    for (const pattern of peers) this.resolved.peers.add(pattern)
  }

  #forget({ selectors, predicates, spans }: Nodes): void {
    for (const node of selectors) this.resolved.selectors.delete(node)
    for (const node of predicates) this.resolved.predicates.delete(node)
    for (const node of spans) this.resolved.spans.delete(node)
  }

  #forgetOthers<K>(findings: Map<K, Finding<unknown>>): void {
    findings.forEach((finding, tree) => {
      if (finding.check === this.#check) return
      this.#forget(finding)
      findings.delete(tree)
    })
  }
}

/** Nodes of which something was known. */
type Nodes = Pick<Finding<unknown>, 'selectors' | 'predicates' | 'spans'>

type Movable = { -readonly [K in keyof Rule]: Rule[K] }

function nodesOf({ selectors, predicates, spans }: Resolved): Nodes {
  return { selectors: kept([...selectors.keys()]), predicates: kept([...predicates.keys()]), spans: kept([...spans.keys()]) }
}

/** Most of what a check could leave behind is not there. */
function kept<T>(items: readonly T[]): readonly T[] {
  return items.length === 0 ? nothing : exact(items)
}

const nothing: readonly never[] = []

function holds(finding: Finding<unknown>, tree: Ranged, scope: Scope, surroundings: Surroundings): boolean {
  if (!finding.lasts || finding.surroundings !== surroundings) return false
  // What is said of a place is said anew where the place has moved.
  if (finding.diagnostics.length > 0 && finding.start !== tree.range.start) return false
  for (const { of, is } of finding.asked) if (scope.isPeer(of) !== is) return false
  return true
}

/** Whether the workloads of a rule are what they were. They are named to the compilation, as the check of the rule would. */
function nameTheSame({ named, surroundings: { defaults } }: RuleFinding, tree: RuleTree, scope: Scope, targets: Targets): boolean {
  let own: TargetEntry | undefined
  for (const { id, node, clauses } of named) {
    const entry = targets.get(id) ?? targetNamed(node, tree, scope, defaults, targets)
    if (entry.clauses !== clauses) return false
    own ??= entry
  }
  if (own !== undefined && tree.kind === 'rule') own.scaled = true
  return true
}

/** Whether nothing is said of other places, which an edit may move. */
function isOwn(diagnostics: readonly Diagnostic[], { start, end }: TextRange): boolean {
  const isWithin = (range: TextRange): boolean => start <= range.start && range.end <= end
  return diagnostics.every(({ range, related, fix }) => isWithin(range) && related === undefined && (fix?.edits ?? []).every((edit) => isWithin(edit.range)))
}
