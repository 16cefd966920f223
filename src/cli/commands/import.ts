import type { ImportOptions } from '../import.ts'
import type { Declare } from './command.ts'

export const importRules: Declare = (program, { terminal, finish }) => {
  program
    .command('import')
    .description('Makes rules of HorizontalPodAutoscalers, KEDA ScaledObjects or latency rules in YAML.')
    .argument('<files...>', 'YAML files; - is the standard input')
    .option('-o, --output <file>', 'a new rule file to write; by default the standard output')
    .action(async (files: string[], options: ImportOptions) => {
      const { run } = await import('../import.ts')
      finish(run(files, options, terminal))
    })
}
