/**
 * `// scale-ignore SC4002 until 2027-01-31: reason` on the line before (then it is for the whole declaration that begins there) or at the end of the
 * line; `// scale-ignore-file …` for the whole file. A suppression ends: behind its day what it hid is said again.
 */
import type { Diagnostic } from '../diagnostics.ts'
import { report } from '../diagnostics.ts'
import { messageOf } from '../messages.ts'
import type { Comment, FileTree, TextRange } from '../tree.ts'
import type { LintContext } from './context.ts'
import { messages } from './messages.ts'

interface Suppression {
  readonly codes: readonly string[]
  /** Its last day. */
  readonly until: string
  readonly comment: TextRange
  readonly file: string
  /** Where what it hides begins. */
  readonly covers: readonly TextRange[]
}

const lintCodes: ReadonlySet<string> = new Set(Object.values(messages).map(({ code }) => code))

/** Warnings, and lints even where they are errors. */
export function isSuppressible(code: string): boolean {
  return code.startsWith('SC4') || lintCodes.has(code)
}

/** The diagnostics without those that are suppressed, and what there is to say about suppressions. */
export function suppress(diagnostics: readonly Diagnostic[], files: readonly FileTree[], context: LintContext): readonly Diagnostic[] {
  const said: Diagnostic[] = []
  const all = files.flatMap((file) => suppressionsOf(file, said))
  if (all.length === 0) return [...diagnostics, ...said]
  const used = new Set<string>()
  const kept = diagnostics.flatMap((diagnostic) => {
    if (!isSuppressible(diagnostic.code)) return [diagnostic]
    const covering = all.filter((suppression) => hides(suppression, diagnostic))
    for (const { file, comment } of covering) used.add(key(file, comment, diagnostic.code))
    if (covering.some((suppression) => !isOver(suppression, context))) return []
    return covering.length === 0 ? [diagnostic] : [withNote(diagnostic, covering)]
  })
  const broken = new Set(files.filter((file) => file.declarations.some((declaration) => declaration.broken)).map((file) => file.source.name))
  for (const { codes, comment, file } of all)
    for (const code of codes) {
      if (!isSuppressible(code)) said.push(report(messages.cannotSuppress, file, comment, { code }))
      // What cannot be read, or cannot be asked, might say it.
      else if (!used.has(key(file, comment, code)) && !broken.has(file) && isAsked(code, context))
        said.push(report(messages.unusedSuppression, file, comment, { code }, codes.length === 1 ? { fix: removal(comment) } : {}))
    }
  return [...kept, ...said]
}

function key(file: string, { start }: TextRange, code: string): string {
  return `${file}\n${start}\n${code}`
}

function hides({ codes, file, covers }: Suppression, { code, file: where, range }: Diagnostic): boolean {
  return file === where && codes.includes(code) && covers.some(({ start, end }) => range.start >= start && range.start <= end)
}

function isOver({ until }: Suppression, { today }: LintContext): boolean {
  return today !== undefined && today > until
}

function withNote(diagnostic: Diagnostic, covering: readonly Suppression[]): Diagnostic {
  const notes = covering.map(({ file, comment, until }) => ({ file, range: comment, message: `this suppression expired on ${until}` }))
  return { ...diagnostic, related: [...(diagnostic.related ?? []), ...notes] }
}

/** Lints that need something which is not there say nothing, and their suppressions are not unused. */
function isAsked(code: string, { catalog, rates, sampled, budget }: LintContext): boolean {
  if (code === messages.overBudget.code) return budget !== undefined
  if (code === messages.sampledQuantile.code && sampled === undefined) return false
  if (code === messages.fewSpans.code || code === messages.rarelyKnown.code) return catalog !== undefined || rates !== undefined
  return !code.startsWith('SC42') || catalog !== undefined
}

function removal(range: TextRange): NonNullable<Diagnostic['fix']> {
  return { title: 'delete it', edits: [{ range, text: '' }] }
}

function suppressionsOf(file: FileTree, said: Diagnostic[]): Suppression[] {
  return file.comments.flatMap((comment) => {
    const match = comment.doc ? null : /^\/\/\s*scale-ignore(-file)?(?![\w-])\s*(.*)$/.exec(comment.text)
    if (match === null) return []
    const read = readSuppression(match[2] ?? '')
    if (typeof read === 'string') {
      said.push(report(messages.badSuppression, file.source.name, comment.range, { problem: read }))
      return []
    }
    const covers = match[1] === undefined ? coveredBy(comment, file) : [{ start: 0, end: file.source.text.length }]
    return [{ ...read, comment: comment.range, file: file.source.name, covers }]
  })
}

/** Codes and last day, or what is wrong. */
function readSuppression(text: string): { readonly codes: readonly string[]; readonly until: string } | string {
  const match = /^([^:]*?)(?:\s*\buntil\b\s*([^\s:]*))?\s*(?::\s*(.*))?$/.exec(text.trim())
  const [, list = '', until, reason = ''] = match ?? []
  const codes = list.split(/[\s,]+/).filter((word) => word !== '')
  if (codes.length === 0) return 'it names no code'
  const strange = codes.find((code) => messageOf(code) === undefined)
  if (strange !== undefined) return `there is no message ${strange}`
  if (until === undefined) return 'it has no last day'
  if (!isDate(until)) return until === '' ? 'it has no last day' : `${until} is no day, which is written 2027-01-31`
  return reason.trim() === '' ? 'it gives no reason' : { codes: [...new Set(codes)], until }
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** Behind something, its own line; alone, the next line that is no comment, and the declaration that begins there. */
function coveredBy(comment: Comment, file: FileTree): TextRange[] {
  const { text } = file.source
  const lineStart = text.lastIndexOf('\n', comment.range.start - 1) + 1
  if (text.slice(lineStart, comment.range.start).trim() !== '') return [{ start: lineStart, end: comment.range.end }]
  const next = /^(?:\s+|\/\/[^\n]*)*/.exec(text.slice(comment.range.end))?.[0].length ?? 0
  const start = comment.range.end + next
  const lineEnd = text.indexOf('\n', start)
  const line = { start, end: lineEnd < 0 ? text.length : lineEnd }
  const declaration = file.declarations.find(({ range }) => range.start === start)
  return declaration === undefined ? [line] : [line, declaration.range]
}
