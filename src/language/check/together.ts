/** What is found by looking at all rules of a target together, remembered for the next check. */
import type { Sliced } from '../sliced.ts'
import type { Rule } from './program.ts'

export class TogetherMemory<T> {
  #known = new Map<string, { readonly rules: readonly Rule[]; readonly found: T }>();

  /** What `find` finds of each target's rules, or found before of the same. */
  *all(rules: readonly Rule[], find: (rules: readonly Rule[]) => T): Sliced<readonly T[]> {
    const before = this.#known
    const now: typeof before = new Map()
    for (const [id, together] of Map.groupBy(rules, (rule) => rule.target)) {
      yield
      const known = before.get(id)
      const isSame = known !== undefined && areSame(known.rules, together)
      now.set(id, { rules: together, found: isSame ? known.found : find(together) })
    }
    this.#known = now
    return [...now.values()].map(({ found }) => found)
  }
}

/** A rule that is checked anew, as it is with another target, has a new condition. Only the file may be another, of which other parts were edited. */
function areSame(before: readonly Rule[], now: readonly Rule[]): boolean {
  return before.length === now.length && before.every(({ condition }, i) => condition === now[i]?.condition)
}
