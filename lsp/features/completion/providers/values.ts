/** Values: literals of the type that is wanted, near what is recorded where something is compared, and constants of that type. */
import {
  type Comparison,
  type Expected,
  type NamedConstant,
  pageOfWord,
  printQuantity,
  type QuantityType,
  type StaticValue,
  typeName,
  type Value,
  vocabulary,
} from '../../../../src/language/index.ts'
import { importable } from '../../imports.ts'
import { type FormulaPlace, formulaAt, isSpanField } from '../formula.ts'
import { matchClass } from '../match.ts'
import { recordedValues } from '../recorded.ts'
import { expressionOf, factsOfView, type Request } from '../request.ts'
import { type Suggestion, tiers } from '../suggestion.ts'
import { atomValues, leastWindow, typeOfAtom } from './durations.ts'
import { unitsBehind } from './units.ts'

const common: Readonly<Record<QuantityType, readonly string[]>> = {
  number: ['1', '10', '100'],
  duration: ['100ms', '250ms', '500ms', '1s'],
  ratio: ['1%', '5%', '10%'],
  rate: ['1/s', '10/s', '100/s'],
  size: ['256MiB', '512MiB', '1GiB'],
}

export function values(request: Request, expected: Expected): readonly Suggestion[] {
  const { rule } = expected.use
  if (rule === 'atom') return atoms(request, expected)
  if (rule === 'functionCall' && expected.type === 'Literal') return metricUnits()
  if (rule !== 'operand' || (expected.type !== 'Literal' && expected.type !== 'Identifier')) return []
  const formula = formulaAt(request, expected.use)
  if (formula === undefined || formula.behindOperand) return []
  if (isSpanField(formula.left) && formula.comparison !== undefined)
    return expected.type === 'Identifier' ? spanFieldNames(request, formula) : spanFieldValues(request, formula)
  if (expected.type === 'Identifier') return namesIn(request, formula)
  return literals(request, formula)
}

function namesIn(request: Request, { type, measured, left, wanted }: FormulaPlace): readonly Suggestion[] {
  // A constant is what nobody can hold.
  if (measured && left.length === 0) return []
  const isLet = request.place.declaration === 'let'
  return constants(request, type ?? (isLet && wanted === 'value' && left.length === 0 ? undefined : 'quantity'), isLet ? ownLet(request) : undefined)
}

function literals(request: Request, formula: FormulaPlace): readonly Suggestion[] {
  const { type, compared, comparison, right, wanted, left, constant, argumentOf } = formula
  const types = type === undefined ? undefined : [type]
  const typed = unitsBehind(request, types)
  const recorded = compared !== undefined && comparison !== undefined && right.length === 0 ? recordedHere(request, compared, comparison.text) : []
  if (type === undefined)
    return [
      ...typed,
      ...(wanted === 'value' && constant && left.length === 0 && typed.length === 0 ? Object.values(common).flatMap((each) => example(each)) : []),
    ]
  const usual =
    argumentOf === 'quantile' ? ['99.5%', '99.9%', '97.5%'] : compared?.kind === 'span' && compared.stat.kind === 'apdex' ? ['85%', '95%', '70%'] : common[type]
  return [...recorded, ...typed, ...shown(usual)]
}

function example([first]: readonly string[]): readonly Suggestion[] {
  return first === undefined ? [] : shown([first])
}

function shown(texts: readonly string[]): readonly Suggestion[] {
  return texts.map((label) => ({ label, kind: 'value', tier: tiers.possible }))
}

function recordedHere(request: Request, value: Value | StaticValue, operator: string): readonly Suggestion[] {
  if (value.type === 'text' || value.type === 'boolean') return []
  return recordedValues(request, value as Value, operator as Comparison).map(({ text, detail }, i) => ({
    label: text,
    kind: 'value',
    tier: tiers.fitting,
    weight: -i,
    detail,
  }))
}

/** `span(…).duration > `: what the operation's spans are known to take. */
function spanFieldValues(request: Request, { left }: FormulaPlace): readonly Suggestion[] {
  const field = left.at(-1)?.text
  if (field === 'status' || field === 'name') return []
  if (field === 'depth') return shown(['1', '2', '3'])
  const text = request.view.document.text.slice(left[0]?.range.start, left.at(-2)?.range.start)
  const measured = valueOfSpan(request, `${text}.p99`)
  return [...(measured === undefined ? [] : recordedHere(request, measured, '>')), ...unitsBehind(request, ['duration']), ...shown(common.duration)]
}

function valueOfSpan(request: Request, text: string): Value | StaticValue | undefined {
  const node = expressionOf(text)
  return node === undefined ? undefined : request.facts.valueOf(node, request.everyNs)
}

function spanFieldNames(request: Request, { left }: FormulaPlace): readonly Suggestion[] {
  const field = left.at(-1)?.text
  if (field === 'status') return vocabulary.status.map((label) => ({ label, kind: 'keyword', tier: tiers.fitting, page: pageOfWord(label) }))
  return field === 'name' ? [] : constants(request, field === 'depth' ? 'number' : 'duration')
}

/** Where a window stands, only constants of whole steps do, and of as many as are counted. */
function atoms(request: Request, { use, type }: Expected): readonly Suggestion[] {
  if (type === 'Literal') return atomValues(request, use)
  if (type !== 'Identifier') return []
  const least = leastWindow(request, use)
  const isStep = use.within?.rule === 'clause' && request.place.tokens[use.within.start]?.type === 'every'
  const names = constants(request, typeOfAtom(use), undefined, (ns) =>
    isStep ? ns % stepUnit === 0 : least === undefined || (ns >= least && ns % request.everyNs === 0),
  )
  // How long a span takes has a name more often than how long to wait.
  return use.label === 'duration' || use.label === 'rate' ? names : names.map((name) => ({ ...name, tier: tiers.possible }))
}

/** Steps are whole multiples of it, nanoseconds. */
const stepUnit = 100e6

/** `quantity`: anything that can be measured. */
function constants(request: Request, wanted: QuantityType | 'quantity' | undefined, but?: string, fits?: (value: number) => boolean): readonly Suggestion[] {
  const { facts } = request
  const found = [...facts.constants.values(), ...constantsElsewhere(request)]
  return found.flatMap(({ name, value, file, also }: NamedConstant & { readonly also?: Suggestion['also'] }): readonly Suggestion[] => {
    if (name === but || value === undefined) return []
    const isQuantity = value.type !== 'text' && value.type !== 'boolean'
    if (wanted === 'quantity' ? !isQuantity : wanted !== undefined && value.type !== wanted) return []
    if (fits !== undefined && value.kind === 'constant' && !fits(value.value)) return []
    return [
      {
        label: name,
        kind: 'constant',
        tier: wanted === undefined || wanted === 'quantity' || also !== undefined ? tiers.possible : tiers.fitting,
        weight: -0.5,
        detail: `${shownValue(value)} (${also === undefined ? '' : 'import '}${file})`,
        ...(also === undefined ? {} : { also }),
        documentation: `\`let ${name} = ${shownValue(value)}\`, ${typeName(value.type)}`,
      },
    ]
  })
}

/** Those of files that are not imported yet, whose names are begun. */
function constantsElsewhere({ view, place, facts }: Request): readonly (NamedConstant & { readonly also: Suggestion['also'] })[] {
  if (place.prefix.length < leastTyped || place.within === 'text') return []
  const isWanted = (name: string): boolean => !facts.constants.has(name) && (matchClass(place.prefix, name) ?? 3) < 3
  return importable(view, isWanted).flatMap(({ from, names, fix }) => {
    const there = factsOfView({ document: from, project: view.project }).constants
    return names.flatMap((name) => {
      const constant = there.get(name)
      return constant === undefined ? [] : [{ ...constant, also: fix.edits }]
    })
  })
}

/** Of fewer letters too many names come to mind. */
const leastTyped = 2

export function shownValue(value: StaticValue): string {
  if (value.kind === 'constant') return printQuantity(value.value, value.type)
  return value.kind === 'text' ? JSON.stringify(value.value) : String(value.value)
}

/** A constant cannot be made of itself. */
function ownLet({ place }: Request): string | undefined {
  return place.tokens[1]?.text
}

/** One unit of what the metric counts. */
function metricUnits(): readonly Suggestion[] {
  return ['1s', '1ms', '1B', '1MiB', '1%', '1/s'].map((label) => ({ label, kind: 'unit', tier: tiers.likely, detail: 'one unit of what it counts' }))
}
