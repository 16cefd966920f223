/** Expectations against what was seen. */
import type { CheckedExpectation, CheckedStatement, TextRange } from '../language/index.ts'
import { printDuration } from '../language/index.ts'
import { list, replicas } from '../plan/index.ts'
import type { Action, Facts } from './facts.ts'

export interface Failure {
  /** Of the expectation. */
  readonly range: TextRange
  /** What was seen instead: one clause, no full stop. */
  readonly message: string
  /** What it is about: the rules of these targets, or these rules. */
  readonly about: { readonly targets: readonly string[] } | { readonly rules: readonly string[] } | undefined
  /** The moments that matter, in nanoseconds from the start of the test. */
  readonly moments: readonly number[]
}

type Verdict = Omit<Failure, 'range'> | undefined
type Expectation = CheckedExpectation & { readonly range: TextRange }

export function isExpectation(statement: CheckedStatement): statement is Expectation {
  return statement.kind.startsWith('expect')
}

/** The failure of an expectation, if it is one. `endNs`: where the test ends. */
export function judge(expectation: Expectation, facts: Facts, endNs: number): Failure | undefined {
  const verdict = verdictOn(expectation, facts, endNs)
  return verdict && { range: expectation.range, ...verdict }
}

function verdictOn(expectation: Expectation, facts: Facts, endNs: number): Verdict {
  switch (expectation.kind) {
    case 'expectReplicas':
      return judgeReplicas(expectation, facts)
    case 'expectBounds':
      return judgeBounds(expectation, facts)
    case 'expectAction':
      return judgeAction(expectation, facts, endNs)
    case 'expectFires':
      return judgeFirings(expectation, facts, endNs)
    case 'expectUnknown':
      return judgeUnknown(expectation, facts)
  }
}

function judgeReplicas({ target, replicas: wanted, byNs }: Expectation & { kind: 'expectReplicas' }, facts: Facts): Verdict {
  const had = facts.replicasAt(target, byNs)
  if (had === wanted) return undefined
  const reached = facts.history(target).filter((since) => since.replicas === wanted && since.ns > 0)
  const later = reached.find(({ ns }) => ns > byNs)
  const earlier = reached.findLast(({ ns }) => ns <= byNs)
  const also =
    later !== undefined
      ? `; ${wanted} came at ${printDuration(later.ns)}`
      : earlier !== undefined
        ? `; it had ${wanted} from ${printDuration(earlier.ns)} until ${printDuration(endOf(earlier.ns, target, facts))}`
        : ''
  const moments = later === undefined ? [byNs] : [byNs, later.ns]
  return { message: `it had ${replicas(had)} at ${printDuration(byNs)}${also}`, about: { targets: [target] }, moments }
}

/** When the count that began at `ns` changed. */
function endOf(ns: number, target: string, facts: Facts): number {
  return facts.history(target).find((since) => since.ns > ns)?.ns ?? ns
}

function judgeBounds({ target, min, max }: Expectation & { kind: 'expectBounds' }, facts: Facts): Verdict {
  const outside = facts.history(target).find(({ replicas: count }) => count < min || count > max)
  if (outside === undefined) return undefined
  const message = `it had ${replicas(outside.replicas)} from ${printDuration(outside.ns)} on`
  return { message, about: { targets: [target] }, moments: [outside.ns] }
}

function judgeAction({ no, target, when }: Expectation & { kind: 'expectAction' }, facts: Facts, endNs: number): Verdict {
  const all = facts.actions.filter((action) => target === undefined || action.target === target)
  const fitting = all.filter(({ ns }) => {
    switch (when.kind) {
      case 'always':
        return true
      case 'before':
        return ns < when.ns
      case 'after':
        return ns > when.ns
      case 'between':
        return ns >= when.fromNs && ns <= when.toNs
      default:
        return when satisfies never
    }
  })
  const targets = target === undefined ? undefined : { targets: [target] }
  if (no) {
    const [first] = fitting
    if (first === undefined) return undefined
    const more = fitting.length === 1 ? '' : `, the first of ${fitting.length} actions`
    return { message: `${actionWords(first)}${more}`, about: { targets: [first.target] }, moments: [first.ns] }
  }
  if (fitting.length > 0) return undefined
  const message = all.length === 0 ? 'nothing was scaled' : `nothing was scaled then; ${list(all.slice(0, 3).map(actionWords))}`
  const limit = when.kind === 'before' ? when.ns : when.kind === 'between' ? when.toNs : endNs
  return { message, about: targets, moments: [limit] }
}

function actionWords({ ns, target, from, to, rules }: Action): string {
  return `${rules.length === 0 ? '' : `${list(rules)} scaled `}${target}${rules.length === 0 ? ' went' : ''} ${from} → ${to} at ${printDuration(ns)}`
}

function judgeFirings({ rule, times, atMost }: Expectation & { kind: 'expectFires' }, facts: Facts, endNs: number): Verdict {
  const firings = facts.firings.get(rule) ?? []
  const fits = times === undefined ? firings.length > 0 : atMost ? firings.length <= times : firings.length === times
  if (fits) return undefined
  const shown = firings.slice(0, 5).map((ns) => printDuration(ns))
  const more = firings.length > shown.length ? [`${firings.length - shown.length} more`] : []
  const message =
    firings.length === 0 ? 'it never fired' : `it fired ${firings.length === 1 ? 'once' : `${firings.length} times`}: at ${list([...shown, ...more])}`
  const last = firings.at(-1)
  return { message, about: { rules: [rule] }, moments: last === undefined ? [endNs] : [...new Set([firings[0] as number, last])] }
}

function judgeUnknown({ rule, atNs }: Expectation & { kind: 'expectUnknown' }, facts: Facts): Verdict {
  const seen = facts.truthAt(rule, atNs)
  if (seen?.truth === 'unknown') return undefined
  const message = seen === undefined ? `its first step had not ended at ${printDuration(atNs)}` : `it was ${seen.truth} at ${printDuration(atNs)}`
  return { message, about: { rules: [rule] }, moments: [atNs] }
}
