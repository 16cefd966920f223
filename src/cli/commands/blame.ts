import type { BlameCommandOptions } from '../blame.ts'
import type { Declare } from './command.ts'
import { format } from './command.ts'

export const blame: Declare = (program, { terminal, finish }) => {
  program
    .command('blame')
    .description('Says which service made recorded traces slower: what each added in a window, against a baseline.')
    .argument('<recordings...>', 'recordings: OTLP JSON lines or length-prefixed protobuf, plain, gzip or zstd')
    .option('--at <time>', 'when it began: what came after is compared with what came before')
    .option('--from <time>', 'the window: its first moment')
    .option('--to <time>', 'the window: its end; the end of the recording by default')
    .option('--baseline <times...>', 'two times, from and to; by default all before the window')
    .option('--top <n>', 'how many services to list', '10')
    .addOption(format())
    .addHelpText(
      'after',
      '\nA time is written 2026-05-04T16:31:35Z, 16:31:35 (UTC, on the first day of the recording) or +1m30s (after its start).\nWithout times the window is the stretch in which a service took longer than otherwise.',
    )
    .action(async (recordings: string[], options: BlameCommandOptions) => {
      const { run } = await import('../blame.ts')
      finish(await run(recordings, options, terminal))
    })
}
