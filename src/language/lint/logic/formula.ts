/** Conditions in negation normal form: `not` stands only before what cannot be turned around. */
import { printSelector } from '../../check/print.ts'
import type { CheckedComparison, CheckedCondition } from '../../check/program.ts'
import { type Constraint, constraintOf } from './signals.ts'

type Kept = Exclude<CheckedCondition, { readonly kind: 'and' | 'or' | 'not' | 'compare' }>

export interface Compare {
  readonly kind: 'compare'
  /** Turned around where it was negated: both are unknown together. */
  readonly of: CheckedComparison
  readonly constraint: Constraint
}

export interface Atom {
  readonly kind: 'atom'
  readonly of: Kept
  readonly negated: boolean
  /** Equal for atoms that say the same, wherever they stand. */
  readonly meaning: string
  /** What `times` and `for` ask at each step. */
  readonly inner: Formula | undefined
}

export type Formula = { readonly kind: 'and' | 'or'; readonly of: readonly Formula[] } | Compare | Atom

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
    case 'compare': {
      const of = negated ? { ...condition, operator: opposite[condition.operator] } : condition
      return { kind: 'compare', of, constraint: constraintOf(of) }
    }
    default:
      return atomOf(condition, negated)
  }
}

/**
 * One comparison with a constant, however often or long it must be true: there is nothing in it that could contradict anything, and the checker has looked
 * at the constant. Most conditions are so.
 */
export function isPlain(condition: CheckedCondition): boolean {
  if (condition.kind === 'times' || condition.kind === 'for') return isPlain(condition.of)
  if (condition.kind !== 'compare' || condition.right.kind !== 'constant') return false
  return condition.left.kind !== 'span' || condition.left.selector.where === undefined
}

function atomOf(of: Kept, negated: boolean): Atom {
  const inner = of.kind === 'times' || of.kind === 'for' ? formulaOf(of.of) : undefined
  return { kind: 'atom', of, negated, meaning: meaningOf(of, inner), inner }
}

function meaningOf(of: Kept, inner: Formula | undefined): string {
  const asked = inner === undefined ? '' : textOf(inner)
  switch (of.kind) {
    case 'times':
      return `${asked} ${of.count} times in ${of.withinNs}`
    case 'for':
      return `${asked} for ${of.ns}`
    case 'spans':
      return `${printSelector(of.selector)} ${of.count} times in ${of.withinNs}`
    case 'absent':
      return `${printSelector(of.selector)} absent for ${of.ns}`
    case 'during':
      return `during ${of.days} ${of.fromMinute} ${of.toMinute} ${of.zone}`
    case 'always':
      return 'always'
  }
}

function textOf(formula: Formula): string {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return `(${formula.of.map(textOf).join(` ${formula.kind} `)})`
    case 'compare': {
      const { operator, right } = formula.of
      return `${formula.constraint.signal} ${operator} ${right.kind === 'constant' ? right.value : ''}`
    }
    case 'atom':
      return formula.negated ? `not ${formula.meaning}` : formula.meaning
  }
}
