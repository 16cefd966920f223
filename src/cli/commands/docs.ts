import { Option } from 'commander'
import type { Declare } from './command.ts'
import { catalog, project } from './command.ts'

interface Options {
  readonly format?: 'markdown' | 'html'
  readonly output?: string
  readonly title?: string
  readonly sourceUrl?: string
  readonly project?: string
  readonly catalog?: string
}

export const docs: Declare = (program, { terminal, finish }) => {
  program
    .command('docs')
    .description('Writes rules as a page for whoever is on call.')
    .argument('[what...]', 'rule files, folders or a bundle; the rules of scale.json by default')
    .option('-o, --output <file>', 'the file to write; standard output by default')
    .addOption(
      new Option('--format <format>', 'markdown, or one HTML file that needs nothing else; by default what the name of the output says').choices([
        'markdown',
        'html',
      ]),
    )
    .option('--title <text>', "the page's title")
    .option('--source-url <url>', 'where the rule files can be read, such as https://git.example/shop/blob/main')
    .addOption(project())
    .addOption(catalog())
    .action(async (what: string[], { format, ...options }: Options) => {
      const { run } = await import('../docs.ts')
      const named = options.output?.endsWith('.html') === true ? 'html' : 'markdown'
      finish(run(what, { ...options, format: format ?? named }, terminal))
    })
}
