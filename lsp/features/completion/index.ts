/**
 * Completion. What the grammar would take at the place comes from the grammar itself (`placeAt`); for each such token every provider says what it knows of it, and
 * `listOf` keeps what fits what is typed, the best first.
 */
import type { CompletionItem, CompletionList } from 'vscode-languageserver-protocol'
import type { Expected } from '../../../src/language/index.ts'
import type { View } from '../../contract.ts'
import { wordPage } from '../pages.ts'
import { counts } from './providers/counts.ts'
import { fields } from './providers/fields.ts'
import { files } from './providers/files.ts'
import { keywords } from './providers/keywords.ts'
import { metrics } from './providers/metrics.ts'
import { selectors } from './providers/selectors.ts'
import { statistics } from './providers/statistics.ts'
import { values } from './providers/values.ts'
import { suppressions, words } from './providers/words.ts'
import { workloads } from './providers/workloads.ts'
import { type Request, requestOf } from './request.ts'
import { type ItemData, listOf, type Suggestion } from './suggestion.ts'

/** What a provider knows of one token that may come. */
type Provider = (request: Request, expected: Expected) => readonly Suggestion[]

const providers: readonly Provider[] = [selectors, workloads, statistics, values, fields, counts, words, files, metrics, keywords]

export interface CompletionOptions {
  /** The client fills in the places of snippets. */
  readonly snippets: boolean
}

/** Characters behind which a client asks by itself, beside letters and digits. */
export const completionTriggers: readonly string[] = ['.', '/', '"', '(', ' ', ',', '-', '%']

const nothing: CompletionList = { isIncomplete: false, items: [] }

export function completion(view: View, offset: number, { snippets }: CompletionOptions): CompletionList {
  const request = requestOf(view, offset)
  const { place } = request
  const { text, lines } = view.document
  const typing = { text, lines, offset, word: place.word, snippets }
  if (place.within === 'comment') return listOf(suppressions(request), typing)
  const expected = place.within === 'text' ? place.expected.filter(({ type }) => takesText.has(type)) : place.expected
  const found: Suggestion[] = []
  for (const each of expected)
    for (const provider of providers) {
      if (view.cancelled()) return nothing
      // Within quotes there are no keywords.
      if (place.within === 'text' && provider === keywords) continue
      found.push(...provider(request, each))
    }
  return listOf(place.within === 'text' ? found.filter((suggestion) => isText(suggestion, place.word.start)) : found, typing)
}

/** It replaces the text in quotes by another one, or what is between the quotes, of which the first is at `start`. */
function isText({ label, text = label, range }: Suggestion, start: number): boolean {
  return text.startsWith('"') || range?.start === start + 1
}

/** Tokens that a text in quotes may be. */
const takesText: ReadonlySet<string> = new Set(['Text', 'Part', 'FieldName', 'Literal'])

/** The item with the page of the reference that it is about. */
export function resolveCompletion(item: CompletionItem, page: View['page']): CompletionItem {
  const data = item.data as ItemData | undefined
  const text = data === undefined || item.documentation !== undefined ? undefined : page(data.page)
  return text === undefined ? item : { ...item, documentation: { kind: 'markdown', value: wordPage(text) } }
}
