import fc from 'fast-check'
import { expect, it } from 'vitest'
import { leading, listOf, type Ranking, type Suggestion, type Tier, type Typing } from '../../../lsp/features/completion/suggestion.ts'
import { lineIndex } from '../../../lsp/positions.ts'

interface Thing {
  readonly name: string
  readonly tier: Tier
  readonly weight: number
}

const ranking: Ranking<Thing> = { text: ({ name }) => name, tier: ({ tier }) => tier, weight: ({ weight }) => weight }
const suggested = (things: readonly Thing[]): Suggestion[] => things.map(({ name, tier, weight }) => ({ label: name, kind: 'service', tier, weight }))

function listed(suggestions: readonly Suggestion[], text: string) {
  const typing: Typing = { text, lines: lineIndex(text), offset: text.length, word: { start: 0, end: text.length }, snippets: false }
  return listOf(suggestions, typing)
}

it('of thousands of things those that become suggestions give the list that all would give', () => {
  const thing = fc.record({
    name: fc.stringMatching(/^[ab]{1,3}-[ab][0-9]{1,3}$/),
    tier: fc.constantFrom<Tier>(0, 1, 2),
    weight: fc.integer({ min: 0, max: 5 }),
  })
  const things = fc.uniqueArray(thing, { selector: ({ name }) => name, maxLength: 600, size: 'max' })
  fc.assert(
    fc.property(things, fc.constantFrom('', 'a', 'b', 'ab', 'aa-b1', 'B'), (all, typed) => {
      expect(listed(suggested(leading(all, typed, ranking)), typed)).toEqual(listed(suggested(all), typed))
    }),
  )
})
