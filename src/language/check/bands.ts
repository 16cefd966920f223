/** Hysteresis: on one signal of one target, the rules that add and those that remove replicas must leave a gap. */
import { type Diagnostic, report } from '../diagnostics.ts'
import { everything, type Interval, intersection, isEmpty, satisfying, touch } from './intervals.ts'
import { messages } from './messages.ts'
import { printValue } from './print.ts'
import type { CheckedComparison, CheckedCondition, QuantityType, Rule } from './program.ts'
import { printQuantity } from './units.ts'

/** One way in which a condition can be true: the values that its signals then have. */
interface Case {
  readonly bands: ReadonlyMap<string, Band>
  /** Text of the calendars that must hold as well. */
  readonly calendars: readonly string[]
}

interface Band {
  readonly interval: Interval
  readonly type: QuantityType
}

/** Beyond this many cases of one condition nothing is said of it. */
const mostCases = 64

interface Side {
  readonly rule: Rule
  readonly case: Case
}

/** What is said of the rules of one target: each pair once, at the rule that removes. */
export function bandsOf(rules: readonly Rule[]): readonly Diagnostic[] {
  const adds = ({ action }: Rule): boolean => action.kind === 'change' && action.amount > 0
  const removes = ({ action }: Rule): boolean => action.kind === 'change' && action.amount < 0
  // Most targets need no look at their conditions.
  if (!rules.some(adds) || !rules.some(removes)) return []
  const ups = new Map<string, Side[]>()
  const downs: Side[] = []
  for (const rule of rules) {
    if (rule.action.kind !== 'change' || rule.observe) continue
    for (const c of casesOf(rule.condition, false, rule.everyNs) ?? []) {
      if (removes(rule)) downs.push({ rule, case: c })
      else
        for (const signal of c.bands.keys()) {
          const sides = ups.get(signal)
          if (sides === undefined) ups.set(signal, [{ rule, case: c }])
          else sides.push({ rule, case: c })
        }
    }
  }
  const said = new Map<string, Diagnostic>()
  for (const down of downs)
    for (const signal of down.case.bands.keys())
      for (const up of ups.get(signal) ?? []) {
        const key = `${up.rule.name}\n${down.rule.name}`
        const clash = said.has(key) ? undefined : clashOf(up, down)
        if (clash !== undefined) said.set(key, clash)
      }
  return [...said.values()]
}

/** Two cases clash when both can be true at once: every signal that they share leaves room for both. */
function clashOf(up: Side, down: Side): Diagnostic | undefined {
  let overlap: { signal: string; interval: Interval; type: QuantityType } | undefined
  let gapless: string | undefined
  for (const [signal, band] of down.case.bands) {
    const other = up.case.bands.get(signal)
    if (other === undefined) continue
    const both = intersection(band.interval, other.interval)
    if (!isEmpty(both)) overlap ??= { signal, interval: both, type: band.type }
    else if (touch(band.interval, other.interval)) gapless = signal
    else return undefined
  }
  // Different calendars: they may never hold together, which is beyond what is computed here.
  if (up.case.calendars.length > 0 && down.case.calendars.length > 0 && up.case.calendars.join() !== down.case.calendars.join()) return undefined
  const file = down.rule.file.source.name
  const names = { up: up.rule.name, down: down.rule.name }
  const range = down.rule.tree.condition?.range ?? down.rule.tree.range
  const related = [{ file: up.rule.file.source.name, range: up.rule.tree.condition?.range ?? up.rule.tree.range, message: `\`${up.rule.name}\` adds` }]
  if (gapless !== undefined) return report(messages.noGap, file, range, { ...names, signal: gapless }, { related })
  if (overlap === undefined) return undefined
  return report(messages.bandsOverlap, file, range, { ...names, signal: overlap.signal, overlap: printInterval(overlap.interval, overlap.type) }, { related })
}

function printInterval(interval: Interval, type: QuantityType): string {
  const low = printQuantity(interval.low, type)
  const high = printQuantity(interval.high, type)
  if (interval.low === interval.high) return `at ${low}`
  if (!Number.isFinite(interval.low)) return `below ${high}`
  return Number.isFinite(interval.high) ? `between ${low} and ${high}` : `above ${low}`
}

const free: Case = { bands: new Map(), calendars: [] }

/**
 * The condition (or its negation) as alternatives, each a conjunction of bands. What says nothing of one signal's present value is left
 * out, which only makes the cases wider. Undefined: too many.
 */
function casesOf(condition: CheckedCondition, negated: boolean, everyNs: number): readonly Case[] | undefined {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts: (readonly Case[])[] = []
      for (const part of condition.of) {
        const cases = casesOf(part, negated, everyNs)
        if (cases === undefined) return undefined
        parts.push(cases)
      }
      const all = (condition.kind === 'and') !== negated ? parts.reduce(product) : parts.flat()
      return all.length > mostCases ? undefined : all
    }
    case 'not':
      return casesOf(condition.of, !negated, everyNs)
    case 'compare':
      return [bandOf(condition, negated, everyNs)]
    case 'times':
    case 'for':
      // Not for two minutes says nothing of now.
      return negated ? [free] : casesOf(condition.of, false, everyNs)
    case 'during':
      return [negated ? free : { bands: new Map(), calendars: [`${condition.days} ${condition.fromMinute} ${condition.toMinute} ${condition.zone}`] }]
    case 'spans':
    case 'absent':
    case 'always':
      return [free]
  }
}

function bandOf(comparison: CheckedComparison, negated: boolean, everyNs: number): Case {
  const { left, right, type } = comparison
  if (right.kind !== 'constant') return free
  const operator = negated ? opposite[comparison.operator] : comparison.operator
  const interval = satisfying(operator, right.value)
  if (interval === undefined) return free
  // The window does not make another signal: p99 over 1m and p99 over 10m rise and fall together.
  const signal = printValue(left.kind === 'span' ? { ...left, windowNs: everyNs } : left, everyNs)
  return { bands: new Map([[signal, { interval, type }]]), calendars: [] }
}

const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const

function product(left: readonly Case[], right: readonly Case[]): readonly Case[] {
  if (left.length * right.length > mostCases * mostCases) return []
  return left.flatMap((a) => right.map((b) => merged(a, b))).filter((c) => c !== undefined)
}

/** Both cases at once, or undefined where they exclude each other. */
function merged(a: Case, b: Case): Case | undefined {
  const bands = new Map(a.bands)
  for (const [signal, band] of b.bands) {
    const interval = intersection(bands.get(signal)?.interval ?? everything, band.interval)
    if (isEmpty(interval)) return undefined
    bands.set(signal, { interval, type: band.type })
  }
  return { bands, calendars: [...a.calendars, ...b.calendars] }
}
