/**
 * Mutants: the same rules with one thing changed, to ask whether the tests notice. Each comparison is turned round, each threshold moved by a tenth, each
 * count moved by one, each duration that a condition must hold by one step, and each number of an action by one.
 */
import {
  type CheckedCondition,
  type Comparison,
  type Condition,
  type Expression,
  type Program,
  printDuration,
  printQuantity,
  type QuantityType,
  type Rule,
  type TextRange,
} from '../language/index.ts'

export interface Mutant {
  readonly rule: string
  /** The source and the range in it that `text` replaces. */
  readonly file: string
  readonly range: TextRange
  readonly text: string
}

const opposite: Readonly<Record<Comparison, Comparison>> = { '>': '<=', '<=': '>', '<': '>=', '>=': '<', '==': '!=', '!=': '==' }

/** Of every rule, in the order of the text. Some are no programs (a count that is more than the steps there are): the checker says so. */
export function mutantsOf({ rules }: Program): Mutant[] {
  return rules.flatMap((rule) => {
    const { tree, name, file } = rule
    const changes = [...(tree.condition === undefined ? [] : ofCondition(tree.condition, rule)), ...ofAction(rule)]
    return changes.map((change) => ({ rule: name, file: file.source.name, ...change }))
  })
}

type Change = Pick<Mutant, 'range' | 'text'>

function ofCondition(node: Condition, rule: Rule): Change[] {
  const { everyNs, file } = rule
  switch (node.kind) {
    case 'and':
    case 'or':
      return [...ofCondition(node.left, rule), ...ofCondition(node.right, rule)]
    case 'not':
    case 'parenthesis':
      return ofCondition(node.inner, rule)
    case 'compare':
      return [{ range: node.operatorRange, text: opposite[node.operator] }, ...thresholds(node, rule)]
    case 'times':
      return [...ofCondition(node.inner, rule), ...byOne(node.count.range, node.count.value, 1)]
    case 'for': {
      const checked = checkedAt(node.range, rule)
      return [...ofCondition(node.inner, rule), ...(checked?.kind === 'for' ? byStep(node.duration, checked.ns, everyNs) : [])]
    }
    case 'absent': {
      const checked = checkedAt(node.range, rule)
      return [negated(node, file.source.text), ...(checked?.kind === 'absent' ? byStep(node.duration, checked.ns, everyNs) : [])]
    }
    case 'during':
      return [negated(node, file.source.text)]
  }
}

function negated({ range }: Condition, source: string): Change {
  return { range, text: `not ${source.slice(range.start, range.end)}` }
}

function byOne(range: TextRange, value: number, least: number): Change[] {
  return [value + 1, value - 1].filter((n) => n >= least).map((n) => ({ range, text: String(n) }))
}

function byStep({ range }: Expression, ns: number, everyNs: number): Change[] {
  return [ns + everyNs, ns - everyNs].filter((n) => n > 0).map((n) => ({ range, text: printDuration(n) }))
}

/** The constant sides of a comparison, up and down by a tenth; whole numbers by one at least. */
function thresholds(node: Condition & { kind: 'compare' }, rule: Rule): Change[] {
  const bound = boundOf(node, rule)
  const side = [node.right, node.left].find(isConstant)
  if (bound === undefined || side === undefined) return []
  const { value, type } = bound
  const by = type === 'number' && Number.isInteger(value) ? Math.max(1, Math.round(Math.abs(value) / 10)) : Math.abs(value) / 10
  const moved = [value + by, value - by].map((to) => (type === 'duration' ? Math.round(to) : to))
  return by === 0 ? [] : moved.map((to) => ({ range: side.range, text: printQuantity(to, type) }))
}

function boundOf(node: Condition, rule: Rule): { readonly value: number; readonly type: QuantityType } | undefined {
  const checked = checkedAt(node.range, rule)
  if (checked?.kind === 'compare') return checked.right.kind === 'constant' ? checked.right : undefined
  // A comparison of spans is the last test of the selector that its `times` counts.
  const spans = conditionsOf(rule.condition).find((one) => one.kind === 'spans' && one.range.start <= node.range.start && one.range.end >= node.range.end)
  const where = spans?.kind === 'spans' ? spans.selector.where : undefined
  const test = where?.kind === 'and' ? where.all.at(-1) : where
  if (test?.kind !== 'compare' || typeof test.value !== 'number') return undefined
  const isNumber = test.field.kind === 'attribute' || test.field.name === 'depth'
  return { value: test.value, type: isNumber ? 'number' : 'duration' }
}

function isConstant(node: Expression): boolean {
  switch (node.kind) {
    case 'binary':
      return isConstant(node.left) && isConstant(node.right)
    case 'call':
      return node.arguments.every(isConstant)
    case 'parenthesis':
      return isConstant(node.inner)
    case 'number':
    case 'duration':
    case 'ratio':
    case 'rate':
    case 'size':
    case 'name':
      return true
    default:
      return false
  }
}

/** The checked condition that a node of the tree became. */
function checkedAt({ start, end }: TextRange, rule: Rule): CheckedCondition | undefined {
  return conditionsOf(rule.condition).find(({ range }) => range.start === start && range.end === end)
}

function conditionsOf(condition: CheckedCondition): CheckedCondition[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [condition, ...condition.of.flatMap(conditionsOf)]
    case 'not':
    case 'times':
    case 'for':
      return [condition, ...conditionsOf(condition.of)]
    default:
      return [condition]
  }
}

function ofAction({ tree, action }: Rule): Change[] {
  const node = tree.kind === 'rule' ? tree.action : undefined
  switch (node?.kind) {
    case 'change':
      if (node.amount.kind === 'number') return byOne(node.amount.range, node.amount.value, 1)
      return [0.1, -0.1]
        .map((by) => node.amount.value + by)
        .filter((to) => to > 0)
        .map((to) => ({ range: node.amount.range, text: printQuantity(to, 'ratio') }))
    case 'set':
      return byOne(node.replicas.range, node.replicas.value, 0)
    case 'hold': {
      if (action.kind !== 'hold') return []
      const { at, value } = action
      return [1.1, 0.9].map((factor) => ({
        range: node.at.range,
        text: printQuantity(value.type === 'duration' ? Math.round(at * factor) : at * factor, value.type),
      }))
    }
    default:
      return []
  }
}
