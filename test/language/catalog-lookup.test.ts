import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog, CatalogKind, CatalogOperation } from '../../src/language/index.ts'
import {
  arePeers,
  attributesMatching,
  canonicalOperation,
  countedKinds,
  matchesOperation,
  operationSpellings,
  operationsMatching,
  servicesMatching,
  viewOf,
  workloadOf,
} from '../../src/language/index.ts'

const operation = (name: string, kind: CatalogKind = 'server'): CatalogOperation => ({ name, kind })

const catalog: Catalog = {
  format: 1,
  services: [
    {
      name: 'adservice',
      operations: [
        operation('/hipstershop.AdService/GetAds', 'client'),
        operation('POST /hipstershop.AdService/GetAds'),
        operation('grpc.health.v1.Health/Check'),
        operation('hipstershop.AdService/GetAds'),
      ],
      attributes: [{ scope: 'span', name: 'http.status_code', type: 'number', examples: [200] }],
    },
    {
      name: 'frontend',
      operations: [operation('GET /cart'), operation('GET /product/GetAds')],
      attributes: [{ scope: 'span', name: 'http.status_code', type: 'text', examples: ['200'] }],
    },
  ],
  workloads: [{ id: 'deployment/adservice in shop', services: ['adservice'], replicas: 2 }],
}
const names = (service: string, pattern?: string, kinds?: readonly CatalogKind[]): string[] =>
  operationsMatching(catalog, service, pattern, kinds).map((match) => `${match.service}/${match.operation.name} ${match.operation.kind}`)

describe('a catalog, asked by the patterns of selectors', () => {
  it('knows all spellings of an operation, and whether they are one', () => {
    expect(names('adservice', 'GetAds', countedKinds(true))).toEqual([
      'adservice/POST /hipstershop.AdService/GetAds server',
      'adservice/hipstershop.AdService/GetAds server',
    ])
    expect(names('adservice', 'GetAds')).toHaveLength(3)
    const distinct = (service: string, pattern: string): ReadonlySet<string> =>
      new Set(operationsMatching(catalog, service, pattern).map((match) => canonicalOperation(match.operation.name)))
    expect(distinct('adservice', 'GetAds')).toEqual(new Set(['hipstershop.AdService/GetAds']))
    expect(distinct('*', '*').size).toBe(4)
  })

  it('takes all operations of the services that a pattern names', () => {
    expect(names('front*')).toHaveLength(2)
    expect(names('front*', 'getads')).toEqual([])
    expect(servicesMatching(catalog, '*').map(({ name }) => name)).toEqual(['adservice', 'frontend'])
  })

  it('joins attributes of several services', () => {
    expect(attributesMatching(catalog)).toEqual([{ scope: 'span', name: 'http.status_code', type: 'mixed', examples: [200, '200'] }])
    expect(attributesMatching(catalog, 'adservice')[0]?.type).toBe('number')
  })

  it('finds workloads by id', () => {
    expect(workloadOf(catalog, 'deployment/adservice in shop')?.replicas).toBe(2)
    expect(workloadOf(catalog, 'deployment/adservice')).toBeUndefined()
  })
})

describe('spellings of an operation', () => {
  it('go from the short one to what was recorded', () => {
    expect(operationSpellings('POST /hipstershop.AdService/GetAds')).toEqual([
      'GetAds',
      'AdService/GetAds',
      'hipstershop.AdService/GetAds',
      'POST /hipstershop.AdService/GetAds',
    ])
    expect(operationSpellings('GET /cart')).toEqual(['GET /cart'])
  })

  it('all match the operation', () => {
    const part = fc.stringMatching(/^[A-Za-z]{1,6}$/)
    const rpc = fc.tuple(fc.constantFrom('', '/', 'grpc.', 'POST /', 'Recv.'), part, part, part).map(([before, a, b, c]) => `${before}${a}.${b}/${c}`)
    fc.assert(fc.property(fc.oneof(rpc, fc.string()), (name) => operationSpellings(name).every((spelling) => matchesOperation(spelling, name))))
  })
})

describe('a view of a catalog', () => {
  const name = fc.constantFrom('ads', 'cart', 'redis', 'redis/eu', 'shop', '')
  const pattern = fc.oneof(name, fc.constantFrom('*', 'red*', '*s', 'redis/*', 'none'))

  it('finds the services of a pattern that are found without it, peers or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.boolean())), fc.array(pattern), fc.boolean(), (services, patterns, havePeers) => {
        const some: Catalog = {
          format: 1,
          services: services.map(([each, peer]) => ({ name: each, operations: [], attributes: [], ...(peer && havePeers ? { peer: true } : {}) })),
          workloads: [],
        }
        const view = viewOf(some)
        for (const each of patterns) {
          expect(view.services(each)).toEqual(servicesMatching(some, each))
          expect(view.isPeer(each)).toBe(arePeers(servicesMatching(some, each)))
        }
      }),
    )
  })
})
