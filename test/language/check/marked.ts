/** Programs with their errors marked in them: `p99 > «400»`. */
import { expect } from 'vitest'
import { check, type Diagnostic, type FileTree, parse } from '../../../src/language/index.ts'

export interface Case {
  readonly it: string
  /** The marks stand around what is underlined. */
  readonly source: string
  /** Code and message. */
  readonly says: string
  /** None: there is no help. */
  readonly help?: string
  /** The marked part after the fix; for fixes elsewhere `whole` is the whole text after it. */
  readonly fixed?: string
  readonly whole?: string
}

export interface Outcome {
  readonly diagnostics: readonly Diagnostic[]
  readonly program: ReturnType<typeof check>['program']
}

/** All diagnostics of a program of several files, the parser's first. Files named in `roots` are roots; the rest can be imported. */
export function checkFiles(files: Readonly<Record<string, string>>, roots: readonly string[] = Object.keys(files)): Outcome {
  const trees = new Map<string, FileTree>()
  const diagnostics: Diagnostic[] = []
  for (const [name, text] of Object.entries(files)) {
    const parsed = parse({ name, text })
    trees.set(name, parsed.tree)
    diagnostics.push(...parsed.diagnostics)
  }
  const checked = check(
    roots.map((name) => trees.get(name)).filter((tree) => tree !== undefined),
    (path) => trees.get(path),
  )
  return { diagnostics: [...diagnostics, ...checked.diagnostics], program: checked.program }
}

export function checkText(text: string): Outcome {
  return checkFiles({ 'rules.scale': text })
}

/** Without the warning that bounds are implied, which nearly every short program has. */
export function notable(outcome: Outcome): readonly Diagnostic[] {
  return outcome.diagnostics.filter((diagnostic) => diagnostic.code !== 'SC4001')
}

export function applyFix(text: string, diagnostic: Diagnostic): string {
  const edits = [...(diagnostic.fix?.edits ?? [])].sort((a, b) => b.range.start - a.range.start)
  return edits.reduce((changed, { range, text: replacement }) => changed.slice(0, range.start) + replacement + changed.slice(range.end), text)
}

/** Message, help, underlined text and the text after the fix, of a program with exactly one thing wrong. */
export function expectCase(given: Case): void {
  const start = given.source.indexOf('«')
  const end = given.source.indexOf('»') - 1
  const text = given.source.replace(/[«»]/g, '')
  const [found, ...others] = notable(checkText(text))
  if (found === undefined) throw new Error(`nothing is said of: ${text}`)
  const after = found.fix === undefined ? undefined : applyFix(text, found)
  const fixed = given.fixed === undefined ? given.whole : text.slice(0, start) + given.fixed + text.slice(end)
  expect({
    says: `${found.code} ${found.message}`,
    help: found.help,
    underlined: text.slice(found.range.start, found.range.end),
    after,
    others: others.map((other) => other.message),
  }).toEqual({ says: given.says, help: given.help, underlined: text.slice(start, end), after: fixed, others: [] })
  expect(found.range).toEqual({ start, end })
  if (after !== undefined) expect(checkText(after).diagnostics.map((d) => d.code)).not.toContain(found.code)
}
