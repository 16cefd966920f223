/** Values in words, and where they come from. */
import { type ComparisonOperator, isTraced, type SpanField, type SpanValueIR, type ValueIR } from '../bundle/index.ts'
import { printDuration, printValue } from '../language/index.ts'
import { selectorWords } from './selectors.ts'

/**
 * Where a value comes from. stream: every span received, before any sampling; traced: assembled traces, the kept ones weighted; world: the
 * orchestrator; metric: a platform metric; constant: written down.
 */
export type Provenance = 'stream' | 'traced' | 'world' | 'metric' | 'constant'

const fieldWords: Readonly<Record<SpanField, string>> = {
  duration: 'duration',
  self: 'self time',
  seen: 'duration as its callers see it',
  gap: 'gap before and behind it',
  own: 'own time',
  critical: 'time on the critical path',
}

const quantileNames = new Map([
  [0.5, 'p50'],
  [0.75, 'p75'],
  [0.9, 'p90'],
  [0.95, 'p95'],
  [0.99, 'p99'],
  [0.999, 'p999'],
])

/** A noun: `the p99 duration of GetAds on adservice`, with `over the last 2m` where its window is not the step. */
export function valueWords(value: ValueIR, everyNs: number): string {
  switch (value.kind) {
    case 'span':
      return `${statWords(value)}${value.windowNs === everyNs ? '' : ` over the last ${printDuration(value.windowNs)}`}`
    case 'replicas':
      return `the number of replicas of ${value.target}`
    case 'ready':
      return `the number of ready replicas of ${value.target}`
    case 'metric':
      return `the metric ${value.query}`
    case 'forecast':
      return `${valueWords(value.of, everyNs)} as expected in ${printDuration(value.aheadNs)}`
    case 'constant':
    case 'arithmetic':
      return printValue(value, everyNs)
    default:
      return value satisfies never
  }
}

function statWords({ stat, field, selector }: SpanValueIR): string {
  const of = ` of ${selectorWords(selector)}`
  const what = fieldWords[field]
  switch (stat.kind) {
    case 'count':
      return `the number of spans${of}`
    case 'rate':
      return `the rate${of}`
    case 'errors':
      return `the number of failed spans${of}`
    case 'errorRate':
      return `the error rate${of}`
    case 'mean':
      return `the mean ${what}${of}`
    case 'min':
      return `the shortest ${what}${of}`
    case 'max':
      return `the longest ${what}${of}`
    case 'quantile': {
      const name = quantileNames.get(stat.q)
      return name === undefined ? `the ${Number((stat.q * 100).toPrecision(12))}% quantile of the ${what}${of}` : `the ${name} ${what}${of}`
    }
    case 'apdex':
      return `the Apdex (satisfied up to ${printDuration(stat.thresholdNs)})${of}`
    case 'blame':
      return `the share of the critical path${of}`
    case 'anomalies':
      return `the number of anomalous traces${of}`
    default:
      return stat satisfies never
  }
}

export function comparisonWords(operator: ComparisonOperator): string {
  return { '>': 'above', '>=': 'at least', '<': 'below', '<=': 'at most', '==': 'exactly', '!=': 'other than' }[operator]
}

export function provenanceOf(value: ValueIR): Provenance {
  switch (value.kind) {
    case 'constant':
      return 'constant'
    case 'replicas':
    case 'ready':
      return 'world'
    case 'metric':
      return 'metric'
    case 'forecast':
      return provenanceOf(value.of)
    case 'arithmetic': {
      const parts = value.of.map(provenanceOf)
      const order: readonly Provenance[] = ['traced', 'metric', 'stream', 'world']
      return order.find((provenance) => parts.includes(provenance)) ?? 'constant'
    }
    case 'span':
      return isTraced(value) ? 'traced' : 'stream'
    default:
      return value satisfies never
  }
}

/** Every value of a kind that is measured, from the outside in. */
export function measuredIn(value: ValueIR): readonly Exclude<ValueIR, { kind: 'constant' | 'arithmetic' | 'forecast' }>[] {
  switch (value.kind) {
    case 'constant':
      return []
    case 'arithmetic':
      return value.of.flatMap(measuredIn)
    case 'forecast':
      return measuredIn(value.of)
    default:
      return [value]
  }
}
