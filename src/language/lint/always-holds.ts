/** A condition that cannot be false once everything is known: a freeze that freezes for ever, a rule without a question. */
import type { CheckedCondition } from '../check/program.ts'
import { conditionRange, inRule, type Lint } from './context.ts'
import { waysOf } from './logic/cases.ts'
import { formulaOf, isPlain } from './logic/formula.ts'
import { messages } from './messages.ts'

export const alwaysHolds: Lint = ({ program }) =>
  program.rules.flatMap((rule) => {
    const { action, condition } = rule
    if (condition.kind === 'always' || isPlain(condition) || !cannotFail(condition, rule.everyNs)) return []
    const range = conditionRange(rule)
    if (action.kind !== 'freeze') return [inRule(rule, messages.alwaysFires, range, { rule: rule.name })]
    const directions = action.up && action.down ? 'up or down' : action.up ? 'up' : 'down'
    return [inRule(rule, messages.alwaysFrozen, range, { freeze: rule.name, target: rule.target, directions })]
  })

/** The checker warns already of a single comparison that everything passes. */
function cannotFail(condition: CheckedCondition, everyNs: number): boolean {
  return waysOf(formulaOf(condition, true), { everyNs, lasting: true }).cases?.length === 0
}
