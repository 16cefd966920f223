import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { collected, format } from './command.ts'

interface Options {
  readonly format: Format
  readonly key?: readonly string[]
  readonly rebuild?: boolean
}

export const verify: Declare = (program, { terminal, finish }) => {
  program
    .command('verify')
    .description('Says whether a bundle is whole, and signed by one of these keys.')
    .argument('<bundle>', 'a file that scalec compile wrote')
    .option('--key <public.pem>', 'a public key that may have signed it; may be repeated. Without one the bundle must not be signed', collected)
    .option('--rebuild', 'compile the sources in the bundle again: its rules must be theirs')
    .addOption(format())
    .action(async (bundle: string, { key = [], rebuild = false, ...options }: Options) => {
      const { run } = await import('../verify.ts')
      finish(run(bundle, { ...options, key, rebuild }, terminal))
    })
}
