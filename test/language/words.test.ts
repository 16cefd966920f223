/** grammar/words: every word of the language has a page, and every page is about one. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/bundle/index.ts'
import { format, pageOfWord, parse, vocabulary } from '../../src/language/index.ts'

const words = [...new Set(Object.values(vocabulary).flat())]
const pages = globSync('grammar/words/*.md')
  .sort()
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

const examplesOf = (text: string): string[] => [...text.matchAll(/^```scale\n([\s\S]*?)^```/gm)].map(([, example]) => example as string)

describe('grammar/words', () => {
  it.each(words)('has a page of %s', (word) => {
    const path = `grammar/${pageOfWord(word)}`
    expect(existsSync(path)).toBe(true)
    // The title is the word and the first paragraph what it means.
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^# ${word}\\n\\n[^\\n#\`]*\\S`))
  })

  it('has no page of anything else', () => {
    expect(pages.map(({ path }) => path).filter((path) => !words.some((word) => `grammar/${pageOfWord(word)}` === path))).toEqual([])
    expect(pageOfWord('ads')).toBeUndefined()
  })

  it.each(pages)('$path has an example that is right and shows the word', ({ path, text }) => {
    const word = /^# (.*)/.exec(text)?.[1] as string
    const examples = examplesOf(text)
    expect(examples.length).toBeGreaterThan(0)
    expect(examples.join('\n')).toContain(word)
    for (const example of examples) {
      const errors = analyse({ roots: [{ name: path, text: example }], resolve: (name) => ({ name, text: '' }) }).diagnostics.filter(
        ({ severity }) => severity === 'error',
      )
      expect(errors.map(({ message }) => message)).toEqual([])
      expect(parse({ name: path, text: example }).tree.declarations.length).toBeGreaterThan(0)
      expect(format({ name: path, text: example }).text, 'as scalec fmt has it').toBe(example)
    }
  })

  it('links to pages that are there', () => {
    for (const { path, text } of pages)
      for (const [, link] of text.matchAll(/\]\(([^)]*)\)/g)) expect(existsSync(`grammar/words/${link}`), `${path} links to ${link}`).toBe(true)
  })
})
