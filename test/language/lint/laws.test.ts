/** What lints claim is held against the evaluator, on conditions and loads at random. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { programs } from '../../support/programs.ts'
import { applyFix } from '../check/marked.ts'
import { compiled, condition, load } from './evaluated.ts'
import { catalog, lintText, target } from './marked.ts'

const loads = fc.array(load, { minLength: 3, maxLength: 3 })
/** A claim that is hardly ever made is not tested. */
const runs = 300

describe('what lints say is so', () => {
  it('a rule that can never fire does not', () => {
    let claimed = 0
    fc.assert(
      fc.property(
        fc.oneof(
          condition,
          condition.map((c) => `(${c} and not (${looser(c)[1]}))`),
        ),
        loads,
        (text, some) => {
          const { diagnostics, run } = compiled(`${target}scale deployment/a +1 when ${text}`)
          if (run === undefined || !diagnostics.some(({ code }) => code === 'SC3023')) return
          claimed++
          for (const each of some) expect(run(each).flat()).not.toContain('true')
        },
      ),
      { numRuns: runs },
    )
    expect(claimed).toBeGreaterThan(5)
  })

  it('a selector that nothing can pass counts nothing', () => {
    fc.assert(
      fc.property(load, (each) => {
        const { diagnostics, run } = compiled(`${target}scale deployment/a +1 when span(s where x == 1 and x == 2).count > 0`)
        expect(diagnostics.map(({ code }) => code)).toEqual(['SC3024'])
        expect(run?.(each).flat()).not.toContain('true')
      }),
      { numRuns: 50 },
    )
  })

  it('a condition that always holds is never false', () => {
    let claimed = 0
    fc.assert(
      fc.property(
        fc.oneof(
          condition,
          condition.map((c) => `(not (${c}) or ${looser(c)[1]})`),
        ),
        loads,
        (text, some) => {
          // What lasts is false until it has.
          if (/ for | times /.test(text)) return
          const { diagnostics, run } = compiled(`${target}scale deployment/a +1 when ${text}`)
          if (run === undefined || !diagnostics.some(({ code }) => code === 'SC4102')) return
          claimed++
          for (const each of some) expect(run(each).flat()).not.toContain('false')
        },
      ),
      { numRuns: runs },
    )
    expect(claimed).toBeGreaterThan(0)
  })

  it('a rule that another makes superfluous is true only when the other is', () => {
    let claimed = 0
    const pair = fc.oneof(
      fc.tuple(condition, condition),
      fc.tuple(condition, condition).map(([a, b]) => [`(${a} and ${b})`, b] as const),
      condition.map(looser),
    )
    fc.assert(
      fc.property(pair, loads, ([a, b], some) => {
        const { diagnostics, run } = compiled(`${target}a: scale deployment/a +1 when ${a}\nb: scale deployment/a +2 when ${b}`)
        if (run === undefined || !diagnostics.some(({ code, message }) => code === 'SC4103' && message.startsWith('`a`'))) return
        claimed++
        for (const each of some) for (const [first, second] of run(each)) if (first === 'true') expect(second).toBe('true')
      }),
      { numRuns: runs },
    )
    expect(claimed).toBeGreaterThan(40)
  })

  it('a part that adds nothing can be left out', () => {
    let claimed = 0
    const text = fc.oneof(
      condition,
      fc.tuple(condition, fc.constantFrom('and', 'or')).map(([c, word]) => `(${looser(c)[0]} ${word} ${looser(c)[1]})`),
    )
    fc.assert(
      fc.property(text, loads, (c, some) => {
        const rules = `${target}scale deployment/a +1 when ${c}`
        const { diagnostics, run } = compiled(rules)
        const found = diagnostics.find(({ code }) => code === 'SC4105')
        if (run === undefined || found === undefined) return
        const after = compiled(applyFix(rules, found)).run
        if (after === undefined) return
        claimed++
        for (const each of some) expect(after(each).map(isTrue)).toEqual(run(each).map(isTrue))
      }),
      { numRuns: runs },
    )
    expect(claimed).toBeGreaterThan(20)
  })
})

function isTrue(truths: readonly string[]): readonly boolean[] {
  return truths.map((truth) => truth === 'true')
}

/** The condition, and one that is true at least as often: thresholds moved, quantiles raised, counts lowered. */
function looser(text: string): readonly [string, string] {
  const moved = text
    .replace(/> 200ms/g, '> 100ms')
    .replace(/< 200ms/g, '< 300ms')
    .replace(/\.p50( over \d+s)? >/g, '.p90$1 >')
    .replace(/\b3 times/g, '2 times')
    .replace(/2 times in 15s/g, '2 times in 20s')
  return [text, moved]
}

describe('of any program', () => {
  it('lints say something readable, inside the text, and the same again', () => {
    fc.assert(
      fc.property(programs, fc.boolean(), (text, known) => {
        const context = known ? { catalog, sampled: 0.1, budget: { work: 1, memory: 1000 } } : {}
        const found = lintText(text, context)
        for (const { message, help, range, related = [], fix } of found) {
          const ranges = [range, ...related.map((r) => r.range), ...(fix?.edits ?? []).map((edit) => edit.range)]
          for (const { start, end } of ranges) expect(start >= 0 && start <= end && end <= text.length).toBe(true)
          expect(`${message} ${help}`.replace(/undefined$/, '')).not.toMatch(/undefined|NaN|\[object|Infinity/)
        }
        expect(lintText(text, context)).toEqual(found)
      }),
      { numRuns: 40 },
    )
  })

  it('a fix of a lint takes it away', () => {
    fc.assert(
      fc.property(programs, (text) => {
        for (const diagnostic of lintText(text, { catalog })) {
          if (diagnostic.fix === undefined || !/^SC4[123]/.test(diagnostic.code)) continue
          const same = (found: readonly { code: string; message: string }[]): number =>
            found.filter(({ code, message }) => code === diagnostic.code && message === diagnostic.message).length
          expect(same(lintText(applyFix(text, diagnostic), { catalog })), diagnostic.message).toBeLessThan(same(lintText(text, { catalog })))
        }
      }),
      { numRuns: 40 },
    )
  })
})
