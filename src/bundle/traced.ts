/** Which values need assembled traces. All others are stream values: computed from each span as it comes, whatever else is in its trace. */
import type { PredicateIR, SelectorIR, SpanValueIR } from './ir.ts'

const tracedIntrinsics: ReadonlySet<string> = new Set(['self', 'seen', 'gap', 'own', 'depth'])

export function isTraced({ field, stat, selector }: Pick<SpanValueIR, 'field' | 'stat' | 'selector'>): boolean {
  return field !== 'duration' || stat.kind === 'blame' || stat.kind === 'anomalies' || needsTraces(selector)
}

/** A selector that names an ancestor, or tests what only a trace tells of a span. */
export function needsTraces({ where, ancestor }: SelectorIR): boolean {
  return ancestor !== undefined || (where !== undefined && testsTraces(where))
}

function testsTraces(predicate: PredicateIR): boolean {
  switch (predicate.kind) {
    case 'and':
      return predicate.all.some(testsTraces)
    case 'or':
      return predicate.any.some(testsTraces)
    case 'not':
      return testsTraces(predicate.of)
    default:
      return predicate.field.kind === 'intrinsic' && tracedIntrinsics.has(predicate.field.name)
  }
}
