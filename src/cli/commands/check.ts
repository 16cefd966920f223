import type { ReportFormat } from '../rules.ts'
import type { Declare } from './command.ts'
import { catalog, failLevel, project, reportFormat, strict, watch } from './command.ts'

interface Reporting {
  readonly format: ReportFormat
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
  readonly cost?: boolean
  readonly rate?: string
  readonly project?: string
  readonly strict?: boolean
  readonly catalog?: string
  readonly watch?: boolean
}

export const check: Declare = (program, { terminal, finish }) => {
  program
    .command('check')
    .description('Says what is wrong with rules.')
    .argument('[files...]', 'rule files or folders; those of scale.json by default')
    .addOption(reportFormat())
    .addOption(failLevel())
    .addOption(project())
    .addOption(catalog())
    .addOption(strict())
    .addOption(watch())
    .option('--all', 'print every problem, however many are alike')
    .option('--cost', 'print bounds on what rules cost, for the rates that scale.json and the catalog know')
    .option('--rate <rate>', 'the same for so many spans in all, such as 10000/s')
    .action(async (files: string[], options: Reporting) => {
      const { run } = await import('../check.ts')
      const once = () => run(files, { ...options, all: options.all === true, cost: options.cost === true || options.rate !== undefined }, terminal)
      if (options.watch !== true) return finish(await once())
      const { watched } = await import('../watch.ts')
      finish(await watched(files, { ...options, clear: process.stdout.isTTY }, terminal, once))
    })
}
