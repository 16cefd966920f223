/** `scalec compile [FILES…] -o x.bundle.json`: rules to one file that the engine loads. */
import { compile, serialize } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { writeWhole } from './file.ts'
import { printJson } from './json.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import type { Format, ReportOptions } from './rules.ts'
import { counted, diagnosticsJson, diagnosticsText, exitCodeOf, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export interface CompileOptions extends ReportOptions, ProjectOptions {
  readonly format: Format
  /** `-` is the standard output. */
  readonly output: string
}

/** Writes nothing unless the rules are right (or, with `failLevel` warning, without a warning too). */
export function run(files: readonly string[], options: CompileOptions, terminal: Terminal): ExitCode {
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const loaded = readRules(inputs.paths, terminal)
  if (loaded === undefined) return exit.usage
  const { bundle, diagnostics } = compile(loaded, { ...inputs.lint, compiler: version, portableFrom: process.cwd() })
  const sources = loaded.sources()
  const code = exitCodeOf(diagnostics, options)
  const written = bundle !== undefined && code === exit.fine ? bundle : undefined
  if (written !== undefined) {
    const problem = options.output === '-' ? terminal.out(serialize(written)) : writeWhole(options.output, serialize(written))
    if (problem !== undefined) {
      terminal.err(`scalec: ${problem}\n`)
      return exit.usage
    }
  }
  // A bundle on the standard output leaves no room there for anything else.
  const say = options.output === '-' ? terminal.err : terminal.out
  if (options.format === 'json')
    say(
      printJson({
        ...(written === undefined ? {} : { output: options.output, digest: written.digest, rules: written.rules.length, targets: written.targets.length }),
        diagnostics: diagnosticsJson(diagnostics, sources),
      }),
    )
  else {
    terminal.err(diagnosticsText(diagnostics, sources, terminal.errColour, options))
    if (written !== undefined && options.output !== '-')
      say(`${options.output}: ${counted(written.rules.length, 'rule')} for ${counted(written.targets.length, 'workload')}, ${written.digest}\n`)
  }
  return code
}
