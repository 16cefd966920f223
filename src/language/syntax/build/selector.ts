/** Selectors and the predicates in them. */
import type { CstNode, IToken } from 'chevrotain'
import type { Comparison, Literal, Name, Predicate, SelectorNode, TextRange } from '../../tree.ts'
import { spacesInName } from '../messages.ts'
import * as t from '../tokens.ts'
import type { Build } from './context.ts'
import { across, child, complain, from, maybeChild, maybeToken, meaning, nameOf, nodes, range, to, token, tokens } from './context.ts'
import { literalOf, quote, textOf, unquote } from './literals.ts'

export function selectorOf(b: Build, cst: CstNode): SelectorNode {
  const service = patternOf(b, tokens(cst, 'service'))
  const operationTokens = tokens(cst, 'operation')
  const operation = operationTokens.length === 0 ? undefined : patternOf(b, operationTokens)
  const predicateCst = maybeChild(cst, 'predicate')
  const where = predicateCst === undefined ? undefined : predicateOf(b, predicateCst)
  const ancestorCst = maybeChild(cst, 'selector')
  const ancestor =
    ancestorCst === undefined
      ? undefined
      : { relation: maybeToken(cst, 'under') === undefined ? ('child of' as const) : ('under' as const), selector: selectorOf(b, ancestorCst) }
  const last = ancestor?.selector ?? where ?? operation ?? service
  return { service, operation, where, ancestor, range: across(service.range, last.range) }
}

/** Joins the pieces of a name with wildcards; spaces within it are reported. */
function patternOf(b: Build, pieces: readonly IToken[]): Name {
  const first = pieces[0] as IToken
  if (pieces.length === 1) return nameOf(first)
  const whole = range(first, pieces.at(-1))
  const text = pieces.map((piece) => (piece.tokenType === t.TextToken ? unquote(meaning(piece)) : meaning(piece))).join('')
  const written = b.source.text.slice(whole.start, whole.end)
  // What a repair has put there stands for a stretch of text that may hold anything.
  if (/\s/.test(pieces.some((p) => p.tokenType === t.TextToken || p.payload !== undefined) ? '' : written))
    complain(b, spacesInName, whole, { text: written }, { fix: { title: `write ${quote(written)}`, edits: [{ range: whole, text: quote(written) }] } })
  return { text, quoted: pieces.some((piece) => piece.tokenType === t.TextToken), range: whole }
}

export function predicateOf(b: Build, cst: CstNode): Predicate {
  const operands = nodes(cst, 'predicateOperand')
  const operators = tokens(cst, 'operator')
  let any = operandOf(b, operands[0] as CstNode)
  let all: Predicate | undefined
  // `and` binds tighter than `or`: `all` gathers the conjunction that is being read.
  for (const [i, operator] of operators.entries()) {
    const right = operandOf(b, operands[i + 1] as CstNode)
    if (meaning(operator) === 'and') {
      if (all === undefined) any = join('and', any, right)
      else all = join('and', all, right)
    } else {
      if (all !== undefined) any = join('or', any, all)
      all = right
    }
  }
  return all === undefined ? any : join('or', any, all)
}

function join(kind: 'and' | 'or', left: Predicate, right: Predicate): Predicate {
  return { kind, left, right, range: across(left.range, right.range) }
}

function operandOf(b: Build, cst: CstNode): Predicate {
  let predicate = primaryOf(b, cst)
  const nots = tokens(cst, 'not')
  for (let i = nots.length - 1; i >= 0; i--) predicate = { kind: 'not', inner: predicate, range: from(nots[i] as IToken, predicate.range) }
  return predicate
}

function primaryOf(b: Build, cst: CstNode): Predicate {
  const inner = maybeChild(cst, 'predicate')
  if (inner !== undefined) return { kind: 'parenthesis', inner: predicateOf(b, inner), range: range(token(cst, 'LeftParen'), token(cst, 'RightParen')) }
  const field = nameOf(token(cst, 'field'))
  const has = maybeToken(cst, 'has')
  if (has !== undefined) return { kind: 'has', field, range: from(has, field.range) }
  const values = tokens(cst, 'value')
  const first = values[0] as IToken
  if (maybeToken(cst, 'matches') !== undefined) return { kind: 'matches', field, pattern: textOf(first), range: to(field.range, first) }
  if (maybeToken(cst, 'in') !== undefined)
    return { kind: 'in', field, values: values.map(literalOf), range: to(field.range, tokens(cst, 'RightParen').at(-1) as IToken) }
  const sign = token(cst, 'ComparisonSign')
  const value = comparedWith(first, maybeToken(cst, 'Minus'))
  return { kind: 'compare', field, operator: meaning(sign) as Comparison, operatorRange: range(sign), value, range: across(field.range, value.range) }
}

function comparedWith(word: IToken, minus: IToken | undefined): Literal | { readonly kind: 'name'; readonly name: Name; readonly range: TextRange } {
  if (!isLiteral(word)) return { kind: 'name', name: nameOf(word), range: range(word) }
  const literal = literalOf(word)
  return minus !== undefined && typeof literal.value === 'number'
    ? ({ ...literal, value: -literal.value, range: from(minus, literal.range) } as Literal)
    : literal
}

export function isLiteral(word: IToken): boolean {
  return word.tokenType.CATEGORIES?.includes(t.Literal) === true
}

/** `span ( selector )` as written in `load` and `absent`. */
export function selectorIn(b: Build, cst: CstNode, key: string): SelectorNode {
  return selectorOf(b, child(cst, key))
}
