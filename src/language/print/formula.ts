/** Values and conditions. */
import type { Condition, Expression } from '../tree.ts'
import type { Doc } from './doc.ts'
import { concat, group, indent } from './doc.ts'
import { printBracketed, printSpan, printWorkload } from './selector.ts'
import type { Words } from './words.ts'

type BinaryExpression = Expression & { readonly kind: 'binary' }
type JoinedCondition = Condition & { readonly kind: 'and' | 'or' }

export function printExpression(node: Expression, w: Words): Doc {
  switch (node.kind) {
    case 'span':
      return concat(printSpan(node.selector, w), printPath(node, w))
    case 'binary':
      return printBinary(node, w)
    case 'over':
      return concat(printExpression(node.value, w), ' ', w.next(), ' ', printExpression(node.window, w))
    case 'parenthesis':
      return printBracketed(w, () => printExpression(node.inner, w))
    case 'workloadValue':
      return concat(
        w.next(),
        printBracketed(w, () => printWorkload(node.workload, w)),
      )
    case 'call':
      return concat(w.next(), printArguments(node.arguments, w))
    case 'metric':
      return concat(
        w.next(),
        printBracketed(w, () => {
          const query = w.next()
          return node.unit === undefined ? query : concat(query, w.next(), w.line(' '), w.next(), ' ', w.next())
        }),
      )
    case 'forecast':
      return concat(
        w.next(),
        printBracketed(w, () => concat(printExpression(node.value, w), w.next(), w.line(' '), w.next(), ' ', printExpression(node.ahead, w))),
      )
    default:
      return w.next()
  }
}

/** `.self.p99`, `.apdex(400ms)` */
function printPath(node: Expression & { readonly kind: 'span' }, w: Words): Doc {
  const parts: Doc[] = []
  for (const segment of node.path) {
    // The name may be a part of a word that was printed with the segment before it.
    while (w.within(segment.name)) parts.push(w.next())
    if (segment.arguments !== undefined) parts.push(printArguments(segment.arguments, w))
  }
  return concat(...parts)
}

function printArguments(nodes: readonly Expression[], w: Words): Doc {
  return printBracketed(w, () =>
    concat(...nodes.map((node, i) => (i === 0 ? printExpression(node, w) : concat(w.next(), w.line(' '), printExpression(node, w))))),
  )
}

/** Operators of one tightness stand in one row. */
function printBinary(node: BinaryExpression, w: Words): Doc {
  const operands = rowOf(node)
  const first = printExpression(operands[0] as Expression, w)
  const others = operands.slice(1).map((operand) => concat(w.line(' '), w.next(), ' ', printExpression(operand, w)))
  return group(first, indent(...others))
}

function rowOf(node: BinaryExpression): readonly Expression[] {
  const row: Expression[] = [node.right]
  let left = node.left
  while (left.kind === 'binary' && isSum(left) === isSum(node)) {
    row.push(left.right)
    left = left.left
  }
  return [...row, left].reverse()
}

function isSum({ operator }: BinaryExpression): boolean {
  return operator === '+' || operator === '-'
}

/** What stands behind `when`: further lines are one step further right. */
export function printCondition(node: Condition, w: Words): Doc {
  return node.kind === 'and' || node.kind === 'or' ? group(printJoined(node, w, indent)) : printOperand(node, w)
}

function printJoined(node: JoinedCondition, w: Words, inner: (...docs: readonly Doc[]) => Doc): Doc {
  const operands = operandsOf(node)
  const first = printOperand(operands[0] as Condition, w)
  const others = operands.slice(1).map((operand) => concat(w.line(' '), w.next(), ' ', printOperand(operand, w)))
  return concat(first, inner(...others))
}

function operandsOf(node: JoinedCondition): readonly Condition[] {
  const operands: Condition[] = [node.right]
  let left = node.left
  while (left.kind === node.kind) {
    operands.push((left as JoinedCondition).right)
    left = (left as JoinedCondition).left
  }
  return [...operands, left].reverse()
}

function printOperand(node: Condition, w: Words): Doc {
  switch (node.kind) {
    case 'and':
    case 'or':
      return group(printJoined(node, w, indent))
    case 'not':
      return concat(w.next(), ' ', printOperand(node.inner, w))
    case 'parenthesis':
      return printBracketed(w, () => {
        const { inner } = node
        return inner.kind === 'and' || inner.kind === 'or' ? printJoined(inner, w, concat) : printOperand(inner, w)
      })
    case 'compare':
      return printComparison(node, w)
    case 'times':
      return concat(printOperand(node.inner, w), ' ', w.next(), ' ', w.next(), ' ', w.next(), ' ', printExpression(node.window, w))
    case 'for':
      return concat(printOperand(node.inner, w), ' ', w.next(), ' ', printExpression(node.duration, w))
    case 'absent':
      return concat(
        w.next(),
        printBracketed(w, () => printSpan(node.selector, w)),
        ...[' ', w.next(), ' ', printExpression(node.duration, w)],
      )
    case 'during':
      return printCalendar(node, w)
  }
}

const words: ReadonlySet<Expression['kind']> = new Set(['name', 'number', 'duration', 'ratio', 'rate', 'size', 'text', 'boolean'])

/** A word stays on the line of its operator; what it is compared with may break by itself. */
function printComparison(node: Condition & { readonly kind: 'compare' }, w: Words): Doc {
  const left = printExpression(node.left, w)
  if (words.has(node.left.kind)) return concat(left, ' ', w.next(), ' ', printExpression(node.right, w))
  return concat(left, group(indent(w.line(' '), w.next(), ' ', printExpression(node.right, w))))
}

/** `during mon-fri, sun 08:00-18:00 in "Europe/Paris"` */
function printCalendar(node: Condition & { readonly kind: 'during' }, w: Words): Doc {
  const parts: Doc[] = [w.next()]
  let tight = false
  while (w.within(node)) {
    const word = w.ahead()
    const joins = word === '-' && ((node.from !== undefined && !w.before(node.from)) || isPairOfDays(w))
    parts.push(tight || joins || word === ',' ? '' : ' ', w.next())
    tight = joins
  }
  return concat(...parts)
}

/** Whether the days around the `-` that comes next mean the same as one word: `mon - fri`, but not `mon-tue - fri`. */
function isPairOfDays(w: Words): boolean {
  return ![w.ahead(-2), w.ahead(-1), w.ahead(1), w.ahead(2)].some((word) => word?.includes('-'))
}
