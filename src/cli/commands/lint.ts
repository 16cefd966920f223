import type { ReportFormat } from '../rules.ts'
import type { Declare } from './command.ts'
import { catalog, failLevel, project, reportFormat, strict, watch } from './command.ts'

interface Reporting {
  readonly format: ReportFormat
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
  readonly project?: string
  readonly catalog?: string
  readonly strict?: boolean
  readonly watch?: boolean
}

export const lint: Declare = (program, { terminal, finish }) => {
  program
    .command('lint')
    .description('Says what is doubtful about rules that compile: warnings, and what only a catalog can tell.')
    .argument('[files...]', 'rule files or folders; those of scale.json by default')
    .addOption(reportFormat())
    .addOption(failLevel().default('warning'))
    .addOption(project())
    .addOption(catalog())
    .addOption(strict())
    .addOption(watch())
    .option('--all', 'print every problem, however many are alike')
    .action(async (files: string[], options: Reporting) => {
      const { run } = await import('../lint.ts')
      const once = () => run(files, { ...options, all: options.all === true }, terminal)
      if (options.watch !== true) return finish(await once())
      const { watched } = await import('../watch.ts')
      finish(await watched(files, { ...options, clear: process.stdout.isTTY }, terminal, once))
    })
}
