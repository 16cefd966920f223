import type { ReportFormat } from '../rules.ts'
import type { Declare } from './command.ts'
import { failLevel, reportFormat } from './command.ts'

interface Reporting {
  readonly format: ReportFormat
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
}

export const check: Declare = (program, { terminal, finish }) => {
  program
    .command('check')
    .description('Says what is wrong with rules.')
    .argument('<files...>', 'rule files or folders')
    .addOption(reportFormat())
    .addOption(failLevel())
    .option('--all', 'print every problem, however many are alike')
    .action(async (files: string[], options: Reporting) => {
      const { run } = await import('../check.ts')
      finish(await run(files, { ...options, all: options.all === true }, terminal))
    })
}
