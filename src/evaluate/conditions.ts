/** Conditions: from IR to closures that say, at a step, what is true and why. */
import { type ConditionIR, conditionWords } from '../bundle/index.ts'
import { compileCompare } from './compare.ts'
import type { Builder, Condition } from './context.ts'
import type { Because } from './contract.ts'
import { compileAbsent, compileFor } from './held.ts'
import { all, any, not } from './logic.ts'
import { compileSpans, compileTimes } from './times.ts'

export function compileCondition(ir: ConditionIR, builder: Builder): Condition {
  const text = conditionWords(ir, builder.rule.everyNs)
  const parts = (irs: readonly ConditionIR[]): Condition[] => irs.map((part) => compileCondition(part, builder))
  switch (ir.kind) {
    case 'and':
      return all(parts(ir.all), text)
    case 'or':
      return any(parts(ir.any), text)
    case 'not':
      return not(compileCondition(ir.of, builder), text)
    case 'compare':
      return compileCompare(ir, builder)
    case 'times':
      return compileTimes(ir, compileCondition(ir.of, builder), text, builder)
    case 'for':
      return compileFor(ir, compileCondition(ir.of, builder), text, builder)
    case 'spans':
      return compileSpans(ir, builder)
    case 'absent':
      return compileAbsent(ir, text, builder)
    case 'during': {
      const { calendar } = builder
      return ({ at }) => ({ kind: 'during', text, truth: calendar.includes(ir, at) ? 'true' : 'false' })
    }
    case 'always': {
      const because: Because = { kind: 'always', text, truth: 'true' }
      return () => because
    }
    default:
      return ir satisfies never
  }
}
