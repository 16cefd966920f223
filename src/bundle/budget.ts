/** The lint of costs. It is here, and not among the others, because costs are those of the lowered rule. */
import { type Diagnostic, type LintContext, lintMessages, type Program, rateOf, report, viewOf } from '../language/index.ts'
import { costOf } from './cost.ts'
import { lower } from './lower.ts'

/** Rules that may cost more than the budget, once for each of work and memory. */
export function overBudget(program: Program, context: LintContext): readonly Diagnostic[] {
  const { budget } = context
  if (budget === undefined) return []
  const source = { ...context, view: context.catalog === undefined ? undefined : viewOf(context.catalog) }
  const lowered = lower(program).rules
  return program.rules.flatMap((rule, i) => {
    const ir = lowered[i]
    if (ir === undefined) return []
    const cost = costOf(ir, (selector) => rateOf(selector, source))
    const range = rule.tree.condition?.range ?? rule.condition.range
    const over = (what: 'work' | 'memory', print: (amount: number) => string): Diagnostic[] => {
      const most = budget[what]
      if (most === undefined || cost[what] <= most) return []
      const parameters = { rule: rule.name, what, cost: print(cost[what]), budget: print(most) }
      return [report(lintMessages.overBudget, rule.file.source.name, range, parameters)]
    }
    return [...over('work', printWork), ...over('memory', printBytes)]
  })
}

/** `1.2 ms a second` */
export function printWork(microseconds: number): string {
  return microseconds < 1000 ? `${short(microseconds)} µs a second` : `${short(microseconds / 1000)} ms a second`
}

/** `1.2 MB` */
export function printBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const
  let amount = bytes
  let unit = 0
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000
    unit++
  }
  return `${short(amount)} ${units[unit]}`
}

function short(amount: number): string {
  return amount < 10 ? String(Math.round(amount * 10) / 10) : String(Math.round(amount))
}
