/** What may come at a place: of whole programs the token that does come is always among it, and broken text does not hide what stands behind it. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Walk } from '../../../src/language/assist/walk.ts'
import { type Place, parse, placeAt } from '../../../src/language/index.ts'

const samples = globSync('test/samples/*/source.scale').sort()

/** `|` marks the place. */
function placeIn(marked: string): Place {
  return placeAt(marked.replace('|', ''), marked.indexOf('|'))
}

function words(place: Place): readonly string[] {
  return [...new Set(place.expected.flatMap(({ spellings, type }) => (spellings.length > 0 ? spellings : [type])))].sort()
}

/** Names of the rules of the grammar around the first token that may come, from the inside out. */
function rules({ expected: [first] }: Place): readonly string[] {
  const found: string[] = []
  for (let use = first?.use; use !== undefined; use = use.within) found.push(use.rule)
  return found
}

describe('the place', () => {
  it('knows the declaration, the word and what may come', () => {
    const place = placeIn('let slow = 1s\nads: scale deployment/ads +2 when span(ads/Get|Ads).p99 > slow')
    expect(place.declaration).toBe('scale')
    expect(place.prefix).toBe('Get')
    expect(place.word).toEqual({ start: 57, end: 63 })
    expect(place.start).toBe(14)
    expect(words(place)).toEqual(['Part'])
    expect(rules(place)).toEqual(['selector', 'operand', 'formula', 'scaleDeclaration'])
    expect(place.behind.map(({ text }) => text)).toEqual([')', '.', 'p99', '>', 'slow'])
  })

  it.each([
    ['sca|', 'sca'],
    ['let x = 40|0ms', '40'],
    ['let x = 100/m|', '100/m'],
    ['let x = 99.5%|', '99.5%'],
    ['scale a/b +1 when during mon-|', 'mon-'],
    ['scale a/b +1 when during 08:|', '08:'],
    ['scale a/b +1 when span(a where http.resp|', 'http.resp'],
    ['scale a/b +1 when span(a where http.|', 'http.'],
    ['scale a/b +1 when span(a).|', ''],
    ['scale a/b +1 when span(a).self.p|', 'self.p'],
    ['scale a/b +1 when span(ad*|', 'ad*'],
    ['scale a/b +1 when span(a/"GET /c|', '"GET /c'],
    ['scale a/b +|', ''],
  ])('%s: the word that is being written', (marked, prefix) => {
    expect(placeIn(marked).prefix).toBe(prefix)
  })

  it('ends a text at its closing quote, and one that has none at the place', () => {
    expect(placeIn('import "|" // "x"').word).toEqual({ start: 7, end: 9 })
    expect(placeIn('scale a/b +1 when span(a/"GET |').word.end).toBe(30)
    expect(placeIn('scale a/b +1 when span(a/"|).p99 > 1s and span("b").p99 > 1s').word).toEqual({ start: 25, end: 26 })
  })

  it('is in a comment', () => {
    expect(placeIn('let a = 1 // sc|ale').within).toBe('comment')
    expect(placeIn('# sc|ale').within).toBe('comment')
    expect(placeIn('let a = "//|').within).toBe('text')
  })

  it('is between declarations only where a line begins', () => {
    expect(placeIn('|').between).toBe(true)
    expect(placeIn('let a = 1\n|').between).toBe(true)
    expect(placeIn('let a = 1\n  sc|').between).toBe(true)
    expect(placeIn('let a = 1 |').between).toBe(false)
    expect(placeIn('target a/b {\n|').between).toBe(false)
  })

  it('takes a rule behind a label, and a version behind language', () => {
    expect(words(placeIn('ads-slow: |'))).toEqual(['freeze', 'scale'])
    expect(words(placeIn('let a = 1\nads-slow: sc|'))).toEqual(['freeze', 'scale'])
    expect(words(placeIn('language |'))).toEqual(['Number'])
  })
})

describe('broken text before the place', () => {
  it.each([
    ['a missing operation', 'scale a/b +1 when span(a/).|', 'path'],
    ['a missing service', 'scale a/b +1 when span().p99 > 1s and span(|', 'selector'],
    ['a missing action', 'scale a/b when span(|', 'selector'],
    ['a misspelt keyword', 'scale a/b +1 wen |', 'operand'],
    ['a misspelt keyword further back', 'scale a/b +1 wen span(a).p99 > 1s cooldwn 1m every |', 'atom'],
    ['half a test of an attribute', 'scale a/b +1 when span(a where duration > ).|', 'path'],
    ['a missing `in`', 'scale a/b +1 when span(a).p99 > 1s 5 times 60s cooldown |', 'atom'],
    ['a clause that is cut off', 'target a/b { between 1 up at most +2 per |', 'atom'],
    ['a sign too many', 'scale a/b +1 when span(a).p99 >> |', 'operand'],
    ['an open block before it', 'target a/b { between 1 and 2\nscale c/d +1 when span(|', 'selector'],
    ['something that is no declaration before it', 'hello world\nscale c/d +1 when span(|', 'selector'],
  ])('%s', (_, marked, rule) => {
    expect(placeIn(marked).expected.map(({ use }) => use.rule)).toContain(rule)
  })
})

describe('text of another language', () => {
  // Somebody waits: each place in the grammar takes a microsecond or two.
  it.each([
    'ads: scale deployment/ads +2 when rate(http_re(quests_total{job="ads"}[5m]) > 50|',
    'ads: scale deployment/ads +2 when histogram_quantile(0.99, sum by (le) (rate(http_server_duration_se|conds_bucket{service="ads"}[5m]))) > 4',
    'scale deployment/adservice +2 wh):an(adservice/G99 > 400ms 5| times i+ 60s',
  ])('is given up before it takes long: %s', (marked) => {
    const begun = vi.spyOn(Walk.prototype, 'begin')
    placeIn(marked)
    const sizes = begun.mock.contexts.map((walk) => (walk as Walk).size)
    begun.mockRestore()
    expect(sizes).not.toEqual([])
    expect(Math.max(...sizes)).toBeLessThan(40_000)
  })
})

describe('laws', () => {
  it.each(samples.filter((file) => !file.includes('broken')))('%s: the token that comes is among those that may', (file) => {
    const text = readFileSync(file, 'utf8')
    const { tree } = parse({ name: file, text })
    const missed: string[] = []
    for (const { range } of tree.declarations) {
      const { tokens } = placeAt(text, range.end)
      const whole = placeAt(`${text.slice(0, range.end)} `, range.end + 1)
      for (const token of whole.tokens.slice(1)) {
        // Right behind a word it is the word that is being written.
        if (/[\w%"*]/.test(text[token.range.start - 1] ?? '')) continue
        const { expected } = placeAt(text, token.range.start)
        const fits = expected.some(({ type, spellings }) => type === token.type || spellings.includes(token.text) || open.has(type))
        if (!fits) missed.push(text.slice(token.range.start - 20, token.range.end))
      }
      expect(whole.tokens.length).toBeGreaterThanOrEqual(tokens.length)
    }
    expect(missed).toEqual([])
  })

  it('never throws, wherever the text ends', () => {
    const texts = samples.map((file) => readFileSync(file, 'utf8'))
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(),
        fc.string({ maxLength: 6 }),
        fc.constantFrom('', '\n', '\r\n\n'),
        (whole, cut, at, noise, before) => {
          const text = before + whole.slice(0, cut % (whole.length + 1)) + noise
          const offset = at % (text.length + 1)
          const place = placeAt(text, offset)
          expect(place.word.start).toBeLessThanOrEqual(offset)
          expect(place.word.end).toBeGreaterThanOrEqual(offset)
          expect(place.word.end).toBeLessThanOrEqual(text.length)
          expect(text.slice(place.word.start, offset)).toBe(place.prefix)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

/** What takes any word, number or text of a sort. */
const open = new Set(['Part', 'FieldName', 'Word', 'Identifier', 'Literal', 'Amount'])
