/**
 * `where` predicates as closures over columns. Texts are compared by dictionary code, so a span costs a few array reads; a
 * missing attribute makes every comparison false, `!=` too, and `not` plainly turns that round. A value of another type than the literal's is
 * unequal to it and neither less nor greater.
 */
import type { AttributeRef, ComparisonOperator, FieldIR, PredicateIR } from '../bundle/index.ts'
import {
  type AssembledSpans,
  type AttributeColumn,
  attributeBoolean,
  attributeMissing,
  attributeNumber,
  attributeText,
  type Dictionary,
  globMatcher,
  type SpanTable,
} from '../spans/index.ts'

/** Of the bound table. */
export type RowTest = (row: number) => boolean

type IntrinsicName = Extract<FieldIR, { kind: 'intrinsic' }>['name']
type Literal = string | number | boolean

/** The table that closures read: bound once a table, not once a span. */
export class Columns {
  readonly dictionary: Dictionary
  readonly attributes: { readonly ref: AttributeRef; column: AttributeColumn | undefined }[] = []
  #table: SpanTable | undefined
  #traces: AssembledSpans | undefined

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary
  }

  get table(): SpanTable {
    if (this.#table === undefined) throw new Error('no table is bound')
    return this.#table
  }

  /** What assembly derived of the table's spans. */
  get traces(): AssembledSpans {
    if (this.#traces === undefined) throw new Error('no traces are bound')
    return this.#traces
  }

  bindTraces(found: AssembledSpans): void {
    this.bind(found.spans)
    this.#traces = found
  }

  /** A table without some column is one whose spans all lack the attribute. */
  bind(table: SpanTable): void {
    this.#table = table
    for (const slot of this.attributes)
      slot.column = table.attributes.find(({ attribute }) => attribute.scope === slot.ref.scope && attribute.name === slot.ref.name)
  }

  attribute(ref: AttributeRef): { readonly column: AttributeColumn | undefined } {
    let slot = this.attributes.find((known) => known.ref.scope === ref.scope && known.ref.name === ref.name)
    if (slot === undefined) {
      slot = { ref, column: undefined }
      this.attributes.push(slot)
    }
    return slot
  }
}

/** Predicates on what only traces tell read the columns' `traces`. */
export function compilePredicate(predicate: PredicateIR, columns: Columns): RowTest {
  switch (predicate.kind) {
    case 'and': {
      const tests = predicate.all.map((part) => compilePredicate(part, columns))
      return (row) => tests.every((test) => test(row))
    }
    case 'or': {
      const tests = predicate.any.map((part) => compilePredicate(part, columns))
      return (row) => tests.some((test) => test(row))
    }
    case 'not': {
      const test = compilePredicate(predicate.of, columns)
      return (row) => !test(row)
    }
    case 'compare':
      return compareField(predicate.field, predicate.operator, predicate.value, columns)
    case 'in': {
      const tests = predicate.values.map((value) => compareField(predicate.field, '==', value, columns))
      return (row) => tests.some((test) => test(row))
    }
    case 'matches':
      return matchField(predicate.field, predicate.pattern, columns)
    case 'has': {
      if (predicate.field.kind === 'intrinsic') return hasIntrinsic(predicate.field.name, columns)
      const slot = columns.attribute(predicate.field.attribute)
      return (row) => slot.column !== undefined && slot.column.type[row] !== attributeMissing
    }
    default:
      return predicate satisfies never
  }
}

function compareField(field: FieldIR, operator: ComparisonOperator, value: Literal, columns: Columns): RowTest {
  if (field.kind === 'attribute') {
    const slot = columns.attribute(field.attribute)
    const wanted = typeof value === 'string' ? attributeText : typeof value === 'number' ? attributeNumber : attributeBoolean
    const test = typeof value === 'string' ? textTest(operator, value, columns.dictionary) : numberTest(operator, Number(value))
    return (row) => {
      const column = slot.column
      if (column === undefined) return false
      const type = column.type[row] as number
      if (type === wanted) return test(column.value[row] as number)
      return operator === '!=' && type !== attributeMissing
    }
  }
  switch (field.name) {
    case 'duration':
    case 'status':
    case 'kind': {
      if (typeof value !== 'number') return () => operator === '!='
      const name = field.name
      const test = numberTest(operator, value)
      if (name === 'duration') return (row) => test(columns.table.duration[row] as number)
      if (name === 'status') return (row) => test(columns.table.status[row] as number)
      return (row) => test(kindOf(columns.table.kind[row] as number))
    }
    case 'name':
    case 'service': {
      if (typeof value !== 'string') return () => operator === '!='
      const test = textTest(operator, value, columns.dictionary)
      if (field.name === 'name') return (row) => test(columns.table.operation[row] as number)
      return (row) => test(columns.table.service[row] as number)
    }
    default: {
      if (typeof value !== 'number') return () => operator === '!='
      const { name } = field
      const test = numberTest(operator, value)
      return (row) => {
        const found = columns.traces[name][row] as number
        // NaN is a missing value.
        return !Number.isNaN(found) && test(found)
      }
    }
  }
}

/** Only what is derived may be missing: `seen` without a caller's span, `self` of a span whose children went before it. */
function hasIntrinsic(name: IntrinsicName, columns: Columns): RowTest {
  if (name !== 'self' && name !== 'seen' && name !== 'own') return () => true
  return (row) => !Number.isNaN(columns.traces[name][row])
}

function matchField(field: FieldIR, pattern: string, columns: Columns): RowTest {
  const test = cachedByCode(globMatcher(pattern), columns.dictionary)
  if (field.kind === 'attribute') {
    const slot = columns.attribute(field.attribute)
    return (row) => slot.column !== undefined && slot.column.type[row] === attributeText && test(slot.column.value[row] as number)
  }
  if (field.name === 'name') return (row) => test(columns.table.operation[row] as number)
  if (field.name === 'service') return (row) => test(columns.table.service[row] as number)
  throw new Error(`${field.name} is no text`)
}

/** OTLP's unspecified kind is taken as INTERNAL, and so is one that OTLP does not have. */
export function kindOf(kind: number): number {
  return kind >= 1 && kind <= 5 ? kind : 1
}

function numberTest(operator: ComparisonOperator, wanted: number): (value: number) => boolean {
  switch (operator) {
    case '==':
      return (value) => value === wanted
    case '!=':
      return (value) => value !== wanted
    case '<':
      return (value) => value < wanted
    case '<=':
      return (value) => value <= wanted
    case '>':
      return (value) => value > wanted
    case '>=':
      return (value) => value >= wanted
    default:
      return operator satisfies never
  }
}

function textTest(operator: ComparisonOperator, wanted: string, dictionary: Dictionary): (code: number) => boolean {
  const code = dictionary.code(wanted)
  // A full dictionary gives code 0, the empty text's: then no span can be told to have this text.
  const known = code !== 0 || wanted === ''
  switch (operator) {
    case '==':
      return (other) => known && other === code
    case '!=':
      return (other) => !known || other !== code
    case '<':
      return cachedByCode((text) => text < wanted, dictionary)
    case '<=':
      return cachedByCode((text) => text <= wanted, dictionary)
    case '>':
      return cachedByCode((text) => text > wanted, dictionary)
    case '>=':
      return cachedByCode((text) => text >= wanted, dictionary)
    default:
      return operator satisfies never
  }
}

/** Asks once a text: codes are dense and their number is bounded by the dictionary. */
export function cachedByCode(test: (text: string) => boolean, dictionary: Dictionary): (code: number) => boolean {
  let known = new Uint8Array(256)
  return (code) => {
    if (code >= known.length) {
      const bigger = new Uint8Array(2 ** Math.ceil(Math.log2(code + 1)))
      bigger.set(known)
      known = bigger
    }
    if (known[code] === 0) known[code] = test(dictionary.text(code)) ? 1 : 2
    return known[code] === 1
  }
}
