import { describe, expect, it } from 'vitest'
import type { AttributeRef, FieldIR, PredicateIR } from '../../src/bundle/index.ts'
import { Columns, compilePredicate } from '../../src/evaluate/predicate.ts'
import { createDictionary, SpanTable } from '../../src/spans/index.ts'
import { fill, type TestSpan } from './builders.ts'

const span = (name: string): AttributeRef => ({ scope: 'span', name })
const status: FieldIR = { kind: 'attribute', attribute: span('http.response.status_code') }
const method: FieldIR = { kind: 'attribute', attribute: span('rpc.method') }
const cached: FieldIR = { kind: 'attribute', attribute: span('cached') }
const intrinsic = (name: 'duration' | 'status' | 'kind' | 'name' | 'service'): FieldIR => ({ kind: 'intrinsic', name })
const compare = (field: FieldIR, operator: '==' | '!=' | '<' | '<=' | '>' | '>=', value: string | number | boolean): PredicateIR => ({
  kind: 'compare',
  field,
  operator,
  value,
})

/** Rows of `spans` that pass. */
function passing(predicate: PredicateIR, spans: readonly Partial<TestSpan>[]): number[] {
  const table = new SpanTable(createDictionary(), [span('rpc.method'), span('http.response.status_code'), span('cached')])
  const columns = new Columns(table.dictionary)
  const test = compilePredicate(predicate, columns)
  let id = 0
  fill(
    table,
    spans.map((partial) => ({ end: 1, ms: 1, ...partial })),
    () => id++,
  )
  columns.bind(table)
  return spans.map((_, row) => row).filter(test)
}

const codes = [200, 404, 500].map((code) => ({ attributes: { 'http.response.status_code': code } }))
const missing = {}
const text = { attributes: { 'http.response.status_code': '500' } }

describe('where', () => {
  it('compares numbers', () => {
    expect(passing(compare(status, '>=', 404), codes)).toEqual([1, 2])
    expect(passing(compare(status, '<', 404), codes)).toEqual([0])
    expect(passing(compare(status, '==', 500), codes)).toEqual([2])
  })

  it('takes a missing attribute as false, for != too, and turns that round for not', () => {
    expect(passing(compare(status, '==', 500), [missing])).toEqual([])
    expect(passing(compare(status, '!=', 500), [missing, ...codes])).toEqual([1, 2])
    expect(passing({ kind: 'not', of: compare(status, '==', 500) }, [missing, ...codes])).toEqual([0, 1, 2])
  })

  it('takes a value of another type as unequal, neither less nor greater', () => {
    expect(passing(compare(status, '==', 500), [text])).toEqual([])
    expect(passing(compare(status, '!=', 500), [text])).toEqual([0])
    expect(passing(compare(status, '>=', 400), [text])).toEqual([])
  })

  it('compares texts, booleans and intrinsics', () => {
    const spans = ['GetAds', 'GetCart', 'AddItem'].map((name) => ({ attributes: { 'rpc.method': name, cached: name === 'GetAds' } }))
    expect(passing(compare(method, '==', 'GetCart'), spans)).toEqual([1])
    expect(passing(compare(method, '>', 'B'), spans)).toEqual([0, 1])
    expect(passing({ kind: 'matches', field: method, pattern: 'Get*' }, spans)).toEqual([0, 1])
    expect(passing({ kind: 'in', field: method, values: ['AddItem', 'GetAds'] }, spans)).toEqual([0, 2])
    expect(passing(compare(cached, '==', true), spans)).toEqual([0])
    expect(passing({ kind: 'has', field: method }, [missing, ...spans])).toEqual([1, 2, 3])
    expect(passing(compare(intrinsic('status'), '==', 2), [{ error: true }, {}])).toEqual([0])
    expect(passing(compare(intrinsic('kind'), '==', 1), [{ kind: 0 }, { kind: 1 }, { kind: 3 }])).toEqual([0, 1])
    expect(passing(compare(intrinsic('duration'), '>', 2e6), [{ ms: 2 }, { ms: 2.1 }])).toEqual([1])
    expect(passing(compare(intrinsic('name'), '==', 'A'), [{ operation: 'A' }, { operation: 'B' }])).toEqual([0])
    expect(passing({ kind: 'matches', field: intrinsic('service'), pattern: 'ad*' }, [{}, { service: 'cart' }])).toEqual([0])
  })

  it('tells no text from another once the dictionary is full', () => {
    const full = createDictionary()
    const table = new SpanTable({ ...full, code: () => 0, text: () => '', size: 1 }, [span('rpc.method')])
    const columns = new Columns(table.dictionary)
    const equal = compilePredicate(compare(method, '==', 'GetAds'), columns)
    fill(table, [{ end: 1, ms: 1, attributes: { 'rpc.method': 'GetCart' } }], () => 1)
    columns.bind(table)
    expect(equal(0)).toBe(false)
  })
})
