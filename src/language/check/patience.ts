/** Whether a condition waits before it believes what it sees. */
import type { CheckedCondition, Value } from './program.ts'

/** True when the condition is only true after more than one step of evidence, or is not about telemetry at all. */
export function isPatient(condition: CheckedCondition, everyNs: number): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.some((part) => part.kind !== 'during' && isPatient(part, everyNs)) || condition.of.every((part) => part.kind === 'during')
    case 'or':
      return condition.of.every((part) => isPatient(part, everyNs))
    case 'not':
      return isPatient(condition.of, everyNs)
    case 'compare':
      return isSteady(condition.left, everyNs) && isSteady(condition.right, everyNs)
    case 'times':
      return condition.count > 1 || isPatient(condition.of, everyNs)
    case 'for':
      return condition.ns > everyNs || isPatient(condition.of, everyNs)
    case 'spans':
      return condition.withinNs > everyNs
    case 'absent':
      return condition.ns > everyNs
    case 'during':
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
