/** Conditions in negation normal form: `not` stands only before what cannot be turned around. */
import type { CheckedComparison, CheckedCondition } from '../../check/program.ts'

type Kept = Exclude<CheckedCondition, { readonly kind: 'and' | 'or' | 'not' | 'compare' }>

export type Formula =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Formula[] }
  /** Turned around where it was negated: both are unknown together. */
  | { readonly kind: 'compare'; readonly of: CheckedComparison }
  | { readonly kind: 'atom'; readonly of: Kept; readonly negated: boolean }

const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const

/** The condition, or its negation. Kleene's logic allows every step of it. */
export function formulaOf(condition: CheckedCondition, negated = false): Formula {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const kind = (condition.kind === 'and') === negated ? 'or' : 'and'
      return { kind, of: condition.of.map((part) => formulaOf(part, negated)) }
    }
    case 'not':
      return formulaOf(condition.of, !negated)
    case 'compare':
      return { kind: 'compare', of: negated ? { ...condition, operator: opposite[condition.operator] } : condition }
    default:
      return { kind: 'atom', of: condition, negated }
  }
}

/** Equal for conditions that mean the same word for word, wherever they stand. */
export function meaningOf(condition: CheckedCondition | Formula): string {
  return JSON.stringify(condition, (key, value: unknown) => (key === 'range' ? undefined : value))
}
