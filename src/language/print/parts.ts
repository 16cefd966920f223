/** What declarations are made of: actions, clauses, statements. All are words in a row with values, selectors and workloads among them. */
import type { ActionNode, Clause, Expression, Ranged, SelectorNode, TestStatement, WorkloadNode } from '../tree.ts'
import type { Doc } from './doc.ts'
import { concat, group, indent } from './doc.ts'
import { printExpression } from './formula.ts'
import { printSpan, printWorkload } from './selector.ts'
import type { Words } from './words.ts'

/** A part of a row that is more than words. */
type Part =
  | { readonly kind: 'value'; readonly node: Expression }
  | { readonly kind: 'workload'; readonly node: WorkloadNode }
  | { readonly kind: 'span'; readonly node: SelectorNode }

const value = (node: Expression): Part => ({ kind: 'value', node })
const workload = (node: WorkloadNode): Part => ({ kind: 'workload', node })
const span = (node: SelectorNode): Part => ({ kind: 'span', node })

const none: ReadonlySet<string> = new Set()

/** The words of a node and its parts, in their order. A line may end before the words in `breaks`, and goes on further right. */
function printRow(node: Ranged, parts: readonly Part[], w: Words, breaks = none): Doc {
  const row: Doc[] = []
  let part = 0
  let gap: Doc = ''
  while (w.within(node)) {
    const next = parts[part]
    const word = w.ahead() as string
    if (breaks.has(word)) gap = w.line(' ')
    // The word `span` and its parenthesis stand before what the tree calls the selector.
    if (next?.kind === 'span' && word === 'span') row.push(gap, printSpan(next.node, w))
    else if (next !== undefined && next.kind !== 'span' && !w.before(next.node))
      row.push(gap, next.kind === 'value' ? printExpression(next.node, w) : printWorkload(next.node, w))
    else {
      row.push(gap, w.next())
      gap = word === '+' || word === '-' ? '' : ' '
      continue
    }
    part++
    gap = ' '
  }
  const [, first = '', ...rest] = row
  return group(first, breaks === none ? concat(...rest) : indent(...rest))
}

export function printAction(node: ActionNode, w: Words): Doc {
  return printRow(node, node.kind === 'hold' ? [value(node.value), value(node.at)] : [], w)
}

export function printClause(node: Clause, w: Words): Doc {
  return printRow(node, partsOfClause(node), w)
}

function partsOfClause(node: Clause): readonly Part[] {
  switch (node.kind) {
    case 'every':
    case 'cooldown':
    case 'stable':
      return [value(node.duration)]
    case 'onMissing':
      return node.answer === 'hold' ? [] : [value(node.answer.after)]
    case 'atMost':
      return [value(node.per)]
    case 'settle':
      return [value(node.within)]
    default:
      return []
  }
}

export function printStatement(node: TestStatement, w: Words): Doc {
  return printRow(node, partsOfStatement(node), w, node.kind === 'load' ? loadBreaks : undefined)
}

const loadBreaks: ReadonlySet<string> = new Set(['at', 'under', 'from'])

function partsOfStatement(node: TestStatement): readonly Part[] {
  switch (node.kind) {
    case 'given':
    case 'expectBounds':
      return [workload(node.workload)]
    case 'givenReady':
      return [value(node.after)]
    case 'load': {
      const under = node.under === undefined ? [] : [span(node.under)]
      return [span(node.selector), value(node.rate), value(node.taking), ...under, value(node.from), value(node.to)]
    }
    case 'replay':
    case 'expectFires':
      return []
    case 'pause':
      return [value(node.from), value(node.to)]
    case 'expectReplicas':
      return [workload(node.workload), value(node.by)]
    case 'expectAction': {
      const named = node.workload === undefined ? [] : [workload(node.workload)]
      if (node.when === undefined) return named
      return [...named, ...(node.when.kind === 'between' ? [value(node.when.from), value(node.when.to)] : [value(node.when.time)])]
    }
    case 'expectUnknown':
      return [value(node.at)]
  }
}
