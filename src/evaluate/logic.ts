/** Kleene's three-valued `and`, `or` and `not`. */
import { type Condition, gravest } from './context.ts'
import type { Because, Truth } from './contract.ts'

/** All parts are asked, also behind a decided one: they count steps of their own. */
export function all(parts: readonly Condition[], text: string): Condition {
  return (context) => {
    const of = parts.map((part) => part(context))
    return combined('and', text, of, 'false', 'true')
  }
}

export function any(parts: readonly Condition[], text: string): Condition {
  return (context) => {
    const of = parts.map((part) => part(context))
    return combined('or', text, of, 'true', 'false')
  }
}

export function not(part: Condition, text: string): Condition {
  return (context) => {
    const of = part(context)
    const truth = of.truth === 'unknown' ? 'unknown' : of.truth === 'true' ? 'false' : 'true'
    const because: Because = { kind: 'not', text, truth, of: [of] }
    return { ...because, ...reason(of.unknown), ...traces([of]) }
  }
}

/** One part that is `decisive` decides; without one an unknown part leaves it open. */
function combined(kind: 'and' | 'or', text: string, of: readonly Because[], decisive: Truth, otherwise: Truth): Because {
  const decided = of.filter((part) => part.truth === decisive)
  if (decided.length > 0) return { kind, text, truth: decisive, of, ...traces(decided) }
  const unknown = gravest(of.map((part) => part.unknown))
  if (unknown !== undefined) return { kind, text, truth: 'unknown', unknown, of }
  return { kind, text, truth: otherwise, of, ...traces(of) }
}

function reason(unknown: Because['unknown']): { readonly unknown?: NonNullable<Because['unknown']> } {
  return unknown === undefined ? {} : { unknown }
}

/** Those of the first part that has some. */
function traces(parts: readonly Because[]): { readonly traceIds?: readonly string[] } {
  const traceIds = parts.find((part) => part.traceIds !== undefined)?.traceIds
  return traceIds === undefined ? {} : { traceIds }
}
