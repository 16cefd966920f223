import { Option } from 'commander'
import type { DiffOptions } from '../diff.ts'
import type { Declare } from './command.ts'

export const diff: Declare = (program, { terminal, finish }) => {
  program
    .command('diff')
    .description('Says what changed between two bundles, in words of rules.')
    .argument('<old>', 'a bundle, a rule file or a folder of them')
    .argument('<new>', 'the same')
    .addOption(
      new Option('--format <format>', 'how to print; markdown is for a comment on a pull request').choices(['text', 'json', 'markdown']).default('text'),
    )
    .addHelpText('after', '\nExit codes: 0 they decide alike, 1 they differ, 2 one of them cannot be read.')
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { run } = await import('../diff.ts')
      finish(run(before, after, options, terminal))
    })
}
