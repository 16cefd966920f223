/**
 * Precedence climbing: the flat list of operands and operators that the parser read becomes a tree, and each part is told to be a value or a
 * condition. From loose to tight: `or`, `and`, `not`, `for` and `times`, comparisons, `+ -`, `* /`, `over`.
 */
import type { IToken } from 'chevrotain'
import type { Comparison, Condition, Expression, NumberLiteral, TextRange } from '../../tree.ts'
import { chainedComparison, conditionExpected, nothingToCount, unitSpelling, valueExpected } from '../messages.ts'
import * as t from '../tokens.ts'
import { rateUnitOf } from '../units.ts'
import { shortened } from '../words.ts'
import type { Build } from './context.ts'
import { across, complain, from, meaning, range } from './context.ts'

/** Undefined where an error has been reported already. */
export type Formula = { readonly sort: 'value'; readonly node: Expression } | { readonly sort: 'condition'; readonly node: Condition } | undefined

/** What stands behind an operand. */
export type Postfix =
  | { readonly kind: 'for'; readonly value: Expression | undefined; readonly range: TextRange }
  | { readonly kind: 'over'; readonly value: Expression | undefined; readonly range: TextRange }
  | { readonly kind: 'times'; readonly count: NumberLiteral; readonly value: Expression | undefined; readonly range: TextRange }

export type Item = { readonly kind: 'operand'; readonly formula: Formula } | { readonly kind: 'not' | 'sign'; readonly token: IToken } | Postfix

interface State {
  readonly b: Build
  readonly items: readonly Item[]
  /** The next item. */
  at: number
}

export function climb(b: Build, items: readonly Item[]): Formula {
  const state = { b, items, at: 0 }
  const formula = disjunction(state)
  // `a > 1 for 5m > 3`: only behind `for` and `times` can something be left, which wants a value before it.
  if (state.at === items.length) return formula
  asValue(b, formula)
  return undefined
}

/** Takes a sign for which `fits` holds. */
function sign(state: State, fits: (token: IToken) => boolean): IToken | undefined {
  const item = state.items[state.at]
  if (item?.kind !== 'sign' || !fits(item.token)) return undefined
  state.at++
  return item.token
}

const isOr = ({ tokenType }: IToken): boolean => tokenType === t.keyword.or
const isAnd = ({ tokenType }: IToken): boolean => tokenType === t.keyword.and
const isSum = ({ tokenType }: IToken): boolean => tokenType === t.Plus || tokenType === t.Minus
const isProduct = ({ tokenType }: IToken): boolean => tokenType === t.Star || tokenType === t.Slash
const isComparison = ({ tokenType }: IToken): boolean => tokenType.CATEGORIES?.includes(t.ComparisonSign) === true

function disjunction(state: State): Formula {
  let left = conjunction(state)
  while (sign(state, isOr) !== undefined) left = joined(state, 'or', left, conjunction(state))
  return left
}

function conjunction(state: State): Formula {
  let left = negation(state)
  while (sign(state, isAnd) !== undefined) left = joined(state, 'and', left, negation(state))
  return left
}

function joined({ b }: State, kind: 'and' | 'or', left: Formula, right: Formula): Formula {
  const l = asCondition(b, left)
  const r = asCondition(b, right)
  return l === undefined || r === undefined ? undefined : { sort: 'condition', node: { kind, left: l, right: r, range: across(l.range, r.range) } }
}

function negation(state: State): Formula {
  const item = state.items[state.at]
  if (item?.kind !== 'not') return counted(state)
  state.at++
  const inner = asCondition(state.b, negation(state))
  return inner === undefined ? undefined : { sort: 'condition', node: { kind: 'not', inner, range: from(item.token, inner.range) } }
}

/** A comparison and what is asked of it over time. */
function counted(state: State): Formula {
  let formula = comparison(state)
  for (let item = state.items[state.at]; item?.kind === 'for' || item?.kind === 'times'; item = state.items[++state.at]) {
    if (formula?.sort === 'value') formula = complain(state.b, nothingToCount, formula.node.range, { word: item.kind })
    if (formula === undefined || item.value === undefined) formula = undefined
    else {
      const { node: inner } = formula
      const whole = across(inner.range, item.range)
      if (item.kind === 'for') formula = { sort: 'condition', node: { kind: 'for', inner, duration: item.value, range: whole } }
      else formula = { sort: 'condition', node: { kind: 'times', inner, count: item.count, window: item.value, range: whole } }
    }
  }
  return formula
}

function comparison(state: State): Formula {
  let left = sum(state)
  let compared = false
  let first: Expression | undefined
  let middle: Expression | undefined
  for (let operator = sign(state, isComparison); operator !== undefined; operator = sign(state, isComparison)) {
    const operatorRange = range(operator)
    const l = compared ? undefined : asValue(state.b, left)
    const r = asValue(state.b, sum(state))
    if (compared) sayChained(state.b, operatorRange, first, middle, r)
    first ??= l
    middle = r
    left =
      l === undefined || r === undefined
        ? undefined
        : {
            sort: 'condition',
            node: { kind: 'compare', left: l, operator: meaning(operator) as Comparison, operatorRange, right: r, range: across(l.range, r.range) },
          }
    compared = true
  }
  return left
}

/** `a < b < c` → `(a < b and b < c)` */
function sayChained(b: Build, operator: TextRange, first: Expression | undefined, middle: Expression | undefined, last: Expression | undefined): undefined {
  if (first === undefined || middle === undefined || last === undefined) return complain(b, chainedComparison, operator, {})
  const again = written(b, middle.range)
  const edits = [
    { range: { start: first.range.start, end: first.range.start }, text: '(' },
    { range: { start: operator.start, end: operator.start }, text: `and ${again} ` },
    { range: { start: last.range.end, end: last.range.end }, text: ')' },
  ]
  return complain(b, chainedComparison, operator, {}, { fix: { title: `write and ${shortened(again)} before it`, edits } })
}

function sum(state: State): Formula {
  let left = product(state)
  for (let operator = sign(state, isSum); operator !== undefined; operator = sign(state, isSum)) left = calculated(state, operator, left, product(state))
  return left
}

function product(state: State): Formula {
  let left = windowed(state)
  for (let operator = sign(state, isProduct); operator !== undefined; operator = sign(state, isProduct))
    left = calculated(state, operator, left, windowed(state))
  return left
}

function calculated({ b }: State, operator: IToken, left: Formula, right: Formula): Formula {
  const l = asValue(b, left)
  const r = asValue(b, right)
  if (l === undefined || r === undefined) return undefined
  const whole = across(l.range, r.range)
  const unit =
    operator.tokenType === t.Slash && l.kind === 'number' && r.kind === 'name' && l.range.end + 1 === r.range.start ? rateUnitOf(r.name.text) : undefined
  // `100/sec`: nobody divides by a name like that.
  if (unit !== undefined) {
    const text = `${written(b, l.range)}/${unit}`
    return complain(
      b,
      unitSpelling,
      whole,
      { unit: written(b, { start: l.range.end, end: r.range.end }) },
      { fix: { title: `write ${text}`, edits: [{ range: whole, text }] } },
    )
  }
  return { sort: 'value', node: { kind: 'binary', operator: meaning(operator) as '+' | '-' | '*' | '/', left: l, right: r, range: whole } }
}

function windowed(state: State): Formula {
  const item = state.items[state.at]
  // A `not` here stands behind a sign: `a > not b`.
  if (item?.kind === 'not') return negation(state)
  state.at++
  let formula = item?.kind === 'operand' ? item.formula : undefined
  for (let postfix = state.items[state.at]; postfix?.kind === 'over'; postfix = state.items[++state.at]) {
    const value = asValue(state.b, formula)
    if (value === undefined || postfix.value === undefined) formula = undefined
    else formula = { sort: 'value', node: { kind: 'over', value, window: postfix.value, range: across(value.range, postfix.range) } }
  }
  return formula
}

export function asCondition(b: Build, formula: Formula): Condition | undefined {
  if (formula === undefined || formula.sort === 'condition') return formula?.node
  return complain(b, conditionExpected, formula.node.range, { text: written(b, formula.node.range) })
}

export function asValue(b: Build, formula: Formula): Expression | undefined {
  if (formula === undefined || formula.sort === 'value') return formula?.node
  return complain(b, valueExpected, formula.node.range, { text: written(b, formula.node.range) })
}

function written(b: Build, { start, end }: TextRange): string {
  return b.source.text.slice(start, end)
}
