/**
 * A bound on what a rule costs, from its shape and the rate of its spans alone. The model follows src/evaluate: a matched span is looked up, kept
 * until its step is closed and counted once; a closed step leaves a cell; a window adds cells up. The constants are measured, rounded up
 * (bench/cost.ts compares).
 */
import type { ConditionIR, RuleIR, SelectorIR, SpanValueIR, ValueIR } from './ir.ts'
import { isTraced, needsTraces } from './traced.ts'

/** Spans a second that a selector counts; undefined where nobody knows. */
export type Rates = (selector: SelectorIR) => number | undefined

export interface Cost {
  /** Microseconds of one processor a second, on average. */
  readonly work: number
  /** Bytes. */
  readonly memory: number
  /** Each selector once. Rules with an equal selector share it, so costs of rules add up to more than they cost together. */
  readonly selectors: readonly SelectorCost[]
  /** Where it needs traces: what putting them together costs beside that, once for all rules. */
  readonly assembly?: AssemblyCost
}

export interface AssemblyCost {
  /** Spans a second of the whole stream, whatever their service; undefined: not known, and counted as no span at all. */
  readonly rate: number | undefined
  readonly work: number
  readonly memory: number
}

export interface SelectorCost {
  readonly selector: SelectorIR
  /** Undefined: not known, and counted as no span at all. */
  readonly rate: number | undefined
  /** Longest stretch that is remembered, in nanoseconds. */
  readonly remembersNs: number
  readonly work: number
  readonly memory: number
}

/** Microseconds. */
const perSpan = 1
const perValue = 20
const perCondition = 5
/** Bytes of a span until its step is closed: ids, times, hash slot, with room to double. */
const spanBytes = 180
/** Spans may be late by so much, and steps stay open; the memory of one that was closed is kept for the next. */
const latenessNs = 5e9
/** Bytes of a cell without its durations, with the traces that are kept as examples. */
const cellBytes = 2048
/** Durations are kept as they are, eight bytes each, up to so many; then as buckets. */
const exactDurations = 512
const bucketBytes = 6
const mostBuckets = 3393
/** A window's own buckets. */
const sketchBytes = 4 * mostBuckets

/** A span of whatever service is put into its trace, which is decided as a whole, of a single span at the worst. */
export const perAssembled = 3
/** Bytes of a span while its trace is open, and of what is remembered of it, with room to double. */
export const assembledBytes = 500
/** A trace waits until nothing of it ended for so long, beside the lateness. */
const idleNs = 5e9
/** At the most as many spans are held as `engine.traces.max_spans` allows by default, open and decided. */
const mostAssembled = 2e6

/** All spans there are: every one of them is part of a trace. */
const everything: SelectorIR = { service: '*', kinds: [1, 2, 3, 4, 5] }

/** What one rule reads of one selector. */
interface Use {
  readonly selector: SelectorIR
  longestNs: number
  /** Lengths of the windows that quantiles are taken of. */
  readonly sketched: Set<number>
  /** Look-ups of a value a step. */
  values: number
  /** Traces tell it, and not the stream. */
  traced: boolean
}

export function costOf(rule: RuleIR, rates: Rates): Cost {
  const uses = new Map<string, Use>()
  const conditions = readCondition(rule.condition, uses) + 1
  if (rule.action.kind === 'hold') readValue(rule.action.value, uses)
  const isAssembled = [...uses.values()].some(({ traced }) => traced)
  const selectors = [...uses.values()].map((use) => costOfUse(use, rule.everyNs, rates(use.selector)))
  const steps = 1e9 / rule.everyNs
  return {
    work: conditions * perCondition * steps + total(selectors, 'work'),
    memory: stateBytes(rule.condition, rule.everyNs) + total(selectors, 'memory'),
    selectors,
    ...(isAssembled ? { assembly: assemblyCost(rates(everything), rule.everyNs) } : {}),
  }
}

/** Of traces at that rate of spans. */
function assemblyCost(rate: number | undefined, everyNs: number): AssemblyCost {
  const perSecond = rate ?? 0
  const open = Math.min(mostAssembled, (perSecond * (latenessNs + idleNs + everyNs)) / 1e9)
  return { rate, work: perSecond * perAssembled, memory: Math.ceil(open * assembledBytes) }
}

function total(selectors: readonly SelectorCost[], what: 'work' | 'memory'): number {
  return selectors.reduce((sum, cost) => sum + cost[what], 0)
}

function costOfUse(use: Use, everyNs: number, rate: number | undefined): SelectorCost {
  const perSecond = rate ?? 0
  const perStep = (perSecond * everyNs) / 1e9
  // Cells behind the window are dropped when they are half of all.
  const cells = 2 * (use.longestNs / everyNs + 1)
  const durations = perStep <= exactDurations ? perStep * 8 : Math.min(perStep, mostBuckets) * bucketBytes
  const open = perStep * (Math.ceil(latenessNs / everyNs) + 2) * spanBytes
  return {
    selector: use.selector,
    rate,
    remembersNs: use.longestNs,
    work: perSecond * perSpan + (use.values * perValue * 1e9) / everyNs,
    memory: Math.ceil(open + cells * (cellBytes + durations) + use.sketched.size * sketchBytes),
  }
}

function readCondition(condition: ConditionIR, uses: Map<string, Use>): number {
  switch (condition.kind) {
    case 'and':
      return condition.all.reduce((sum, part) => sum + readCondition(part, uses), 1)
    case 'or':
      return condition.any.reduce((sum, part) => sum + readCondition(part, uses), 1)
    case 'not':
    case 'times':
    case 'for':
      return 1 + readCondition(condition.of, uses)
    case 'compare':
      readValue(condition.left, uses)
      readValue(condition.right, uses)
      return 1
    case 'spans':
      read(condition.selector, condition.withinNs, { ranked: false, traced: needsTraces(condition.selector) }, uses)
      return 1
    case 'absent':
      // Only when the last span came is remembered.
      read(condition.selector, 0, { ranked: false, traced: needsTraces(condition.selector) }, uses)
      return 1
    case 'during':
    case 'always':
      return 1
  }
}

function readValue(value: ValueIR, uses: Map<string, Use>): void {
  if (value.kind === 'span') read(value.selector, value.windowNs, { ranked: isRanked(value), traced: isTraced(value) }, uses)
  else if (value.kind === 'forecast') readValue(value.of, uses)
  else if (value.kind === 'arithmetic') for (const operand of value.of) readValue(operand, uses)
}

function isRanked({ stat }: SpanValueIR): boolean {
  return stat.kind === 'quantile'
}

function read(
  selector: SelectorIR,
  windowNs: number,
  { ranked, traced }: { readonly ranked: boolean; readonly traced: boolean },
  uses: Map<string, Use>,
): void {
  const key = JSON.stringify(selector)
  const use = uses.get(key) ?? { selector, longestNs: 0, sketched: new Set(), values: 0, traced: false }
  uses.set(key, use)
  use.longestNs = Math.max(use.longestNs, windowNs)
  if (ranked) use.sketched.add(windowNs)
  use.values++
  use.traced ||= traced
}

/** What `times` remembers: a small record of each of its steps. */
function stateBytes(condition: ConditionIR, everyNs: number): number {
  switch (condition.kind) {
    case 'and':
      return condition.all.reduce((sum, part) => sum + stateBytes(part, everyNs), 0)
    case 'or':
      return condition.any.reduce((sum, part) => sum + stateBytes(part, everyNs), 0)
    case 'times':
      return 64 + Math.ceil(condition.withinNs / everyNs) * 128 + stateBytes(condition.of, everyNs)
    case 'not':
    case 'for':
      return 64 + stateBytes(condition.of, everyNs)
    default:
      return 0
  }
}
