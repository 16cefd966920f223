/** A rate or a count of spans that is held as a whole: more replicas share the spans, and there are no fewer of them. */
import { printValue } from '../check/print.ts'
import type { Value } from '../check/program.ts'
import { inRule, type Lint } from './context.ts'
import { messages } from './messages.ts'

export const heldTotal: Lint = ({ program }) =>
  program.rules.flatMap((rule) => {
    const { action, tree, everyNs } = rule
    const written = tree.kind === 'rule' ? tree.action : undefined
    if (action.kind !== 'hold' || action.perReplica || written?.kind !== 'hold' || !isTraffic(action.value)) return []
    const { end } = written.at.range
    const fix = { title: 'write per replica behind it', edits: [{ range: { start: end, end }, text: ' per replica' }] }
    return [inRule(rule, messages.heldTotal, written.value.range, { value: printValue(action.value, everyNs), target: rule.target }, { fix })]
  })

/**
 * What comes in, however many answer it. Tests of spans may be of how they went (slow ones, failed ones), of which there may be fewer with more
 * replicas: of these nothing is said.
 */
function isTraffic(value: Value): boolean {
  switch (value.kind) {
    case 'span':
      return (value.stat.kind === 'rate' || value.stat.kind === 'count') && value.selector.where === undefined
    case 'forecast':
      return isTraffic(value.of)
    case 'arithmetic': {
      const changing = value.of.filter(({ kind }) => kind !== 'constant')
      // A difference is what piles up, and a quotient may be of the replicas.
      if (value.operator === '-' || (value.operator !== '+' && value.operator !== 'min' && value.operator !== 'max' && changing.length > 1)) return false
      return changing.every(isTraffic) && (value.operator !== '/' || value.of[0]?.kind !== 'constant')
    }
    default:
      return false
  }
}
