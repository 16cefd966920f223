/** What the lints said of each rule, for the next time that the same files are linted. */
import type { Catalog } from '../catalog.ts'
import type { CheckedCondition, Rule } from '../check/program.ts'
import { TogetherMemory } from '../check/together.ts'
import type { Diagnostic } from '../diagnostics.ts'
import type { LintContext } from './context.ts'
import type { CatalogView } from './known.ts'

interface Said {
  readonly diagnostics: readonly Diagnostic[]
  /** Where the rule began. */
  readonly start: number
}

export class LintMemory {
  readonly shadowed = new TogetherMemory()
  /** By the rule's condition: a rule that is checked anew, as it is with another target, has a new one. */
  #said = new WeakMap<CheckedCondition, Said>()
  #surroundings: readonly unknown[] = []
  #inCatalog = new Map<unknown, unknown>()

  /** Forgets what was said with another catalog, or of other rates. */
  begin(view: CatalogView | undefined, { rates, sampled }: LintContext): void {
    const surroundings = [view, rates, sampled]
    if (surroundings.every((each, i) => each === this.#surroundings[i])) return
    this.#said = new WeakMap()
    this.#inCatalog = new Map()
    this.#surroundings = surroundings
  }

  /** What `find` finds in the catalog, or found before. */
  once<T>(find: (catalog: Catalog) => T, catalog: Catalog): T {
    if (!this.#inCatalog.has(find)) this.#inCatalog.set(find, find(catalog))
    return this.#inCatalog.get(find) as T
  }

  /** What `say` says of a rule, or said before. */
  of(rule: Rule, say: (rule: Rule) => readonly Diagnostic[]): readonly Diagnostic[] {
    const { start } = rule.tree.range
    const before = this.#said.get(rule.condition)
    // What is said of a place is said anew where the place has moved.
    if (before !== undefined && (before.diagnostics.length === 0 || before.start === start)) return before.diagnostics
    const diagnostics = say(rule)
    this.#said.set(rule.condition, { diagnostics, start })
    return diagnostics
  }
}
