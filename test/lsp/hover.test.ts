/** What hovers say. `|` marks the place; the text stands behind an import of shared.scale. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarkupContent } from 'vscode-languageserver-protocol'
import { hover } from '../../lsp/features/hover/index.ts'
import { shared, shop } from './shop.ts'
import { cursorIn, type Setting, viewOf } from './view.ts'

const head = 'import "shared.scale"\n'

/** The Markdown, and the text that it is said to be of. */
function hovered(marked: string, more: Partial<Setting> = {}): { readonly text: string; readonly of: string } | undefined {
  const { text, offset } = cursorIn(head + marked)
  const view = viewOf({ files: { 'main.scale': text, 'shared.scale': shared }, catalog: shop, ...more })
  const found = hover(view, offset)
  if (found?.range === undefined) return undefined
  const { start, end } = view.document.lines.textRangeOf(found.range)
  return { text: (found.contents as MarkupContent).value, of: text.slice(start, end) }
}

const rule = (marked: string): string => `ads: scale deployment/adservice +2 when ${marked}`

describe('hover', () => {
  it('tells a rule in plain words, with its cost, at its label', () => {
    const found = hovered('a|ds: scale deployment/adservice +2 when span(adservice/GetAds).p99 > slow 5 times in 60s')
    expect(found?.of).toBe('ads')
    expect(found?.text).toContain('When the p99 duration of GetAds on adservice was above 400ms in at least 5 of the last 12 steps of 5s, add 2 replicas')
    expect(found?.text).toMatch(/At 35\/s: at most [\d.]+ µs a second of a processor and [\d.]+ kB\./)
  })

  it('adds how often the rule fired in the last replay', () => {
    const runs = { replay: { recording: 'traces.binpb.gz', fired: new Map([['ads', 3]]), steps: 100 } }
    expect(hovered('a|ds: scale deployment/adservice +2 when span(adservice/GetAds).p99 > slow for 1m', { runs })?.text).toContain(
      'In the last replay (traces.binpb.gz) it fired 3 times.',
    )
  })

  it('says that a rule with an error is not known', () => {
    expect(hovered('a|ds: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 5')?.text).toContain('has an error')
  })

  it('tells a value with its type, where it comes from and what is recorded of it', () => {
    const found = hovered(rule('span(adservice/GetAds).p9|9 > slow'))
    expect(found?.of).toBe('p99')
    expect(found?.text).toContain('The p99 duration of GetAds on adservice: a Duration.')
    expect(found?.text).toContain('Stream, from every span received, before any sampling; over each step of 5s.')
    expect(found?.text).toContain('Recorded: rate 35/s, p50 80ms, p95 210ms, p99 380ms, errors 0.4%.')
    expect(found?.text).toContain('nearest rank')
  })

  it('tells a traced value, and a window of its own', () => {
    const found = hovered(rule('span(adservice/GetAds).ow|n.p99 over 2m > slow'))
    expect(found?.text).toContain('Traced, from assembled traces')
    expect(found?.text).toContain('over 2m.')
    expect(hovered(`${rule('span(adservice/GetAds).co|unt > 5')} every 10s`)?.text).toContain('each step of 10s')
  })

  it('tells services and operations with their rates and quantiles', () => {
    expect(hovered(rule('span(adserv|ice/GetAds).p99 > slow'))?.text).toContain(
      '| `hipstershop.AdService/GetAds` | server | 35/s | 80ms | 210ms | 380ms | 0.4% |',
    )
    const operation = hovered(rule('span(cartservice/GetC|art).p99 > slow'))
    expect(operation?.of).toBe('GetCart')
    expect(operation?.text).toContain('Calls `redis/GET`.')
    expect(hovered(rule('span(cartservice/|*).p99 > slow'))?.text).toContain('It means 2 operations')
    expect(hovered(rule('span(adservice/Missi|ng).p99 > slow'))?.text).toContain('does not have')
  })

  it('has nothing of the catalog where there is none', () => {
    const files = { 'main.scale': 'scale deployment/a +1 when span(ads/Get).p99 > 1s' }
    const view = viewOf({ files })
    expect(hover(view, files['main.scale'].indexOf('ads') + 1)?.contents).toMatchObject({ value: expect.stringContaining('no catalog') })
  })

  it('tells a constant with its value, wherever it is declared', () => {
    expect(hovered(rule('span(adservice).p99 > sl|ow'))).toEqual({ of: 'slow', text: '```scale\nlet slow = 400ms\n```\n\nA Duration, of shared.scale.' })
    expect(hovered('/// As the objective says.\nlet goal = slow / 2\nlet x = go|al')?.text).toBe(
      '```scale\nlet goal = 200ms\n```\n\nA Duration.\n\nAs the objective says.',
    )
    expect(hovered('let go|al = slow / 2')?.text).toContain('let goal = 200ms')
    expect(hovered('let go|al = slow + 2')?.text).toContain('an error')
  })

  it('tells a workload with its bounds, what runs and its rules', () => {
    const found = hovered(
      'ads: scale deployment/adser|vice +2 when span(adservice).p99 > slow for 1m\ntarget deployment/adservice { between 2 and 8  cooldown 60s }',
    )
    expect(found?.of).toBe('deployment/adservice')
    expect(found?.text).toContain('2 to 8 replicas · cooldown 1m')
    expect(found?.text).toContain('It runs 3 replicas; its pods send the spans of adservice.')
    expect(found?.text).toContain('Rules: ads.')
  })

  it('tells attributes with what is seen of them, and fields by their pages', () => {
    expect(hovered(rule('span(adservice where http.resp|onse.status_code > 499).rate > busy'))?.text).toContain(
      'An attribute of spans: number, such as `200`, `404`, `500`.',
    )
    expect(hovered(rule('span(adservice where sta|tus == error).rate > busy'))?.text).toMatch(/^\*\*status\*\*/)
    expect(hovered(rule('span(adservice where status == er|ror).rate > busy'))?.text).toMatch(/^\*\*error\*\*/)
  })

  it('tells words and units by their pages, without links that lead nowhere', () => {
    expect(hovered(rule('span(adservice).p99 > slow 5 ti|mes in 60s'))?.text).toMatch(/^\*\*times\*\*/)
    expect(hovered(rule('span(adservice).p99 > 40|0ms'))?.text).toMatch(/^\*\*ms\*\*/)
    expect(hovered(rule('span(adservice).rate > 100/|min'))?.text).toMatch(/^\*\*\/min\*\*/)
    expect(hovered(rule('spa|n(adservice).rate > busy'))?.text).toMatch(/^\*\*span\*\*/)
    expect(hovered(rule('span(adservice).p99 > slow 5 ti|mes in 60s'))?.text).not.toContain('](')
  })

  it('tells of days, times and zones what a calendar is', () => {
    for (const words of ['mon-f|ri 08:00-18:00 in "Europe/Paris"', 'mon-fri 08|:00-18:00', 'mon-fri in "Europe|/Paris"'])
      expect(hovered(rule(`span(adservice).p99 > slow for 1m and during ${words}`))?.text).toMatch(/^\*\*during\*\*/)
    expect(hovered(rule('span(adservice).p99 > slow for 1m a|nd during mon-fri'))?.text).toMatch(/^\*\*and\*\*/)
  })

  it('tells a rule of which a test expects something', () => {
    expect(hovered('test "x" { expect cart-sl|ow fires }')?.text).toContain('add 1 replica to deployment/cartservice')
  })

  it('is silent in comments, and of a service that is called like a keyword tells the service', () => {
    expect(hovered('// wh|en this')).toBeUndefined()
    expect(hovered(rule('span(sca|le).p99 > slow'))?.text).toMatch(/^\*\*scale\*\*/)
  })

  it('never throws', () => {
    const texts = globSync('test/samples/**/*.scale')
      .sort()
      .map((file) => readFileSync(file, 'utf8'))
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.boolean(), (text, at, cut) => {
        const offset = at % (text.length + 1)
        const view = viewOf({ files: { 'main.scale': cut ? text.slice(0, offset) : text }, catalog: shop })
        const found = hover(view, offset)
        expect(found === null || found.range !== undefined).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
