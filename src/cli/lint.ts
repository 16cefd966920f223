/** `scalec lint [FILES…]`: warnings and lints alone. What a program cannot work without is said by `check`. */
import { analyse } from '../bundle/index.ts'
import { isSuppressible } from '../language/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import type { ReportFormat, ReportOptions } from './rules.ts'
import { counted, diagnosticsJson, diagnosticsText, exitCodeOf, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface LintOptions extends ReportOptions, ProjectOptions {
  readonly format: ReportFormat
}

export async function run(files: readonly string[], options: LintOptions, terminal: Terminal): Promise<ExitCode> {
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const loaded = readRules(inputs.paths, terminal)
  if (loaded === undefined) return exit.usage
  const { diagnostics, program } = analyse(loaded, inputs.lint)
  const sources = loaded.sources()
  const lints = diagnostics.filter(({ code }) => isSuppressible(code))
  const errors = diagnostics.length - lints.length
  if (options.format === 'json') terminal.out(printJson({ errors, diagnostics: diagnosticsJson(lints, sources) }))
  else if (options.format !== 'text') {
    const { machineReport } = await import('./formats/index.ts')
    terminal.out(machineReport(options.format, { diagnostics: lints, sources, failLevel: options.failLevel }))
  } else {
    terminal.out(diagnosticsText(lints, sources, terminal.outColour, options))
    if (lints.length === 0) terminal.out(`${counted(sources.length, 'file')}: nothing to say about ${counted(program.rules.length, 'rule')}\n`)
  }
  // Rules that are wrong are not looked at any further.
  if (errors > 0) terminal.err(`scalec: ${counted(errors, 'error')} beside this; scalec check shows them\n`)
  return errors > 0 ? exit.problems : exitCodeOf(lints, options)
}
