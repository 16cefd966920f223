import { Argument } from 'commander'
import type { Declare } from './command.ts'

export const completion: Declare = (program, { terminal, finish }) => {
  program
    .command('completion')
    .description('Prints a script that completes commands, options and files in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nFor bash: eval "$(scalec completion bash)" in ~/.bashrc; zsh: source <(scalec completion zsh); fish: scalec completion fish | source.',
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { run } = await import('../completion.ts')
      finish(run(shell, program, terminal))
    })
}
