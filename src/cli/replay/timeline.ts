/** What happened in a replay, as events: rules that changed their mind, actions, and holds where they changed. */
import type { DecisionEvidence } from '../../blame/index.ts'
import type { StepResult } from '../../engine/index.ts'
import type { RuleOutcome } from '../../evaluate/index.ts'
import type { BlameEvidence } from '../../explain/index.ts'
import type { Decision } from '../../plan/index.ts'
import { describe, measured } from '../../plan/index.ts'
import type { DecisionFilter } from '../../recordings/index.ts'
import type { Nanos } from '../../spans/index.ts'

export interface RuleEvent {
  readonly kind: 'rule'
  readonly at: Nanos
  readonly rule: string
  readonly truth: RuleOutcome['truth']
  readonly unknown?: RuleOutcome['unknown']
  /** The condition in one clause with its numbers. */
  readonly why: string
  /** The newest measurement in it. */
  readonly measured?: string
  readonly traceIds: readonly string[]
  /** It was true, and an action of its target has used up what it had counted: it says nothing of the service. */
  readonly usedUp?: true
}

export interface DecisionEvent {
  readonly kind: 'decision'
  readonly at: Nanos
  readonly decision: Decision
  readonly blame?: BlameEvidence
}

export type TimelineEvent = RuleEvent | DecisionEvent

export type Evidence = Pick<DecisionEvidence, 'stepped' | 'of'>

export class Timeline {
  readonly events: TimelineEvent[] = []
  readonly #filter: DecisionFilter
  readonly #evidence: Evidence | undefined
  readonly #words = new Map<string, string>()
  /** By target that has acted: the rules that have been heard since. */
  readonly #heard = new Map<string, Set<string>>()

  constructor(filter: DecisionFilter, evidence?: Evidence) {
    this.#filter = filter
    this.#evidence = evidence
  }

  /** Adds what is new in the step and returns its decisions that belong in the decision log. */
  add({ at, outcomes, decisions }: StepResult): readonly DecisionEvent[] {
    this.#evidence?.stepped(decisions)
    for (const outcome of outcomes) {
      const usedUp = this.#isUsedUp(outcome)
      if (this.#isNews(outcome)) this.events.push({ ...ruleEvent(at, outcome), ...(usedUp ? { usedUp } : {}) })
    }
    for (const { outcome, target } of decisions) if (outcome === 'scale') this.#heard.set(target, new Set())
    const changed = decisions
      .filter((decision) => this.#filter.changed(decision))
      .map((decision): DecisionEvent => {
        const blame = this.#evidence?.of(decision)
        return { kind: 'decision', at, decision, ...(blame === undefined ? {} : { blame }) }
      })
    this.events.push(...changed)
    return changed
  }

  /** False at its first step behind an action of its target, and true before. */
  #isUsedUp({ rule, target, truth }: RuleOutcome): boolean {
    const heard = this.#heard.get(target)
    if (heard === undefined || heard.has(rule)) return false
    heard.add(rule)
    return truth === 'false' && this.#words.get(rule) === 'true'
  }

  /**
   * A change of truth. That a rule's service is idle (unknown as empty, few or a division by nothing) counts as false, so that a quiet
   * service does not fill the page; that nobody knows (stale, unreadable) or that replicas settle is news. A rule begins as false.
   */
  #isNews({ rule, truth, unknown }: RuleOutcome): boolean {
    const idle = unknown === 'empty' || unknown === 'few' || unknown === 'arithmetic'
    const word = truth !== 'unknown' ? truth : idle ? 'false' : `unknown ${unknown}`
    const before = this.#words.get(rule) ?? 'false'
    this.#words.set(rule, word)
    return word !== before
  }
}

function ruleEvent(at: Nanos, { rule, truth, unknown, because }: RuleOutcome): RuleEvent {
  // The clause of these two only counts; of all others it has the measurements itself.
  const newest = because.kind === 'times' || because.kind === 'for' ? measured(because) : undefined
  return {
    kind: 'rule',
    at,
    rule,
    truth,
    ...(unknown === undefined ? {} : { unknown }),
    why: describe(because),
    ...(newest === undefined ? {} : { measured: newest }),
    traceIds: traceIdsOf(because),
  }
}

function traceIdsOf(because: RuleOutcome['because']): readonly string[] {
  if (because.traceIds !== undefined && because.traceIds.length > 0) return because.traceIds
  for (const part of because.of ?? []) {
    const found = traceIdsOf(part)
    if (found.length > 0) return found
  }
  return []
}
