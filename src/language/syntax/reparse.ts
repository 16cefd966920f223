/**
 * Text → typed tree, where most of the text is parsed already. Declarations are parsed each alone, and where one begins depends on a few tokens around it: after an
 * edit the declarations that it touches are parsed anew, with some neighbours on each side. Where these come out as they were, all others are what they were.
 */
import { ownText } from '../exact.ts'
import type { Comment, Declaration, FileTree, SourceText, TextRange } from '../tree.ts'
import { type Parsed, parse } from './parse.ts'

/** Declarations before and behind those that an edit may change, which are parsed with them: they show that nothing else is changed. */
const margin = 2

/**
 * Exactly what `parse(source)` gives, with the help of what it gave for an earlier text. That is used up: its nodes before the edit are nodes of the new tree, and so are
 * those behind it, moved in place, as in the trees of TypeScript's own parser. What is known of a node stays known, however far it moves, and an edit of a large text makes
 * little garbage.
 */
export function reparse(before: Parsed, source: SourceText): Parsed {
  return spliced(before, source) ?? parse(source)
}

function spliced(before: Parsed, source: SourceText): Parsed | undefined {
  const { tree } = before
  const old = tree.source.text
  const now = source.text
  if (tree.source.name !== source.name) return undefined
  const edit = difference(old, now)
  const { declarations } = tree
  const touched = declarations.findIndex(({ range }) => range.end >= edit.start)
  const behind = declarations.findIndex(({ range }) => range.start > edit.oldEnd)
  // A word behind a declaration may belong to it, one before it be its label.
  const first = (touched < 0 ? declarations.length : touched) - 1 - margin
  const last = (behind < 0 ? declarations.length : behind) + margin
  const start = first <= 0 ? 0 : (declarations[first - 1] as Declaration).range.end
  const oldEnd = last >= declarations.length - 1 ? old.length : (declarations[last] as Declaration).range.end
  if (start === 0 && oldEnd === old.length) return undefined
  if (start > 0 && !isSeam(tree, first)) return undefined
  if (oldEnd < old.length && !isSeam(tree, last + 1)) return undefined

  const delta = now.length - old.length
  const part = parse({ name: source.name, text: ownText(now.slice(start, oldEnd + delta)) })
  const middle = shifted(part.tree.declarations, start)
  if (start > 0 && !areAsBefore(declarations.slice(first, first + margin), middle.slice(0, margin), 0)) return undefined
  if (oldEnd < old.length && !areAsBefore(declarations.slice(last - margin + 1, last + 1), middle.slice(-margin), delta)) return undefined

  const isBefore = ({ range }: { readonly range: TextRange }): boolean => range.start < start
  const isBehind = ({ range }: { readonly range: TextRange }): boolean => oldEnd < old.length && range.start > oldEnd
  const result: Parsed = {
    // Of the parser's messages there are few, and they may share their places with nodes: these are copied, and first.
    diagnostics: [...before.diagnostics.filter(isBefore), ...shifted(part.diagnostics, start), ...shifted(before.diagnostics.filter(isBehind), delta)],
    tree: {
      source,
      language: start === 0 ? part.tree.language : tree.language,
      declarations: [...declarations.slice(0, Math.max(0, first)), ...middle, ...declarations.slice(last + 1)],
      comments: [...tree.comments.filter(isBefore), ...shifted(part.tree.comments, start), ...tree.comments.filter(isBehind)],
    },
  }
  if (delta !== 0) {
    const comments = tree.comments.filter(isBehind)
    for (const node of [...declarations.slice(last + 1), ...comments]) move(node, delta)
  }
  return result
}

/** Every node in it, so many characters further on. */
function move(node: Declaration | Comment, delta: number): void {
  let places = placesIn.get(node)
  if (places === undefined) {
    const found = new Set<Place>()
    collectPlaces(node, found)
    places = [...found]
    placesIn.set(node, places)
  }
  for (const place of places) {
    place.start += delta
    place.end += delta
  }
}

/** Found when a node moves for the first time: where somebody types, it will again. */
const placesIn = new WeakMap<Declaration | Comment, readonly Place[]>()

type Place = { -readonly [K in keyof TextRange]: TextRange[K] }

function collectPlaces(value: object, found: Set<Place>): void {
  if ('start' in value && 'end' in value) {
    found.add(value as Place)
    return
  }
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) collectPlaces(part, found)
}

interface Edit {
  readonly start: number
  /** In the text before. */
  readonly oldEnd: number
}

/** Characters that are compared at once where texts are likely to be the same. */
const stretch = 4096

/** What lies between the common beginning and the common end of the texts. */
function difference(old: string, now: string): Edit {
  const most = Math.min(old.length, now.length)
  let start = 0
  while (start + stretch <= most && old.slice(start, start + stretch) === now.slice(start, start + stretch)) start += stretch
  while (start < most && old.charCodeAt(start) === now.charCodeAt(start)) start++
  let end = old.length
  const delta = now.length - old.length
  const least = old.length - (most - start)
  while (end - stretch >= least && old.slice(end - stretch, end) === now.slice(end + delta - stretch, end + delta)) end -= stretch
  while (end > least && old.charCodeAt(end - 1) === now.charCodeAt(end + delta - 1)) end--
  return { start, oldEnd: end }
}

/** Whether the text can be cut between the declaration at `index` and the one before it: both are whole, and nothing but blanks and comments lies between. */
function isSeam({ source, declarations, comments }: FileTree, index: number): boolean {
  const before = declarations[index - 1]
  const behind = declarations[index]
  if (before === undefined || behind === undefined || before.broken || behind.broken) return false
  let blank = source.text.slice(before.range.end, behind.range.start)
  if (!/^\s/.test(blank)) return false
  for (const { range } of comments) {
    if (range.end <= before.range.end) continue
    if (range.start >= behind.range.start) break
    const start = range.start - before.range.end
    blank = blank.slice(0, start) + ' '.repeat(range.end - range.start) + blank.slice(range.end - before.range.end)
  }
  return blank.trim() === ''
}

/** Whether declarations near a cut were read as before: their places tell, and none of them is broken. */
function areAsBefore(before: readonly Declaration[], now: readonly Declaration[], delta: number): boolean {
  return (
    before.length === margin &&
    now.length === margin &&
    before.every((declaration, i) => {
      const other = now[i] as Declaration
      return (
        !declaration.broken &&
        !other.broken &&
        declaration.kind === other.kind &&
        declaration.range.start + delta === other.range.start &&
        declaration.range.end + delta === other.range.end
      )
    })
  )
}

/** The same nodes so many characters further on. */
function shifted<T>(value: T, delta: number): T {
  return delta === 0 ? value : (moved(value, delta) as T)
}

function moved(value: unknown, delta: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => moved(item, delta))
  if ('start' in value && 'end' in value) return { start: (value.start as number) + delta, end: (value.end as number) + delta }
  // A copy of the whole is quicker than one of each property.
  const copy = { ...value } as Record<string, unknown>
  for (const key in copy) {
    const part = copy[key]
    if (typeof part === 'object' && part !== null) copy[key] = moved(part, delta)
  }
  return copy
}
