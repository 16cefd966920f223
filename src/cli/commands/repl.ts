import type { ReplOptions } from '../repl.ts'
import type { Declare } from './command.ts'
import { project } from './command.ts'

export const repl: Declare = (program, { terminal, finish }) => {
  program
    .command('repl')
    .description('Shows values and conditions over recorded traces, as you type them.')
    .argument('<recordings...>', 'recordings: OTLP JSON lines or length-prefixed protobuf, plain, gzip or zstd')
    .option('--rules <files...>', 'rule files or folders, whose names may be used; those of scale.json by default')
    .option('--lateness <duration>', 'how late spans may arrive; 5s by default')
    .addOption(project())
    .action(async (recordings: string[], options: ReplOptions) => {
      const { run } = await import('../repl.ts')
      const lines = { input: process.stdin, output: process.stdout, typed: process.stdin.isTTY && process.stdout.isTTY }
      finish(await run(recordings, options, lines, terminal))
    })
}
