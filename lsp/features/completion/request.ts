/** What providers are given: the place, and what is known around it. Facts are found when first asked for. */
import {
  type Catalog,
  type CatalogView,
  type CheckedValue,
  type Clause,
  type Expression,
  type FileFacts,
  factsOf,
  type Place,
  type PlaceToken,
  parse,
  placeAt,
  type TextRange,
  type Use,
} from '../../../src/language/index.ts'
import type { View } from '../../contract.ts'
import { declarationAt } from '../../tree.ts'

export interface Request {
  readonly view: View
  readonly place: Place
  /** Of the file. */
  readonly facts: FileFacts
  /** Step of the rule around the place, nanoseconds. */
  readonly everyNs: number
  readonly catalog: Catalog | undefined
  readonly known: CatalogView | undefined
}

export function requestOf(view: View, offset: number): Request {
  const { document, project } = view
  const place = placeAt(document.text, offset)
  let facts: FileFacts | undefined
  let everyNs: number | undefined
  return {
    view,
    place,
    get facts() {
      facts ??= factsOfView(view)
      return facts
    },
    get everyNs() {
      everyNs ??= writtenEvery(this) ?? this.facts.everyOf(clausesAround(this))
      return everyNs
    },
    catalog: project.catalog.catalog,
    known: project.catalog.view,
  }
}

export function factsOfView({ document, project }: Pick<View, 'document' | 'project'>): FileFacts {
  return factsOf(document.parsed.tree, (path, from) => {
    const source = from === document.parsed.tree ? document : project.documents.get(from.source.name)
    return source === undefined ? undefined : project.resolve(path, source)?.parsed.tree
  })
}

/** The `every` among the words of a rule, which may be too broken to have clauses. */
function writtenEvery({ place, facts }: Request): number | undefined {
  for (const tokens of [place.tokens, place.behind]) {
    const at = tokens.findIndex(({ type }) => type === 'every')
    const node = at < 0 || tokens[at + 1] === undefined ? undefined : expressionOf((tokens[at + 1] as PlaceToken).text)
    const value = node === undefined ? undefined : facts.valueOf(node, undefined)
    if (value?.kind === 'constant' && value.type === 'duration' && value.value > 0) return value.value
  }
  return undefined
}

/** Of the declaration around the place, as far as it is understood. */
export function clausesAround({ view, place }: Pick<Request, 'view' | 'place'>): readonly Clause[] {
  const declaration = declarationAt(view.document.parsed.tree, place.start)
  return declaration !== undefined && 'clauses' in declaration ? declaration.clauses : []
}

/** The tokens that a use of a rule has read so far. */
export function tokensOf({ tokens }: Place, use: Use): readonly PlaceToken[] {
  return tokens.slice(use.start)
}

/** The nearest use of one of the rules, from the inside out. */
export function within(use: Use | undefined, ...rules: readonly string[]): Use | undefined {
  for (let outer = use; outer !== undefined; outer = outer.within) if (rules.includes(outer.rule)) return outer
  return undefined
}

/** The expression that the text is, read as a part of this file; undefined where it is none. */
export function expressionOf(text: string): Expression | undefined {
  const { tree, diagnostics } = parse({ name: '', text: `let it = ${text}` })
  const [declaration] = tree.declarations
  return declaration?.kind === 'let' && diagnostics.length === 0 ? declaration.value : undefined
}

/** What the tokens are worth where they stand. */
export function valueOfTokens(request: Request, tokens: readonly PlaceToken[]): CheckedValue | undefined {
  const text = textOf(request, tokens)
  const node = text === undefined ? undefined : expressionOf(text)
  return node === undefined ? undefined : request.facts.valueOf(node, request.everyNs)
}

export function textOf({ view }: Request, tokens: readonly PlaceToken[]): string | undefined {
  const [first] = tokens
  const last = tokens.at(-1)
  return first === undefined || last === undefined ? undefined : view.document.text.slice(first.range.start, last.range.end)
}

/** From where a use of a rule begins (or the word, if it has read nothing yet) to the end of the word. */
export function rangeOfUse({ tokens, word }: Place, use: Use): TextRange {
  return { start: tokens[use.start]?.range.start ?? word.start, end: word.end }
}

/** Of a name or a text what it says. */
export function unquoted({ type, text }: Pick<PlaceToken, 'type' | 'text'>): string {
  return type === 'Text' ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text
}
