import { describe, expect, it } from 'vitest'
import type { RuleIR, SelectorIR } from '../../src/bundle/index.ts'
import { RecordingCatalog } from '../../src/recordings/replay-catalog.ts'
import { missingNames } from '../../src/recordings/replay-missing.ts'
import { createDictionary, SpanTable } from '../../src/spans/index.ts'
import { bundle } from '../engine/scripted.ts'
import { rule, target } from '../plan/build.ts'

const SERVER = 2
const CLIENT = 3

/** A table with one span a line, a second apart, each lasting 100 ms. */
function tableOf(spans: readonly (readonly [service: string, operation: string, kind: number])[]): SpanTable {
  const table = new SpanTable(createDictionary())
  table.reserve(spans.length)
  spans.forEach(([service, operation, kind], row) => {
    table.service[row] = table.dictionary.code(service)
    table.operation[row] = table.dictionary.code(operation)
    table.kind[row] = kind
    table.duration[row] = 1e8
    const end = BigInt(row + 1) * 1_000_000_000n
    table.endTime[row * 2] = Number(end & 0xffffffffn)
    table.endTime[row * 2 + 1] = Number(end >> 32n)
    table.length++
  })
  return table
}

const boutique = tableOf([
  ['frontend', '/', SERVER],
  ['frontend', 'hipstershop.AdService/GetAds', CLIENT],
  ['adservice', '/hipstershop.AdService/GetAds', SERVER],
  ['adservice', 'load', 1],
])

describe('a catalog', () => {
  it('knows what was seen, from when to when', () => {
    const catalog = new RecordingCatalog()
    catalog.observe(boutique)
    expect(catalog.catalog().services.map(({ name, operations }) => [name, operations])).toEqual([
      [
        'adservice',
        [
          { name: '/hipstershop.AdService/GetAds', kind: 'server' },
          { name: 'load', kind: 'internal' },
        ],
      ],
      [
        'frontend',
        [
          { name: '/', kind: 'server' },
          { name: 'hipstershop.AdService/GetAds', kind: 'client' },
        ],
      ],
    ])
    expect(catalog.spans).toBe(4)
    expect(Math.abs(catalog.start - 0.9e9)).toBeLessThan(256)
    expect(Math.abs(catalog.end - 4e9)).toBeLessThan(256)
  })
  it('does not believe a start that is more than a day before the end', () => {
    const catalog = new RecordingCatalog()
    const table = tableOf([['a', 'b', SERVER]])
    table.duration[0] = 1.7e18
    catalog.observe(table)
    expect(Math.abs(catalog.start - 1e9)).toBeLessThan(256)
  })
  it('grows with the names', () => {
    const catalog = new RecordingCatalog()
    catalog.observe(tableOf(Array.from({ length: 300 }, (_, i) => ['s', `op${i}`, SERVER] as const)))
    expect(catalog.catalog().services[0]?.operations).toHaveLength(300)
  })
  it('of nothing is empty', () => expect(new RecordingCatalog().catalog()).toEqual({ format: 1, services: [], workloads: [] }))
})

describe('names that a recording does not have', () => {
  const missing = (...selectors: SelectorIR[]) => {
    const catalog = new RecordingCatalog()
    catalog.observe(boutique)
    const rules = selectors.map((selector, i): RuleIR => rule(`r${i}`, '+1', { condition: { kind: 'absent', selector, ns: 1e9, text: 'absent' } }))
    return missingNames(bundle([target()], rules), catalog.catalog()).map(({ message, rules: naming }) => `${naming.join(' ')}: ${message}`)
  }
  const kinds = [0, 1, 2, 5]

  it('are none where every spelling is known', () => {
    for (const operation of ['GetAds', 'AdService/GetAds', 'hipstershop.AdService/GetAds', 'grpc.hipstershop.AdService/GetAds', 'Get*'])
      expect(missing({ service: 'adservice', operation, kinds })).toEqual([])
    expect(missing({ service: 'ad*', kinds: [2, 5] })).toEqual([])
  })
  it('come with what was meant', () => {
    expect(missing({ service: 'adservise', kinds })).toEqual(['r0: no span of service adservise; did you mean adservice?'])
    expect(missing({ service: 'adservice', operation: 'GetAdd', kinds })).toEqual(['r0: service adservice has no operation GetAdd; did you mean GetAds?'])
    expect(missing({ service: 'adservice', operation: 'Checkout', kinds })).toEqual(['r0: service adservice has no operation Checkout'])
  })
  it('are said once, with every rule that names them', () => {
    const wrong = { service: 'ads', kinds }
    expect(missing(wrong, { service: 'frontend', operation: '/', kinds }, wrong)).toHaveLength(1)
    expect(missing(wrong, wrong)[0]).toContain('r0 r1')
  })
  it('include an operation of which only the caller side was seen', () => {
    expect(missing({ service: 'frontend', operation: 'GetAds', kinds })).toEqual(['r0: frontend/GetAds has only CLIENT spans, which the selector leaves out'])
  })
  it('include ancestors', () => {
    const ancestor = { relation: 'under', selector: { service: 'nobody', kinds } } as const
    expect(missing({ service: 'adservice', operation: 'GetAds', kinds, ancestor })).toEqual(['r0: no span of service nobody'])
  })
})
