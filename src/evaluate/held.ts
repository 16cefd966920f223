/** `for D` and `absent(…) for D`: how long something has been so. */
import type { ConditionIR } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import { type Builder, type Condition, isIdle, sampledIn } from './context.ts'
import type { Because } from './contract.ts'

type ForIR = Extract<ConditionIR, { kind: 'for' }>
type AbsentIR = Extract<ConditionIR, { kind: 'absent' }>

interface ForState {
  /** Start of the first true step of the present run; undefined after a step that broke it. */
  since: Nanos | undefined
  /** End of the run's last true step. */
  lastTrue: Nanos
  /** What an idle step is measured from: the end of the last step that broke a run, or the start of the first step ever. */
  from: Nanos | undefined
}

/**
 * True when every step of the last D was, idle ones (no span, too few) passed over: they neither break a run nor complete one. A run ends
 * with a step that is false, or unknown for any other reason; the target's evidence epoch starts its clock again.
 */
export function compileFor({ ns }: ForIR, of: Condition, text: string, builder: Builder): Condition {
  const state = builder.state((): ForState => ({ since: undefined, lastTrue: Number.NEGATIVE_INFINITY, from: undefined }))
  const { everyNs } = builder.rule
  return (context) => {
    const { at } = context
    const epoch = context.evidence.from
    const inner = of(context)
    state.from ??= at - everyNs
    if (inner.truth === 'true') {
      state.since ??= at - everyNs
      state.lastTrue = at
    } else if (!isIdle(inner.unknown)) {
      state.since = undefined
      state.from = at
    }
    const began = state.since === undefined || state.lastTrue <= epoch ? undefined : Math.max(state.since, epoch)
    // Idle steps do not complete a run, so they are not part of what it has.
    const idle = began === undefined || state.lastTrue === at ? {} : { idleNs: at - state.lastTrue }
    const held = { haveNs: began === undefined ? 0 : state.lastTrue - began, needNs: ns, ...idle }
    const because = { kind: 'for' as const, text, held, of: [inner], ...tracesOf(inner) }
    // An idle step leaves a run as its last true step left it, as long as that is one of the last D.
    if (began !== undefined && held.haveNs >= ns && state.lastTrue > at - ns) return { ...because, truth: 'true' }
    if (inner.unknown === undefined) return { ...because, truth: 'false' }
    // Idle in all of the last D: it may have held. In less than D it cannot have.
    if (isIdle(inner.unknown) && at - Math.max(state.from, epoch) < ns) return { ...because, truth: 'false' }
    return { ...because, truth: 'unknown', unknown: inner.unknown }
  }
}

/**
 * True when no such span ended in the last D while others kept arriving; where the stream was stale nobody can tell, nor where traces were left out: such
 * a span may have been in one of them.
 */
export function compileAbsent({ selector, ns }: AbsentIR, text: string, builder: Builder): Condition {
  const series = builder.series(selector)
  const state = builder.state((): { from: Nanos | undefined } => ({ from: undefined }))
  const { everyNs } = builder.rule
  return (context): Because => {
    const { at, evidence, traces } = context
    // Of a tick that nobody counted nobody can say that there was no such span in it.
    const stale = context.stale || context.gapAt === at
    state.from ??= at - everyNs
    // Before the first trace is decided nobody can tell either, though it will not be long.
    const blind = series.field !== undefined && traces?.decidedAt === Number.NEGATIVE_INFINITY
    if (stale || blind) state.from = at
    const haveNs = Math.max(0, at - Math.max(state.from, series.lastSeen, evidence.from))
    const because = { kind: 'absent' as const, text, held: { haveNs, needNs: ns } }
    if (stale || evidence.settling) return { ...because, truth: 'unknown', unknown: stale ? 'stale' : 'settling' }
    if (haveNs < ns) return { ...because, truth: 'false' }
    return sampledIn(series, ns, context) === undefined ? { ...because, truth: 'true' } : { ...because, truth: 'unknown', unknown: 'sparse' }
  }
}

function tracesOf(inner: Because): { readonly traceIds?: readonly string[] } {
  return inner.traceIds === undefined ? {} : { traceIds: inner.traceIds }
}
