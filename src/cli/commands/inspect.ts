import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { format } from './command.ts'

export const inspect: Declare = (program, { terminal, finish }) => {
  program
    .command('inspect')
    .description('Shows what is in a bundle.')
    .argument('<bundle>', 'a file that scalec compile wrote')
    .addOption(format())
    .action(async (bundle: string, options: { readonly format: Format }) => {
      const { run } = await import('../inspect.ts')
      finish(run(bundle, options, terminal))
    })
}
