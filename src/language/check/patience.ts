/** Whether a condition waits before it believes what it sees. */
import type { CheckedCondition, Value } from './program.ts'

/**
 * True when the condition (or its negation) is only true after more than one step of evidence, or is not about telemetry at all.
 * A calendar beside something else adds no evidence.
 */
export function isPatient(condition: CheckedCondition, everyNs: number, negated = false): boolean {
  const recur = (part: CheckedCondition): boolean => isPatient(part, everyNs, negated)
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const telemetry = condition.of.filter((part) => part.kind !== 'during')
      const all = (condition.kind === 'and') !== negated
      return telemetry.length === 0 || (all ? telemetry.some(recur) : telemetry.every(recur))
    }
    case 'not':
      return isPatient(condition.of, everyNs, !negated)
    case 'compare':
      return isSteady(condition.left, everyNs) && isSteady(condition.right, everyNs)
    case 'times':
      // Fewer than N of the last steps: all but N - 1 of them were otherwise.
      return (negated ? condition.withinNs > condition.count * everyNs : condition.count > 1) || recur(condition.of)
    case 'for':
      // Not for two minutes is true after one step of the contrary.
      return (!negated && condition.ns > everyNs) || recur(condition.of)
    case 'spans':
      return condition.withinNs > everyNs
    case 'absent':
      return !negated && condition.ns > everyNs
    case 'during':
    case 'always':
      return true
  }
}

/** Constants, replicas, and what is already taken over several steps. */
function isSteady(value: Value, everyNs: number): boolean {
  switch (value.kind) {
    case 'constant':
    case 'replicas':
    case 'ready':
      return true
    case 'span':
      return value.windowNs > everyNs
    case 'metric':
      return false
    case 'forecast':
      return isSteady(value.of, everyNs)
    case 'arithmetic':
      return value.of.every((part) => isSteady(part, everyNs))
  }
}
