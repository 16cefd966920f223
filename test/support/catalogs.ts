/** Catalogs in any order and with repetitions, as people may write them. */
import fc from 'fast-check'
import type { Catalog, CatalogAttribute, CatalogOperation, CatalogWorkload } from '../../src/language/index.ts'

const name = fc.oneof(fc.constantFrom('GetAds', 'GET /cart', 'adservice', 'cart'), fc.string({ maxLength: 6 }))
const figure = fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.double({ min: 0, max: 1e12, noNaN: true }))

const operation: fc.Arbitrary<CatalogOperation> = fc.record(
  {
    name,
    kind: fc.constantFrom('internal', 'server', 'client', 'producer', 'consumer'),
    rate: figure,
    errorRate: fc.double({ min: 0, max: 1, noNaN: true }),
    p50: figure,
    p95: figure,
    p99: figure,
    max: figure,
    calls: fc.array(name, { maxLength: 3 }),
  },
  { requiredKeys: ['name', 'kind'] },
)
const attribute: fc.Arbitrary<CatalogAttribute> = fc.record({
  scope: fc.constantFrom('span', 'resource'),
  name,
  type: fc.constantFrom('text', 'number', 'boolean', 'mixed'),
  examples: fc.array(fc.oneof(name, fc.integer(), fc.boolean()), { maxLength: 7 }),
})
const workload: fc.Arbitrary<CatalogWorkload> = fc.record(
  { id: fc.constantFrom('deployment/ads in shop', 'deployment/cart', 'statefulset/db'), services: fc.array(name, { maxLength: 3 }), replicas: fc.nat(20) },
  { requiredKeys: ['id', 'services'] },
)

export const someCatalog: fc.Arbitrary<Catalog> = fc.record({
  format: fc.constant(1 as const),
  services: fc.array(fc.record({ name, operations: fc.array(operation, { maxLength: 4 }), attributes: fc.array(attribute, { maxLength: 4 }) }), {
    maxLength: 4,
  }),
  workloads: fc.array(workload, { maxLength: 3 }),
})

/** The same, in which some services are peers. */
export const someCatalogWithPeers: fc.Arbitrary<Catalog> = fc
  .tuple(someCatalog, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
  .map(([{ services, ...rest }, peers]) => ({
    ...rest,
    format: 2,
    services: services.map((service, i) => (peers[i] === true ? { ...service, peer: true } : service)),
  }))
