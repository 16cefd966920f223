/**
 * The ways in which a condition can be true at a step, each a list of facts that then hold together. A way whose facts exclude each other is
 * none; a condition without a way is never true. What is not understood says nothing, so a condition is never wrongly called impossible.
 */
import { printComparison, printSelector } from '../../check/print.ts'
import type { CheckedComparison, Selector } from '../../check/program.ts'
import { printDuration } from '../../check/units.ts'
import { type Atom, type Compare, type Formula, formulaOf } from './formula.ts'
import { contradictionIn } from './predicates.ts'
import { type Constraint, contains, countsSpans, excludeEachOther, neverCompare } from './signals.ts'
import { inBoth, isNever, longestStretch, type Minutes, minutesOf } from './weekly.ts'

type Fact =
  /** Inside a `for` it may be idle now: it then held when there last was something to compare. */
  | (Compare & { readonly idle?: true })
  | { readonly kind: 'during'; readonly minutes: Minutes; readonly zone: string }
  | { readonly kind: 'absent'; readonly selector: Selector; readonly ns: number }
  /** True at so many of the last steps. */
  | { readonly kind: 'times'; readonly of: readonly Fact[]; readonly count: number; readonly steps: number }
  /** True at every step of the last ones that was not idle. Its facts are in the list as well. */
  | { readonly kind: 'for'; readonly of: readonly Fact[]; readonly steps: number }

/** One way. */
type Case = readonly Fact[]

export interface Ways {
  /** Undefined: too many to look at. */
  readonly cases: readonly Case[] | undefined
  /** Why a way is none, as a clause; of the first that was found. */
  readonly why: string | undefined
}

const mostCases = 64
const free: Ways = { cases: [[]], why: undefined }

export interface Setting {
  readonly everyNs: number
  /**
   * Asks for what can go on being true, not for what is true at some time: right after the start `not … for 5m` is true of whatever has not
   * yet lasted so long.
   */
  readonly lasting?: boolean
}

export function waysOf(formula: Formula, setting: Setting): Ways {
  switch (formula.kind) {
    case 'or':
      return anyOf(formula.of.map((part) => waysOf(part, setting)))
    case 'and':
      return allOf(
        formula.of.map((part) => waysOf(part, setting)),
        setting,
      )
    case 'compare':
      return compareWays(formula, setting)
    case 'atom':
      return formula.negated ? negatedWays(formula, setting) : atomWays(formula, setting)
  }
}

function anyOf(parts: readonly Ways[]): Ways {
  const why = parts.find((part) => part.why !== undefined)?.why
  if (parts.some((part) => part.cases === undefined)) return { cases: undefined, why }
  return limited(
    parts.flatMap((part) => part.cases ?? []),
    why,
  )
}

function allOf(parts: readonly Ways[], setting: Setting): Ways {
  // An impossible part decides, even beside one that has too many ways.
  const impossible = parts.find((part) => part.cases?.length === 0)
  if (impossible !== undefined) return impossible
  let ways: Ways = free
  for (const part of parts) {
    if (part.cases === undefined || ways.cases === undefined) return { cases: undefined, why: undefined }
    if (part.cases.length * ways.cases.length > mostCases * 4) return { cases: undefined, why: undefined }
    let conflict: string | undefined
    const joined: Case[] = []
    for (const a of ways.cases)
      for (const b of part.cases) {
        const why = conflictBetween(a, b, setting)
        if (why === undefined) joined.push([...a, ...b])
        else conflict ??= why
      }
    ways = limited(joined, conflict ?? ways.why ?? part.why)
    if (joined.length === 0) return ways
  }
  return ways
}

function limited(cases: readonly Case[], why: string | undefined): Ways {
  return { cases: cases.length > mostCases ? undefined : cases, why }
}

function never(why: string): Ways {
  return { cases: [], why }
}

function compareWays(compare: Compare, { everyNs }: Setting): Ways {
  const { of, constraint } = compare
  if (neverCompare(of)) return never(`\`${printComparison(of, everyNs)}\` can never be true`)
  const { span, allowed } = constraint
  if (span !== undefined && contradictionIn(span.selector) !== undefined) {
    const zero = allowed.kind === 'interval' ? contains(allowed.interval, 0) : allowed.value !== 0
    if (!countsSpans(span.stat) || !zero) return never(`no span can match \`${printSelector(span.selector)}\``)
  }
  return { cases: [[compare]], why: undefined }
}

function atomWays(atom: Atom, setting: Setting): Ways {
  const { of } = atom
  switch (of.kind) {
    case 'times':
    case 'for':
      return repeatedWays(atom, setting)
    case 'spans':
      return contradictionIn(of.selector) === undefined ? free : never(`no span can match \`${printSelector(of.selector)}\``)
    case 'absent':
      return { cases: [[{ kind: 'absent', selector: of.selector, ns: of.ns }]], why: undefined }
    case 'during':
      return duringWays(minutesOf(of), of.zone)
    case 'always':
      return free
  }
}

function negatedWays({ of }: Atom, setting: Setting): Ways {
  switch (of.kind) {
    case 'during':
      return duringWays(minutesOf(of, true), of.zone)
    case 'times':
    case 'for':
      return setting.lasting === true && waysOf(formulaOf(of.of, true), setting).cases?.length === 0 ? never('what it waits for is always so') : free
    case 'always':
      return never('it always holds')
    case 'spans':
    case 'absent':
      return free
  }
}

function duringWays(minutes: Minutes, zone: string): Ways {
  return isNever(minutes) ? never('the calendar has no such time') : { cases: [[{ kind: 'during', minutes, zone }]], why: undefined }
}

function repeatedWays({ of, inner: formula }: Atom, setting: Setting): Ways {
  if (formula === undefined || (of.kind !== 'times' && of.kind !== 'for')) return free
  const inner = waysOf(formula, setting)
  if (inner.cases?.length === 0) return inner
  // At each of the steps another way may have been the one.
  const [facts] = inner.cases?.length === 1 ? inner.cases : []
  if (of.kind === 'times') {
    const steps = of.withinNs / setting.everyNs
    if (of.count >= steps) return inner
    return facts === undefined ? free : { cases: [[{ kind: 'times', of: facts, count: of.count, steps }]], why: undefined }
  }
  if (facts === undefined) return free
  const short = facts.find((fact) => fact.kind === 'during' && lastsLessThan(fact, of.ns))
  if (short !== undefined) return never(`the calendar's time never lasts ${printDuration(of.ns)}`)
  const lasting = facts.map((fact) => (fact.kind === 'compare' ? { ...fact, idle: true as const } : fact))
  return { cases: [[...lasting, { kind: 'for', of: lasting, steps: of.ns / setting.everyNs }]], why: undefined }
}

const minuteNs = 60e9

/** In a zone whose clocks are put back, an hour may come twice. */
function lastsLessThan({ minutes, zone }: Extract<Fact, { kind: 'during' }>, ns: number): boolean {
  return (longestStretch(minutes) + (zone === 'UTC' ? 0 : 60)) * minuteNs < ns
}

function conflictBetween(a: Case, b: Case, setting: Setting): string | undefined {
  for (const one of a)
    for (const other of b) {
      const why = conflictOf(one, other, setting) ?? conflictOf(other, one, setting)
      if (why !== undefined) return why
    }
  return undefined
}

/** Why two facts cannot hold at one step. Comparisons of the same spans are idle together, so it does not matter whether they are. */
function conflictOf(a: Fact, b: Fact, setting: Setting): string | undefined {
  if (a.kind === 'compare' && b.kind === 'compare' && excludeEachOther(a.constraint, b.constraint))
    return `${both(a.of, b.of, setting)} are never true together`
  if (a.kind === 'during' && b.kind === 'during' && a.zone === b.zone && isNever(inBoth(a.minutes, b.minutes))) return 'its calendars have no time in common'
  if (a.kind === 'absent' && b.kind === 'compare' && b.idle !== true && needsSpanOf(b.constraint, a))
    return `\`${printComparison(b.of, setting.everyNs)}\` needs a span, and there must be none for ${printDuration(a.ns)}`
  if (a.kind === 'times' && b.kind === 'times' && a.count + b.count > Math.max(a.steps, b.steps)) return repeatedConflict(a, b, setting)
  if (a.kind === 'times' && b.kind === 'for' && a.count > a.steps - b.steps) return repeatedConflict(a, b, setting)
  return undefined
}

/** Counts that do not fit into the window side by side need a step at which both are true. */
function repeatedConflict(a: Extract<Fact, { kind: 'times' }>, b: Extract<Fact, { kind: 'times' | 'for' }>, setting: Setting): string | undefined {
  const why = conflictBetween(a.of, b.of, setting)
  return why === undefined ? undefined : `${why}, and both must be at more steps than there are`
}

function both(a: CheckedComparison, b: CheckedComparison, { everyNs }: Setting): string {
  return `\`${printComparison(a, everyNs)}\` and \`${printComparison(b, everyNs)}\``
}

/** A span at the very end of the time before counts as both: the window must be the shorter. */
function needsSpanOf({ span, allowed }: Constraint, absent: Extract<Fact, { kind: 'absent' }>): boolean {
  if (span === undefined || span.windowNs >= absent.ns || printSelector(span.selector) !== printSelector(absent.selector)) return false
  if (!countsSpans(span.stat)) return true
  return allowed.kind === 'interval' ? !contains(allowed.interval, 0) : allowed.value === 0
}
