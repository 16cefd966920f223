/** Differences of values. */
import { printDuration, printQuantity, printSelector, printStat, printValue } from '../../language/index.ts'
import type { SpanValueIR, ValueIR } from '../ir.ts'
import { keyOf } from './align.ts'
import { type Found, partsOr, told } from './change.ts'
import { diffSelectors } from './selectors.ts'

/** The steps of the two rules: a window of one step is told with the step. */
export interface Steps {
  readonly before: number
  readonly after: number
}

/** `what`: how a constant is called where it stands, such as `threshold`. */
export function diffValues(a: ValueIR, b: ValueIR, what: string, steps: Steps): readonly Found[] {
  if (keyOf(a) === keyOf(b)) return []
  const whole: Found = { what: 'value', before: printValue(a, steps.before), after: printValue(b, steps.after) }
  if (a.kind === 'constant' && b.kind === 'constant') return told(what, printQuantity(a.value, a.type), printQuantity(b.value, b.type))
  if (a.kind === 'span' && b.kind === 'span') return diffSpanValues(a, b, steps, whole)
  if (a.kind === 'forecast' && b.kind === 'forecast')
    return [...told('forecast', printDuration(a.aheadNs), printDuration(b.aheadNs)), ...diffValues(a.of, b.of, what, steps)]
  if (a.kind === 'arithmetic' && b.kind === 'arithmetic' && a.operator === b.operator && a.of.length === b.of.length)
    return a.of.flatMap((operand, i) => diffValues(operand, b.of[i] as ValueIR, 'constant', steps))
  if (a.kind === 'metric' && b.kind === 'metric')
    return partsOr(whole, [
      ...told('query', JSON.stringify(a.query), JSON.stringify(b.query)),
      ...told('unit', printQuantity(a.unit, a.type), printQuantity(b.unit, b.type)),
    ])
  return [{ ...whole, whole: true }]
}

function diffSpanValues(a: SpanValueIR, b: SpanValueIR, steps: Steps, whole: Found): readonly Found[] {
  const oneStep = a.windowNs === steps.before && b.windowNs === steps.after
  const parts = [
    ...diffSelectors(a.selector, b.selector),
    ...told('measure', a.field, b.field),
    ...told(a.stat.kind === 'quantile' && b.stat.kind === 'quantile' ? 'quantile' : 'statistic', statistic(a), statistic(b)),
    ...(oneStep ? [] : told('window', printDuration(a.windowNs), printDuration(b.windowNs))),
  ]
  // Nothing to see when a window changed with its step.
  if (parts.length === 0 && oneStep && a.windowNs !== b.windowNs) return []
  const at = { before: `${printSelector(a.selector)}${printStat(a.field, a.stat)}`, after: `${printSelector(b.selector)}${printStat(b.field, b.stat)}` }
  return partsOr(whole, parts).map((found) => (found.whole || found.where ? found : { ...found, where: at }))
}

function statistic({ stat }: SpanValueIR): string {
  return printStat('duration', stat).slice(1)
}
