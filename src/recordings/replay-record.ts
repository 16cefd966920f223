/**
 * The decision log's records, one JSON object a line, the same for the daemon and for replays. Key order is fixed and `time` is the step's
 * end in RFC 3339, UTC, with milliseconds (steps end on multiples of 100 ms), so that the same recording gives the same bytes each time.
 */
import type { Because, Observed } from '../evaluate/index.ts'
import type { BlameEvidence } from '../explain/index.ts'
import type { Decision, Release, RuleReport } from '../plan/index.ts'
import { wanted } from '../plan/index.ts'
import type { Nanos } from '../spans/index.ts'

export interface DecisionRecord {
  readonly time: string
  readonly target: string
  readonly outcome: Decision['outcome']
  readonly reason: Decision['reason']
  readonly message: string
  readonly from?: number
  readonly to?: number
  /** What the rules asked for before anything limited it. */
  readonly wanted?: number
  readonly would?: number
  readonly id: string
  readonly version?: string
  readonly rules: readonly object[]
  readonly stages: readonly object[]
  /** Why this service and not its caller, where traces tell. */
  readonly blame?: BlameEvidence
}

export function decisionRecord(decision: Decision, blame?: BlameEvidence): DecisionRecord {
  const { at, target, outcome, reason, message, from, to, would, id, version, rules, stages } = decision
  return defined({
    time: timeOf(at),
    target,
    outcome,
    reason,
    message,
    from,
    to,
    wanted: wanted(decision),
    would,
    id,
    version,
    rules: rules.map(({ rule, truth, unknown, fired, wants, silent, restNs, held, because }) =>
      defined({ rule, truth, unknown, fired, wants, silent, restNs, held: held && heldRecord(held), because: becauseRecord(because) }),
    ),
    stages: stages.map(({ stage, before, after, message: said, reason: held, release }) =>
      defined({ stage, before, after, message: said, reason: held, release: release && releaseRecord(release) }),
    ),
    blame,
  }) as unknown as DecisionRecord
}

/** A line of the log, without its end. */
export function decisionLine(decision: Decision, blame?: BlameEvidence): string {
  return JSON.stringify(decisionRecord(decision, blame))
}

export interface DecisionFilter {
  /** Whether the decision belongs in the log: every action, and every hold or rest that differs from the target's last decision. */
  changed(decision: Decision): boolean
}

/** What was logged last is remembered by target. The first `steady` of a target is no news. */
export function createDecisionFilter(): DecisionFilter {
  const last = new Map<string, string>()
  return {
    changed(decision) {
      const { target, outcome, reason, from, would } = decision
      const key = outcome === 'steady' ? 'steady' : JSON.stringify([outcome, reason, from ?? null, wanted(decision) ?? null, would ?? null])
      const before = last.get(target) ?? 'steady'
      last.set(target, key)
      return outcome === 'scale' || key !== before
    },
  }
}

export function timeOf(at: Nanos): string {
  return new Date(Math.round(at / 1e6)).toISOString()
}

function becauseRecord(because: Because): object {
  const { kind, text, truth, unknown, operator, left, right, counted, held, traceIds, of } = because
  return defined({
    kind,
    text,
    truth,
    unknown,
    operator,
    left: left && observedRecord(left),
    right: right && observedRecord(right),
    counted:
      counted && defined({ have: counted.have, need: counted.need, steps: counted.steps, unknownSteps: counted.unknownSteps, seenSteps: counted.seenSteps }),
    held: held && defined({ haveNs: held.haveNs, needNs: held.needNs, idleNs: held.idleNs }),
    traceIds: traceIds?.length === 0 ? undefined : traceIds,
    of: of?.map(becauseRecord),
  })
}

function heldRecord({ value, at, perReplica }: NonNullable<RuleReport['held']>): object {
  return { value: observedRecord(value), at, perReplica }
}

function releaseRecord({ afterNs, limit, rules, bound }: Release): object {
  return defined({ afterNs, limit, rules, bound })
}

function observedRecord({ text, type, value, unknown, spans, ofSpans, effectiveSpans }: Observed): object {
  return defined({ text, type, value, unknown, spans, ofSpans, effectiveSpans })
}

/** Without the keys whose value is undefined. */
function defined(object: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
