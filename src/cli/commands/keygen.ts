import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { format } from './command.ts'

export const keygen: Declare = (program, { terminal, finish }) => {
  program
    .command('keygen')
    .description('Makes a pair of keys to sign bundles with.')
    .argument('<name>', 'NAME.pem gets the private key, NAME.pub.pem the public one')
    .addOption(format())
    .action(async (name: string, options: { readonly format: Format }) => {
      const { run } = await import('../keygen.ts')
      finish(run(name, options, terminal))
    })
}
