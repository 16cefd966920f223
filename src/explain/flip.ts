/**
 * What would have had to differ for a condition to be the other way: the least change in values, counts and times, read from the numbers that
 * the condition left behind. Pure functions over `Because`.
 */
import type { ComparisonOperator } from '../bundle/index.ts'
import type { Because, Observed, Truth, UnknownReason } from '../evaluate/index.ts'
import { mirrored } from '../language/index.ts'
import { measured } from '../plan/index.ts'

export type Flip =
  /** `observed` had to be `operator` `threshold`. */
  | { readonly kind: 'value'; readonly text: string; readonly observed: Observed; readonly operator: ComparisonOperator; readonly threshold: Observed }
  /** So many steps, or spans, of the window more (or fewer, below 0) had to be true. */
  | {
      readonly kind: 'count'
      readonly text: string
      readonly of: 'steps' | 'spans'
      readonly have: number
      readonly need: number
      readonly by: number
      readonly steps?: number
      /** Fewer steps than the window holds have ended since the first, or since the last action took effect. */
      readonly seenSteps?: number
      /** The newest measurement behind it: `380ms, 41 spans`. */
      readonly newest?: string
      /** Unknown steps that are counted as well: they must become known, or may stay so. */
      readonly open?: number
      /** Present while the telemetry is stale, which no count can make up for. */
      readonly stale?: true
    }
  /** It had to stay so for `byNs` longer; `idle`: and its last step had to be so as well, which was idle, as all for so long. */
  | { readonly kind: 'longer'; readonly text: string; readonly haveNs: number; readonly needNs: number; readonly byNs: number; readonly idle?: true }
  /** One step at which `of` is so breaks it; without `of` one span that it says is absent. */
  | { readonly kind: 'break'; readonly text: string; readonly of?: Flip }
  /** The calendar had to be elsewhere. */
  | { readonly kind: 'calendar'; readonly text: string; readonly inside: boolean }
  /** It is unknown for a reason that is no matter of values, and `then` had to be so. */
  | { readonly kind: 'evidence'; readonly text: string; readonly reason: UnknownReason; readonly then?: Flip }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Flip[] }
  /** Nothing could make it so. */
  | { readonly kind: 'never'; readonly text: string }

/** What a condition is to be. Nothing fires on an unknown, so that "not true" is often enough; under `not` it is not. */
type Goal = 'true' | 'false' | 'not true' | 'not false'

const opposite = { true: 'false', false: 'true', 'not true': 'not false', 'not false': 'not true' } as const

/** What makes the condition true, or no longer true; undefined if it is so. */
export function flip(because: Because, wanted: boolean): Flip | undefined {
  return reach(because, wanted ? 'true' : 'not true')
}

function isReached(truth: Truth, goal: Goal): boolean {
  return goal === truth || (goal === 'not true' && truth !== 'true') || (goal === 'not false' && truth !== 'false')
}

function reach(because: Because, goal: Goal): Flip | undefined {
  const { kind, truth, unknown, text } = because
  if (isReached(truth, goal)) return undefined
  const parts = because.of ?? []
  const holds = goal === 'true' || goal === 'not false'
  switch (kind) {
    case 'and':
      return joined(holds ? 'all' : 'any', parts, goal, text)
    case 'or':
      return joined(holds ? 'any' : 'all', parts, goal, text)
    case 'not':
      return parts[0] === undefined ? { kind: 'never', text } : reach(parts[0], opposite[goal])
    case 'compare':
      return withEvidence(because, compared(because, holds))
    case 'times':
      return counted(because, goal, 'steps')
    case 'spans':
      return withEvidence(because, counted(because, goal, 'spans'))
    case 'for':
      return holds
        ? withEvidence(because, longer(because))
        : { kind: 'break', text, ...optional('of', parts[0] === undefined ? undefined : reach(parts[0], 'false')) }
    case 'absent':
      return withEvidence(because, holds ? longer(because) : { kind: 'break', text })
    case 'during':
      return { kind: 'calendar', text, inside: holds }
    case 'always':
      return unknown === undefined ? { kind: 'never', text } : { kind: 'evidence', text, reason: unknown }
    default:
      return kind satisfies never
  }
}

function joined(kind: 'all' | 'any', parts: readonly Because[], goal: Goal, text: string): Flip {
  const of = parts.map((part) => reach(part, goal)).filter((found) => found !== undefined)
  const possible = kind === 'any' ? of.filter((found) => found.kind !== 'never') : of
  const [only] = possible
  if (only === undefined || (kind === 'all' && of.some((found) => found.kind === 'never'))) return { kind: 'never', text }
  return possible.length === 1 ? only : { kind, of: possible }
}

/** Spans or a world that nobody has seen come before any value. */
function withEvidence({ unknown, text }: Because, then: Flip | undefined): Flip | undefined {
  const grave = unknown === 'stale' || unknown === 'settling' || unknown === 'world' || unknown === 'sparse' || unknown === 'unscored'
  return grave ? { kind: 'evidence', text, reason: unknown, ...optional('then', then) } : then
}

function compared({ text, left, right, operator }: Because, wanted: boolean): Flip {
  if (left === undefined || right === undefined || operator === undefined) return { kind: 'never', text }
  // The measured side is what could have been otherwise.
  const measuredRight = left.spans === undefined && right.spans !== undefined
  const [observed, threshold] = measuredRight ? [right, left] : [left, right]
  const facing = measuredRight ? mirrored(operator) : operator
  return { kind: 'value', text, observed, threshold, operator: wanted ? facing : negated(facing) }
}

function counted(because: Because, goal: Goal, of: 'steps' | 'spans'): Flip {
  const { counted: count, text, unknown } = because
  if (count === undefined) return { kind: 'never', text }
  const { have, need, steps, seenSteps, unknownSteps = 0 } = count
  const holds = goal === 'true' || goal === 'not false'
  // Where an unknown will not do, what nobody saw may stand for what is missing, and against what is too much.
  const open = goal === 'true' || goal === 'not true' ? 0 : unknownSteps
  const by = (holds ? need : need - 1) - have - open
  if (!holds && by >= 0) return { kind: 'evidence', text, reason: unknown ?? 'empty' }
  const stale = of === 'steps' && unknown === 'stale' ? { stale: true as const } : {}
  return {
    kind: 'count',
    text,
    of,
    have,
    need,
    by,
    ...optional('steps', steps),
    ...optional('seenSteps', seenSteps),
    ...optional('newest', of === 'steps' ? measured(because) : undefined),
    ...(open > 0 ? { open } : {}),
    ...stale,
  }
}

function longer({ held, text }: Because): Flip {
  if (held === undefined) return { kind: 'never', text }
  const { haveNs, needNs, idleNs = 0 } = held
  return { kind: 'longer', text, haveNs, needNs, byNs: Math.max(0, needNs - haveNs), ...(idleNs >= needNs ? { idle: true as const } : {}) }
}

export function negated(operator: ComparisonOperator): ComparisonOperator {
  return ({ '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const)[operator]
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>)
}
