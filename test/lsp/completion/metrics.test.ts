/** Metrics that the rules of a project ask for already are offered where another is asked for. */
import { describe, expect, it } from 'vitest'
import { completion } from '../../../lsp/features/completion/index.ts'
import { cursorIn, viewOf } from '../view.ts'
import { applyEdits } from './apply.ts'

const queue = 'queue_depth{queue="ads"}'
const hits = 'sum(rate(hits[1m]))'

const others = `// metric("in a comment") > 3
target deployment/ads { between 1 and 10 }
freeze deployment/ads down when metric("queue_depth{queue=\\"ads\\"}") > 10 // or metric("behind one")
ads-deep: scale deployment/ads +1 when metric("queue_depth{queue=\\"ads\\"}") > 100 for 1m
ads-busy: scale deployment/ads +1 when metric("sum(rate(hits[1m]))", unit 1/s) > 100/s for 1m
test "metric is a word" { expect no action }
`

const rule = (condition: string, label = 'up'): string => `${label}: scale deployment/ads +1 when ${condition}`

function asked(marked: string, more: Readonly<Record<string, string>> = { 'others.scale': others }) {
  const { text, offset } = cursorIn(marked)
  const { items } = completion(viewOf({ files: { 'main.scale': text, ...more } }), offset, { snippets: false })
  return { text, items, labels: items.map(({ label }) => label) }
}

describe('metrics', () => {
  it('of all files of the project are offered, the most used first, and none of comments', () => {
    const { items, labels } = asked('import "others.scale"\nup: scale deployment/ads +1 when metric("|") > 1')
    expect(labels).toEqual([queue, hits])
    expect(items.map(({ detail }) => detail)).toEqual(['used 2 times', 'used once'])
  })

  it('are those of the file at hand first, where they are used as often', () => {
    expect(asked(`${rule('metric("errors")')}\n${rule('metric("|")')}`, { 'others.scale': rule('metric("it")') }).labels).toEqual(['errors', 'it'])
  })

  it('say where they are asked for', () => {
    const told = (more?: Readonly<Record<string, string>>): unknown => asked(rule('metric("|")'), more).items[0]?.documentation
    expect(told()).toEqual({ kind: 'markdown', value: 'Asked for in\n\n- others.scale:3\n- `ads-deep`, others.scale:4' })
    const many = Array.from({ length: 8 }, (_, i) => `${rule('metric("many")', `a${i}`)}\n`).join('')
    const places = [1, 2, 3, 4, 5].map((line) => `- \`a${line - 1}\`, many.scale:${line}`)
    expect(told({ 'many.scale': many })).toEqual({ kind: 'markdown', value: ['Asked for in', '', ...places, '- and 3 more'].join('\n') })
  })

  it('are not the one that is being written', () => {
    expect(asked(rule('metric("so f|ar")'), {}).labels).toEqual([])
    expect(asked(rule('metric("so f|ar'), {}).labels).toEqual([])
  })

  it('are found by any of their names', () => {
    expect(asked(rule('metric("hits|")')).labels).toEqual([hits])
    expect(asked(rule('metric("rate|")')).labels).toEqual([hits])
    expect(asked(rule('metric("ADS|")')).labels).toEqual([queue])
  })

  it.each([
    ['metric("|")', 'metric("…")'],
    ['metric("|', 'metric("…"'],
    ['metric(|)', 'metric("…")'],
    ['metric("qu|")', 'metric("…")'],
    ['metric("qu|ue_old")', 'metric("…")'],
    ['metric("qu|ue_old) > 3', 'metric("…") > 3'],
    ['metric("qu|) > 3 and metric("b") > 1', 'metric("…") > 3 and metric("b") > 1'],
    ['metric("|a{b=\\"c\\"}") > 3 // "c', 'metric("…") > 3 // "c'],
    [`metric("|a{b='http://c'}") > 3`, 'metric("…") > 3'],
  ])('take the place of what is between the quotes of %s', (written, wanted) => {
    const { text, items } = asked(rule(written))
    expect(applyEdits(text, items[0])).toBe(rule(wanted.replace('…', 'queue_depth{queue=\\"ads\\"}')))
  })

  it.each(['test "|"', 'import "|"', rule('span("|").rate > 1/s'), 'scale deployment/"|" +1', rule('metric("x", unit "|")')])(
    'are in no other text: %s',
    (written) => {
      const { labels } = asked(`${rule('metric("here") > 1')}\n${written}`)
      expect(labels.filter((label) => label === queue || label === 'here')).toEqual([])
    },
  )
})
