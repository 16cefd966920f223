/**
 * Formulas: the flat list of operands and operators that the parser read becomes a tree by precedence climbing, and each part
 * is told to be a value or a condition. From loose to tight: `or`, `and`, `not`, `for` and `times`, comparisons, `+ -`, `* /`, `over`.
 */
import type { CstNode, IToken } from 'chevrotain'
import type { Comparison, Condition, Expression, NumberLiteral, PathSegment, TextRange } from '../../tree.ts'
import { chainedComparison, conditionExpected, nothingToCount, valueExpected } from '../messages.ts'
import * as t from '../tokens.ts'
import { calendarOf } from './calendar.ts'
import type { Build } from './context.ts'
import { across, child, complain, from, isDefined, maybeChild, maybeToken, meaning, nameOf, nodes, range, to, token, tokens } from './context.ts'
import { literalOf, numberOf, textOf } from './literals.ts'
import { selectorOf } from './selector.ts'
import { workloadOf } from './workload.ts'

/** Undefined where an error has been reported already. */
type Formula = { readonly sort: 'value'; readonly node: Expression } | { readonly sort: 'condition'; readonly node: Condition } | undefined

type Postfix =
  | { readonly kind: 'for'; readonly value: Expression | undefined; readonly range: TextRange }
  | { readonly kind: 'over'; readonly value: Expression | undefined; readonly range: TextRange }
  | { readonly kind: 'times'; readonly count: NumberLiteral; readonly value: Expression | undefined; readonly range: TextRange }

type Item =
  | { readonly kind: 'operand'; readonly formula: Formula; readonly range: TextRange }
  | { readonly kind: 'not' | 'sign'; readonly token: IToken }
  | Postfix

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
  for (const [i, operand] of operands.entries()) {
    if (i > 0) items.push({ kind: 'sign', token: operators[i - 1] as IToken })
    for (const not of tokens(operand, 'not')) items.push({ kind: 'not', token: not })
    const postfixes = tokens(operand, 'postfix')
    const formula = operandOf(b, operand)
    items.push({ kind: 'operand', formula, range: formula?.node.range ?? nowhere })
    if (postfixes.length > 0) items.push(...postfixesOf(b, operand, postfixes))
  }
  return climb(b, items)
}

const nowhere: TextRange = { start: 0, end: 0 }

function postfixesOf(b: Build, operand: CstNode, starts: readonly IToken[]): Postfix[] {
  const atoms = nodes(operand, 'atom')
  return starts.map((start, i): Postfix => {
    const value = atomOf(b, atoms[i] as CstNode)
    const whole = value === undefined ? range(start) : from(start, value.range)
    if (start.tokenType === t.NumberToken) return { kind: 'times', count: numberOf(start), value, range: whole }
    return { kind: meaning(start) === 'over' ? 'over' : 'for', value, range: whole }
  })
}

function climb(b: Build, items: readonly Item[]): Formula {
  let at = 0

  const sign = (...images: readonly string[]): IToken | undefined => {
    const item = items[at]
    if (item?.kind !== 'sign' || !images.includes(meaning(item.token))) return undefined
    at++
    return item.token
  }

  const logical = (kind: 'and' | 'or', next: () => Formula): Formula => {
    let left = next()
    while (sign(kind) !== undefined) {
      const l = asCondition(b, left)
      const r = asCondition(b, next())
      left = l === undefined || r === undefined ? undefined : { sort: 'condition', node: { kind, left: l, right: r, range: across(l.range, r.range) } }
    }
    return left
  }

  const negation = (): Formula => {
    const item = items[at]
    if (item?.kind !== 'not') return counted()
    at++
    const inner = asCondition(b, negation())
    return inner === undefined ? undefined : { sort: 'condition', node: { kind: 'not', inner, range: from(item.token, inner.range) } }
  }

  /** A comparison and what is asked of it over time. */
  const counted = (): Formula => {
    let formula = comparison()
    for (let item = items[at]; item?.kind === 'for' || item?.kind === 'times'; item = items[++at]) {
      if (formula?.sort === 'value') formula = complain(b, nothingToCount, formula.node.range, { word: item.kind })
      if (formula === undefined || item.value === undefined) formula = undefined
      else {
        const inner = formula.node as Condition
        const whole = across(inner.range, item.range)
        formula = {
          sort: 'condition',
          node:
            item.kind === 'for'
              ? { kind: 'for', inner, duration: item.value, range: whole }
              : { kind: 'times', inner, count: item.count, window: item.value, range: whole },
        }
      }
    }
    return formula
  }

  const comparison = (): Formula => {
    let left = sum()
    let compared = false
    for (let item = items[at]; item?.kind === 'sign' && isComparison(item.token); item = items[at]) {
      at++
      if (compared) complain(b, chainedComparison, range(item.token), {})
      const l = compared ? undefined : asValue(b, left)
      const r = asValue(b, sum())
      left =
        l === undefined || r === undefined
          ? undefined
          : {
              sort: 'condition',
              node: {
                kind: 'compare',
                left: l,
                operator: meaning(item.token) as Comparison,
                operatorRange: range(item.token),
                right: r,
                range: across(l.range, r.range),
              },
            }
      compared = true
    }
    return left
  }

  const arithmetic = (images: readonly string[], next: () => Formula): Formula => {
    let left = next()
    for (let operator = sign(...images); operator !== undefined; operator = sign(...images)) {
      const l = asValue(b, left)
      const r = asValue(b, next())
      left =
        l === undefined || r === undefined
          ? undefined
          : {
              sort: 'value',
              node: { kind: 'binary', operator: meaning(operator) as '+' | '-' | '*' | '/', left: l, right: r, range: across(l.range, r.range) },
            }
    }
    return left
  }
  const sum = (): Formula => arithmetic(['+', '-'], product)
  const product = (): Formula => arithmetic(['*', '/'], windowed)

  const windowed = (): Formula => {
    const item = items[at]
    // A `not` here stands behind a sign: `a > not b`.
    if (item?.kind === 'not') return negation()
    at++
    let formula = item?.kind === 'operand' ? item.formula : undefined
    for (let postfix = items[at]; postfix?.kind === 'over'; postfix = items[++at]) {
      const value = asValue(b, formula)
      formula =
        value === undefined || postfix.value === undefined
          ? undefined
          : { sort: 'value', node: { kind: 'over', value, window: postfix.value, range: across(value.range, postfix.range) } }
    }
    return formula
  }

  return logical('or', () => logical('and', negation))
}

function isComparison(token: IToken): boolean {
  return token.tokenType.CATEGORIES?.includes(t.ComparisonSign) === true
}

function asCondition(b: Build, formula: Formula): Condition | undefined {
  if (formula === undefined || formula.sort === 'condition') return formula?.node
  return complain(b, conditionExpected, formula.node.range, { text: written(b, formula.node.range) })
}

function asValue(b: Build, formula: Formula): Expression | undefined {
  if (formula === undefined || formula.sort === 'value') return formula?.node
  return complain(b, valueExpected, formula.node.range, { text: written(b, formula.node.range) })
}

function written(b: Build, at: TextRange): string {
  return b.source.text.slice(at.start, at.end)
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
  return value({ kind: 'span', selector, path, range: whole })
}

/** A name may hold dots, so `.self.p99` is one word of the lexer and two segments here. */
function segmentsOf(b: Build, cst: CstNode): PathSegment[] | undefined {
  const word = token(cst, 'Identifier')
  const closing = maybeToken(cst, 'RightParen')
  const written = closing === undefined ? undefined : nodes(cst, 'formula').map((argument) => expressionOf(b, argument))
  const values = written?.filter(isDefined)
  if (written !== undefined && values?.length !== written.length) return undefined
  const parts = meaning(word).split('.')
  let start = word.startOffset
  return parts.map((text, i): PathSegment => {
    const at = { start, end: start + text.length }
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
