/**
 * Text → typed tree, where most of the text is parsed already. Declarations are parsed each alone, and where one begins depends on a few tokens around it: after an
 * edit the declarations that it touches are parsed anew, with two neighbours on each side. Where these come out as they were, all others are what they were.
 */
import type { Diagnostic } from '../diagnostics.ts'
import type { Declaration, FileTree, SourceText, TextRange } from '../tree.ts'
import { type Parsed, parse } from './parse.ts'

/** Declarations before and behind an edit that are parsed with it. */
const margin = 2

/** Exactly what `parse(source)` gives, with the help of what it gave for an earlier text. Nodes before the edit are those of the earlier tree. */
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
  const first = (touched < 0 ? declarations.length : touched) - margin
  const last = (behind < 0 ? declarations.length : behind) + margin - 1
  const start = first <= 0 ? 0 : (declarations[first - 1] as Declaration).range.end
  const oldEnd = last >= declarations.length - 1 ? old.length : (declarations[last] as Declaration).range.end
  if (start === 0 && oldEnd === old.length) return undefined
  if (start > 0 && !isSeam(tree, first)) return undefined
  if (oldEnd < old.length && !isSeam(tree, last + 1)) return undefined

  const delta = now.length - old.length
  const part = parse({ name: source.name, text: now.slice(start, oldEnd + delta) })
  const middle = shifted(part.tree.declarations, start)
  if (start > 0 && !areAsBefore(declarations.slice(first, first + margin), middle.slice(0, margin), 0)) return undefined
  if (oldEnd < old.length && !areAsBefore(declarations.slice(last - margin + 1, last + 1), middle.slice(-margin), delta)) return undefined

  const isBefore = ({ range }: { readonly range: TextRange }): boolean => range.start < start
  const isBehind = ({ range }: { readonly range: TextRange }): boolean => range.start > oldEnd
  const diagnostics: Diagnostic[] = [
    ...before.diagnostics.filter(isBefore),
    ...shifted(part.diagnostics, start),
    ...shifted(oldEnd === old.length ? [] : before.diagnostics.filter(isBehind), delta),
  ]
  return {
    diagnostics,
    tree: {
      source,
      language: start === 0 ? part.tree.language : tree.language,
      declarations: [...declarations.slice(0, Math.max(0, first)), ...middle, ...shifted(declarations.slice(last + 1), delta)],
      comments: [
        ...tree.comments.filter(isBefore),
        ...shifted(part.tree.comments, start),
        ...shifted(oldEnd === old.length ? [] : tree.comments.filter(isBehind), delta),
      ],
    },
  }
}

interface Edit {
  readonly start: number
  /** In the text before. */
  readonly oldEnd: number
}

/** What lies between the common beginning and the common end of the texts. */
function difference(old: string, now: string): Edit {
  const most = Math.min(old.length, now.length)
  let start = 0
  while (start < most && old.charCodeAt(start) === now.charCodeAt(start)) start++
  let tail = 0
  while (tail < most - start && old.charCodeAt(old.length - 1 - tail) === now.charCodeAt(now.length - 1 - tail)) tail++
  return { start, oldEnd: old.length - tail }
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
