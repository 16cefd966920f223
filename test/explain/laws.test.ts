/** Whatever the program, explanations say something, and nothing that no person would write. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/bundle/index.ts'
import { explainBundle, explainText, pageHtml, pageMarkdown, pageOf } from '../../src/explain/index.ts'
import { programs } from '../support/programs.ts'

const strange = /\bundefined\b|\bNaN\b|\bInfinity\b|\[object |\bnull\b/

describe('explanations of any program', () => {
  it('have no holes', () => {
    let explained = 0
    fc.assert(
      fc.property(programs, (text) => {
        const { bundle } = compile({ roots: [{ name: 'test.scale', text }] }, { compiler: 'test' })
        if (bundle === undefined) throw new Error('a program of programs.ts has errors')
        const rules = explainBundle(bundle, { rate: 100 })
        explained += rules.length
        expect(rules.map(({ rule }) => rule)).toEqual(bundle.rules.map(({ name }) => name))
        for (const { summary, sections, reaction } of rules) {
          for (const sentence of [...summary, ...sections.flatMap(({ lines }) => lines)]) {
            expect(sentence).toMatch(/^\S.*\.$/s)
            expect(sentence).not.toMatch(strange)
            expect(sentence).not.toMatch(/ {2}| \.| ,|\.\.$/)
          }
          if (reaction !== undefined) expect(reaction.earliestNs).toBeLessThan(reaction.latestNs)
        }
        const page = pageOf(bundle)
        for (const whole of [explainText(bundle), pageMarkdown(page), pageHtml(page).replace(/<script>[\s\S]*<\/script>/, '')])
          expect(whole).not.toMatch(strange)
      }),
      { numRuns: 60 },
    )
    expect(explained).toBeGreaterThan(60)
  })
})
