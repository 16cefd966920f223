import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { failLevel, format, project } from './command.ts'

interface Reporting {
  readonly format: Format
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
  readonly project?: string
}

export const compile: Declare = (program, { terminal, finish }) => {
  program
    .command('compile')
    .description('Compiles rules to a bundle, the file that the engine loads.')
    .argument('[files...]', 'rule files or folders; those of scale.json by default')
    .requiredOption('-o, --output <bundle>', 'the file to write; - is the standard output')
    .addOption(format())
    .addOption(failLevel())
    .addOption(project())
    .option('--all', 'print every problem, however many are alike')
    .action(async (files: string[], options: Reporting & { readonly output: string }) => {
      const { run } = await import('../compile.ts')
      finish(run(files, { ...options, all: options.all === true }, terminal))
    })
}
