/** What led to a missed expectation: the test is run once more, and what its rules saw around the moments that matter is kept. */
import type { StepResult } from '../engine/index.ts'
import type { RuleOutcome } from '../evaluate/index.ts'
import type { Test } from '../language/index.ts'
import type { Decision } from '../plan/index.ts'
import { describe } from '../plan/index.ts'
import type { Bench } from './bench.ts'
import type { Failure } from './judge.ts'
import { runTest } from './run.ts'

/** Times are nanoseconds from the start of the test. */
export interface Timeline {
  /** Steps around each moment that matters. */
  readonly windows: readonly StepWindow[]
  /** What was decided, and which rules became true, up to the last window; the last few. */
  readonly events: readonly TimelineEvent[]
  /** Events before those. */
  readonly earlier: number
}

export interface StepWindow {
  readonly steps: readonly number[]
  readonly rules: readonly SeenRule[]
  /** Rules that it leaves out. */
  readonly others: number
}

export interface SeenRule {
  readonly rule: string
  /** At each step of the window; undefined where it was not evaluated. */
  readonly seen: readonly (RuleOutcome | undefined)[]
}

export type TimelineEvent =
  | { readonly kind: 'rule'; readonly ns: number; readonly rule: string; readonly message: string }
  | {
      readonly kind: 'decision'
      readonly ns: number
      readonly target: string
      readonly outcome: Exclude<Decision['outcome'], 'steady'>
      readonly reason: Decision['reason']
      readonly message: string
    }

/** Steps that are shown before and after a moment that matters. */
const stepsBefore = 5
const stepsAfter = 1
const mostWindows = 2
const mostRules = 5
const mostEvents = 8

interface Seen {
  readonly ns: number
  readonly outcomes: ReadonlyMap<string, RuleOutcome>
}

/** The rules and targets that the failure is about. */
export async function timelineOf(bench: Bench, test: Test, failure: Failure): Promise<Timeline> {
  const { rules, targets } = focusOf(bench, failure)
  const stepNs = Math.min(...bench.bundle.rules.filter(({ name }) => rules.has(name)).map(({ everyNs }) => everyNs), Number.MAX_SAFE_INTEGER)
  const periods = failure.moments.slice(0, mostWindows).map((moment) => ({ from: moment - stepsBefore * stepNs, to: moment + stepsAfter * stepNs }))
  const last = Math.max(...periods.map(({ to }) => to))
  const steps: Seen[] = []
  const events: TimelineEvent[] = []
  const news = new News()
  await runTest(bench, test, ({ at, outcomes, decisions }: StepResult, start) => {
    const ns = at - start
    if (ns > last) return
    const focused = outcomes.filter(({ rule }) => rules.has(rule))
    for (const outcome of focused) if (news.becameTrue(outcome)) events.push({ kind: 'rule', ns, rule: outcome.rule, message: describe(outcome.because) })
    for (const decision of decisions) if (targets.has(decision.target)) events.push(...news.of(decision, ns))
    if (focused.length > 0 && periods.some(({ from, to }) => ns > from && ns <= to))
      steps.push({ ns, outcomes: new Map(focused.map((outcome) => [outcome.rule, outcome])) })
  })
  const windows = merged(periods).map(({ from, to }) =>
    windowOf(
      steps.filter(({ ns }) => ns > from && ns <= to),
      [...rules],
    ),
  )
  const shown = events.slice(-mostEvents)
  return { windows: windows.filter((window) => window.steps.length > 0), events: shown, earlier: events.length - shown.length }
}

function focusOf({ bundle }: Bench, { about }: Failure): { readonly rules: ReadonlySet<string>; readonly targets: ReadonlySet<string> } {
  const named = bundle.rules.filter(
    ({ name, target }) => about === undefined || ('targets' in about ? about.targets.includes(target) : about.rules.includes(name)),
  )
  return { rules: new Set(named.map(({ name }) => name)), targets: new Set(named.map(({ target }) => target)) }
}

interface Range {
  readonly from: number
  readonly to: number
}

/** Those that touch are one. */
function merged(periods: readonly Range[]): Range[] {
  const all: Range[] = []
  for (const period of [...periods].sort((a, b) => a.from - b.from)) {
    const before = all.at(-1)
    if (before !== undefined && period.from <= before.to) all[all.length - 1] = { from: before.from, to: Math.max(before.to, period.to) }
    else all.push(period)
  }
  return all
}

/** Rules that changed their mind in the window first, those that were never true last. */
function windowOf(steps: readonly Seen[], rules: readonly string[]): StepWindow {
  const seen = rules.map((rule): SeenRule => ({ rule, seen: steps.map(({ outcomes }) => outcomes.get(rule)) }))
  const rank = ({ seen: all }: SeenRule): number => {
    const truths = new Set(all.map((outcome) => outcome?.truth))
    return truths.has('true') && truths.size > 1 ? 0 : truths.has('true') ? 1 : 2
  }
  const ordered = seen.sort((a, b) => rank(a) - rank(b)).slice(0, mostRules)
  return { steps: steps.map(({ ns }) => ns), rules: ordered, others: rules.length - ordered.length }
}

/** Tells what is new from what goes on. */
class News {
  readonly #truths = new Map<string, string>()
  readonly #holds = new Map<string, string>()

  becameTrue({ rule, truth }: RuleOutcome): boolean {
    const before = this.#truths.get(rule)
    this.#truths.set(rule, truth)
    return truth === 'true' && before !== 'true'
  }

  of(decision: Decision, ns: number): TimelineEvent[] {
    const { target, outcome, reason } = decision
    const key = `${outcome} ${reason}`
    const before = this.#holds.get(target)
    this.#holds.set(target, key)
    if (outcome === 'steady' || (outcome === 'hold' && key === before)) return []
    return [{ kind: 'decision', ns, target, outcome, reason, message: withoutReasons(decision) }]
  }
}

/** The window has the numbers. */
function withoutReasons({ message, rules }: Decision): string {
  for (const { rule, because } of rules) {
    const prefix = `${rule}: ${describe(because)}; `
    if (message.startsWith(prefix)) return `${rule}: ${message.slice(prefix.length)}`
  }
  return message
}
