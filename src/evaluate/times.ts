/** `N times in D`: of steps, and of spans. */
import type { ConditionIR } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import { takeBound } from './bound.ts'
import { type Builder, type Condition, gravest, isStale, sampledIn, wouldShow } from './context.ts'
import type { Because, Truth, UnknownReason } from './contract.ts'
import { exemplarLimit } from './exemplars.ts'
import { tellsTotal } from './sample.ts'

type TimesIR = Extract<ConditionIR, { kind: 'times' }>
type SpansIR = Extract<ConditionIR, { kind: 'spans' }>

interface CountedStep {
  readonly at: Nanos
  readonly truth: Truth
  readonly unknown: UnknownReason | undefined
  readonly traceIds: readonly string[]
}

/**
 * True at `count` true steps, false once the unknown steps could not make up the missing ones, else unknown. A stale step is no time to count: it is
 * unknown whatever came before.
 */
export function compileTimes({ count, withinNs }: TimesIR, of: Condition, text: string, builder: Builder): Condition {
  const state = builder.state((): { steps: CountedStep[] } => ({ steps: [] }))
  const steps = Math.floor(withinNs / builder.rule.everyNs)
  return (context) => {
    const inner = of(context)
    state.steps.push({ at: context.at, truth: inner.truth, unknown: inner.unknown, traceIds: inner.traceIds ?? [] })
    const begins = Math.max(context.at - withinNs, context.evidence.from)
    // Steps at or before the evidence epoch are used up.
    state.steps = state.steps.filter((step) => step.at > begins)
    let have = 0
    const open: (UnknownReason | undefined)[] = []
    for (const step of state.steps) {
      if (step.truth === 'true') have++
      else if (step.truth === 'unknown') open.push(step.unknown)
    }
    const seen = state.steps.length < steps ? { seenSteps: state.steps.length } : {}
    const common = { kind: 'times' as const, text, counted: { have, need: count, steps, unknownSteps: open.length, ...seen }, of: [inner] }
    if (inner.unknown === 'stale') return { ...common, truth: 'unknown', unknown: 'stale' }
    if (have >= count) return { ...common, truth: 'true', traceIds: tracesOf(state.steps) }
    const unknown = have + open.length >= count ? gravest(open) : undefined
    return unknown === undefined ? { ...common, truth: 'false' } : { ...common, truth: 'unknown', unknown }
  }
}

/** Of the steps that were counted, the latest first. */
function tracesOf(steps: readonly CountedStep[]): readonly string[] {
  const found = new Set<string>()
  for (const step of steps.toReversed()) {
    if (step.truth !== 'true') continue
    for (const id of step.traceIds) {
      if (found.size === exemplarLimit) return [...found]
      found.add(id)
    }
  }
  return [...found]
}

/**
 * `span(…).duration > X N times in D`: distinct spans that match. Of a sample: true if so many were kept; else as many as these stand for, unknown where
 * that is none, or where the sample is too coarse to show N.
 */
export function compileSpans({ selector, count, withinNs, text }: SpansIR, builder: Builder): Condition {
  const bounded = takeBound(selector)
  const { above } = bounded
  const series = builder.family(bounded)
  if (above > Number.NEGATIVE_INFINITY) series.countsAgainst(above)
  const window = Math.ceil(withinNs / builder.tickNs) * builder.tickNs
  series.needs(window, builder.rule.everyNs, false)
  return (context): Because => {
    const { at, evidence } = context
    const stale = isStale(window, context)
    const common = { kind: 'spans' as const, text }
    if (stale || evidence.settling) return { ...common, truth: 'unknown', unknown: stale ? 'stale' : 'settling', counted: { have: 0, need: count } }
    const seen = series.window(window, at, evidence)
    const bound = above > Number.NEGATIVE_INFINITY
    const kept = bound ? seen.kept(above) : seen.n
    const have = Math.floor(bound ? seen.weight - seen.atMost(above) : seen.weight)
    const because = { ...common, counted: { have, need: count }, ...(kept === 0 ? {} : { traceIds: seen.worst(above) }) }
    if (kept >= count) return { ...because, truth: 'true' }
    if (kept === 0 && !wouldShow(series, seen.from, window, context)) return { ...because, truth: 'unknown', unknown: 'empty' }
    const heaviest = sampledIn(series, window, context)
    if (heaviest !== undefined && (kept === 0 || !tellsTotal(seen, heaviest, kept, count))) return { ...because, truth: 'unknown', unknown: 'sparse' }
    return { ...because, truth: have >= count ? 'true' : 'false' }
  }
}
