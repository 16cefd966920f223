/** Hysteresis: on one signal of one target, the rules that add and those that remove replicas must leave a gap. */
import type { Sliced } from '../sliced.ts'
import { everything, type Interval, intersection, isEmpty, satisfying, touch } from './intervals.ts'
import { messages } from './messages.ts'
import { printValue } from './print.ts'
import type { CheckedComparison, CheckedCondition, QuantityType, Rule } from './program.ts'
import { type Scope, say } from './scope.ts'
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

/** Reports each pair once, at the rule that removes. */
export function* checkBands(rules: readonly Rule[], scopeOf: (rule: Rule) => Scope): Sliced<void> {
  const ups = new Map<string, Side[]>()
  const downs: Side[] = []
  const both = targetsWithBoth(rules)
  for (const rule of rules) {
    yield
    if (rule.action.kind !== 'change' || rule.observe || !both.has(rule.target)) continue
    for (const c of casesOf(rule.condition, false, rule.everyNs) ?? []) {
      if (rule.action.amount < 0) downs.push({ rule, case: c })
      else
        for (const signal of c.bands.keys()) {
          const key = `${rule.target}\n${signal}`
          const sides = ups.get(key)
          if (sides === undefined) ups.set(key, [{ rule, case: c }])
          else sides.push({ rule, case: c })
        }
    }
  }
  const said = new Set<string>()
  for (const down of downs) {
    yield
    for (const signal of down.case.bands.keys())
      for (const up of ups.get(`${down.rule.target}\n${signal}`) ?? []) {
        const key = `${up.rule.name}\n${down.rule.name}`
        if (!said.has(key) && sayClash(up, down, scopeOf)) said.add(key)
      }
  }
}

/** Most targets of a large program need no look at their conditions. */
function targetsWithBoth(rules: readonly Rule[]): ReadonlySet<string> {
  const up = new Set<string>()
  const down = new Set<string>()
  for (const { action, target } of rules) if (action.kind === 'change') (action.amount > 0 ? up : down).add(target)
  return new Set([...up].filter((target) => down.has(target)))
}

/** Two cases clash when both can be true at once: every signal that they share leaves room for both. */
function sayClash(up: Side, down: Side, scopeOf: (rule: Rule) => Scope): boolean {
  let overlap: { signal: string; interval: Interval; type: QuantityType } | undefined
  let gapless: string | undefined
  for (const [signal, band] of down.case.bands) {
    const other = up.case.bands.get(signal)
    if (other === undefined) continue
    const both = intersection(band.interval, other.interval)
    if (!isEmpty(both)) overlap ??= { signal, interval: both, type: band.type }
    else if (touch(band.interval, other.interval)) gapless = signal
    else return false
  }
  // Different calendars: they may never hold together, which is beyond what is computed here.
  if (up.case.calendars.length > 0 && down.case.calendars.length > 0 && up.case.calendars.join() !== down.case.calendars.join()) return false
  const scope = scopeOf(down.rule)
  const names = { up: up.rule.name, down: down.rule.name }
  const range = down.rule.tree.condition?.range ?? down.rule.tree.range
  const related = [{ file: up.rule.file.source.name, range: up.rule.tree.condition?.range ?? up.rule.tree.range, message: `\`${up.rule.name}\` adds` }]
  if (gapless !== undefined) say(scope, messages.noGap, range, { ...names, signal: gapless }, { related })
  else if (overlap !== undefined)
    say(scope, messages.bandsOverlap, range, { ...names, signal: overlap.signal, overlap: printInterval(overlap.interval, overlap.type) }, { related })
  return true
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
