/** What is said of all rules of a target together, remembered for the next check. */
import type { Diagnostic } from '../diagnostics.ts'
import type { Sliced } from '../sliced.ts'
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
    for (const [i, rules] of byTarget.entries()) {
      if (i % portion === 0) yield
      const [first] = rules
      // One alone has nothing to do with others.
      if (first === undefined || rules.length === 1) continue
      const before = this.#said.get(first.condition)
      const said = before !== undefined && holds(before, rules) ? before : saidOf(rules, say)
      if (said !== before) this.#said.set(first.condition, said)
      for (const diagnostic of said.diagnostics) all.push(diagnostic)
    }
    return all
  }
}

function saidOf(rules: readonly Rule[], say: (rules: readonly Rule[]) => readonly Diagnostic[]): Said {
  return { diagnostics: say(rules), conditions: rules.map(({ condition }) => condition), starts: rules.map(({ tree }) => tree.range.start) }
}

/** A rule that is checked anew, as it is with another target, has a new condition. What is said of places is said anew where they have moved. */
function holds({ diagnostics, conditions, starts }: Said, rules: readonly Rule[]): boolean {
  if (conditions.length !== rules.length) return false
  return rules.every(({ condition, tree }, i) => condition === conditions[i] && (diagnostics.length === 0 || tree.range.start === starts[i]))
}
