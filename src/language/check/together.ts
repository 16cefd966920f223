/** What is said of all rules of a target together, remembered for the next check. */
import type { Diagnostic } from '../diagnostics.ts'
import type { Sliced } from '../sliced.ts'
import type { Rule } from './program.ts'

interface Said {
  readonly rules: readonly Rule[]
  readonly diagnostics: readonly Diagnostic[]
  /** Where the rules began. */
  readonly starts: readonly number[]
}

export class TogetherMemory {
  #said = new Map<string, Said>();

  /** What `say` says of each target's rules, or said before of the same. */
  *all(rules: readonly Rule[], say: (rules: readonly Rule[]) => readonly Diagnostic[]): Sliced<readonly Diagnostic[]> {
    const before = this.#said
    const now: typeof before = new Map()
    for (const [id, together] of Map.groupBy(rules, (rule) => rule.target)) {
      yield
      const known = before.get(id)
      now.set(id, known !== undefined && holds(known, together) ? { ...known, rules: together } : said(together, say))
    }
    this.#said = now
    return [...now.values()].flatMap(({ diagnostics }) => diagnostics)
  }
}

const nowhere: readonly number[] = []

function said(rules: readonly Rule[], say: (rules: readonly Rule[]) => readonly Diagnostic[]): Said {
  const diagnostics = say(rules)
  return { rules, diagnostics, starts: diagnostics.length === 0 ? nowhere : rules.map(({ tree }) => tree.range.start) }
}

/** A rule that is checked anew, as it is with another target, has a new condition. What is said of places is said anew where they have moved. */
function holds({ rules, starts }: Said, now: readonly Rule[]): boolean {
  return (
    rules.length === now.length &&
    rules.every(({ condition }, i) => condition === now[i]?.condition) &&
    starts.every((start, i) => start === now[i]?.tree.range.start)
  )
}
