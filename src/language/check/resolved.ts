/** What nodes of the tree turned out to be: for lints, and for editors that ask about a place in the text. */
import type { Predicate, SelectorNode, SpanExpression } from '../tree.ts'
import type { CheckedPredicate, Selector, Value } from './program.ts'

export type SpanValue = Value & { readonly kind: 'span' }

/** Nodes with an error in them are missing. */
export interface Resolutions {
  readonly selectors: ReadonlyMap<SelectorNode, Selector>
  /** Every node of a predicate, but for parentheses. */
  readonly predicates: ReadonlyMap<Predicate, CheckedPredicate>
  /** With the window that an `over` around them says. */
  readonly spans: ReadonlyMap<SpanExpression, SpanValue>
  /** Service patterns of selectors that say nothing of `kind` and are taken for peers. */
  readonly peers: ReadonlySet<string>
}

/** The same while it is being made. */
export interface Resolved extends Resolutions {
  readonly selectors: Map<SelectorNode, Selector>
  readonly predicates: Map<Predicate, CheckedPredicate>
  readonly spans: Map<SpanExpression, SpanValue>
  readonly peers: Set<string>
}

export function nothingResolved(): Resolved {
  return { selectors: new Map(), predicates: new Map(), spans: new Map(), peers: new Set() }
}
