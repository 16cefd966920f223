/** Parts of an `and` or `or` that another part makes superfluous: `p99 > 1s and p99 > 500ms`. */
import type { CheckedCondition, Rule } from '../check/program.ts'
import type { Diagnostic, Fix } from '../diagnostics.ts'
import type { Condition, TextRange } from '../tree.ts'
import { inRule, type Lint } from './context.ts'
import type { Formula } from './logic/formula.ts'
import { areKnownTogether, implies } from './logic/implies.ts'
import { messages } from './messages.ts'
import { conditionsIn } from './walk.ts'

/** Every part is compared with every other, up to so many. */
const mostParts = 40

export const superfluous: Lint = ({ program, formula }) => program.rules.flatMap((rule) => within(rule.condition, rule, formula, false))

type Formulas = (condition: CheckedCondition) => Formula

/** `exact`: also when it is false and when it is unknown matters, behind `not` and before `for`. */
function within(condition: CheckedCondition, rule: Rule, formula: Formulas, exact: boolean): readonly Diagnostic[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...parts(condition, rule, formula, exact), ...condition.of.flatMap((part) => within(part, rule, formula, exact))]
    case 'times':
      return within(condition.of, rule, formula, exact)
    case 'not':
    case 'for':
      return within(condition.of, rule, formula, true)
    default:
      return []
  }
}

function parts({ kind, of }: Extract<CheckedCondition, { kind: 'and' | 'or' }>, rule: Rule, formula: Formulas, exact: boolean): readonly Diagnostic[] {
  if (of.length > mostParts) return []
  const text = ({ start, end }: TextRange): string => rule.file.source.text.slice(start, end)
  const surroundings = { atLeast: [rule.atLeastSpans, rule.atLeastSpans] as const }
  const formulas = of.map(formula)
  /** Whether the part i makes the part j superfluous. */
  const makes = (i: number, j: number): boolean => {
    const [a, b] = kind === 'and' ? [formulas[i], formulas[j]] : [formulas[j], formulas[i]]
    return a !== undefined && b !== undefined && implies(a, b, surroundings) && (!exact || areKnownTogether(a, b))
  }
  return of.flatMap((part, i) => {
    // Of two that say the same the later is superfluous.
    const other = of.find((_, j) => i !== j && makes(j, i) && (j < i || !makes(i, j)))
    if (other === undefined) return []
    const related = [{ file: rule.file.source.name, range: other.range, message: 'which says as much' }]
    const fix = removal(part.range, rule)
    const more = fix === undefined ? { related } : { related, fix }
    return [inRule(rule, messages.superfluous, part.range, { part: text(part.range), other: text(other.range), kind }, more)]
  })
}

/** Takes the part away with the `and` or `or` beside it. */
function removal(range: TextRange, rule: Rule): Fix | undefined {
  if (rule.tree.condition === undefined) return undefined
  for (const node of conditionsIn(rule.tree.condition)) {
    if (node.kind !== 'and' && node.kind !== 'or') continue
    if (stands(node.right, range)) return deletion({ start: node.left.range.end, end: node.right.range.end })
    if (stands(node.left, range)) return deletion({ start: node.left.range.start, end: node.right.range.start })
  }
  return undefined
}

function stands(node: Condition, { start, end }: TextRange): boolean {
  if (node.range.start === start && node.range.end === end) return true
  return node.kind === 'parenthesis' && stands(node.inner, { start, end })
}

function deletion(range: TextRange): Fix {
  return { title: 'leave it out', edits: [{ range, text: '' }] }
}
