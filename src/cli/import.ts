/** `scalec import FILES…`: other people's autoscaling rules as rules of this language, on the standard output or in a new file. */
import { analyse } from '../bundle/index.ts'
import { importFiles } from '../importers/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText, writeNew } from './file.ts'
import { counted, diagnosticsText } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ImportOptions {
  /** Must not exist; by default the standard output. */
  readonly output?: string
}

/** 1 when some manifest could not be taken over at all; what differs is in the comments of the result. */
export function run(paths: readonly string[], { output }: ImportOptions, terminal: Terminal): ExitCode {
  const files: { readonly name: string; readonly text: string }[] = []
  for (const path of paths) {
    const read = readText(path)
    if ('error' in read) {
      terminal.err(`scalec: ${path}: ${read.error}\n`)
      return exit.usage
    }
    files.push({ name: path, text: read.text })
  }
  const { text, targets, rules, problems, skipped } = importFiles(files)
  for (const { file, line, column, message } of problems) terminal.err(`${file}:${line}:${column}: ${message}\n`)
  if (skipped.length > 0) terminal.err(`scalec: not about autoscaling: ${skipped.join(', ')}\n`)
  if (targets === 0) {
    if (problems.length === 0) terminal.err('scalec: there is no HorizontalPodAutoscaler, no ScaledObject and no latency rule in it\n')
    return exit.problems
  }
  const source = { name: output ?? 'imported.scale', text }
  const errors = analyse({ roots: [source] }).diagnostics.filter(({ severity }) => severity === 'error')
  terminal.err(diagnosticsText(errors, [source], terminal.errColour, { failLevel: 'error', all: false }))
  const problem = output === undefined ? terminal.out(text) : writeNew(output, text)
  if (problem !== undefined) {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  terminal.err(`scalec: ${counted(rules, 'rule')} for ${counted(targets, 'workload')}; read the comments, they say what differs\n`)
  return problems.length === 0 && errors.length === 0 ? exit.fine : exit.problems
}
