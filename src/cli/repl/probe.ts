/**
 * A line of the REPL as a program: a rule that does nothing, whose condition is the line, or compares the line with something if it is a
 * value. The rules of the project are imported, so that their `let`s and defaults hold here too.
 */
import { type Bundle, bundleOf } from '../../bundle/index.ts'
import { check, type Diagnostic, type FileTree, parse, type SourceText, type TextRange } from '../../language/index.ts'
import { version } from '../version.ts'

export interface Probe {
  readonly kind: 'condition' | 'value'
  readonly bundle: Bundle
}

/** What lines may refer to. */
export interface Surroundings {
  /** Paths as in `import "…"`. */
  readonly imports: readonly string[]
  readonly resolve: (path: string, from: string) => SourceText | undefined
  /** As written: `5s`; without it the project's or the language's default. */
  readonly every?: string
}

export interface Mistake {
  /** Their places are those in the line. */
  readonly diagnostics: readonly Diagnostic[]
  readonly source: SourceText
}

/** Compared with something of its own type, a value is a condition; which type it has is found out by trying. */
const comparisons = ['', ' > 1ms', ' > 1', ' > 1/s', ' > 1%', ' > 1MiB']
/** The name of a line as a source. */
export const inputFile = '<input>'

/** Of a value where a condition must stand. */
const valueAlone = 'SC1020'

export function probeOf(line: string, surroundings: Surroundings): { readonly probe: Probe } | { readonly mistake: Mistake } {
  let least: readonly Diagnostic[] | undefined
  let leastIsForeign = false
  for (const comparison of comparisons) {
    const { program, errors } = analysed(line, comparison, surroundings)
    if (errors.length === 0) return { probe: { kind: comparison === '' ? 'condition' : 'value', bundle: bundleOf(program, version) } }
    // What is wrong with the comparison that was added is not the user's mistake, nor is that a value is no condition.
    const own = errors.every(({ range, code }) => (comparison === '' ? code !== valueAlone : range.start < line.length))
    if (least === undefined || (own && (leastIsForeign || errors.length < least.length))) {
      least = errors
      leastIsForeign = !own
    }
  }
  return { mistake: { diagnostics: least ?? [], source: { name: inputFile, text: line } } }
}

function analysed(line: string, comparison: string, { imports, resolve, every }: Surroundings) {
  const before = `${imports.map((path) => `import ${JSON.stringify(path)}\n`).join('')}${every === undefined ? '' : `defaults { every ${every} }\n`}freeze process:probe when `
  const sources = new Map<string, FileTree>()
  const parsed = parse({ name: inputFile, text: `${before}${line}${comparison}\n` })
  const { diagnostics, program } = check([parsed.tree], (path, from) => {
    const source = resolve(path, from.source.name)
    if (source === undefined) return undefined
    const tree = sources.get(source.name) ?? parse(source).tree
    sources.set(source.name, tree)
    return tree
  })
  const errors = [...parsed.diagnostics, ...diagnostics].filter(({ severity, file }) => severity === 'error' && file === inputFile)
  return { program, errors: errors.map((error) => inLine(error, before.length, line.length)) }
}

function inLine(diagnostic: Diagnostic, offset: number, length: number): Diagnostic {
  const place = ({ start, end }: TextRange): TextRange => {
    const from = Math.min(length, Math.max(0, start - offset))
    return { start: from, end: Math.min(length, Math.max(from, end - offset)) }
  }
  const { fix, related, ...rest } = diagnostic
  const inside = fix?.edits.every(({ range }) => range.start >= offset && range.end <= offset + length) === true
  return {
    ...rest,
    range: place(diagnostic.range),
    ...(related === undefined ? {} : { related: related.map((other) => (other.file === inputFile ? { ...other, range: place(other.range) } : other)) }),
    ...(fix === undefined || !inside ? {} : { fix: { title: fix.title, edits: fix.edits.map(({ range, text }) => ({ range: place(range), text })) } }),
  }
}
