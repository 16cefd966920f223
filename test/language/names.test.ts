import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalOperation, globMatcher, matchesOperation, operationMatcher, serviceMatcher } from '../../src/language/index.ts'

const spellings = [
  'hipstershop.AdService/GetAds',
  'grpc.hipstershop.AdService/GetAds',
  '/hipstershop.AdService/GetAds',
  'POST /hipstershop.AdService/GetAds',
  'Recv.hipstershop.AdService/GetAds',
  'Sent.hipstershop.AdService/GetAds',
  'Recv.hipstershop.AdService.GetAds',
]

describe('canonical operation names', () => {
  it('are one for all spellings of an RPC', () => {
    expect(new Set(spellings.map(canonicalOperation))).toEqual(new Set(['hipstershop.AdService/GetAds']))
  })

  it('leave everything else alone', () => {
    const others = [
      'GET /cart',
      'GET /api/GetAds',
      '/api/GetAds',
      '/api.v1/users',
      'GET /Home/Index',
      'orders publish',
      'frontend',
      'Recv.',
      'SELECT shop.orders',
      '',
    ]
    expect(others.map(canonicalOperation)).toEqual(others)
  })

  it('never grow, and are canonical themselves', () => {
    fc.assert(fc.property(fc.string(), (name) => canonicalOperation(canonicalOperation(name)).length <= name.length))
    for (const name of spellings) expect(canonicalOperation(canonicalOperation(name))).toBe(canonicalOperation(name))
  })
})

describe('operation patterns', () => {
  it.each([...spellings, 'AdService/GetAds', 'GetAds', 'Get*', '*/GetAds', 'AdService/*', 'hipstershop.*', 'POST /hipstershop.AdService/*', '*'])(
    '%s matches every spelling',
    (pattern) => {
      expect(spellings.filter((name) => !matchesOperation(pattern, name))).toEqual([])
    },
  )

  it('know the C++ demo service, which has no package', () => {
    for (const pattern of ['Currency/Convert', 'Convert', 'Currency/*']) expect(matchesOperation(pattern, 'Currency/Convert')).toBe(true)
    expect(matchesOperation('Convert', '/Currency/Convert')).toBe(true)
  })

  it.each([
    ['GetAds', 'GET /api/GetAds'],
    ['GetAds', '/api/GetAds'],
    ['cart', 'GET /cart'],
    ['GetAds', 'hipstershop.AdServiceImpl/getAds'],
    ['getAds', 'hipstershop.AdService/GetAds'],
    ['AdService/GetAds', 'hipstershop.BadService/GetAds'],
    ['Ads', 'hipstershop.AdService/GetAds'],
    ['hipstershop.AdService/GetAds', 'other.AdService/GetAds'],
    ['GET /cart', 'POST /cart'],
    ['GET /cart', 'GET /cart/items'],
  ])('%s does not match %s', (pattern, name) => {
    expect(matchesOperation(pattern, name)).toBe(false)
  })

  it('match any other name as it is', () => {
    fc.assert(fc.property(fc.string(), (name) => operationMatcher(name)(name)))
    expect(matchesOperation('GET /cart*', 'GET /cart/items')).toBe(true)
  })
})

describe('service patterns and globs', () => {
  it('match whole names', () => {
    expect(serviceMatcher('ad*')('adservice')).toBe(true)
    expect(serviceMatcher('ad')('adservice')).toBe(false)
    expect(serviceMatcher('a.service')('aXservice')).toBe(false)
  })

  it('agree with regular expressions', () => {
    const short = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 })
    fc.assert(
      fc.property(short('ab*.'), short('ab.'), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
        expect(globMatcher(pattern)(text)).toBe(expression.test(text))
      }),
    )
  })
})
