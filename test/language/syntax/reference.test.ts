/** The language's reference: its examples are programs, its grammar has the parser's keywords. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../../src/bundle/index.ts'
import { ScaleParser } from '../../../src/language/syntax/grammar/parser.ts'
import { keywords } from '../../../src/language/syntax/tokens.ts'

const examples = globSync('grammar/*.md')
  .sort()
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^```scale\n([\s\S]*?)^```/gm)].map(([, text], i) => ({ name: `${file} ${i + 1}`, text: text as string })),
  )

describe('grammar/*.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(8)
  })

  it.each(examples)('$name has no errors', (source) => {
    const { diagnostics } = analyse({ roots: [source] })
    expect(
      diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ code, message, range }) => `${code} ${source.text.slice(range.start, range.end)}: ${message}`),
    ).toEqual([])
  })
})

describe('grammar/scale.ebnf', () => {
  const terminals = new Set([...readFileSync('grammar/scale.ebnf', 'utf8').matchAll(/"([a-z]+)"/g)].map(([, word]) => word))

  it("names the parser's keywords, all of them and no others", () => {
    expect([...terminals].sort()).toEqual([...keywords].sort())
  })

  it('is a grammar in which every choice is made on one token', () => {
    expect(() => new ScaleParser({ validate: true })).not.toThrow()
  })
})
