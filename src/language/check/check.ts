/** From trees to a program: scopes, then targets, then rules, then what concerns several of them. */
import type { Diagnostic } from '../diagnostics.ts'
import { atOnce, type Sliced } from '../sliced.ts'
import type { FileTree } from '../tree.ts'
import { checkBands } from './bands.ts'
import { checkClauses } from './clauses.ts'
import { messages } from './messages.ts'
import type { DeclaredTarget, Program, Rule, Test } from './program.ts'
import { nothingResolved, type Resolutions } from './resolved.ts'
import { checkRule, nameRules, type RuleTree } from './rules.ts'
import { compareText, type Resolve, replaceWith, type Scope, say, scopesOf } from './scope.ts'
import { checkTests } from './tests.ts'
import { valueOfLet } from './values.ts'
import { type Defaults, declareTarget, finishedTarget, type Targets, warnOfImpliedBounds } from './workloads.ts'

export interface Checked {
  /** By file, then by place. Those of the parser are not among them. */
  readonly diagnostics: readonly Diagnostic[]
  /** What is right of the program; whole only when no diagnostic, the parser's included, is an error. */
  readonly program: Program
  readonly resolved: Resolutions
}

/**
 * Checks files as one program. The rules of the roots are the program's; of the files that they import, by `resolve`, only the `let`s,
 * targets and defaults are taken. The answer does not depend on the order of the roots. `isPeer` says of which services a selector that says nothing of
 * `kind` means the calls to them, because they send no spans.
 */
export function check(roots: readonly FileTree[], resolve: Resolve = () => undefined, isPeer: Scope['isPeer'] = () => false): Checked {
  return atOnce(checking(roots, resolve, isPeer))
}

/** The same, a declaration at a time. */
export function* checking(roots: readonly FileTree[], resolve: Resolve, isPeer: Scope['isPeer']): Sliced<Checked> {
  const diagnostics: Diagnostic[] = []
  const resolved = nothingResolved()
  const scopes = scopesOf(roots, resolve, diagnostics, resolved, isPeer)
  for (const scope of scopes) checkLanguage(scope)
  for (const scope of scopes) for (const symbol of scope.lets.values()) valueOfLet(symbol)

  const defaults = new Map<Scope, Defaults>()
  const defaultsOf = (scope: Scope): Defaults => {
    const known = defaults.get(scope)
    if (known !== undefined) return known
    const own = checkDefaults(scope)
    const all = Object.assign({}, ...scope.imports.map((imported) => defaultsOf(imported.scope)), own) as Defaults
    defaults.set(scope, all)
    return all
  }
  const targets: Targets = new Map()
  yield
  for (const scope of scopes)
    for (const declaration of scope.tree.declarations) {
      if (declaration.kind !== 'target') continue
      declareTarget(declaration, scope, defaultsOf(scope), targets)
      yield
    }

  yield
  const trees = scopes.filter((scope) => scope.root).flatMap((scope) => ruleTrees(scope.tree).map((tree) => ({ scope, tree })))
  const names = yield* nameRules(trees, defaultsOf)
  const rules: Rule[] = []
  const scopeOfRule = new Map<Rule, Scope>()
  for (const { scope, tree } of trees) {
    yield
    const rule = checkRule(tree, names.get(tree), scope, defaultsOf(scope), targets)
    if (rule === undefined) continue
    rules.push(rule)
    scopeOfRule.set(rule, scope)
  }
  yield* checkBands(rules, (rule) => scopeOfRule.get(rule) as Scope)
  yield
  const named = { rules: new Set(names.values()), targets }
  const tests: Test[] = []
  for (const scope of scopes) {
    if (!scope.root) continue
    tests.push(...checkTests(scope, defaultsOf(scope), named))
    yield
  }
  for (const target of targets.values()) warnOfImpliedBounds(target)
  yield
  warnOfUnusedLets(scopes)
  yield

  return {
    diagnostics: diagnostics.sort(byPlace),
    program: {
      files: scopes.map((scope) => scope.tree),
      targets: [...targets.values()].map(finishedTarget).sort((a, b) => compareText(a.id, b.id)),
      rules,
      tests,
      declaredTargets: declaredTargets(targets),
      peers: [...resolved.peers].sort(compareText),
    },
    resolved,
  }
}

export function byPlace(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.file, b.file) || a.range.start - b.range.start || a.range.end - b.range.end || compareText(a.code, b.code)
}

function declaredTargets(targets: Targets): DeclaredTarget[] {
  const declared = [...targets.values()].flatMap(({ id, declaration, scope }) =>
    declaration === undefined ? [] : [{ id, tree: declaration, file: scope.tree }],
  )
  return declared.sort((a, b) => compareText(a.id, b.id))
}

function ruleTrees(tree: FileTree): RuleTree[] {
  return tree.declarations.filter((declaration) => declaration.kind === 'rule' || declaration.kind === 'freeze')
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
    for (const { name, declaration, scope: owner, used } of scope.lets.values()) {
      if (used || owner !== scope || declaration.broken) continue
      const fix = { title: 'delete it', edits: [{ range: declaration.range, text: '' }] }
      say(scope, messages.unusedLet, name.range, { name: name.text }, { fix })
    }
  }
}
