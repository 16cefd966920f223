/**
 * Where in a formula the place is. The grammar takes formulas as a row of operands and operators; whether a condition or a value is written, of what type, and
 * what it is compared with, is told here of the tokens.
 */
import type { CheckedValue, PlaceToken, QuantityType, Use } from '../../../src/language/index.ts'
import { type Request, tokensOf, valueOfTokens, within } from './request.ts'

export interface FormulaPlace {
  /** What the formula must be. */
  readonly wanted: 'condition' | 'value' | 'either'
  /** Only constants may stand in it. */
  readonly constant: boolean
  /** The type that its value must have, where that is known. */
  readonly type: QuantityType | undefined
  /** It must be measured: a constant will not do. */
  readonly measured: boolean
  /** The statistic that it is the argument of. */
  readonly argumentOf: string | undefined
  /** Operands and operators since the last `and`, `or` or `not`: before a comparison, and behind it. */
  readonly left: readonly PlaceToken[]
  readonly comparison: PlaceToken | undefined
  readonly right: readonly PlaceToken[]
  /** What the left side is worth, where it is whole. */
  readonly compared: CheckedValue | undefined
  /** An operand was read last. */
  readonly behindOperand: boolean
  /** What is written since the last `and`, `or` or `not`; a test of spans is a condition only with its `times`. */
  readonly sort: 'value' | 'condition' | 'spanTest'
  /** The last operand is a value of spans that has no window yet. */
  readonly windowed: boolean
  /** The last operand is spans of which nothing is measured yet. */
  readonly unmeasured: boolean
  /** `for` or `times` stands behind it already. */
  readonly counted: boolean
  /** Those may stand behind it: it is a comparison, or several in a parenthesis. */
  readonly countable: boolean
}

const comparisons: ReadonlySet<string> = new Set(['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'])
const arithmetic: ReadonlySet<string> = new Set(['Plus', 'Minus', 'Star', 'Slash'])
const conditions: ReadonlySet<string> = new Set(['absent', 'during'])
/** Fields of each span, which are no statistics. */
const spanFields: ReadonlySet<string> = new Set(['duration', 'self', 'seen', 'gap', 'own', 'status', 'name', 'depth'])

/** `use`: of what may come; undefined where it is in no formula. */
export function formulaAt(request: Request, use: Use): FormulaPlace | undefined {
  const formula = within(use, 'formula')
  return formula === undefined ? undefined : formulaOf(request, formula)
}

function formulaOf(request: Request, formula: Use): FormulaPlace {
  const { left, comparison, right } = segmentOf(tokensOf(request.place, formula))
  const written = comparison === undefined ? left : right
  const last = written.at(-1)
  const behindOperand = last !== undefined && !arithmetic.has(last.type)
  const compared = comparison === undefined ? undefined : valueOfTokens(request, left)
  const counted = written.some(({ type }, i) => (type === 'for' || type === 'times') && depthAt(written, i) === 0)
  const outer = demandOf(request, formula)
  const unmeasured = !counted && isUnmeasured(lastOperand(written))
  const sort = counted && comparison !== undefined ? 'condition' : sortOf(left, comparison)
  return {
    ...outer,
    type: comparison === undefined ? typeBehind(request, left, outer.type) : typeBehind(request, right, quantityOf(compared)),
    left,
    comparison,
    right,
    compared,
    behindOperand,
    sort,
    windowed: !counted && endsInSpan(written),
    unmeasured,
    counted,
    countable: !counted && !unmeasured && sort !== 'value' && !conditions.has(left[0]?.type ?? ''),
  }
}

export function quantityOf(value: CheckedValue | undefined): QuantityType | undefined {
  return value === undefined || value.type === 'text' || value.type === 'boolean' ? undefined : value.type
}

/** Only what is added to a value, or subtracted from it, has its type. */
function typeBehind(request: Request, written: readonly PlaceToken[], wanted: QuantityType | undefined): QuantityType | undefined {
  const last = written.at(-1)
  if (last === undefined) return wanted
  if (last.type === 'Plus' || last.type === 'Minus') return wanted ?? quantityOf(valueOfTokens(request, written.slice(0, -1)))
  return arithmetic.has(last.type) ? undefined : wanted
}

interface Segment {
  readonly left: readonly PlaceToken[]
  readonly comparison: PlaceToken | undefined
  readonly right: readonly PlaceToken[]
}

function segmentOf(tokens: readonly PlaceToken[]): Segment {
  let start = 0
  let at: number | undefined
  let depth = 0
  for (const [i, { type }] of tokens.entries()) {
    if (type === 'LeftParen') depth++
    else if (type === 'RightParen') depth--
    else if (depth > 0) continue
    else if (type === 'and' || type === 'or' || type === 'not') {
      start = i + 1
      at = undefined
    } else if (comparisons.has(type) && at === undefined) at = i
  }
  if (at === undefined) return { left: tokens.slice(start), comparison: undefined, right: [] }
  return { left: tokens.slice(start, at), comparison: tokens[at], right: tokens.slice(at + 1) }
}

function sortOf(left: readonly PlaceToken[], comparison: PlaceToken | undefined): FormulaPlace['sort'] {
  if (comparison !== undefined) return isSpanField(left) ? 'spanTest' : 'condition'
  const [first] = left
  if (first === undefined) return 'value'
  if (conditions.has(first.type)) return 'condition'
  if (first.type !== 'LeftParen') return 'value'
  // A parenthesis is what stands in it.
  const inner = left.slice(
    1,
    left.findIndex((_, i) => depthAt(left, i + 1) === 0),
  )
  return inner.some(
    ({ type }, i) => depthAt(inner, i) === 0 && (comparisons.has(type) || conditions.has(type) || type === 'and' || type === 'or' || type === 'not'),
  )
    ? 'condition'
    : 'value'
}

/** How many parentheses are open before the token. */
function depthAt(tokens: readonly PlaceToken[], end: number): number {
  let depth = 0
  for (const { type } of tokens.slice(0, end)) depth += type === 'LeftParen' ? 1 : type === 'RightParen' ? -1 : 0
  return depth
}

/** `span(…).duration`, of each span. */
export function isSpanField(tokens: readonly PlaceToken[]): boolean {
  const last = tokens.at(-1)
  return (
    tokens[0]?.type === 'span' &&
    last !== undefined &&
    spanFields.has(last.text) &&
    tokens.at(-2)?.type === 'Dot' &&
    tokens.at(-3)?.type === 'RightParen' &&
    depthAt(tokens, tokens.length - 3) === 1
  )
}

/** A statistic of spans stands last, and no `over` behind it. */
function endsInSpan(tokens: readonly PlaceToken[]): boolean {
  const operand = lastOperand(tokens)
  return operand[0]?.type === 'span' && !isSpanField(operand) && operand.some(({ type }) => type === 'Dot') && !operand.some(({ type }) => type === 'over')
}

/** `span(…)`, closed, and nothing behind it. */
function isUnmeasured(operand: readonly PlaceToken[]): boolean {
  return operand[0]?.type === 'span' && operand.findIndex((_, i) => i > 0 && depthAt(operand, i + 1) === 0) === operand.length - 1
}

/** What stands behind the last operator. */
function lastOperand(tokens: readonly PlaceToken[]): readonly PlaceToken[] {
  for (let i = tokens.length - 1; i >= 0; i--) if (depthAt(tokens, i) === 0 && arithmetic.has(tokens[i]?.type ?? '')) return tokens.slice(i + 1)
  return tokens
}

type Demand = Pick<FormulaPlace, 'wanted' | 'constant' | 'type' | 'argumentOf' | 'measured'>

/** What surrounds the formula asks for. */
function demandOf(request: Request, formula: Use): Demand {
  const owner = formula.within
  const value = (type: QuantityType | undefined, constant: boolean): Demand => ({ wanted: 'value', constant, type, argumentOf: undefined, measured: false })
  switch (owner?.rule) {
    case 'change': {
      if (formula.label !== 'target') return { ...value(undefined, false), measured: true }
      const tokens = tokensOf(request.place, owner)
      const at = tokens.findIndex(({ type }, i) => type === 'at' && depthAt(tokens, i) === 0)
      return value(quantityOf(valueOfTokens(request, tokens.slice(2, at))), true)
    }
    case 'letDeclaration':
      return value(undefined, true)
    case 'path': {
      const name = tokensOf(request.place, owner)[1]?.text.split('.').at(-1)
      return { ...value(name === 'quantile' ? 'ratio' : name === 'apdex' ? 'duration' : undefined, true), argumentOf: name }
    }
    case 'functionCall': {
      const outer = formulaAt(request, owner)
      return value(
        firstArgumentType(request, owner, formula) ?? (tokensOf(request.place, owner)[0]?.type === 'metric' ? undefined : outer?.type),
        outer?.constant ?? false,
      )
    }
    case 'atom':
      return value('duration', true)
    case 'operand': {
      const outer = formulaAt(request, owner)
      if (outer === undefined) return { wanted: 'either', constant: false, type: undefined, argumentOf: undefined, measured: false }
      const isValue =
        outer.comparison !== undefined || outer.wanted === 'value' || outer.left.some(({ type }, i) => arithmetic.has(type) && depthAt(outer.left, i) === 0)
      // Within a parenthesis that is not compared yet either may stand.
      return {
        wanted: isValue ? 'value' : 'either',
        constant: outer.constant,
        type: outer.comparison === undefined ? outer.type : undefined,
        argumentOf: undefined,
        measured: false,
      }
    }
    default:
      return { wanted: 'condition', constant: false, type: undefined, argumentOf: undefined, measured: false }
  }
}

/** All arguments of `min` and `max` have the type of the first. */
function firstArgumentType(request: Request, call: Use, argument: Use): QuantityType | undefined {
  const tokens = tokensOf(request.place, call)
  const comma = tokens.findIndex(({ type }, i) => type === 'Comma' && depthAt(tokens, i) === 1)
  return comma < 0 || argument.start <= call.start + comma ? undefined : quantityOf(valueOfTokens(request, tokens.slice(2, comma)))
}
