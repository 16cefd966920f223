import type { ReplayOptions } from '../replay.ts'
import type { Declare } from './command.ts'
import { collected, format, project } from './command.ts'

export const replay: Declare = (program, { terminal, finish }) => {
  program
    .command('replay')
    .description('Shows what rules would have done while traces were recorded.')
    .argument('<recordings...>', 'recordings: OTLP JSON lines or length-prefixed protobuf, plain, gzip or zstd')
    .option('--rules <files...>', 'rule files or folders; those of scale.json by default')
    .option('--bundle <bundle>', 'a compiled bundle instead of --rules')
    .option('--replicas <workload=n>', 'replicas at the start, such as deployment/adservice=2; may be repeated', collected)
    .option('--ready-after <duration>', 'how long new replicas take to become ready; 30s by default')
    .option('--lateness <duration>', 'how late spans may arrive; 5s by default')
    .option('--decisions <file>', 'write the decision log there, as JSON lines')
    .option('--arrow <file>', 'write the span table there, as an Arrow file')
    .addOption(format())
    .addOption(project())
    .action(async (recordings: string[], options: ReplayOptions) => {
      const { run } = await import('../replay.ts')
      finish(await run(recordings, { ...options, progress: process.stderr.isTTY }, terminal))
    })
}
