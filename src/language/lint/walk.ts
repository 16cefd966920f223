/** The parts of a rule's text that lints ask about. */
import type { Rule } from '../check/program.ts'
import { exact } from '../exact.ts'
import type { Condition, Expression, Predicate, SelectorNode, SpanExpression } from '../tree.ts'

export type PredicateLeaf = Extract<Predicate, { readonly field: unknown }>

/** A `span(…)`, and the window that an `over` around it says. */
export interface PlacedSpan {
  readonly node: SpanExpression
  readonly window: Expression | undefined
}

/** Every `span(…)` of a rule, in the order of the text. */
export function spanExpressionsOf({ tree }: Rule): readonly PlacedSpan[] {
  const found: PlacedSpan[] = []
  if (tree.kind === 'rule' && tree.action?.kind === 'hold') found.push(...spansIn(tree.action.value))
  if (tree.condition !== undefined) visit(tree.condition, { expression: (node) => found.push(...spansIn(node)) })
  return found
}

/** Every selector of a rule: of values, of `absent`, and the ancestors behind `under` and `child of`. */
export function selectorsOf(rule: Rule): readonly SelectorNode[] {
  const known = selectors.get(rule.tree)
  if (known !== undefined) return known
  const found = exact(selectorsIn(rule))
  selectors.set(rule.tree, found)
  return found
}

/** Most lints ask for them, and an editor lints the same rules again and again. */
const selectors = new WeakMap<Rule['tree'], readonly SelectorNode[]>()

function selectorsIn(rule: Rule): readonly SelectorNode[] {
  const found: SelectorNode[] = spanExpressionsOf(rule).map(({ node }) => node.selector)
  if (rule.tree.condition !== undefined) visit(rule.tree.condition, { absent: (node) => found.push(node) })
  return found.flatMap(withAncestors).sort((a, b) => a.range.start - b.range.start)
}

/** The tests of a selector that name a field. */
export function testsOf(selector: SelectorNode): readonly PredicateLeaf[] {
  return selector.where === undefined ? [] : leavesOf(selector.where)
}

/** Every node of a condition, itself first. */
export function conditionsIn(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [condition, ...conditionsIn(condition.left), ...conditionsIn(condition.right)]
    case 'not':
    case 'parenthesis':
    case 'times':
    case 'for':
      return [condition, ...conditionsIn(condition.inner)]
    default:
      return [condition]
  }
}

function withAncestors(selector: SelectorNode): readonly SelectorNode[] {
  return selector.ancestor === undefined ? [selector] : [selector, ...withAncestors(selector.ancestor.selector)]
}

function leavesOf(predicate: Predicate): readonly PredicateLeaf[] {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return [...leavesOf(predicate.left), ...leavesOf(predicate.right)]
    case 'not':
    case 'parenthesis':
      return leavesOf(predicate.inner)
    default:
      return [predicate]
  }
}

interface Visitor {
  readonly expression?: (node: Expression) => void
  readonly absent?: (node: SelectorNode) => void
}

function visit(condition: Condition, visitor: Visitor): void {
  for (const node of conditionsIn(condition)) {
    if (node.kind === 'compare') {
      visitor.expression?.(node.left)
      visitor.expression?.(node.right)
    } else if (node.kind === 'absent') visitor.absent?.(node.selector)
  }
}

/** Every `span(…)` of an expression. */
export function spansIn(node: Expression, window?: Expression): readonly PlacedSpan[] {
  switch (node.kind) {
    case 'span':
      return [{ node, window }]
    case 'parenthesis':
      return spansIn(node.inner, window)
    case 'over':
      return spansIn(node.value, node.window)
    case 'forecast':
      return spansIn(node.value, window)
    case 'binary':
      return [...spansIn(node.left, window), ...spansIn(node.right, window)]
    case 'call':
      return node.arguments.flatMap((argument) => spansIn(argument, window))
    default:
      return []
  }
}
