/** From trees to a program: scopes, then targets, then rules, then what concerns several of them. */
import type { Diagnostic } from '../diagnostics.ts'
import { atOnce, inPortions, type Sliced } from '../sliced.ts'
import type { FileTree } from '../tree.ts'
import { bandsOf } from './bands.ts'
import { checkClauses } from './clauses.ts'
import { CheckMemory, type Surroundings } from './memory.ts'
import { messages } from './messages.ts'
import { type DeclaredTarget, type Program, type Rule, type Test, workloadId } from './program.ts'
import type { Resolutions } from './resolved.ts'
import { nameRules, type PlacedRule } from './rules.ts'
import { compareText, type Resolve, replaceWith, type Scope, say, scopesOf } from './scope.ts'
import { checkTests } from './tests.ts'
import { valueOfLet } from './values.ts'
import { type Defaults, declareTarget, type Targets, warnOfImpliedBounds, workloadOf } from './workloads.ts'

export interface Checked {
  /** By file, then by place. Those of the parser are not among them. */
  readonly diagnostics: readonly Diagnostic[]
  /** What is right of the program; whole only when no diagnostic, the parser's included, is an error. */
  readonly program: Program
  /** Of a check with a memory, it is the memory's own: that of the newest check. */
  readonly resolved: Resolutions
  /** The program's rules, those of each target together. */
  readonly byTarget: readonly (readonly Rule[])[]
}

/**
 * Checks files as one program. The rules of the roots are the program's; of the files that they import, by `resolve`, only the `let`s,
 * targets and defaults are taken. The answer does not depend on the order of the roots. `isPeer` says of which services a selector that says nothing of
 * `kind` means the calls to them, because they send no spans.
 */
export function check(roots: readonly FileTree[], resolve: Resolve = () => undefined, isPeer: Scope['isPeer'] = () => false): Checked {
  return atOnce(checking(roots, resolve, isPeer))
}

/** Declarations that are checked between two pauses: a millisecond of work at most. */
const portion = 10

/** The same, a few declarations at a time, with what is remembered of the last check of these files. */
export function* checking(roots: readonly FileTree[], resolve: Resolve, isPeer: Scope['isPeer'], memory = new CheckMemory()): Sliced<Checked> {
  const diagnostics: Diagnostic[] = []
  memory.begin()
  const { resolved } = memory
  const scopes = scopesOf(roots, resolve, diagnostics, resolved, isPeer)
  for (const scope of scopes) checkLanguage(scope)
  for (const scope of scopes) for (const symbol of scope.lets.values()) valueOfLet(symbol)

  const seen = new Map<Scope, Surroundings>()
  const surroundingsOf = (scope: Scope): Surroundings => {
    const known = seen.get(scope)
    if (known !== undefined) return known
    const own = checkDefaults(scope)
    const all = Object.assign({}, ...scope.imports.map((imported) => surroundingsOf(imported.scope).defaults), own) as Defaults
    const surroundings = memory.surroundings(scope, all)
    seen.set(scope, surroundings)
    return surroundings
  }
  const defaultsOf = (scope: Scope): Defaults => surroundingsOf(scope).defaults
  const targets: Targets = new Map()
  yield
  for (const scope of scopes) {
    const surroundings = surroundingsOf(scope)
    const declared = scope.tree.declarations.filter((declaration) => declaration.kind === 'target')
    yield* inPortions(declared, portion, (tree) => declareTarget(tree, scope, surroundings, targets, memory))
  }

  const placed = scopes.filter((scope) => scope.root).flatMap(rulesIn)
  const names = nameRules(placed, defaultsOf)
  yield
  const rules: Rule[] = []
  yield* inPortions(placed, portion, ({ scope, tree, name }) => {
    const rule = name === undefined ? undefined : memory.ruleOf(tree, name, scope, surroundingsOf(scope), targets)
    if (rule !== undefined) rules.push(rule)
  })
  const byTarget = [...Map.groupBy(rules, (rule) => rule.target).values()]
  for (const diagnostic of yield* memory.bands.all(byTarget, bandsOf)) diagnostics.push(diagnostic)
  yield
  const named = { rules: names, targets, unread: unreadWorkloads(placed, defaultsOf) }
  const tests: Test[] = []
  for (const scope of scopes) {
    if (!scope.root) continue
    tests.push(...memory.ofTests(scope, (own) => checkTests(own, defaultsOf(scope), named)))
    yield
  }
  targets.forEach(warnOfImpliedBounds)
  yield
  warnOfUnusedLets(scopes)
  yield

  return {
    diagnostics: diagnostics.sort(byPlace),
    program: {
      files: scopes.map((scope) => scope.tree),
      targets: memory.finish(targets),
      rules,
      tests,
      declaredTargets: declaredTargets(targets),
      peers: [...resolved.peers].sort(compareText),
    },
    resolved,
    byTarget,
  }
}

export function byPlace(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.file, b.file) || a.range.start - b.range.start || a.range.end - b.range.end || compareText(a.code, b.code)
}

function declaredTargets(targets: Targets): DeclaredTarget[] {
  const declared: DeclaredTarget[] = []
  for (const { id, declaration, scope } of targets.values()) if (declaration !== undefined) declared.push({ id, tree: declaration, file: scope.tree })
  return declared.sort((a, b) => compareText(a.id, b.id))
}

/** Workloads of rules that could not be parsed. */
function unreadWorkloads(placed: readonly PlacedRule[], defaultsOf: (scope: Scope) => Defaults): ReadonlySet<string> {
  const unread = placed.flatMap(({ scope, tree: { broken, workload } }) => (broken && workload !== undefined ? [workloadOf(workload, defaultsOf(scope))] : []))
  return new Set(unread.map(workloadId))
}

function rulesIn(scope: Scope): PlacedRule[] {
  const rules = scope.tree.declarations.filter((declaration) => declaration.kind === 'rule' || declaration.kind === 'freeze')
  return rules.map((tree) => ({ scope, tree, name: undefined }))
}

function checkLanguage(scope: Scope): void {
  const version = scope.tree.language
  if (version !== undefined && version.value !== 1)
    say(scope, messages.unknownLanguage, version.range, { version: version.value }, replaceWith(version.range, '1'))
}

function checkDefaults(scope: Scope): Defaults {
  const clauses = scope.tree.declarations.flatMap((declaration) => (declaration.kind === 'defaults' && !declaration.broken ? declaration.clauses : []))
  const { nodes: _, ...values } = checkClauses(clauses, 'defaults', scope)
  return values
}

/** A file that another imports is a library: its `let`s are for others. */
function warnOfUnusedLets(scopes: readonly Scope[]): void {
  const imported = new Set(scopes.flatMap((scope) => scope.imports.map((i) => i.scope)))
  for (const scope of scopes) {
    // What could not be parsed may have used it.
    if (!scope.root || imported.has(scope) || scope.tree.declarations.some((declaration) => declaration.broken)) continue
    for (const symbol of scope.lets.values()) {
      const { name, declaration } = symbol
      if (scope.used.has(symbol) || symbol.scope !== scope || declaration.broken) continue
      const fix = { title: 'delete it', edits: [{ range: declaration.range, text: '' }] }
      say(scope, messages.unusedLet, name.range, { name: name.text }, { fix })
    }
  }
}
