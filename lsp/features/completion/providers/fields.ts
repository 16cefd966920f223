/** What tests of spans behind `where` are made of: fields, and values that they are known to have. */
import {
  type CatalogAttribute,
  canonicalOperation,
  type Expected,
  intrinsics,
  pageOfWord,
  printDuration,
  printField,
  quote,
  vocabulary,
} from '../../../../src/language/index.ts'
import { roundAbove } from '../recorded.ts'
import { type Request, tokensOf, unquoted, within } from '../request.ts'
import { namedOperations } from '../spelling.ts'
import { type Suggestion, tiers } from '../suggestion.ts'
import { unitsBehind } from './units.ts'

export function fields(request: Request, expected: Expected): readonly Suggestion[] {
  if (expected.use.rule !== 'predicateOperand') return []
  if (expected.type === 'FieldName') return fieldNames(request, expected)
  if (expected.label === 'value') return fieldValues(request, expected)
  return []
}

function attributesHere({ known, place }: Request, use: Expected['use']): readonly CatalogAttribute[] {
  const selector = within(use, 'selector')
  const service = selector === undefined ? undefined : place.tokens[selector.start]
  return service === undefined || known === undefined ? [] : known.attributes(unquoted(service))
}

function fieldNames(request: Request, { use }: Expected): readonly Suggestion[] {
  const behindHas = tokensOf(request.place, use).some(({ type }) => type === 'has')
  const inQuotes = request.place.within === 'text'
  const found = attributesHere(request, use).map((attribute): Suggestion => {
    const name = printField({ kind: 'attribute', attribute })
    return {
      label: name,
      kind: 'attribute',
      tier: tiers.likely,
      text: inQuotes || !bareField.test(name) ? quote(name) : name,
      filter: inQuotes ? quote(name) : name,
      detail: `${attribute.type}${attribute.examples.length === 0 ? '' : `: ${attribute.examples.slice(0, 3).map(String).join(', ')}`}`,
    }
  })
  // Every span has them.
  if (behindHas || inQuotes) return found
  return [
    ...intrinsics.map(
      (name): Suggestion => ({ label: name, kind: 'field', tier: tiers.likely, weight: -1 - usual(name), page: pageOfWord(name), detail: typeOf(name) }),
    ),
    ...found,
  ]
}

/** Those that most tests are of come first. */
function usual(field: string): number {
  const at = ['duration', 'status', 'kind', 'own', 'self', 'gap'].indexOf(field)
  return at < 0 ? intrinsics.length : at
}

/** What the lexer takes for one name. */
const bareField = /^[A-Za-z_]\w*(?:[-.]\w+)*$/

function typeOf(intrinsic: string): string {
  switch (intrinsic) {
    case 'status':
      return vocabulary.status.join(', ')
    case 'kind':
      return vocabulary.kind.join(', ')
    case 'name':
    case 'service':
      return 'text'
    case 'depth':
      return 'number of spans above it'
    default:
      return 'duration'
  }
}

/** The field that a test is of. */
export interface FieldAt {
  readonly name: string
  readonly isIntrinsic: boolean
  /** The language has words for its values. */
  readonly isWord: boolean
  /** Undefined where it is not known, or several. */
  readonly type: 'duration' | 'number' | 'text' | 'boolean' | undefined
}

export function fieldAt(request: Request, use: Expected['use']): FieldAt | undefined {
  const field = tokensOf(request.place, use).find(({ type }) => type !== 'not' && type !== 'has')
  if (field === undefined) return undefined
  const name = unquoted(field)
  if (field.type === 'Text' || !(intrinsics as readonly string[]).includes(name)) {
    const type = attributesHere(request, use).find((attribute) => printField({ kind: 'attribute', attribute }) === name)?.type
    return { name, isIntrinsic: false, isWord: false, type: type === 'mixed' ? undefined : type }
  }
  const isWord = name === 'status' || name === 'kind'
  return { name, isIntrinsic: true, isWord, type: isWord || name === 'name' || name === 'service' ? 'text' : name === 'depth' ? 'number' : 'duration' }
}

function fieldValues(request: Request, { use, type }: Expected): readonly Suggestion[] {
  const field = fieldAt(request, use)
  if (field === undefined) return []
  const tokens = tokensOf(request.place, use).filter((token) => token.type !== 'not')
  const how = tokens[1]?.type
  const texts = how === 'in' || how === 'matches' || request.place.within === 'text'
  const given = new Set(tokens.slice(2).map(({ text }) => text))
  const values = field.isIntrinsic ? intrinsicValues(request, use, field.name, texts) : attributeValues(request, use, field.name, how)
  const fitting = values.filter(({ text, label }) => !given.has(text ?? label))
  // Names of kinds and of statuses are identifiers; everything else is a literal.
  if (type !== 'Identifier') return fitting.filter(({ kind }) => kind !== 'keyword')
  return [...fitting.filter(({ kind }) => kind === 'keyword'), ...(how === 'in' || field.isWord ? [] : constants(request, field, how))]
}

function intrinsicValues(request: Request, use: Expected['use'], field: string, texts: boolean): readonly Suggestion[] {
  const words = field === 'status' ? vocabulary.status : field === 'kind' ? vocabulary.kind : undefined
  if (words !== undefined)
    return words.map((word) =>
      texts
        ? { ...textValue(word), tier: tiers.fitting, weight: weightOf(word) }
        : { label: word, kind: 'keyword', tier: tiers.fitting, weight: weightOf(word), page: pageOfWord(word) },
    )
  if (field === 'service') return (request.catalog?.services ?? []).map(({ name }) => textValue(name))
  if (field === 'name') return operationsHere(request, use).map(({ name }) => textValue(name))
  if (field === 'depth') return ['1', '2', '3'].map((label) => ({ label, kind: 'value', tier: tiers.possible }))
  return durations(request, use)
}

/** What rules ask for most comes first: spans that failed, and kinds that are not counted without being asked for. */
const asked = ['error', 'client', 'peer', 'producer', 'internal', 'server', 'consumer', 'ok', 'unset']

function weightOf(word: string): number {
  return -asked.indexOf(word)
}

function textValue(value: string): Suggestion {
  return { label: quote(value), kind: 'value', tier: tiers.likely, filter: quote(value) }
}

function operationsHere({ known, place }: Request, use: Expected['use']): readonly { readonly name: string; readonly p99: number | undefined }[] {
  const selector = within(use, 'selector')
  const service = selector === undefined ? undefined : place.tokens[selector.start]
  if (service === undefined || known === undefined) return []
  return known
    .services(unquoted(service))
    .flatMap(namedOperations)
    .flatMap(({ recorded }) => recorded.map(({ name, p99 }) => ({ name: canonicalOperation(name), p99 })))
}

function durations(request: Request, use: Expected['use']): readonly Suggestion[] {
  const typed = unitsBehind(request, ['duration'])
  const slowest = Math.max(0, ...operationsHere(request, use).map(({ p99 }) => p99 ?? 0))
  const near: Suggestion[] =
    slowest > 0
      ? [
          {
            label: printDuration(roundAbove(slowest)),
            kind: 'value',
            tier: tiers.fitting,
            detail: `just above p99 of ${printDuration(Number(slowest.toPrecision(3)))}`,
          },
        ]
      : []
  return [...near, ...typed, ...['100ms', '500ms', '1s', '5s'].map((label): Suggestion => ({ label, kind: 'value', tier: tiers.possible }))]
}

function attributeValues(request: Request, use: Expected['use'], field: string, operator: string | undefined): readonly Suggestion[] {
  const isPattern = operator === 'matches'
  const isAbove = operator === 'Greater' || operator === 'GreaterEqual'
  const attribute = attributesHere(request, use).find((each) => printField({ kind: 'attribute', attribute: each }) === field)
  const examples = attribute?.examples ?? []
  const texts = examples.filter((example) => typeof example === 'string')
  const patterns = isPattern ? [...new Set(texts.flatMap((text) => /^[A-Za-z]+[-./ ]/.exec(text)?.[0] ?? []))].map((start) => textValue(`${start}*`)) : []
  if (isPattern) return [...patterns, ...texts.map(textValue)]
  return examples.map((example): Suggestion => {
    const label = typeof example === 'string' ? quote(example) : String(example)
    // Nearly all are above the least.
    return { label, kind: 'value', tier: tiers.likely, filter: label, detail: 'seen', ...(isAbove && typeof example === 'number' ? { weight: example } : {}) }
  })
}

/** Constants of a type that the field can be compared with. */
function constants({ facts }: Request, { type, isIntrinsic }: FieldAt, operator: string | undefined): readonly Suggestion[] {
  const isEquality = operator === 'Equal' || operator === 'NotEqual'
  const comparable = isIntrinsic || type !== undefined ? [type] : isEquality ? ['number', 'text', 'boolean'] : ['number']
  return [...facts.constants.values()].flatMap(({ name, value }) =>
    value !== undefined && (comparable as readonly string[]).includes(value.type) ? [{ label: name, kind: 'constant' as const, tier: tiers.likely }] : [],
  )
}
