import { Option } from 'commander'
import type { SampleOptions } from '../sample.ts'
import type { Declare } from './command.ts'
import { format } from './command.ts'

export const sample: Declare = (program, { terminal, finish }) => {
  program
    .command('sample')
    .description('Shows which recorded traces the sampler would keep, and why.')
    .argument('<recordings...>', 'recordings: OTLP JSON lines or length-prefixed protobuf, plain, gzip or zstd')
    .option('--budget <share>', 'share of the traces that may be kept, such as 1%', '1%')
    .addOption(new Option('--mode <mode>', 'how to choose').choices(['budgeted', 'uniform', 'all', 'tracemesh']).default('budgeted'))
    .option('--half-life <duration>', 'in which what was seen loses half its weight', '30m')
    .option('--warm-after <traces>', 'traces after which the model is trusted; until then traces are kept uniformly', '1000')
    .option('--train <recordings...>', 'recordings to learn from first, of which nothing is kept')
    .option('--idle <duration>', 'how long a trace must be quiet to be complete', '5s')
    .option('--lateness <duration>', 'how late spans may arrive', '5s')
    .option('--out <file>', 'write the kept traces there, as a recording: .jsonl or .jsonl.gz')
    .addOption(format())
    .action(async (recordings: string[], options: SampleOptions) => {
      const { run } = await import('../sample.ts')
      finish(await run(recordings, options, terminal))
    })
}
