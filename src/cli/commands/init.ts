import type { Declare } from './command.ts'

export const init: Declare = (program, { terminal, finish }) => {
  program
    .command('init')
    .description('Makes a first project: a commented rule with its tests. Overwrites nothing.')
    .argument('[folder]', 'where', '.')
    .action(async (folder: string) => {
      const { run } = await import('../init.ts')
      finish(run(folder, terminal))
    })
}
