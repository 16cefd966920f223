import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCatalog, serializeCatalog } from '../../src/files/index.ts'
import { mergeCatalogs } from '../../src/language/index.ts'
import { someCatalog } from '../support/catalogs.ts'

const wrong = (value: unknown): unknown => {
  const result = readCatalog(JSON.stringify(value))
  return 'error' in result ? result.error : result
}
const ads = { name: 'ads', operations: [{ name: 'Get', kind: 'server' }], attributes: [] }

describe('reading a catalog', () => {
  it('gives what was written, in normal form', () => {
    fc.assert(fc.property(someCatalog, (catalog) => void expect(readCatalog(serializeCatalog(catalog))).toEqual({ catalog: mergeCatalogs([catalog]) })))
  })

  it('says where a catalog is wrong', () => {
    expect(wrong({ format: 1, services: [ads, { ...ads, operations: [{ name: 'Get', kind: 'servr' }] }], workloads: [] })).toBe(
      '$.services[1].operations[0].kind: expected one of internal, server, client, producer, consumer, found "servr"; did you mean "server"?',
    )
    expect(wrong({ format: 1, services: [{ ...ads, atributes: [] }], workloads: [] })).toBe(
      '$.services[0]: there is no key "atributes" here; did you mean "attributes"?',
    )
    expect(wrong({ format: 1, services: [], workloads: [{ id: 'deployment/ads', services: [], replicas: -1 }] })).toBe(
      '$.workloads[0].replicas: expected a whole number of at least 0, found -1',
    )
    expect(wrong({ format: 1, services: [] })).toBe('$: the key "workloads" is missing')
    expect(wrong({ format: 3, services: 'later' })).toContain('needs a newer version')
    expect(wrong([])).toBe('$.format: expected a number: this is not a catalog')
  })

  it('says of what is no JSON that it is none', () => {
    expect(readCatalog('{"format": 1,')).toEqual({ error: expect.stringMatching(/^not JSON: /) })
  })
})
