/** Formulas: conditions and values, which the grammar does not tell apart. Operands are read here, operators in climb.ts. */
import type { CstNode, IToken } from 'chevrotain'
import { exact } from '../../exact.ts'
import type { Condition, Expression, PathSegment } from '../../tree.ts'
import * as t from '../tokens.ts'
import { calendarOf } from './calendar.ts'
import type { Formula, Item, Postfix } from './climb.ts'
import { asCondition, asValue, climb } from './climb.ts'
import type { Build } from './context.ts'
import { child, from, isDefined, maybeChild, maybeToken, meaning, nameOf, nodes, range, to, token, tokens } from './context.ts'
import { literalOf, numberOf, textOf } from './literals.ts'
import { selectorOf } from './selector.ts'
import { workloadOf } from './workload.ts'

export function conditionOf(b: Build, cst: CstNode): Condition | undefined {
  return asCondition(b, formulaOf(b, cst))
}

export function expressionOf(b: Build, cst: CstNode): Expression | undefined {
  return asValue(b, formulaOf(b, cst))
}

export function atomOf(b: Build, cst: CstNode): Expression | undefined {
  return asValue(b, simpleOperand(b, cst))
}

function formulaOf(b: Build, cst: CstNode): Formula {
  const operands = nodes(cst, 'operand')
  const operators = tokens(cst, 'Operator')
  const items: Item[] = []
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as CstNode
    if (i > 0) items.push({ kind: 'sign', token: operators[i - 1] as IToken })
    for (const not of tokens(operand, 'not')) items.push({ kind: 'not', token: not })
    items.push({ kind: 'operand', formula: operandOf(b, operand) })
    const postfixes = tokens(operand, 'postfix')
    if (postfixes.length > 0) items.push(...postfixesOf(b, operand, postfixes))
  }
  return climb(b, items)
}

function postfixesOf(b: Build, operand: CstNode, starts: readonly IToken[]): Postfix[] {
  const atoms = nodes(operand, 'atom')
  return starts.map((start, i): Postfix => {
    const value = atomOf(b, atoms[i] as CstNode)
    const whole = value === undefined ? range(start) : from(start, value.range)
    if (start.tokenType === t.NumberToken) return { kind: 'times', count: numberOf(start), value, range: whole }
    return { kind: meaning(start) === 'over' ? 'over' : 'for', value, range: whole }
  })
}

const value = (node: Expression): Formula => ({ sort: 'value', node })
const condition = (node: Condition): Formula => ({ sort: 'condition', node })

function operandOf(b: Build, cst: CstNode): Formula {
  const span = maybeToken(cst, 'span')
  if (span !== undefined) return spanOf(b, cst, span)
  const call = maybeChild(cst, 'functionCall')
  if (call !== undefined) return functionOf(b, call)
  const absence = maybeChild(cst, 'absence')
  if (absence !== undefined) {
    const duration = atomOf(b, child(absence, 'atom'))
    if (duration === undefined) return undefined
    const whole = from(token(absence, 'absent'), duration.range)
    return condition({ kind: 'absent', selector: selectorOf(b, child(absence, 'selector')), duration, range: whole })
  }
  const calendar = maybeChild(cst, 'calendar')
  if (calendar !== undefined) return condition(calendarOf(b, calendar))
  return simpleOperand(b, cst)
}

/** A literal, a name, or a formula in parentheses. */
function simpleOperand(b: Build, cst: CstNode): Formula {
  const literal = maybeToken(cst, 'Literal')
  if (literal !== undefined) return value(literalOf(literal))
  const identifier = maybeToken(cst, 'Identifier')
  if (identifier !== undefined) {
    const name = nameOf(identifier)
    return value({ kind: 'name', name, range: name.range })
  }
  const inner = formulaOf(b, child(cst, 'formula'))
  if (inner === undefined) return undefined
  const whole = range(token(cst, 'LeftParen'), token(cst, 'RightParen'))
  return inner.sort === 'value'
    ? value({ kind: 'parenthesis', inner: inner.node, range: whole })
    : condition({ kind: 'parenthesis', inner: inner.node, range: whole })
}

function spanOf(b: Build, cst: CstNode, span: IToken): Formula {
  const selector = selectorOf(b, child(cst, 'selector'))
  const path: PathSegment[] = []
  for (const segment of nodes(cst, 'path')) {
    const segments = segmentsOf(b, segment)
    if (segments === undefined) return undefined
    path.push(...segments)
  }
  const whole = path.length === 0 ? range(span, token(cst, 'RightParen')) : from(span, (path.at(-1) as PathSegment).range)
  return value({ kind: 'span', selector, path: exact(path), range: whole })
}

/** A name may hold dots, so `.self.p99` is one word of the lexer and two segments here. */
function segmentsOf(b: Build, cst: CstNode): PathSegment[] | undefined {
  const word = token(cst, 'Identifier')
  const closing = maybeToken(cst, 'RightParen')
  const written = closing === undefined ? undefined : nodes(cst, 'formula').map((argument) => expressionOf(b, argument))
  const values = written?.filter(isDefined)
  if (written !== undefined && values?.length !== written.length) return undefined
  if (closing === undefined && !meaning(word).includes('.')) {
    const name = nameOf(word)
    return [{ name, arguments: undefined, range: name.range }]
  }
  const parts = meaning(word).split('.')
  let start = word.startOffset
  return parts.map((text, i): PathSegment => {
    const at = word.payload === undefined ? { start, end: start + text.length } : range(word)
    start = at.end + 1
    const last = i === parts.length - 1
    return { name: { text, quoted: false, range: at }, arguments: last ? values : undefined, range: last && closing !== undefined ? to(at, closing) : at }
  })
}

function functionOf(b: Build, cst: CstNode): Formula {
  const name = token(cst, 'function')
  const whole = range(name, token(cst, 'RightParen'))
  const called = meaning(name)
  switch (called) {
    case 'replicas':
    case 'ready':
      return value({ kind: 'workloadValue', function: called, workload: workloadOf(b, child(cst, 'workload')), range: whole })
    case 'metric': {
      const unit = maybeToken(cst, 'Literal')
      return value({ kind: 'metric', query: textOf(token(cst, 'Text')), unit: unit === undefined ? undefined : literalOf(unit), range: whole })
    }
    case 'forecast': {
      const of = expressionOf(b, child(cst, 'formula'))
      const ahead = atomOf(b, child(cst, 'atom'))
      return of === undefined || ahead === undefined ? undefined : value({ kind: 'forecast', value: of, ahead, range: whole })
    }
    default: {
      const written = nodes(cst, 'formula').map((argument) => expressionOf(b, argument))
      const values = written.filter(isDefined)
      return values.length === written.length ? value({ kind: 'call', function: called as 'min' | 'max', arguments: values, range: whole }) : undefined
    }
  }
}
