/** What a rule looks at: how far back, and which services. */
import { type ConditionIR, isTraced, needsTraces, type RuleIR, type SelectorIR, type ValueIR } from '../bundle/index.ts'

export interface Lookback {
  /** Nanoseconds at the most; 0 where nothing is read. */
  readonly ns: number
  /** Of which it takes so much at the least for it to become true: of `3 times in 60s` three steps. */
  readonly leastNs: number
  readonly selectors: readonly SelectorIR[]
  /** Something of it needs traces. */
  readonly isTraced: boolean
}

const none: Lookback = { ns: 0, leastNs: 0, selectors: [], isTraced: false }

/** Of its condition and of the value that it holds. */
export function lookbackOf({ condition, action, everyNs }: RuleIR): Lookback {
  return together([ofCondition(condition, everyNs), action.kind === 'hold' ? ofValue(action.value) : none])
}

function ofCondition(condition: ConditionIR, everyNs: number): Lookback {
  const of = (part: ConditionIR): Lookback => ofCondition(part, everyNs)
  switch (condition.kind) {
    case 'and':
      return together(condition.all.map(of))
    case 'or':
      return together(condition.any.map(of))
    case 'not':
      return of(condition.of)
    case 'times':
      return longer(of(condition.of), condition.withinNs - everyNs, Math.min(condition.withinNs, condition.count * everyNs) - everyNs)
    case 'for':
      return longer(of(condition.of), condition.ns, condition.ns)
    case 'compare':
      return together([ofValue(condition.left), ofValue(condition.right)])
    case 'spans':
      return ofSelector(condition.selector, condition.withinNs)
    case 'absent':
      return ofSelector(condition.selector, condition.ns)
    case 'during':
    case 'always':
      return none
  }
}

function ofValue(value: ValueIR): Lookback {
  switch (value.kind) {
    case 'span':
      return { ns: value.windowNs, leastNs: value.windowNs, selectors: [value.selector], isTraced: isTraced(value) }
    case 'forecast':
      return ofValue(value.of)
    case 'arithmetic':
      return together(value.of.map(ofValue))
    case 'constant':
    case 'replicas':
    case 'ready':
    case 'metric':
      return none
  }
}

function ofSelector(selector: SelectorIR, ns: number): Lookback {
  return { ns, leastNs: ns, selectors: [selector], isTraced: needsTraces(selector) }
}

function together(parts: readonly Lookback[]): Lookback {
  return {
    ns: Math.max(0, ...parts.map(({ ns }) => ns)),
    leastNs: Math.max(0, ...parts.map(({ leastNs }) => leastNs)),
    selectors: parts.flatMap(({ selectors }) => selectors),
    isTraced: parts.some((part) => part.isTraced),
  }
}

/** The window of the first of the steps that are counted, and the time from then to the last. */
function longer(of: Lookback, ns: number, leastNs: number): Lookback {
  return of.selectors.length === 0 ? of : { ...of, ns: of.ns + ns, leastNs: of.leastNs + leastNs }
}
