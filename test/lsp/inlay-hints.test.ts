/** Inlay hints, written into the text where they are shown, as ‹hint›. */
import { describe, expect, it } from 'vitest'
import { inlayHints } from '../../lsp/features/inlay-hints.ts'
import { shared, shop } from './shop.ts'
import { type Setting, viewOf } from './view.ts'

function hinted(text: string, more: Partial<Setting> = {}): string {
  const view = viewOf({ files: { 'main.scale': text, 'shared.scale': shared }, catalog: shop, ...more })
  const hints = inlayHints(view, { start: 0, end: text.length })
  let shown = text
  for (const { position, label } of hints.toReversed()) {
    const offset = view.document.lines.offsetAt(position)
    shown = `${shown.slice(0, offset)}‹${label}›${shown.slice(offset)}`
  }
  return shown
}

describe('inlay hints', () => {
  it('count the steps of windows, and tell operations and limits', () => {
    expect(hinted('scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s')).toBe(
      'scale deployment/adservice‹1…10› +2 when span(adservice/GetAds‹= hipstershop.AdService/GetAds›).p99 > 400ms 5 times in 60s‹of 12 steps›',
    )
  })

  it('count by the step that holds: the rule’s, or that of defaults', () => {
    expect(hinted('defaults { every 10s }\nfreeze deployment/a when span(x).p99 over 20s > 1s for 1m')).toBe(
      'defaults { every 10s }\nfreeze deployment/a when span(x).p99 over 20s‹= 2 steps› > 1s for 1m‹= 6 steps›',
    )
    expect(hinted('freeze deployment/a when span(x).p99 > 1s for 1m every 30s')).toContain('for 1m‹= 2 steps› every')
  })

  it('count no steps where spans are counted, nor where the window is wrong', () => {
    expect(hinted('freeze deployment/a when span(x).duration > 1s 5 times in 60s')).not.toContain('‹')
    expect(hinted('freeze deployment/a when span(x).p99 > 1s for 7s')).not.toContain('‹')
  })

  it('show what computed constants are worth', () => {
    expect(hinted('import "shared.scale"\nlet slower = 2 * slow\nlet plain = 3s\nlet rate = busy / 2')).toBe(
      'import "shared.scale"\nlet slower = 2 * slow‹= 800ms›\nlet plain = 3s\nlet rate = busy / 2‹= 25/s›',
    )
  })

  it('tell of what is computed in a rule the type that follows from its parts, or its value', () => {
    const rule = (condition: string) => hinted(`import "shared.scale"\nfreeze deployment/a when ${condition}`).replace(/^.* when /s, '')
    expect(rule('span(x).rate / replicas(deployment/a) > busy / 2')).toBe('span(x).rate / replicas(deployment/a)‹: Rate› > busy / 2‹= 25/s›')
    expect(rule('max(span(x).p99, span(y).p99) > slow')).toBe('max(span(x).p99, span(y).p99)‹: Duration› > slow')
    expect(rule('span(x).p99 / span(x).p50 > 3')).toBe('span(x).p99 / span(x).p50‹: Number› > 3')
    expect(rule('metric("queue") > 5')).toBe('metric("queue")‹: Number› > 5')
    expect(rule('metric("lag", unit 1ms) > 5s')).toBe('metric("lag", unit 1ms)‹: Duration› > 5s')
    // What is wrong has none.
    expect(rule('span(x).p99 + span(x).rate > 3')).not.toContain('‹')
    expect(hinted('target deployment/a { between 1 and 9 }\nscale deployment/a to hold span(x).p99 - span(x).p50 at 2 * 50ms')).toContain(
      'span(x).p99 - span(x).p50‹: Duration› at 2 * 50ms‹= 100ms›',
    )
  })

  it('show the bounds and the rest that hold for a rule', () => {
    const target = 'target deployment/frontend { between 2 and 8  cooldown 60s }\n'
    expect(hinted(`${target}scale deployment/frontend +1 when span(x).p99 > 1s cooldown 5m between 1 and 6`)).toContain('deployment/frontend‹2…6, rests 5m› +1')
  })

  it('tell how many operations a pattern means, and nothing where the name is whole', () => {
    expect(hinted('freeze deployment/a when span(cartservice/*).p99 > 1s')).toContain('cartservice/*‹= 2 operations›')
    expect(hinted('freeze deployment/a when span(adservice/hipstershop.AdService/GetAds).p99 > 1s')).not.toContain('‹')
    expect(hinted('freeze deployment/a when span(adservice/Missing).p99 > 1s')).not.toContain('‹')
  })

  it('are of the range that is asked for only', () => {
    const text = 'freeze deployment/a when span(x).p99 > 1s for 1m\nfreeze deployment/b when span(x).p99 > 1s for 2m'
    const view = viewOf({ files: { 'main.scale': text } })
    expect(inlayHints(view, { start: 60, end: text.length }).map(({ label }) => label)).toEqual(['= 24 steps'])
  })
})
