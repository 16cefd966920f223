/** Which values need assembled traces. All others are stream values: computed from each span as it comes, whatever else is in its trace. */
import type { Bundle, ConditionIR, PredicateIR, SelectorIR, SpanValueIR, ValueIR } from './ir.ts'

const tracedIntrinsics: ReadonlySet<string> = new Set(['self', 'seen', 'gap', 'own', 'depth'])

export function isTraced({ field, stat, selector }: Pick<SpanValueIR, 'field' | 'stat' | 'selector'>): boolean {
  return field !== 'duration' || stat.kind === 'blame' || stat.kind === 'anomalies' || needsTraces(selector)
}

/** Of `SelectorIR.kinds`: calls that nobody answered, as spans of the service that was called. */
export const peerKind = 6

/** Of a peer nothing but its callers' spans is known. */
export function selectsPeers({ kinds }: Pick<SelectorIR, 'kinds'>): boolean {
  return kinds.includes(peerKind)
}

/** A selector that names an ancestor, counts unanswered calls, or tests what only a trace tells of a span. */
export function needsTraces({ kinds, where, ancestor }: SelectorIR): boolean {
  return selectsPeers({ kinds }) || ancestor !== undefined || (where !== undefined && testsAny(where, tracedIntrinsics))
}

function testsAny(predicate: PredicateIR, fields: ReadonlySet<string>): boolean {
  switch (predicate.kind) {
    case 'and':
      return predicate.all.some((part) => testsAny(part, fields))
    case 'or':
      return predicate.any.some((part) => testsAny(part, fields))
    case 'not':
      return testsAny(predicate.of, fields)
    default:
      return predicate.field.kind === 'intrinsic' && fields.has(predicate.field.name)
  }
}

/** Whether some rule reads how long messages waited, which may need span links: a gap, what contains it, or what was seen of a span. */
export function needsLinks({ rules }: Pick<Bundle, 'rules'>): boolean {
  return rules.some(({ condition, action }) => readsWaits(condition) || (action.kind === 'hold' && measuresWaits(action.value)))
}

const waits: ReadonlySet<string> = new Set(['seen', 'gap', 'own', 'critical'])

function readsWaits(condition: ConditionIR): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.all.some(readsWaits)
    case 'or':
      return condition.any.some(readsWaits)
    case 'not':
    case 'times':
    case 'for':
      return readsWaits(condition.of)
    case 'compare':
      return measuresWaits(condition.left) || measuresWaits(condition.right)
    case 'spans':
    case 'absent':
      return selectsByWaits(condition.selector)
    default:
      return false
  }
}

function measuresWaits(value: ValueIR): boolean {
  if (value.kind === 'span') return waits.has(value.field) || value.stat.kind === 'blame' || selectsByWaits(value.selector)
  if (value.kind === 'forecast') return measuresWaits(value.of)
  return value.kind === 'arithmetic' && value.of.some(measuresWaits)
}

function selectsByWaits({ where, ancestor }: SelectorIR): boolean {
  return (where !== undefined && testsAny(where, waits)) || (ancestor !== undefined && selectsByWaits(ancestor.selector))
}
