/** A condition that can never be true, whatever happens; and, beside others that can, an alternative that cannot. */
import type { CheckedCondition, Rule } from '../check/program.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { conditionRange, inRule, type Lint } from './context.ts'
import { waysOf } from './logic/cases.ts'
import { type Formula, isPlain } from './logic/formula.ts'
import { contradictionIn } from './logic/predicates.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

export const neverFires: Lint = ({ program, resolved, formula }) =>
  program.rules.flatMap((rule) => {
    const empty = selectorsOf(rule).flatMap((node) => {
      const selector = resolved.selectors.get(node)
      const clash = selector === undefined ? undefined : contradictionIn(selector)
      return clash === undefined ? [] : [inRule(rule, messages.emptySelector, node.where?.range ?? node.range, { left: clash[0], right: clash[1] })]
    })
    // What such a selector does to the rule is said already.
    return empty.length > 0 ? empty : impossible(rule, formula)
  })

type Formulas = (condition: CheckedCondition) => Formula

function impossible(rule: Rule, formula: Formulas): readonly Diagnostic[] {
  if (isPlain(rule.condition)) return []
  const why = whyNever(formula(rule.condition), rule.everyNs)
  if (why !== undefined) return [inRule(rule, messages.neverFires, conditionRange(rule), { rule: rule.name, why })]
  return deadAlternatives(rule.condition, rule, formula)
}

/** Why a condition can never be true; undefined where it may be. */
function whyNever(formula: Formula, everyNs: number): string | undefined {
  const { cases, why } = waysOf(formula, { everyNs })
  return cases?.length === 0 ? (why ?? 'nothing makes it true') : undefined
}

function deadAlternatives(condition: CheckedCondition, rule: Rule, formula: Formulas): readonly Diagnostic[] {
  switch (condition.kind) {
    case 'or':
      return condition.of.flatMap((part) => {
        const why = whyNever(formula(part), rule.everyNs)
        if (why === undefined) return deadAlternatives(part, rule, formula)
        const { start, end } = part.range
        return [inRule(rule, messages.deadAlternative, part.range, { part: rule.file.source.text.slice(start, end), why })]
      })
    case 'and':
      return condition.of.flatMap((part) => deadAlternatives(part, rule, formula))
    case 'times':
    case 'for':
      return deadAlternatives(condition.of, rule, formula)
    default:
      return []
  }
}
