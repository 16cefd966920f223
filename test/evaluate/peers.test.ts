/** Rules about services that send no spans. Traces are decided 5 s after their last span. */
import { describe, expect, it } from 'vitest'
import { peerAttributes, type SelectorIR, type SpanField, type StatIR } from '../../src/bundle/index.ts'
import type { Observed } from '../../src/evaluate/index.ts'
import { alive, Bench, compare, ms, rule, selector, type TestSpan, value } from './builders.ts'

const peer = 6
const postgresql = selector('postgresql', undefined, undefined, [peer])
const database = { 'db.system.name': 'postgresql', 'db.namespace': 'orders' }

interface Call {
  readonly id: number
  /** Milliseconds that the SELECT takes; the parts of it that the driver shows as a span of its own. */
  readonly took: number
  readonly driver?: number
  readonly attributes?: TestSpan['attributes']
  readonly service?: string
  /** Whether the database has a span of its own. */
  readonly answered?: boolean
}

/** A request of 300 ms that ends after 2 s, with one SELECT in it. */
function call({ id, took, driver, attributes = database, service = 'shop', answered = false }: Call): TestSpan[] {
  const trace = id
  return [
    { trace, id: id * 10, end: 2, ms: 300, service, operation: 'List' },
    { trace, id: id * 10 + 1, parent: id * 10, end: 1.9, ms: took, service, operation: 'SELECT orders', kind: 3, attributes },
    ...(driver === undefined ? [] : [{ trace, id: id * 10 + 2, parent: id * 10 + 1, end: 1.9, ms: driver, service, operation: 'decode', kind: 1 }]),
    ...(answered ? [{ trace, id: id * 10 + 3, parent: id * 10 + 1, end: 1.9, ms: took, service: 'postgresql', operation: 'SELECT orders' }] : []),
  ]
}

function values(field: SpanField, stat: StatIR['kind'] | number, of: SelectorIR, found: readonly TestSpan[]): object {
  const left = { ...value(stat as number, { of }), field }
  const bench = new Bench([rule('r', compare(left, '>=', 0))], { projection: peerAttributes })
  bench.ingest([...found, ...alive(0, 20)])
  const observed = bench.run().map(({ s, outcomes }) => [s, outcomes[0]?.because.left as Observed] as const)
  return Object.fromEntries(observed.flatMap(([s, { value: seen }]) => (seen === undefined ? [] : [[s, seen]])))
}

const two = [...call({ id: 1, took: 100, driver: 30 }), ...call({ id: 2, took: 200 })]

describe('a call that nobody answered', () => {
  it('is a span of the peer, decided with its trace: all that it took is the peer’s own', () => {
    expect(values('duration', 'max', postgresql, two)).toEqual({ 10: ms(200) })
    expect(values('seen', 'min', postgresql, two)).toEqual({ 10: ms(100) })
    expect(values('gap', 'max', postgresql, two)).toEqual({ 10: 0 })
    expect(values('self', 'min', postgresql, two)).toEqual({ 10: ms(70) })
    expect(values('own', 'mean', postgresql, two)).toEqual({ 10: ms((70 + 200) / 2) })
    expect(values('critical', 'max', postgresql, two)).toEqual({ 10: ms(200) })
  })

  it('is not charged to its caller a second time', () => {
    expect(values('own', 'max', selector('shop', 'List'), two)).toEqual({ 10: ms(200) })
    expect(values('own', 'min', selector('shop', 'List'), two)).toEqual({ 10: ms(100) })
  })

  it('is still its caller’s for those who ask for client spans', () => {
    expect(values('duration', 'max', selector('shop', undefined, undefined, [3]), two)).toMatchObject({ 5: ms(200) })
    expect(values('own', 'max', selector('postgresql', undefined, undefined, [3]), two)).toEqual({})
  })

  it('is no longer the peer’s once somebody answers', () => {
    const both = [...call({ id: 1, took: 100, answered: true }), ...call({ id: 2, took: 50 })]
    expect(values('duration', 'max', postgresql, both)).toEqual({ 10: ms(50) })
  })
})

describe('a peer', () => {
  const counted = (service: string, operation?: string): number => {
    const found = [...two, ...call({ id: 3, took: 50, attributes: { 'db.system': 'postgresql', 'db.name': 'users' } })]
    return Object.values(values('duration', 'count', selector(service, operation, undefined, [peer]), found)).reduce((sum, n) => sum + n, 0)
  }

  it('is meant by its name, with its namespace and without', () => {
    expect(['postgresql', 'postgresql/orders', 'postgresql/users', 'postgresql/*', '*', 'mysql', 'orders'].map((name) => counted(name))).toEqual([
      3, 2, 1, 3, 3, 0, 0,
    ])
  })

  it('has the operations that its callers name', () => {
    expect(['SELECT orders', 'SELECT *', 'SELECT', 'List'].map((operation) => counted('postgresql', operation))).toEqual([3, 3, 0, 0])
  })
})

describe('tests of a peer’s spans', () => {
  const where = (name: 'seen' | 'gap' | 'own' | 'service', operator: '>' | '==', n: number | string): SelectorIR => ({
    ...postgresql,
    where: { kind: 'compare', field: { kind: 'intrinsic', name }, operator, value: n },
  })
  const count = (of: SelectorIR): object => values('duration', 'count', of, [...two, ...call({ id: 3, took: 150, service: 'admin' })])

  it('see what it took as seen and own, and the service that called', () => {
    expect(count(where('seen', '>', ms(120)))).toMatchObject({ 10: 2 })
    expect(count(where('own', '>', ms(80)))).toMatchObject({ 10: 2 })
    expect(count(where('gap', '==', 0))).toMatchObject({ 10: 3 })
    expect(count(where('service', '==', 'admin'))).toMatchObject({ 10: 1 })
  })

  it('know what is above it in its trace', () => {
    const below = (relation: 'under' | 'child of', service: string): SelectorIR => ({
      ...postgresql,
      ancestor: { relation, selector: selector(service, 'List') },
    })
    expect([count(below('under', 'shop')), count(below('child of', 'admin'))]).toMatchObject([{ 10: 2 }, { 10: 1 }])
  })
})
