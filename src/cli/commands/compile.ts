import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { failLevel, format } from './command.ts'

interface Reporting {
  readonly format: Format
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
}

export const compile: Declare = (program, { terminal, finish }) => {
  program
    .command('compile')
    .description('Compiles rules to a bundle, the file that the engine loads.')
    .argument('<files...>', 'rule files or folders')
    .requiredOption('-o, --output <bundle>', 'the file to write; - is the standard output')
    .addOption(format())
    .addOption(failLevel())
    .option('--all', 'print every problem, however many are alike')
    .action(async (files: string[], options: Reporting & { readonly output: string }) => {
      const { run } = await import('../compile.ts')
      finish(run(files, { ...options, all: options.all === true }, terminal))
    })
}
