import type { PlaygroundCommandOptions } from '../playground.ts'
import type { Declare } from './command.ts'
import { catalog, collected, project } from './command.ts'

export const playground: Declare = (program, { terminal, finish }) => {
  program
    .command('playground')
    .description('Opens a page on this machine: rules to edit, and beside them what they do on a recording.')
    .argument('[files...]', 'rule files or folders; those of scale.json by default, else those right in this folder, else an example')
    .option('--recording <path>', 'a recording to choose from, besides those below this folder; may be repeated', collected)
    .option('--port <port>', 'where, on 127.0.0.1; 0 takes any that is free', '4480')
    .option('--ready-after <duration>', 'from an action to the readiness of its new replicas; 30s by default')
    .option('--replicas <workload=n>', 'how many a workload starts with; may be repeated', collected)
    .addOption(project())
    .addOption(catalog())
    .action(async (files: string[], options: PlaygroundCommandOptions) => {
      const { run } = await import('../playground.ts')
      finish(await run(files, options, terminal))
    })
}
