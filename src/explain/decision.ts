/** A decision of the log, explained: from spans to truth, from truth to a number, and what would have had to differ. */
import type { Because, Observed, Truth } from '../evaluate/index.ts'
import type { RuleReport } from '../plan/index.ts'
import { duration, replicas, value } from '../plan/index.ts'
import { behindWords } from './behind.ts'
import type { Flip } from './flip.ts'
import { flip } from './flip.ts'
import { flipWords, ofSteps } from './flip-words.ts'
import type { BlameEvidence, LoggedDecision } from './record.ts'
import { releases, toleranceOf } from './release.ts'

/** One condition with its numbers, and what is inside it. */
export interface BecauseLine {
  readonly depth: number
  readonly text: string
  /** `612ms of 41 spans`, `5 of the last 12 steps, 5 needed`; absent where there are none. */
  readonly numbers?: string
  readonly truth: string
}

export interface ExplainedRule {
  readonly rule: string
  readonly truth: Truth
  /** What it came to: `true, asks for 4 replicas`. */
  readonly verdict: string
  readonly lines: readonly BecauseLine[]
  /** Hex, the worst first. */
  readonly traceIds: readonly string[]
  /** What would have turned its truth round; absent where nothing could. */
  readonly flip?: Flip
}

export interface ExplainedStage {
  readonly stage: string
  readonly before: number
  readonly after: number
  readonly message?: string
}

/** Plain JSON. */
export interface DecisionExplanation {
  readonly id: string
  readonly time: string
  readonly target: string
  readonly outcome: LoggedDecision['outcome']
  readonly reason: LoggedDecision['reason']
  readonly message: string
  readonly from?: number
  readonly to?: number
  readonly rules: readonly ExplainedRule[]
  readonly stages: readonly ExplainedStage[]
  /** Sentences: what would have had to differ for another outcome. */
  readonly otherwise: readonly string[]
  /** Why this service and not its caller, as it was logged. */
  readonly blame?: BlameEvidence
}

export function explainDecision(decision: LoggedDecision): DecisionExplanation {
  const { id, time, target, outcome, reason, message, from, to, rules, stages, blame } = decision
  return {
    id,
    time,
    target,
    outcome,
    reason,
    message,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    rules: rules.map(explainedRule),
    stages: stages.map(({ stage, before, after, message: said }) => ({ stage, before, after, ...(said === undefined ? {} : { message: said }) })),
    otherwise: otherwise(decision),
    ...(blame === undefined ? {} : { blame }),
  }
}

function explainedRule(report: RuleReport): ExplainedRule {
  const { rule, truth, because } = report
  const change = flip(because, truth !== 'true')
  return {
    rule,
    truth,
    verdict: verdict(report),
    lines: linesOf(because, 0),
    traceIds: tracesOf(because),
    ...(change === undefined || change.kind === 'never' ? {} : { flip: change }),
  }
}

function verdict({ truth, unknown, fired, wants, silent, held }: RuleReport): string {
  const said = unknown === undefined ? truth : `${truth} (${unknown})`
  const asks = wants === undefined ? (fired ? ', freezes' : '') : fired ? `, asks for ${replicas(wants)}` : `, would ask for ${replicas(wants)}`
  const holds =
    held === undefined
      ? ''
      : `; ${held.value.text} is ${value(held.value)}, to be held at ${value({ ...held.value, value: held.at })}${held.perReplica ? ' per replica' : ''}`
  return `${said}${asks}${silent === undefined ? '' : `, but is silent: ${silent}`}${holds}`
}

/** The condition and everything inside it, one line each. */
function linesOf(because: Because, depth: number): readonly BecauseLine[] {
  const { text, truth, unknown, of = [] } = because
  const numbers = numbersOf(because)
  const line: BecauseLine = { depth, text, ...(numbers === undefined ? {} : { numbers }), truth: unknown === undefined ? truth : `${truth} (${unknown})` }
  return [line, ...of.flatMap((part) => linesOf(part, depth + 1))]
}

function numbersOf({ kind, left, right, counted, held }: Because): string | undefined {
  switch (kind) {
    case 'compare':
      return left === undefined || right === undefined ? undefined : sides(left, right)
    case 'times':
    case 'spans': {
      if (counted === undefined) return undefined
      const { have, need, steps, unknownSteps = 0 } = counted
      const of = steps === undefined ? `${have} ${have === 1 ? 'span' : 'spans'}` : `true in ${ofSteps(counted)}`
      return `${of}${unknownSteps === 0 ? '' : `, unknown in ${unknownSteps}`}, ${need} needed`
    }
    case 'for':
    case 'absent':
      return held === undefined ? undefined : `for ${duration(held.haveNs)}, ${duration(held.needNs)} needed`
    default:
      return undefined
  }
}

/** The measured side first; a literal is in the text already. */
function sides(left: Observed, right: Observed): string {
  return [left, right]
    .filter((side) => !/^-?[\d.]\S*$/.test(side.text))
    .map((side, _, shown) => `${shown.length > 1 ? `${side.text} = ` : ''}${measure(side)}`)
    .join(', ')
}

function measure(observed: Observed): string {
  return `${value(observed, 4)}${behindWords(observed)}`
}

function tracesOf(because: Because): readonly string[] {
  if (because.traceIds !== undefined && because.traceIds.length > 0) return because.traceIds
  return (because.of ?? []).map(tracesOf).find((ids) => ids.length > 0) ?? []
}

/** What stood between this outcome and another: the stages that held or limited it, the rules that asked, and the rules that did not. */
function otherwise(decision: LoggedDecision): readonly string[] {
  const { rules, outcome, from } = decision
  const released = releases(decision)
  const asking = rules.filter(({ fired, wants }) => fired && wants !== undefined && wants !== from)
  const quiet = rules.filter(({ truth }) => truth !== 'true')
  const unasked = asking.flatMap((report) => turned(report, false).map((words) => `For ${report.rule} to be false: ${words}.`))
  const tolerated = outcome === 'scale' ? [] : rules.flatMap((report) => toleranceOf(report, from)).map((words) => `To ask for another number, ${words}.`)
  const asked = quiet.flatMap((report) => turned(report, true).map((words) => `For ${report.rule} to be true: ${words}.`))
  if (outcome === 'scale') return [...unasked, ...released, ...asked]
  return [...released, ...tolerated, ...asked, ...unasked]
}

function turned({ because }: RuleReport, wanted: boolean): readonly string[] {
  const change = flip(because, wanted)
  return change === undefined || change.kind === 'never' ? [] : [flipWords(change)]
}
