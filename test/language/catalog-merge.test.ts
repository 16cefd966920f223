import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Catalog, mergeCatalogs } from '../../src/language/index.ts'
import { someCatalog, someCatalogWithPeers } from '../support/catalogs.ts'

const merge = (...catalogs: Catalog[]): Catalog => mergeCatalogs(catalogs)
const anyTwo = [someCatalogWithPeers, someCatalogWithPeers] as const

describe('merging catalogs', () => {
  it('does not depend on the order', () => {
    fc.assert(fc.property(...anyTwo, (a, b) => void expect(merge(a, b)).toEqual(merge(b, a))))
  })

  it('does not depend on the grouping', () => {
    fc.assert(
      fc.property(...anyTwo, someCatalogWithPeers, (a, b, c) => {
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
        expect(merge(a, b, c)).toEqual(merge(merge(a, b), c))
      }),
    )
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(...anyTwo, (a, b) => {
        expect(merge(a, a)).toEqual(merge(a))
        expect(merge(merge(a, b), b)).toEqual(merge(a, b))
      }),
    )
  })

  it('loses no name, and nothing appears that was in neither', () => {
    const names = ({ services, workloads }: Catalog): Set<string> =>
      new Set([
        ...workloads.map(({ id }) => id),
        ...services.flatMap((s) => [
          s.name,
          ...s.operations.map((o) => `${s.name} ${o.name} ${o.kind}`),
          ...s.attributes.map((a) => `${s.name} ${a.scope} ${a.name}`),
        ]),
      ])
    fc.assert(fc.property(someCatalog, someCatalog, (a, b) => void expect(names(merge(a, b))).toEqual(new Set([...names(a), ...names(b)]))))
  })

  it('knows a peer only as long as nobody has seen spans of its own, and says so in its format', () => {
    const operation = (name: string, kind: 'client' | 'server') => ({ name, kind }) as const
    const peer: Catalog = { format: 2, services: [{ name: 'mysql', peer: true, operations: [operation('SELECT', 'client')], attributes: [] }], workloads: [] }
    const service: Catalog = { format: 1, services: [{ name: 'mysql', operations: [operation('query', 'server')], attributes: [] }], workloads: [] }
    expect(merge(peer)).toEqual(peer)
    expect(merge(peer, service)).toEqual(service)
    expect(
      merge(peer, { ...peer, services: [{ ...(peer.services[0] as (typeof peer.services)[number]), operations: [operation('INSERT', 'client')] }] }),
    ).toMatchObject({
      format: 2,
      services: [{ peer: true, operations: [{ name: 'INSERT' }, { name: 'SELECT' }] }],
    })
  })

  it('keeps the busiest and the slowest of an operation, and says of types that differ that they do', () => {
    const catalog = (rate: number, p99: number, type: 'text' | 'number', examples: (string | number)[]): Catalog => ({
      format: 1,
      services: [
        {
          name: 'ads',
          operations: [{ name: 'Get', kind: 'server', rate, p99, calls: [`db/${rate}`] }],
          attributes: [{ scope: 'span', name: 'http.status_code', type, examples }],
        },
      ],
      workloads: [{ id: 'deployment/ads', services: ['ads'], replicas: rate }],
    })
    expect(merge(catalog(3, 1e6, 'text', ['b', 'a']), catalog(2, 9e6, 'number', [500, 200, 404, 302]))).toEqual({
      format: 1,
      services: [
        {
          name: 'ads',
          operations: [{ name: 'Get', kind: 'server', rate: 3, p99: 9e6, calls: ['db/2', 'db/3'] }],
          attributes: [{ scope: 'span', name: 'http.status_code', type: 'mixed', examples: [200, 302, 404, 500, 'a'] }],
        },
      ],
      workloads: [{ id: 'deployment/ads', services: ['ads'], replicas: 3 }],
    })
  })
})
