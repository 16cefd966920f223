import type { SignOptions } from '../sign.ts'
import type { Declare } from './command.ts'
import { format } from './command.ts'

export const sign: Declare = (program, { terminal, finish }) => {
  program
    .command('sign')
    .description('Signs a bundle, for scaled to know whose rules it runs.')
    .argument('<bundle>', 'a file that scalec compile wrote')
    .requiredOption('--key <private.pem>', 'the private key, ed25519 in PEM form; of an encrypted one SCALEC_PASSPHRASE is the passphrase')
    .option('-o, --output <bundle>', 'the file to write instead of the bundle itself; - is the standard output')
    .addOption(format())
    .action(async (bundle: string, options: Omit<SignOptions, 'passphrase'>) => {
      const { run } = await import('../sign.ts')
      const { SCALEC_PASSPHRASE: passphrase } = process.env
      finish(run(bundle, { ...options, ...(passphrase === undefined ? {} : { passphrase }) }, terminal))
    })
}
