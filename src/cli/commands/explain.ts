import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { collected, format } from './command.ts'

interface Options {
  readonly format: Format
  readonly rule?: readonly string[]
  readonly decision?: string
  readonly last?: boolean
}

export const explain: Declare = (program, { terminal, finish }) => {
  program
    .command('explain')
    .description('Explains rules in plain words, a decision of the log, or a message by its code.')
    .argument('<what...>', 'rule files, folders or a bundle; with --decision or --last a decision log; or a code such as SC1001')
    .option('--rule <name>', 'only this rule; may be repeated', collected)
    .option('--decision <id>', 'the decision with this id, or the beginning of one')
    .option('--last', 'the newest decision of the log')
    .addOption(format())
    .action(async (what: string[], { rule, decision, last, ...options }: Options) => {
      const { run } = await import('../explain.ts')
      finish(await run(what, { ...options, rules: rule ?? [], last: last === true, ...(decision === undefined ? {} : { decision }) }, terminal))
    })
}
