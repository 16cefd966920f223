/** What is measured of spans: statistics and durations behind the point. */
import {
  type Expected,
  isOfSpans,
  pageOfWord,
  type QuantityType,
  spanDurations,
  statNames,
  statType,
  type TextRange,
  typeName,
} from '../../../../src/language/index.ts'
import { type FormulaPlace, formulaAt, quantityOf } from '../formula.ts'
import { type Request, valueOfTokens, within } from '../request.ts'
import { type Suggestion, tiers } from '../suggestion.ts'

/** Those that rules use most come first. */
const order = [
  'p99',
  'rate',
  'error_rate',
  'p95',
  'p50',
  'count',
  'own',
  'mean',
  'self',
  'errors',
  'max',
  'p90',
  'gap',
  'critical',
  'duration',
  'quantile',
  'apdex',
  'blame',
]

export function statistics(request: Request, { use, type }: Expected): readonly Suggestion[] {
  if (use.rule !== 'path') return []
  if (type === 'Dot') return formulaAt(request, use)?.unmeasured === true ? behindSpans(request, use) : []
  if (type !== 'Identifier') return []
  const { place } = request
  // The lexer takes `self.p9` for one word.
  const written = place.prefix.split('.').slice(0, -1)
  const path = [...pathBefore(request, use), ...written]
  const start = place.word.start + (written.length === 0 ? 0 : written.join('.').length + 1)
  const rest = request.view.document.text.slice(place.offset, place.word.end)
  const range = { start, end: place.offset + (/^\w*/.exec(rest)?.[0].length ?? 0) }
  const isDuration = (word: string): boolean => (spanDurations as readonly string[]).includes(word)
  const [first] = path
  if (path.length > 1 || (first !== undefined && !isDuration(first))) return []
  return measured(request, use, first, range)
}

function measured(request: Request, use: Expected['use'], first: string | undefined, range: TextRange): readonly Suggestion[] {
  const wanted = wantedType(request, use)
  const stats = statNames
    .filter((name) => first === undefined || first === 'duration' || !isOfSpans(name))
    .filter((name) => wanted === undefined || statType(name) === wanted)
    .map((name) => statistic(name, range, wanted !== undefined))
  const durations = first !== undefined || (wanted !== undefined && wanted !== 'duration') ? [] : spanDurations.map((name) => spanDuration(name, range))
  return [...stats, ...durations]
}

/** With their point, where nothing but `span(…)` is written. */
function behindSpans(request: Request, use: Expected['use']): readonly Suggestion[] {
  const { word, prefix, behind } = request.place
  if (prefix !== '' || behind[0]?.type === 'Dot') return []
  return measured(request, use, undefined, { start: word.start, end: word.start }).map((suggestion) => ({
    ...suggestion,
    label: `.${suggestion.label}`,
    text: `.${suggestion.text ?? suggestion.label}`,
    ...(suggestion.snippet === undefined ? {} : { snippet: `.${suggestion.snippet}` }),
    ...(suggestion.filter === undefined ? {} : { filter: `.${suggestion.filter}` }),
  }))
}

function statistic(name: string, range: TextRange, fits: boolean): Suggestion {
  const type = statType(name)
  const call = name === 'quantile' ? '99.5%' : name === 'apdex' ? '400ms' : undefined
  return {
    label: name,
    kind: 'stat',
    tier: fits ? tiers.fitting : tiers.likely,
    weight: weightOf(name),
    range,
    page: pageOfWord(name),
    ...(type === undefined ? {} : { detail: typeName(type) }),
    ...(call === undefined ? {} : { text: `${name}(${call})`, snippet: `${name}(\${1:${call}})`, filter: name }),
  }
}

function spanDuration(name: string, range: TextRange): Suggestion {
  return {
    label: name,
    kind: 'field',
    tier: tiers.likely,
    weight: weightOf(name),
    range,
    page: pageOfWord(name),
    detail: name === 'duration' ? 'of each span' : 'traced',
  }
}

function weightOf(name: string): number {
  const at = order.indexOf(name)
  return at < 0 ? -order.length : -at
}

/** Segments that are tokens already. */
function pathBefore({ place }: Request, use: Expected['use']): readonly string[] {
  const found: string[] = []
  for (let i = use.start - 1; i > 0 && place.tokens[i - 1]?.type === 'Dot'; i -= 2) found.unshift(...(place.tokens[i]?.text.split('.') ?? []))
  return found
}

/** The type that the other side of the comparison has; undefined within arithmetic, where several fit. */
function wantedType(request: Request, use: Expected['use']): QuantityType | undefined {
  const formula = within(use, 'formula')
  const place = formula === undefined ? undefined : formulaAt(request, formula)
  if (place === undefined) return undefined
  return place.comparison === undefined ? typeOfRight(request, place) : typeOfLeft(request, place)
}

const arithmetic: ReadonlySet<string> = new Set(['Plus', 'Minus', 'Star', 'Slash'])

function typeOfLeft(request: Request, { left, right }: FormulaPlace): QuantityType | undefined {
  return right[0]?.type === 'span' && isAlone(right) ? quantityOf(valueOfTokens(request, left)) : undefined
}

/** `span(…).| > 400ms`: what stands behind the place already. */
function typeOfRight(request: Request, { left, type }: FormulaPlace): QuantityType | undefined {
  if (left[0]?.type !== 'span' || !isAlone(left)) return undefined
  const [sign, value, next] = request.place.behind
  const compares = sign !== undefined && ['Less', 'LessEqual', 'Greater', 'GreaterEqual'].includes(sign.type)
  if (!compares || value === undefined || (next !== undefined && arithmetic.has(next.type))) return type
  return quantityOf(valueOfTokens(request, [value])) ?? type
}

/** One operand, with nothing added to it. */
function isAlone(tokens: readonly { readonly type: string }[]): boolean {
  let depth = 0
  for (const { type } of tokens) {
    if (type === 'LeftParen') depth++
    else if (type === 'RightParen') depth--
    else if (depth === 0 && arithmetic.has(type)) return false
  }
  return true
}
