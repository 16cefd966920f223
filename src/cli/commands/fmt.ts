import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { format, project, watch } from './command.ts'

interface Options {
  readonly format: Format
  readonly check?: boolean
  readonly diff?: boolean
  readonly stdin?: boolean
  readonly project?: string
  readonly watch?: boolean
}

export const fmt: Declare = (program, { terminal, finish }) => {
  program
    .command('fmt')
    .description('Lays out rules in the one canonical way.')
    .argument('[files...]', 'rule files or folders; those of scale.json by default')
    .option('--check', 'write nothing; list what is not in the canonical form, and fail')
    .option('--diff', 'write nothing; show what would change, and fail')
    .option('--stdin', 'format the standard input to the standard output')
    .addOption(format())
    .addOption(project())
    .addOption(watch())
    .action(async (files: string[], { check = false, diff = false, stdin = false, ...options }: Options) => {
      const { run } = await import('../fmt.ts')
      const once = () => run(files, { ...options, check, diff, stdin }, terminal)
      if (options.watch !== true || stdin) return finish(once())
      const { watched } = await import('../watch.ts')
      finish(await watched(files, { ...options, clear: process.stdout.isTTY }, terminal, once))
    })
}
