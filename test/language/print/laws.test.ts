/** What holds of every program: formatting twice is formatting once, and nothing but the look changes. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/bundle/index.ts'
import { format, parse } from '../../../src/language/index.ts'
import { programs, scattered } from '../../support/programs.ts'
import { sentences } from '../grammar/derive.ts'
import { ebnf, samplesOf } from '../grammar/reference.ts'
import { shape } from '../syntax/support.ts'

const name = 'test.scale'

function formatted(text: string): string {
  const result = format({ name, text })
  expect(result.diagnostics).toEqual([])
  return result.text
}

function rulesOf(text: string): unknown {
  const { bundle } = compile({ roots: [{ name, text }] }, { compiler: 'test' })
  // Where a rule stands is not what it says.
  return bundle === undefined ? undefined : { targets: bundle.targets, rules: bundle.rules.map((rule) => ({ ...rule, source: undefined })) }
}

/** Each comment with everything before it, without spaces and line ends. */
function places(text: string): string[] {
  let seen = ''
  let end = 0
  return parse({ name, text }).tree.comments.map((comment) => {
    seen += text.slice(end, comment.range.start).replaceAll(/\s/g, '')
    end = comment.range.end
    return `${seen} ${comment.text.trimEnd()}`
  })
}

function expectLaws(text: string): void {
  const once = formatted(text)
  expect(formatted(once), 'formatting again').toBe(once)
  const [before, after] = [parse({ name, text }).tree, parse({ name, text: once }).tree]
  expect(shape(after.declarations)).toEqual(shape(before.declarations))
  expect(after.language?.value).toBe(before.language?.value)
  expect(places(once)).toEqual(places(text))
  expect(rulesOf(once)).toEqual(rulesOf(text))
  expect(once).not.toMatch(/[ \t\r]\n|\n\n\n|\n\n$|^\n/)
}

describe('format', () => {
  it('keeps its laws on programs', () => {
    fc.assert(
      fc.property(programs, (text) => {
        expectLaws(text)
        // None of their words is so long that a line could not be kept short.
        expect(
          Math.max(
            ...formatted(text)
              .split('\n')
              .map((line) => line.length),
          ),
        ).toBeLessThanOrEqual(100)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps its laws on programs with comments and line ends anywhere', () => {
    fc.assert(
      fc.property(scattered(programs), ({ text }) => expectLaws(text)),
      { numRuns: 60 },
    )
  })

  it('keeps its laws on whatever the grammar derives, with comments anywhere', () => {
    const whole = sentences(ebnf, 'file', samplesOf)
      .map((words) => words.join(' '))
      .filter((text) => parse({ name, text }).diagnostics.length === 0)
    fc.assert(
      fc.property(scattered(whole), ({ text }) => expectLaws(text)),
      { numRuns: 60 },
    )
  })

  it('does not depend on spaces and line ends, but for empty lines', () => {
    fc.assert(
      fc.property(programs, fc.constantFrom(' ', '\n', '\t  '), (text, space) => {
        const spaced = text.replaceAll(/^\/\/\/.*\n/gm, '').replaceAll(/"(?:[^"\\]|\\.)*"|\s+/g, (found) => (found.startsWith('"') ? found : space))
        const dense = text.replaceAll(/^\/\/\/.*\n/gm, '').replaceAll(/\n+/g, '\n')
        fc.pre(parse({ name, text: spaced }).diagnostics.length === 0)
        expect(formatted(spaced)).toBe(formatted(dense))
      }),
      { numRuns: 50 },
    )
  })

  const written = [
    ...globSync(['examples/**/*.scale', 'test/**/*.scale']).map((file) => ({ file, text: readFileSync(file, 'utf8') })),
    ...globSync('grammar/**/*.md').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^```scale\n([\s\S]*?)^```/gm)].map(([, text]) => ({ file, text: text as string })),
    ),
  ].filter(({ text }) => parse({ name, text }).diagnostics.length === 0)

  it('keeps its laws on everything in this project', () => {
    expect(written.length).toBeGreaterThan(12)
    for (const { text } of written) expectLaws(text)
  })

  it.each(written.filter(({ file }) => file.startsWith('examples/')))('$file is as it should be', ({ text }) => expect(formatted(text)).toBe(text))
})
