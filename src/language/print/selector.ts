/** Selectors, their predicates, and workloads. */
import type { Predicate, Ranged, SelectorNode, WorkloadNode } from '../tree.ts'
import type { Doc } from './doc.ts'
import { concat, group, indent } from './doc.ts'
import type { Words } from './words.ts'

/** What stands in parentheses; on several lines it is further right. */
export function printBracketed(w: Words, inside: () => Doc): Doc {
  const open = w.next()
  const content = indent(w.line(''), inside(), w.comments())
  return group(open, content, w.line(''), w.next())
}

/** `span(…)` */
export function printSpan(node: SelectorNode, w: Words): Doc {
  return concat(
    w.next(),
    printBracketed(w, () => printSelector(node, w)),
  )
}

function printSelector(node: SelectorNode, w: Words): Doc {
  const parts: Doc[] = [printTight(node.operation ?? node.service, w)]
  if (node.where !== undefined) parts.push(w.line(' '), w.next(), ' ', printPredicate(node.where, w))
  if (node.ancestor !== undefined) {
    parts.push(w.line(' '), w.next())
    if (node.ancestor.relation === 'child of') parts.push(' ', w.next())
    parts.push(' ', printSelector(node.ancestor.selector, w))
  }
  return concat(...parts)
}

/** Words up to the end of a node, without spaces. */
function printTight(last: Ranged, w: Words): Doc {
  const parts: Doc[] = [w.next()]
  while (w.within(last)) parts.push(w.joint(), w.next())
  return concat(...parts)
}

/** `orchestrator:kind/name in namespace` */
export function printWorkload(node: WorkloadNode, w: Words): Doc {
  const name = printTight(node.name, w)
  return node.namespace === undefined ? name : concat(name, ' ', w.next(), ' ', w.next())
}

type JoinedPredicate = Predicate & { readonly kind: 'and' | 'or' }

function printPredicate(node: Predicate, w: Words): Doc {
  switch (node.kind) {
    case 'and':
    case 'or':
      return group(printJoined(node, w, indent))
    case 'not':
      return concat(w.next(), ' ', printPredicate(node.inner, w))
    case 'parenthesis':
      return printBracketed(w, () => {
        const { inner } = node
        return inner.kind === 'and' || inner.kind === 'or' ? printJoined(inner, w, concat) : printPredicate(inner, w)
      })
    case 'compare': {
      const test = concat(w.next(), ' ', w.next(), ' ', w.next())
      // A minus and its number.
      return w.within(node) ? concat(test, w.next()) : test
    }
    case 'matches':
      return concat(w.next(), ' ', w.next(), ' ', w.next())
    case 'has':
      return concat(w.next(), ' ', w.next())
    case 'in':
      return concat(
        ...[w.next(), ' ', w.next(), ' '],
        printBracketed(w, () => concat(...node.values.map((_, i) => (i === 0 ? w.next() : concat(w.next(), w.line(' '), w.next()))))),
      )
  }
}

function printJoined(node: JoinedPredicate, w: Words, inner: (...docs: readonly Doc[]) => Doc): Doc {
  const operands: Predicate[] = [node.right]
  let left = node.left
  while (left.kind === node.kind) {
    operands.push((left as JoinedPredicate).right)
    left = (left as JoinedPredicate).left
  }
  operands.push(left)
  const first = printPredicate(operands.pop() as Predicate, w)
  const others = operands.reverse().map((operand) => concat(w.line(' '), w.next(), ' ', printPredicate(operand, w)))
  return concat(first, inner(...others))
}
