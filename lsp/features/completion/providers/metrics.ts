/** Expressions of `metric("…")`: no catalog knows them, so those that the project asks for already, the most used first. */
import type { Declaration, Expected, TextRange } from '../../../../src/language/index.ts'
import type { Document, View } from '../../../contract.ts'
import { touches } from '../../../tree.ts'
import { type Request, tokensOf, unquoted } from '../request.ts'
import { type Suggestion, tiers } from '../suggestion.ts'

export function metrics({ view, place }: Request, { use, type }: Expected): readonly Suggestion[] {
  if (type !== 'Text' || use.rule !== 'functionCall' || tokensOf(place, use)[0]?.type !== 'metric') return []
  const within = place.within === 'text' ? contentOf(view.document.text, place.offset, place.word) : undefined
  return [...Map.groupBy(usesBesides(view, place.word), ({ written }) => written)].map(([written, uses]): Suggestion => {
    const content = written.slice(1, -1)
    return {
      label: unquoted({ type: 'Text', text: written }),
      kind: 'value',
      tier: tiers.fitting,
      weight: uses.length,
      ...(within === undefined ? { text: written, filter: written } : { text: within.closed ? content : `${content}"`, filter: content, range: within.range }),
      detail: uses.length === 1 ? 'used once' : `used ${uses.length} times`,
      documentation: () => placesOf(uses),
    }
  })
}

/** Between the quotes. Where the second is missing, the rest of the name that is written belongs to it, and what follows does not. */
function contentOf(text: string, offset: number, word: TextRange): { readonly range: TextRange; readonly closed: boolean } {
  const closed = word.end > offset
  const end = closed ? word.end - 1 : offset + (/^[\w:]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0)
  return { range: { start: word.start + 1, end }, closed }
}

interface MetricUse {
  /** With its quotes. */
  readonly written: string
  readonly document: Document
  /** Of the text. */
  readonly start: number
}

/** In the file at hand, but for the word that is being written, before all others. */
function usesBesides({ document, project, cancelled }: View, word: TextRange): readonly MetricUse[] {
  const others = [...project.documents.values()].filter(({ name }) => name !== document.name)
  return [
    ...usesIn(document, 0, word.start),
    ...usesIn(document, word.end, document.text.length),
    ...others.flatMap((other) => (cancelled() ? [] : usesOfWhole(other))),
  ]
}

const known = new WeakMap<Document, readonly MetricUse[]>()

function usesOfWhole(document: Document): readonly MetricUse[] {
  const before = known.get(document)
  if (before !== undefined) return before
  const uses = usesIn(document, 0, document.text.length)
  known.set(document, uses)
  return uses
}

const pattern = /\bmetric\s*\(\s*("(?:[^"\\\r\n]|\\[^\r\n])+")/g

/** As the text has them, so that thousands are found between two keystrokes, in rules that are not whole as well. */
function usesIn(document: Document, from: number, to: number): readonly MetricUse[] {
  const { comments } = document.parsed.tree
  const uses: MetricUse[] = []
  let next = 0
  for (const { index, 0: whole, 1: written = '' } of document.text.slice(from, to).matchAll(pattern)) {
    const end = from + index + whole.length
    while ((comments[next]?.range.end ?? end) < end) next++
    const comment = comments[next]
    if (comment === undefined || comment.range.start > from + index) uses.push({ written, document, start: end - written.length })
  }
  return uses
}

const mostPlaces = 5

function placesOf(uses: readonly MetricUse[]): string {
  const lines = uses.slice(0, mostPlaces).map(({ document, start }) => {
    const place = `${document.name}:${document.lines.positionAt(start).line + 1}`
    const name = nameAt(document, start)
    return name === undefined ? `- ${place}` : `- \`${name}\`, ${place}`
  })
  const more = uses.length - lines.length
  return ['Asked for in', '', ...lines, ...(more === 0 ? [] : [`- and ${more} more`])].join('\n')
}

/** Of the rule, where it has a label. */
function nameAt({ parsed }: Document, offset: number): string | undefined {
  const { declarations } = parsed.tree
  let low = 0
  let high = declarations.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((declarations[middle] as Declaration).range.start <= offset) low = middle
    else high = middle - 1
  }
  const declaration = declarations[low]
  if (declaration === undefined || !touches(declaration.range, offset)) return undefined
  return declaration.kind === 'rule' || declaration.kind === 'freeze' ? declaration.label?.text : undefined
}
