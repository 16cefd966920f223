/** What completion is made of: how typed letters fit, which values are round, and that a place is found without the rest of the file. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completion } from '../../../lsp/features/completion/index.ts'
import { matchClass } from '../../../lsp/features/completion/match.ts'
import { relative } from '../../../lsp/features/completion/providers/files.ts'
import { roundAbove, roundBelow } from '../../../lsp/features/completion/recorded.ts'
import { type Place, placeAt } from '../../../src/language/index.ts'
import { shop } from '../shop.ts'
import { viewOf } from '../view.ts'

describe('what is typed', () => {
  it.each([
    ['', 'GetAds', 0],
    ['Get', 'GetAds', 0],
    ['get', 'GetAds', 1],
    ['Ads', 'GetAds', 2],
    ['status', 'http.response.status_code', 2],
    ['gA', 'GetAds', 3],
    ['httpcode', 'http.response.status_code', 3],
    ['cart*', 'cartservice', 0],
    ['adsv', 'adservice', 4],
    ['csrv', 'cartservice', 4],
    ['gtads', 'hipstershop.AdService/GetAds', 4],
    ['"adsv', '"adservice"', 4],
    ['"erp', '"Europe/Paris"', 4],
    ['deployment/adsv', 'deployment/adservice', 4],
    ['deployment/re', 'deployment/adservice', undefined],
    ['as', 'adservice', undefined],
    ['rvc', 'adservice', undefined],
    ['150', '10500', undefined],
    ['tA', 'GetAds', undefined],
    ['xyz', 'GetAds', undefined],
    ['ervice', 'adservice', undefined],
  ] as const)('%s fits %s: %s', (typed, candidate, wanted) => {
    expect(matchClass(typed, candidate)).toBe(wanted)
  })
})

describe('round values', () => {
  it.each([
    [380e6, 400e6, 300e6],
    [400e6, 500e6, 300e6],
    [35, 40, 30],
    [0.004, 0.005, 0.003],
    [1e9, 1.2e9, 800e6],
  ])('around %d: %d and %d', (value, above, below) => {
    expect(roundAbove(value)).toBeCloseTo(above, 9)
    expect(roundBelow(value)).toBeCloseTo(below, 9)
  })

  it('are near, on the right side', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), (value) => {
        expect(roundAbove(value)).toBeGreaterThan(value)
        expect(roundAbove(value)).toBeLessThanOrEqual(value * 1.51)
        expect(roundBelow(value)).toBeLessThan(value)
        expect(roundBelow(value)).toBeGreaterThanOrEqual(value / 1.51)
      }),
    )
  })
})

describe('paths', () => {
  it.each([
    ['main.scale', 'shared.scale', 'shared.scale'],
    ['rules/main.scale', 'shared.scale', '../shared.scale'],
    ['rules/main.scale', 'rules/deep/other.scale', 'deep/other.scale'],
    ['a/b/main.scale', 'a/c/other.scale', '../c/other.scale'],
  ])('from %s to %s: %s', (from, to, wanted) => {
    expect(relative(from, to)).toBe(wanted)
  })
})

describe('a large file', () => {
  const rules = (from: number, count: number): string =>
    Array.from(
      { length: count },
      (_, i) => `rule-${from + i}: scale deployment/ads +1 when span(adservice/GetAds where cache.hit == true).p99 > 400ms for 1m\n`,
    ).join('')
  const typed = 'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s cooldown 2m'

  it('is looked at around the place only', () => {
    const before = rules(0, 3000)
    const behind = rules(3000, 3000)
    for (let length = 'scale '.length; length <= typed.length; length++) {
      const alone = placeAt(typed.slice(0, length), length)
      const within = placeAt(`${before}${typed.slice(0, length)}\n${behind}`, before.length + length)
      const told = ({ prefix, declaration, tokens, expected }: Place) => [prefix, declaration, tokens.map(({ text }) => text), expected.map(({ type }) => type)]
      expect(told(within)).toEqual(told(alone))
    }
  })

  it('completes as a small one does', () => {
    const before = rules(0, 2000)
    const text = 'scale deployment/adservice +2 when span(adservice/GetAds).'
    const labels = (whole: string): readonly string[] =>
      completion(viewOf({ files: { 'main.scale': whole }, catalog: shop }), whole.length, { snippets: true }).items.map(({ label }) => label)
    expect(labels(before + text)).toEqual(labels(text))
  })
})
