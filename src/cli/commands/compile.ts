import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { catalog, failLevel, format, project, strict } from './command.ts'

interface Reporting {
  readonly format: Format
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
  readonly project?: string
  readonly catalog?: string
  readonly strict?: boolean
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
    .addOption(catalog())
    .addOption(strict())
    .option('--all', 'print every problem, however many are alike')
    .action(async (files: string[], options: Reporting & { readonly output: string }) => {
      const { run } = await import('../compile.ts')
      finish(run(files, { ...options, all: options.all === true }, terminal))
    })
}
