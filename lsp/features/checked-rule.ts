/** The checked rule of a declaration, and its explanation with the rules around it: no more of the project is lowered than that. */
import { bundleOf } from '../../src/bundle/index.ts'
import { explainBundle, type RuleExplanation } from '../../src/explain/index.ts'
import type { Declaration, Rule } from '../../src/language/index.ts'
import type { View } from '../contract.ts'

type RuleTree = Declaration & { readonly kind: 'rule' | 'freeze' }

export function isRuleTree(declaration: Declaration): declaration is RuleTree {
  return declaration.kind === 'rule' || declaration.kind === 'freeze'
}

/** Undefined where it has an error, or was not checked yet. Declarations that an edit did not touch are still those that were checked. */
export function checkedRule({ project }: Pick<View, 'project'>, declaration: RuleTree): Rule | undefined {
  return rulesByTree(project.checked?.program.rules ?? []).get(declaration)
}

const byTree = new WeakMap<readonly Rule[], ReadonlyMap<Declaration, Rule>>()

/** Found once for each check. */
function rulesByTree(rules: readonly Rule[]): ReadonlyMap<Declaration, Rule> {
  const known = byTree.get(rules)
  if (known !== undefined) return known
  const found = new Map(rules.map((rule) => [rule.tree, rule]))
  byTree.set(rules, found)
  return found
}

export function explained({ project }: Pick<View, 'project'>, rule: Rule): RuleExplanation | undefined {
  const program = project.checked?.program
  if (program === undefined) return undefined
  const rules = program.rules.filter(({ target }) => target === rule.target)
  const targets = program.targets.filter(({ id }) => id === rule.target)
  const bundle = bundleOf({ ...program, files: [], tests: [], rules, targets }, '')
  const { catalog } = project.catalog
  return explainBundle(bundle, catalog === undefined ? {} : { catalog }).find(({ rule: name }) => name === rule.name)
}
