/** Differences of selectors and of their tests. */
import { defaultKinds, printField, printPredicate, printSelector } from '../../language/index.ts'
import type { PredicateIR, SelectorIR } from '../ir.ts'
import { align, keyOf } from './align.ts'
import { type Found, partsOr, told } from './change.ts'

const kindWords = ['', 'internal', 'server', 'client', 'producer', 'consumer', 'peer']

export function diffSelectors(a: SelectorIR, b: SelectorIR): readonly Found[] {
  if (keyOf(a) === keyOf(b)) return []
  return partsOr({ what: 'spans', before: printSelector(a), after: printSelector(b) }, [
    ...told('service', a.service, b.service),
    ...told('operation', a.operation ?? 'any', b.operation ?? 'any'),
    ...diffKinds(a, b),
    ...diffTests(a.where, b.where),
    ...diffAncestors(a.ancestor, b.ancestor),
  ])
}

/** Kinds that follow from whether there is an operation are told with the operation. */
function diffKinds(a: SelectorIR, b: SelectorIR): readonly Found[] {
  const usual = ({ kinds, operation }: SelectorIR): boolean => String(kinds) === String(defaultKinds(operation !== undefined))
  if (usual(a) && usual(b)) return []
  const words = ({ kinds }: SelectorIR): string => kinds.map((kind) => kindWords[kind]).join(', ')
  return told('kinds', words(a), words(b))
}

/** Tests that all have to hold are compared one by one. */
function diffTests(a: PredicateIR | undefined, b: PredicateIR | undefined): readonly Found[] {
  const { pairs, removed, added } = align(conjuncts(a), conjuncts(b), (x, y) => (fieldOf(x) !== undefined && fieldOf(x) === fieldOf(y) ? 1 : 2), 1)
  return [
    ...pairs.flatMap(([x, y]) => diffTest(x, y)),
    ...removed.map((test) => ({ what: 'where', before: printPredicate(test, 1) })),
    ...added.map((test) => ({ what: 'where', after: printPredicate(test, 1) })),
  ]
}

function conjuncts(predicate: PredicateIR | undefined): readonly PredicateIR[] {
  if (predicate === undefined) return []
  return predicate.kind === 'and' ? predicate.all : [predicate]
}

function fieldOf(predicate: PredicateIR): string | undefined {
  return 'field' in predicate ? printField(predicate.field) : undefined
}

function diffTest(a: PredicateIR, b: PredicateIR): readonly Found[] {
  if (keyOf(a) === keyOf(b)) return []
  const [before, after] = [printPredicate(a), printPredicate(b)]
  if (a.kind === 'compare' && b.kind === 'compare') {
    const field = printField(a.field)
    const value = (text: string, { operator }: typeof a): string => text.slice(`${field} ${operator} `.length)
    const where = { before, after }
    return [
      ...told('operator', a.operator, b.operator).map((found) => ({ ...found, where })),
      ...told('threshold', value(before, a), value(after, b)).map((found) => ({ ...found, where })),
    ]
  }
  return told('where', before, after)
}

function diffAncestors(a: SelectorIR['ancestor'], b: SelectorIR['ancestor']): readonly Found[] {
  const words = (ancestor: SelectorIR['ancestor']): string | undefined =>
    ancestor === undefined ? undefined : `${ancestor.relation} ${printSelector(ancestor.selector)}`
  return told('spans', words(a), words(b))
}
