import type { Format } from '../rules.ts'
import type { Declare } from './command.ts'
import { catalog, collected, format, project } from './command.ts'

interface Options {
  readonly format: Format
  readonly rule?: readonly string[]
  readonly rate?: string
  readonly decision?: string
  readonly last?: boolean
  readonly project?: string
  readonly catalog?: string
}

export const explain: Declare = (program, { terminal, finish }) => {
  program
    .command('explain')
    .description('Explains rules in plain words, a decision of the log, a message by its code, or a word of the language.')
    .argument(
      '[what...]',
      'rule files, folders or a bundle (the rules of scale.json by default); with --decision or --last a decision log; a code such as SC1001; or a word such as cooldown',
    )
    .option('--rule <name>', 'only this rule; may be repeated', collected)
    .option('--rate <rate>', 'how many spans there are in all, such as 10000/s: what rules cost then')
    .option('--decision <id>', 'the decision with this id, or the beginning of one')
    .option('--last', 'the newest decision of the log')
    .addOption(format())
    .addOption(project())
    .addOption(catalog())
    .action(async (what: string[], { rule, last, ...options }: Options) => {
      const { run } = await import('../explain.ts')
      finish(await run(what, { ...options, rules: rule ?? [], last: last === true }, terminal))
    })
}
