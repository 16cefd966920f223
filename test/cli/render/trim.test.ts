import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { width } from '../../../src/cli/render/columns.ts'
import { trimmed, widest } from '../../../src/cli/render/trim.ts'

/** What is shown of a line in which `«»` enclose what is marked. */
function cut(line: string): string {
  const from = line.indexOf('«')
  const to = line.indexOf('»') - 1
  const text = line.replace(/[«»]/g, '')
  return trimmed(text, from, to)
    .map(({ start, end }) => text.slice(start, end))
    .join(' … ')
}

const other = 'or span(ads/Get).p99 > 1s for 1m '

describe('trimmed', () => {
  it('leaves short lines alone', () => {
    expect(cut('  scale deployment/ads +2 «wen» span(ads/Get).p99 > 400ms')).toBe('  scale deployment/ads +2 wen span(ads/Get).p99 > 400ms')
  })

  it('keeps the head of the declaration and cuts before `or`', () => {
    expect(cut(`ads-slow: scale deployment/ads +2 when ${other.repeat(9)}or span(ads/Get).p50 > «5» for 1m ${other.repeat(9)}`)).toBe(
      'ads-slow: scale deployment/ads +2 when … or span(ads/Get).p50 > 5 for 1m',
    )
  })

  it('joins the head with what follows it at once', () => {
    expect(cut(`scale deployment/ads +2 when span(ads/Get).p99 > «5» for 1m ${other.repeat(9)}`)).toBe(
      'scale deployment/ads +2 when span(ads/Get).p99 > 5 for 1m',
    )
  })

  it('never cuts text in quotes, comments of words, or words', () => {
    const name = `"GET /${'a path with blanks '.repeat(2)}"`
    expect(cut(`scale deployment/ads +2 when ${other.repeat(5)}or span(ads/${name}).p50 > «5» ${other.repeat(5)}`)).toContain(`span(ads/${name}).p50 > 5`)
  })

  const piece = fc.constantFrom('span(ads/Get).p99', '>', '400ms', 'and', 'or', '"a b  c"', '// so', '日本', 'x'.repeat(70), 'when', 'scale', 'ads:', '\t')
  it('shows the start of what is marked, whole words in their order, and hardly more than a line', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 60 }), fc.nat(), fc.nat({ max: 40 }), (pieces, at, length) => {
        const text = pieces.join(' ')
        const from = at % text.length
        const stretches = trimmed(text, from, Math.min(text.length, from + length))
        expect(stretches.some(({ start, end }) => start <= from && from <= end) || text[from]?.trim() === '').toBe(true)
        let last = 0
        for (const { start, end } of stretches) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThanOrEqual(start)
          last = end
        }
        expect(stretches.reduce((sum, { start, end }) => sum + width(text.slice(start, end)), 0)).toBeLessThan(2 * widest + 80)
      }),
    )
  })
})
