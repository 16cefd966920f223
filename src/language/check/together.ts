/** What is said of all rules of a target together, remembered for the next check. */
import type { Diagnostic } from '../diagnostics.ts'
import { inPortions, type Sliced } from '../sliced.ts'
import type { CheckedCondition, Rule } from './program.ts'

interface Said {
  readonly diagnostics: readonly Diagnostic[]
  /** Of the rules. */
  readonly conditions: readonly CheckedCondition[]
  /** Where the rules began. */
  readonly starts: readonly number[]
}

/** Targets that are looked at between two pauses. */
const portion = 10

export class TogetherMemory {
  /** By the condition of the first rule. */
  readonly #said = new WeakMap<CheckedCondition, Said>();

  /** What `say` says of the rules of each target, or said before of the same. */
  *all(byTarget: readonly (readonly Rule[])[], say: (rules: readonly Rule[]) => readonly Diagnostic[]): Sliced<readonly Diagnostic[]> {
    const all: Diagnostic[] = []
    yield* inPortions(byTarget, portion, (rules) => {
      for (const diagnostic of this.#of(rules, say)) all.push(diagnostic)
    })
    return all
  }

  #of(rules: readonly Rule[], say: (rules: readonly Rule[]) => readonly Diagnostic[]): readonly Diagnostic[] {
    const first = rules[0]?.condition
    // One alone has nothing to do with others.
    if (first === undefined || rules.length === 1) return []
    const before = this.#said.get(first)
    if (before !== undefined && holds(before, rules)) return before.diagnostics
    const now = { diagnostics: say(rules), conditions: rules.map(({ condition }) => condition), starts: rules.map(({ tree }) => tree.range.start) }
    this.#said.set(first, now)
    return now.diagnostics
  }
}

/** A rule that is checked anew, as it is with another target, has a new condition. What is said of places is said anew where they have moved. */
function holds({ diagnostics, conditions, starts }: Said, rules: readonly Rule[]): boolean {
  if (conditions.length !== rules.length) return false
  for (let i = 0; i < rules.length; i++) {
    const { condition, tree } = rules[i] as Rule
    if (condition !== conditions[i] || (diagnostics.length > 0 && tree.range.start !== starts[i])) return false
  }
  return true
}
