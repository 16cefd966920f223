/** What providers suggest, and how the suggestions of all become the protocol's list: those that fit, each once, the best first. */
import { CompletionItemKind, type CompletionList, InsertTextFormat } from 'vscode-languageserver-protocol'
import type { Fix, TextRange } from '../../../src/language/index.ts'
import type { LineIndex } from '../../positions.ts'
import { matchClass } from './match.ts'

export type SuggestionKind =
  | 'keyword'
  | 'snippet'
  | 'sign'
  | 'service'
  | 'operation'
  | 'attribute'
  | 'field'
  | 'stat'
  | 'value'
  | 'unit'
  | 'constant'
  | 'workload'
  | 'rule'
  | 'file'
  | 'zone'
  | 'code'

/** From what fits best to what is merely possible. */
export const tiers = { fitting: 0, likely: 1, possible: 2, keyword: 3, unlikely: 4 } as const
export type Tier = (typeof tiers)[keyof typeof tiers]

/** Said at once, or only of the items that are sent: of thousands of services nobody reads most. */
export type Told = string | (() => string)

export interface Suggestion {
  readonly label: string
  readonly kind: SuggestionKind
  readonly tier: Tier
  /** Within the tier: how often it is seen. The greater comes first; those of one weight stay in their order. */
  readonly weight?: number
  /** What is written; the label by default. */
  readonly text?: string
  /** The same with places to fill in, in the protocol's syntax. */
  readonly snippet?: string
  /** What is replaced; the word at the place by default. */
  readonly range?: TextRange
  /** What else is written, elsewhere in the file: an import. */
  readonly also?: Fix['edits']
  /** What is compared with what is typed; the text by default. */
  readonly filter?: string
  /** Beside the label, in a few words. */
  readonly detail?: Told
  /** Markdown; or the page of the reference, by its path, which is read when somebody looks. */
  readonly documentation?: Told
  readonly page?: string | undefined
}

/** What an item carries to `resolveCompletion`. */
export interface ItemData {
  readonly page: string
}

const kinds: Readonly<Record<SuggestionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  snippet: CompletionItemKind.Snippet,
  sign: CompletionItemKind.Operator,
  service: CompletionItemKind.Module,
  operation: CompletionItemKind.Method,
  attribute: CompletionItemKind.Field,
  field: CompletionItemKind.Property,
  stat: CompletionItemKind.Function,
  value: CompletionItemKind.Value,
  unit: CompletionItemKind.Unit,
  constant: CompletionItemKind.Constant,
  workload: CompletionItemKind.Class,
  rule: CompletionItemKind.Event,
  file: CompletionItemKind.File,
  zone: CompletionItemKind.EnumMember,
  code: CompletionItemKind.EnumMember,
}

/** More than people read; the client asks again with every letter. */
const mostItems = 100

export interface Typing {
  readonly text: string
  readonly lines: LineIndex
  readonly offset: number
  readonly word: TextRange
  /** The client fills in the places of snippets. */
  readonly snippets: boolean
}

export function listOf(suggestions: readonly Suggestion[], { text, lines, offset, word, snippets }: Typing): CompletionList {
  const found = new Map<number, Found[]>()
  const seen = new Set<string>()
  let count = 0
  let left = false
  for (const suggestion of suggestions) {
    const range = suggestion.range ?? word
    const written = suggestion.text ?? suggestion.label
    const fit = matchClass(text.slice(range.start, offset), suggestion.filter ?? written)
    if (fit === undefined) {
      left = true
      continue
    }
    const key = range === word ? suggestion.label : `${suggestion.label}\n${range.start}`
    if (seen.has(key)) continue
    seen.add(key)
    count++
    const rank = fit * ranks + suggestion.tier
    const alike = found.get(rank)
    if (alike === undefined) found.set(rank, [{ suggestion, range, written }])
    else alike.push({ suggestion, range, written })
  }
  const items = best(found).map(({ suggestion, range, written }, i) => {
    const { label, kind, snippet, filter, detail, documentation, page, also } = suggestion
    const filled = snippets && snippet !== undefined
    return {
      label,
      kind: kinds[kind],
      sortText: String(i).padStart(4, '0'),
      filterText: filter ?? written,
      insertTextFormat: filled ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      textEdit: { range: lines.rangeOf(range), newText: filled ? snippet : written },
      ...(also === undefined ? {} : { additionalTextEdits: also.map((edit) => ({ range: lines.rangeOf(edit.range), newText: edit.text })) }),
      ...(detail === undefined ? {} : { detail: said(detail) }),
      ...(documentation === undefined ? {} : { documentation: { kind: 'markdown' as const, value: said(documentation) } }),
      ...(page === undefined ? {} : { data: { page } satisfies ItemData }),
    }
  })
  return { isIncomplete: left || count > mostItems, items }
}

/** How a thing would rank as a suggestion: by its text, tier and weight. */
export interface Ranking<T> {
  readonly text: (thing: T) => string
  readonly tier: (thing: T) => Tier
  readonly weight: (thing: T) => number
}

/**
 * Of the thousands of things that a catalog may have, those that `listOf` could choose, so that the others need not become suggestions. One that does not fit is among
 * them, if any: the list is then not whole.
 */
export function leading<T>(things: Iterable<T>, typed: string, { text, tier, weight }: Ranking<T>): readonly T[] {
  const byRank: T[][] = []
  let other: T | undefined
  for (const thing of things) {
    const fit = matchClass(typed, text(thing))
    if (fit === undefined) {
      other ??= thing
      continue
    }
    const rank = fit * ranks + tier(thing)
    const alike = byRank[rank]
    if (alike === undefined) byRank[rank] = [thing]
    else alike.push(thing)
  }
  const chosen: T[] = []
  for (const alike of byRank) {
    if (alike === undefined) continue
    const left = 2 * mostItems - chosen.length
    if (left <= 0) break
    for (const thing of alike.length <= left ? alike : heaviest(alike, weight, left)) chosen.push(thing)
  }
  if (other !== undefined) chosen.push(other)
  return chosen
}

/** So many, in their order where they weigh the same. */
function heaviest<T>(things: readonly T[], weight: (thing: T) => number, count: number): readonly T[] {
  const weights = Float64Array.from(things, weight)
  const order = Uint32Array.from(things.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b)
  return Array.from(order.subarray(0, count), (i) => things[i] as T)
}

interface Found {
  readonly suggestion: Suggestion
  readonly range: TextRange
  readonly written: string
}

const ranks = Object.keys(tiers).length

/** As many as are sent. What ranks alike is put in order only if it comes to that: of thousands of names most never do. */
function best(found: ReadonlyMap<number, Found[]>): readonly Found[] {
  const chosen: Found[] = []
  for (const rank of [...found.keys()].sort((a, b) => a - b)) {
    if (chosen.length >= mostItems) break
    const alike = found.get(rank) ?? []
    chosen.push(...alike.sort((a, b) => (b.suggestion.weight ?? 0) - (a.suggestion.weight ?? 0)))
  }
  return chosen.slice(0, mostItems)
}

function said(told: Told): string {
  return typeof told === 'string' ? told : told()
}

/** Text that means itself within a snippet. */
export function escaped(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&')
}
