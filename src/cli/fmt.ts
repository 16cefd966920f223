/** `scalec fmt [FILES…]`: rules in their canonical form. */
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import type { Diagnostic, SourceText } from '../language/index.ts'
import { format } from '../language/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { rewrite } from './file.ts'
import { printJson } from './json.ts'
import { rulesOf } from './project.ts'
import type { Format } from './rules.ts'
import { diagnosticsJson, diagnosticsText, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'
import { unifiedDiff } from './unified.ts'

export interface FmtOptions {
  readonly format: Format
  /** Writes nothing, and says which files are not in the canonical form. */
  readonly check: boolean
  /** Writes nothing, and shows what would change. */
  readonly diff: boolean
  /** Formats the standard input to the standard output. */
  readonly stdin: boolean
  /** A `scale.json`, whose rules are meant where no files are named; by default the one of this folder or of one above. */
  readonly project?: string
}

interface Outcome {
  readonly source: SourceText
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
}

/** A file with errors stays as it is; the others are formatted all the same. */
export function run(files: readonly string[], options: FmtOptions, terminal: Terminal): ExitCode {
  if (options.stdin && files.length > 0) {
    terminal.err('scalec: --stdin takes no files\n')
    return exit.usage
  }
  const paths = options.stdin ? [] : rulesOf(files, options, terminal)
  if (paths === undefined) return exit.usage
  const sources = options.stdin ? readStandardInput(terminal) : readRules(paths, terminal)?.roots
  if (sources === undefined) return exit.usage
  const outcomes = sources.map((source): Outcome => ({ source, ...format(source) }))
  const changed = outcomes.filter(({ source, text }) => text !== source.text)
  const dry = options.check || options.diff
  const problems = dry || options.stdin ? [] : changed.map(({ source, text }) => rewrite(source.name, text)).filter((problem) => problem !== undefined)
  for (const problem of problems) terminal.err(`scalec: ${problem}\n`)
  report(outcomes, changed, options, terminal)
  if (problems.length > 0) return exit.usage
  return outcomes.some(({ diagnostics }) => diagnostics.length > 0) || (dry && changed.length > 0) ? exit.problems : exit.fine
}

function report(outcomes: readonly Outcome[], changed: readonly Outcome[], options: FmtOptions, terminal: Terminal): void {
  const sources = outcomes.map(({ source }) => source)
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics)
  if (options.format === 'json') {
    const files = outcomes.map(({ source, text }) => ({ file: source.name, changed: text !== source.text, ...(options.stdin ? { text } : {}) }))
    terminal.out(printJson({ files, diagnostics: diagnosticsJson(diagnostics, sources) }))
    return
  }
  terminal.err(diagnosticsText(diagnostics, sources, terminal.errColour, { failLevel: 'error', all: false }))
  if (options.diff) for (const { source, text } of changed) terminal.out(unifiedDiff(source.name, source.text, text, { colour: terminal.outColour }))
  else if (!options.stdin || options.check) for (const { source } of changed) terminal.out(`${source.name}\n`)
  else if (diagnostics.length === 0) for (const { text } of outcomes) terminal.out(text)
}

function readStandardInput(terminal: Terminal): readonly SourceText[] | undefined {
  const bytes = readFileSync(0)
  if (isUtf8(bytes)) return [{ name: '<stdin>', text: bytes.toString('utf8') }]
  terminal.err('scalec: the standard input is not UTF-8 text\n')
  return undefined
}
