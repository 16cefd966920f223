/** What led to a missed expectation: the test is run once more, and what its rules saw around the moments that matter is kept. */
import type { StepResult } from '../engine/index.ts'
import type { RuleOutcome, Truth, UnknownReason } from '../evaluate/index.ts'
import type { Test } from '../language/index.ts'
import type { Decision } from '../plan/index.ts'
import { describe, measured } from '../plan/index.ts'
import type { Bench } from './bench.ts'
import type { Failure } from './judge.ts'
import { runTest } from './run.ts'

/** Times are nanoseconds from the start of the test. */
export type TimelineEntry =
  | {
      readonly kind: 'rule'
      readonly ns: number
      readonly rule: string
      readonly truth: Truth
      readonly unknown: UnknownReason | undefined
      /** The condition in one clause with its numbers. */
      readonly why: string
      /** The newest measurement in it, where the clause only counts. */
      readonly measured: string | undefined
    }
  | {
      readonly kind: 'decision'
      readonly ns: number
      readonly target: string
      readonly outcome: Exclude<Decision['outcome'], 'steady'>
      readonly reason: Decision['reason']
      readonly message: string
    }
  /** So many changes are left out here. */
  | { readonly kind: 'more'; readonly ns: number; readonly count: number }

/** Steps that are shown whole before and after a moment that matters. */
const stepsBefore = 5
const stepsAfter = 1
/** Of changes that are farther away the last few are shown. */
const fewChanges = 6

interface Noted {
  readonly entry: TimelineEntry
  readonly near: boolean
}

/** The rules and targets that the failure is about, at every step near its moments, and their changes before and between. */
export async function timelineOf(bench: Bench, test: Test, failure: Failure): Promise<readonly TimelineEntry[]> {
  const { rules, targets } = focusOf(bench, failure)
  const stepNs = Math.min(...bench.bundle.rules.filter(({ name }) => rules.has(name)).map(({ everyNs }) => everyNs), Number.MAX_SAFE_INTEGER)
  const isNear = (ns: number): boolean => failure.moments.some((moment) => ns > moment - stepsBefore * stepNs && ns <= moment + stepsAfter * stepNs)
  const noted: Noted[] = []
  const truths = new Map<string, string>()
  const holds = new Map<string, string>()
  const add = ({ at, outcomes, decisions }: StepResult, start: number): void => {
    const ns = at - start
    const near = isNear(ns)
    for (const outcome of outcomes) {
      const changed = differs(truths, outcome.rule, wordOf(outcome))
      if (rules.has(outcome.rule) && (near || changed)) noted.push({ near, entry: ruleEntry(ns, outcome) })
    }
    for (const { target, outcome, reason, message } of decisions) {
      const changed = differs(holds, target, `${outcome} ${reason}`)
      if (!targets.has(target) || outcome === 'steady' || (outcome === 'hold' && !changed)) continue
      noted.push({ near: near || outcome === 'scale', entry: { kind: 'decision', ns, target, outcome, reason, message } })
    }
  }
  await runTest(bench, test, add)
  return shortened(noted)
}

function focusOf({ bundle }: Bench, { about }: Failure): { readonly rules: ReadonlySet<string>; readonly targets: ReadonlySet<string> } {
  const named = bundle.rules.filter(
    ({ name, target }) => about === undefined || ('targets' in about ? about.targets.includes(target) : about.rules.includes(name)),
  )
  return { rules: new Set(named.map(({ name }) => name)), targets: new Set(named.map(({ target }) => target)) }
}

function differs(last: Map<string, string>, key: string, word: string): boolean {
  const before = last.get(key)
  last.set(key, word)
  return before !== word
}

/** An idle service is as good as a false condition, but that nobody can tell is news. */
function wordOf({ truth, unknown }: RuleOutcome): string {
  const idle = unknown === 'empty' || unknown === 'few' || unknown === 'arithmetic'
  return truth !== 'unknown' ? truth : idle ? 'false' : `unknown ${unknown}`
}

function ruleEntry(ns: number, { rule, truth, unknown, because }: RuleOutcome): TimelineEntry {
  const newest = because.kind === 'times' || because.kind === 'for' ? measured(because) : undefined
  return { kind: 'rule', ns, rule, truth, unknown, why: describe(because), measured: newest }
}

/** Of each run of far changes only the last few. */
function shortened(noted: readonly Noted[]): TimelineEntry[] {
  const entries: TimelineEntry[] = []
  let far: TimelineEntry[] = []
  const flush = (keep: number): void => {
    const left = far.length - keep
    if (left > 1) entries.push({ kind: 'more', ns: far[0]?.ns ?? 0, count: left })
    entries.push(...(left > 1 ? far.slice(left) : far))
    far = []
  }
  for (const { entry, near } of noted) {
    if (!near) far.push(entry)
    else {
      flush(fewChanges)
      entries.push(entry)
    }
  }
  // What comes after the last moment that matters explains nothing.
  return entries
}
