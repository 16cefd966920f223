import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { format } from './command.ts'

export const explain: Declare = (program, { terminal, finish }) => {
  program
    .command('explain')
    .description('Explains a message by its code.')
    .argument('<what>', 'the code of a message, such as SC1001')
    .addOption(format())
    .action(async (what: string, options: { readonly format: Format }) => {
      const { run } = await import('../explain.ts')
      finish(run(what, options, terminal))
    })
}
