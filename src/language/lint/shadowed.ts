/** Rules that never make a difference: another decides whenever they are true, or a freeze holds their target. */
import type { Action, Rule, Target } from '../check/program.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { conditionRange, inRule, type Lint, type Subject } from './context.ts'
import { implies } from './logic/implies.ts'
import { messages } from './messages.ts'

/** Every rule is compared with every other of its target, up to so many. */
const mostRules = 400

/** Of the rules of one target. */
export const shadowed: Lint = ({ program: { rules }, targetOf, formula }) => {
  const target = rules[0] === undefined ? undefined : targetOf(rules[0].target)
  if (target === undefined || rules.length > mostRules) return []
  const gone = new Set<Rule>()
  return rules.flatMap((rule) => {
    const found = shadowOf(rule, rules, target, gone, formula)
    if (found !== undefined) gone.add(rule)
    return found ?? []
  })
}

/** Of two rules that say the same only the second is reported; one that is superfluous itself shadows nothing. */
function shadowOf(rule: Rule, rules: readonly Rule[], target: Target, gone: ReadonlySet<Rule>, formula: Subject['formula']): Diagnostic | undefined {
  if (rule.observe || rule.action.kind === 'freeze') return undefined
  for (const other of rules) {
    // Two rules of one name are an error, and it is not known what the second is meant to be.
    if (other.name === rule.name || other.observe || gone.has(other) || other.everyNs !== rule.everyNs) continue
    if (other.action.kind === 'freeze' ? !holdsAll(other.action, rule) : !decides(other, rule, target)) continue
    if (!isTrueWhenever(rule, other, formula)) continue
    const mutual = other.action.kind !== 'freeze' && decides(rule, other, target) && isTrueWhenever(other, rule, formula)
    if (mutual && rules.indexOf(other) > rules.indexOf(rule)) continue
    const related = [{ file: other.file.source.name, range: conditionRange(other), message: `\`${other.name}\`` }]
    return other.action.kind === 'freeze'
      ? inRule(rule, messages.frozenRule, conditionRange(rule), { rule: rule.name, freeze: other.name }, { related })
      : inRule(rule, messages.shadowed, conditionRange(rule), { rule: rule.name, by: other.name }, { related })
  }
  return undefined
}

function isTrueWhenever(rule: Rule, other: Rule, formula: Subject['formula']): boolean {
  return implies(formula(rule.condition), formula(other.condition), { atLeast: [rule.atLeastSpans, other.atLeastSpans] })
}

/** A freeze of every direction in which a rule can move its target. A floor for missing data is asked for when nothing is true. */
function holdsAll(freeze: Extract<Action, { kind: 'freeze' }>, { action, onMissing }: Rule): boolean {
  if (onMissing.kind !== 'hold') return false
  if (action.kind === 'change') return action.amount > 0 ? freeze.up : freeze.down
  return freeze.up && freeze.down
}

/** When both are true, the target does what it would do if only the first were: of several steps the largest capacity is taken. */
function decides(first: Rule, second: Rule, target: Target): boolean {
  if (first.priority < second.priority || first.cooldownNs > target.cooldownNs) return false
  if (first.between !== undefined && JSON.stringify(first.between) !== JSON.stringify(second.between)) return false
  // What the second does while nothing is known is its own.
  if (second.onMissing.kind !== 'hold' && JSON.stringify(first.onMissing) !== JSON.stringify(second.onMissing)) return false
  const [a, b] = [first.action, second.action]
  if (a.kind === 'change' && b.kind === 'change')
    return target.combine === 'largest' && a.unit === b.unit && a.amount > 0 === b.amount > 0 && a.amount >= b.amount
  if (first.priority !== second.priority) return false
  if (a.kind === 'floor' && b.kind === 'floor') return a.replicas >= b.replicas
  if (a.kind === 'ceiling' && b.kind === 'ceiling') return a.replicas <= b.replicas
  return a.kind === 'set' && b.kind === 'set' && a.replicas === b.replicas
}
