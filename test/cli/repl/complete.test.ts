import { describe, expect, it } from 'vitest'
import { complete } from '../../../src/cli/repl/complete.ts'
import { commandNames } from '../../../src/cli/repl/session.ts'
import type { Catalog } from '../../../src/language/index.ts'

const operations = (...names: string[]) => names.map((name) => ({ name, kind: 'server' as const }))
const catalog: Catalog = {
  format: 1,
  services: [
    {
      name: 'adservice',
      operations: operations('/hipstershop.AdService/GetAds', 'hipstershop.AdService/GetAds', 'grpc.hipstershop.AdService/Get'),
      attributes: [],
    },
    { name: 'front end', operations: operations('GET /cart', 'say "hi"'), attributes: [] },
  ],
  workloads: [],
}
/** `|` marks what is completed: candidates for the text behind it. */
const completed = (line: string): readonly [string[], string] => {
  const [candidates, replaced] = complete(line, catalog, commandNames)
  return [[...candidates], replaced]
}

describe('completion in the REPL', () => {
  it('knows services, quoted where they must be', () => {
    expect(completed('span(')).toEqual([['adservice', '"front end"'], ''])
    expect(completed('span(cart/GetCart).p99 > 1s and span(ad')).toEqual([['adservice'], 'ad'])
    expect(completed('absent(span("fr')).toEqual([['"front end"'], '"fr'])
  })

  it('knows operations, the short spelling of all first, the long one when it is begun', () => {
    expect(completed('span(adservice/')).toEqual([['Get', 'GetAds'], ''])
    expect(completed('span(adservice/GetA')).toEqual([['GetAds'], 'GetA'])
    expect(completed('span(adservice/hipstershop.AdService/GetA')).toEqual([['hipstershop.AdService/GetAds'], 'hipstershop.AdService/GetA'])
    expect(completed('span("front end"/')).toEqual([['"GET /cart"', '"say \\"hi\\""'], ''])
    expect(completed('span(*/G')).toEqual([['Get', 'GetAds'], 'G'])
  })

  it('knows statistics, of spans and of their durations', () => {
    expect(completed('span(adservice/GetAds).p9')[0]).toEqual(expect.arrayContaining(['p90', 'p95', 'p99']))
    expect(completed('span(adservice/GetAds).self.me')).toEqual([['mean'], 'me'])
    expect(completed('span(adservice/GetAds).err')).toEqual([['error_rate', 'errors'], 'err'])
  })

  it('knows commands and the words between values', () => {
    expect(completed(':r')).toEqual([[':rules', ':rule'], ':r'])
    expect(completed('span(adservice/GetAds).p99 ov')).toEqual([['over'], 'ov'])
    expect(completed('sp')).toEqual([['span('], 'sp'])
    expect(completed('span(nobody/')).toEqual([[], ''])
  })
})
