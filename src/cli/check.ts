/** `scalec check [FILES…]`: says what is wrong with rules. */
import { analyse } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import { rateOption } from './rate.ts'
import type { ReportFormat, ReportOptions } from './rules.ts'
import { counted, diagnosticsJson, diagnosticsText, exitCodeOf, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface CheckOptions extends ReportOptions, ProjectOptions {
  readonly format: ReportFormat
  /** Prints what rules cost at most, too. */
  readonly cost: boolean
  /** Spans a second of the whole stream, as it is written. */
  readonly rate?: string
}

export async function run(files: readonly string[], options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const parsed = rateOption(options.rate)
  if ('problem' in parsed) {
    terminal.err(`scalec: ${parsed.problem}\n`)
    return exit.usage
  }
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const loaded = readRules(inputs.paths, terminal)
  if (loaded === undefined) return exit.usage
  const { diagnostics, program } = analyse(loaded, inputs.lint)
  const sources = loaded.sources()
  const { rules, targets } = program
  const faulty = diagnostics.some(({ severity }) => severity === 'error')
  const cost =
    options.cost && !faulty
      ? (await import('./check-cost.ts')).costReport(program, { ...inputs.lint, ...(parsed.rate === undefined ? {} : { rate: parsed.rate }) })
      : undefined
  if (options.format === 'json')
    terminal.out(
      printJson({
        files: sources.map(({ name }) => name),
        rules: rules.map(({ name }) => name),
        targets: targets.map(({ id }) => id),
        diagnostics: diagnosticsJson(diagnostics, sources),
        ...(cost === undefined ? {} : { cost: cost.json }),
      }),
    )
  else if (options.format !== 'text') {
    const { machineReport } = await import('./formats/index.ts')
    terminal.out(machineReport(options.format, { diagnostics, sources, failLevel: options.failLevel }))
  } else {
    terminal.out(diagnosticsText(diagnostics, sources, terminal.outColour, options))
    if (!faulty) terminal.out(`${counted(sources.length, 'file')}: ${counted(rules.length, 'rule')} for ${counted(targets.length, 'workload')}\n`)
    if (cost !== undefined) terminal.out(cost.text(options.all))
  }
  return exitCodeOf(diagnostics, options)
}
