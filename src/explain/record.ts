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
const unknownReason = oneOf(['empty', 'stale', 'few', 'settling', 'world', 'arithmetic'])
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
  const { time, rules, stages } = json
  if (Number.isNaN(Date.parse(String(time)))) return 'time is no time'
  return each(rules, 'rules', rule) ?? each(stages, 'stages', stage)
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
  return keys(value, { text: isText, type: isText }, path) ?? optionalKeys(value, { value: isNumber, spans: isNumber, unknown: unknownReason }, path)
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
