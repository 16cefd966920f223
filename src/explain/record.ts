/**
 * Lines of the decision log, read back: what of a record explanations need, checked by hand as deep as they look. The log is JSON lines, one
 * decision a line, as the daemon and replays write it.
 */
import type { Because } from '../evaluate/index.ts'
import type { Decision, RuleReport, Stage } from '../plan/index.ts'

/** A decision as it was logged. */
export interface LoggedDecision extends Pick<Decision, 'id' | 'target' | 'outcome' | 'reason' | 'message' | 'rules' | 'stages'> {
  /** End of the step, RFC 3339. */
  readonly time: string
  readonly from?: number
  readonly to?: number
  readonly wanted?: number
  readonly would?: number
  /** Absent where nobody asked for more, or no traces are assembled. */
  readonly blame?: BlameEvidence
}

/** Why this service and not its caller: or why that cannot be said, as a clause. */
export type BlameEvidence = RankedEvidence | { readonly missing: string }

/** The traces that were complete in the time that the decision's rules looked at, against those from before the trouble. Durations are nanoseconds. */
export interface RankedEvidence {
  readonly window: EvidenceWindow
  readonly baseline: EvidenceWindow
  /** How sure it is: clear, likely, unclear, nothing. */
  readonly sureness: string
  /** The verdict, one sentence. */
  readonly why: string
  /** That the service at fault is another than the rules look at. */
  readonly note?: string
  /** What follows for who would add replicas. */
  readonly hint?: string
  /** Shares, 0 to 1. `agreement`: of resamples of the traces that name the same service; `chance`: of traces dealt at random that look as bad. */
  readonly confidence?: { readonly agreement: number; readonly chance: number; readonly resamples: number }
  /** What rose for each, the one that added most first; at most three. */
  readonly services: readonly EvidenceService[]
  readonly exemplars: readonly EvidenceTrace[]
}

export interface EvidenceWindow {
  /** RFC 3339. */
  readonly from: string
  readonly to: string
  readonly traces: number
}

export interface EvidenceService {
  readonly service: string
  /** What it is charged, a trace, and of all that services added. */
  readonly added: number
  readonly share: number
  /** Of the p99 of its spans; absent where there were none before. */
  readonly plain?: number
  readonly self: number
  readonly gap: number
  readonly own: number
  readonly critical: number
}

export interface EvidenceTrace {
  readonly traceId: string
  /** Which it is: a clause. */
  readonly what: string
  /** Lines of text. */
  readonly waterfall: readonly string[]
}

export type RecordResult = { readonly decision: LoggedDecision } | { readonly error: string }

/** Reads one line. The error says what is wrong and where, as a clause. */
export function readRecord(line: string): RecordResult {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { error: 'it is no JSON' }
  }
  const wrong = firstWrong(json)
  return wrong === undefined ? { decision: json as LoggedDecision } : { error: wrong }
}

type Check = (value: unknown, path: string) => string | undefined

const isText: Check = (value, path) => (typeof value === 'string' ? undefined : `${path} is no text`)
const isNumber: Check = (value, path) => (typeof value === 'number' ? undefined : `${path} is no number`)
const isBoolean: Check = (value, path) => (typeof value === 'boolean' ? undefined : `${path} is neither true nor false`)
const oneOf =
  (words: readonly string[]): Check =>
  (value, path) =>
    words.includes(value as string) ? undefined : `${path} is none of ${words.join(', ')}`
const unknownReason = oneOf(['empty', 'stale', 'few', 'sparse', 'unscored', 'settling', 'world', 'arithmetic'])
const truth = oneOf(['true', 'false', 'unknown'])
const conditionKinds: readonly Because['kind'][] = ['and', 'or', 'not', 'compare', 'times', 'for', 'spans', 'absent', 'during', 'always']
/** Beyond it no rule goes, and the stack need not. */
const deepest = 500

function firstWrong(json: unknown): string | undefined {
  if (!isObject(json)) return 'it is no object'
  const required = {
    id: isText,
    time: isText,
    target: isText,
    outcome: oneOf(['scale', 'hold', 'steady']),
    reason: isText,
    message: isText,
    rules: isList,
    stages: isList,
  }
  const head = keys(json, required, '') ?? optionalKeys(json, { from: isNumber, to: isNumber, wanted: isNumber, would: isNumber }, '')
  if (head !== undefined) return head
  const { time, rules, stages, blame } = json
  if (Number.isNaN(Date.parse(String(time)))) return 'time is no time'
  return each(rules, 'rules', rule) ?? each(stages, 'stages', stage) ?? (blame === undefined ? undefined : evidence(blame))
}

function evidence(value: unknown): string | undefined {
  if (isObject(value) && value.missing !== undefined) return isText(value.missing, 'blame.missing')
  const window = (of: unknown, path: string): string | undefined => keys(of, { from: isText, to: isText, traces: isNumber }, path)
  return (
    keys(value, { sureness: isText, why: isText, window, baseline: window }, 'blame') ??
    optionalKeys(
      value,
      { note: isText, hint: isText, confidence: (of, path) => keys(of, { agreement: isNumber, chance: isNumber, resamples: isNumber }, path) },
      'blame',
    ) ??
    each((value as Partial<RankedEvidence>).services, 'blame.services', evidenceService) ??
    each((value as Partial<RankedEvidence>).exemplars, 'blame.exemplars', (of, path) =>
      keys(of, { traceId: isText, what: isText, waterfall: (lines, at) => each(lines, at, isText) }, path),
    )
  )
}

function evidenceService(value: unknown, path: string): string | undefined {
  const numbers = { added: isNumber, share: isNumber, self: isNumber, gap: isNumber, own: isNumber, critical: isNumber }
  return keys(value, { service: isText, ...numbers }, path) ?? optionalKeys(value, { plain: isNumber }, path)
}

function rule(value: unknown, path: string): string | undefined {
  if (!isObject(value)) return `${path} is no object`
  const { held, because: condition } = value as Partial<RuleReport>
  return (
    keys(value, { rule: isText, truth, fired: isBoolean }, path) ??
    optionalKeys(value, { wants: isNumber, silent: isText, unknown: unknownReason, restNs: isNumber }, path) ??
    (held === undefined ? undefined : (keys(held, { at: isNumber, perReplica: isBoolean }, `${path}.held`) ?? observed(held.value, `${path}.held.value`))) ??
    because(condition, `${path}.because`, 0)
  )
}

function stage(value: unknown, path: string): string | undefined {
  if (!isObject(value)) return `${path} is no object`
  const { release } = value as Partial<Stage>
  return (
    keys(value, { stage: isText, before: isNumber, after: isNumber }, path) ??
    optionalKeys(value, { message: isText, reason: isText }, path) ??
    (release === undefined
      ? undefined
      : (optionalKeys(release, { afterNs: isNumber, limit: isNumber, bound: oneOf(['floor', 'ceiling']) }, `${path}.release`) ??
        (isObject(release) && release.rules !== undefined ? each(release.rules, `${path}.release.rules`, isText) : undefined)))
  )
}

function because(value: unknown, path: string, depth: number): string | undefined {
  if (!isObject(value)) return `${path} is no object`
  if (depth > deepest) return `${path} is too deep`
  const { left, right, counted, held, of, traceIds } = value as Partial<Because>
  return (
    keys(value, { kind: oneOf(conditionKinds), text: isText, truth }, path) ??
    optionalKeys(value, { operator: oneOf(['==', '!=', '<', '<=', '>', '>=']), unknown: unknownReason }, path) ??
    (left === undefined ? undefined : observed(left, `${path}.left`)) ??
    (right === undefined ? undefined : observed(right, `${path}.right`)) ??
    (counted === undefined ? undefined : keys(counted, { have: isNumber, need: isNumber }, `${path}.counted`)) ??
    (held === undefined ? undefined : keys(held, { haveNs: isNumber, needNs: isNumber }, `${path}.held`)) ??
    (traceIds === undefined ? undefined : each(traceIds, `${path}.traceIds`, isText)) ??
    (of === undefined ? undefined : each(of, `${path}.of`, (part, at) => because(part, at, depth + 1)))
  )
}

function observed(value: unknown, path: string): string | undefined {
  return (
    keys(value, { text: isText, type: isText }, path) ??
    optionalKeys(value, { value: isNumber, spans: isNumber, ofSpans: isNumber, effectiveSpans: isNumber, unknown: unknownReason }, path)
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isList(value: unknown, path: string): string | undefined {
  return Array.isArray(value) ? undefined : `${path} is no list`
}

function each(value: unknown, path: string, check: Check): string | undefined {
  if (!Array.isArray(value)) return `${path} is no list`
  for (const [i, item] of value.entries()) {
    const wrong = check(item, `${path}[${i}]`)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function keys(value: unknown, checks: Readonly<Record<string, Check>>, path: string): string | undefined {
  if (!isObject(value)) return `${path} is no object`
  for (const [key, check] of Object.entries(checks)) {
    const wrong = check(value[key], path === '' ? key : `${path}.${key}`)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function optionalKeys(value: unknown, checks: Readonly<Record<string, Check>>, path: string): string | undefined {
  if (!isObject(value)) return `${path} is no object`
  const present = Object.fromEntries(Object.entries(checks).filter(([key]) => value[key] !== undefined))
  return keys(value, present, path)
}
