/** Declarations. */
import type { Clause, Declaration, FreezeDeclaration, Ranged, RuleDeclaration } from '../tree.ts'
import type { Doc } from './doc.ts'
import { concat, group, hardLine, indent, line } from './doc.ts'
import { printCondition, printExpression } from './formula.ts'
import { printAction, printClause, printStatement } from './parts.ts'
import { printWorkload } from './selector.ts'
import type { Words } from './words.ts'

/** Blocks of no more clauses than this stand on one line, if there is room. */
const mostOnOneLine = 2

/** Comments before the declaration are taken already. It has no error. */
export function printDeclaration(node: Declaration, w: Words): Doc {
  switch (node.kind) {
    case 'import':
      return concat(w.next(), indent(' ', w.next()))
    case 'let': {
      const start = w.next()
      const name = indent(' ', w.next(), ' ', w.next())
      return concat(start, name, ' ', node.value === undefined ? '' : printExpression(node.value, w))
    }
    case 'defaults':
      return concat(w.next(), ' ', printBlock(node.clauses, printClause, w))
    case 'target': {
      const start = w.next()
      return concat(start, indent(' ', node.workload === undefined ? '' : printWorkload(node.workload, w)), ' ', printBlock(node.clauses, printClause, w))
    }
    case 'test':
      return concat(w.next(), indent(' ', w.next()), ' ', printBlock(node.statements, printStatement, w, 0))
    case 'rule':
    case 'freeze':
      return printRule(node, w)
  }
}

function printRule(node: RuleDeclaration | FreezeDeclaration, w: Words): Doc {
  const start = w.next()
  const label = node.label === undefined ? '' : concat(w.next(), ' ', w.next())
  const workload = node.workload === undefined ? '' : concat(' ', printWorkload(node.workload, w))
  // Without room for all in one line the condition has a line of its own, and without room for the rest the action has one, too.
  const head = group(label, workload, printConsequence(node, w))
  const whole = group(head, printWhen(node, w))
  return concat(start, indent(whole, ...node.clauses.map((clause) => printRuleClause(clause, w))))
}

function printConsequence(node: RuleDeclaration | FreezeDeclaration, w: Words): Doc {
  if (node.kind === 'rule') return node.action === undefined ? '' : concat(w.line(' '), printAction(node.action, w))
  return node.direction === undefined ? '' : concat(w.line(' '), w.next())
}

function printWhen({ condition }: RuleDeclaration | FreezeDeclaration, w: Words): Doc {
  return condition === undefined ? '' : concat(w.line(' '), w.next(), ' ', printCondition(condition, w))
}

function printRuleClause(clause: Clause, w: Words): Doc {
  return concat(hardLine(w.blankAhead()), w.comments(), printClause(clause, w))
}

/** `{ every 5s }`, or each item on a line of its own. */
function printBlock<N extends Ranged>(items: readonly N[], print: (node: N, w: Words) => Doc, w: Words, mostInline = mostOnOneLine): Doc {
  const open = w.next()
  const inline = items.length <= mostInline
  const printed = items.map((item, i) => {
    const blank = w.blankAhead()
    return concat(inline ? line(i === 0 ? ' ' : '  ', blank) : hardLine(blank), w.comments(), print(item, w))
  })
  const blank = w.blankAhead()
  const last = w.comments()
  return group(open, indent(...printed, line('', blank), last), inline ? line(items.length === 0 ? '' : ' ') : hardLine(), w.next())
}
