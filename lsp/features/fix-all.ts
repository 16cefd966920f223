/** All fixes of a file that can be made at once. Asked at every move of a cursor, so it takes no longer than sorting them. */
import { checkMessages, type Diagnostic, type Fix, lintMessages, type TextRange } from '../../src/language/index.ts'
import { overlap } from '../tree.ts'

/** Warnings whose fix leaves the rules as they are meant: bounds that hold anyway, and names that the catalog has in another spelling. */
const harmless: ReadonlySet<string> = new Set([
  checkMessages.impliedBounds.code,
  lintMessages.unknownService.code,
  lintMessages.unknownOperation.code,
  lintMessages.unknownAttribute.code,
  lintMessages.unknownCatalogWorkload.code,
])

/**
 * Whether the fix may be made with all others, as editors do when they save. That of another warning is an advice: it changes when a rule that works fires, or takes away
 * a constant that the next line is to use.
 */
export function isFixedWithOthers({ severity, code }: Diagnostic): boolean {
  return severity === 'error' || harmless.has(code)
}

/** Fixes that do not touch each other, the first of those that do; and none of what another one rewrites, such as bounds for a name that is misspelt. */
export function compatibleFixes(diagnostics: readonly Diagnostic[]): readonly Fix[] {
  const all = editsOf(diagnostics)
  const taken: Fix[] = []
  const edited: TextRange[] = []
  for (const { fix, range } of diagnostics) {
    if (fix === undefined) continue
    if (fix.edits.some((edit) => isTouched(edit.range, edited))) continue
    if (fix.edits.every((edit) => !overlap(edit.range, range)) && isRewritten(range, fix, all)) continue
    taken.push(fix)
    for (const edit of fix.edits) edited.splice(lastUpTo(edited, edit.range.start) + 1, 0, edit.range)
  }
  return taken
}

interface OrderedEdit extends TextRange {
  readonly fix: Fix
  /** The furthest that this edit, or one before it, goes. */
  readonly reach: number
}

/** By their starts. */
function editsOf(diagnostics: readonly Diagnostic[]): readonly OrderedEdit[] {
  const all = diagnostics.flatMap(({ fix }) => (fix === undefined ? [] : fix.edits.map(({ range }) => ({ ...range, fix })))).sort((a, b) => a.start - b.start)
  let reach = 0
  return all.map((edit) => {
    reach = Math.max(reach, edit.end)
    return { ...edit, reach }
  })
}

/** Whether another fix replaces all of it. */
function isRewritten({ start, end }: TextRange, own: Fix, edits: readonly OrderedEdit[]): boolean {
  for (let i = lastUpTo(edits, start); i >= 0; i--) {
    const edit = edits[i] as OrderedEdit
    if (edit.reach < end) return false
    if (edit.fix !== own && edit.end >= end) return true
  }
  return false
}

/** `edited` do not touch each other, and are in their order. */
function isTouched(range: TextRange, edited: readonly TextRange[]): boolean {
  const nearest = edited[lastUpTo(edited, range.end)]
  return nearest !== undefined && overlap(nearest, range)
}

/** The last of ranges in order that starts at the offset or before; -1 without one. */
function lastUpTo(ranges: readonly TextRange[], offset: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle] as TextRange).start <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}
