import { Option } from 'commander'
import type { TestOptions } from '../test.ts'
import type { Declare } from './command.ts'
import { project, watch } from './command.ts'

export const test: Declare = (program, { terminal, finish }) => {
  program
    .command('test')
    .description('Runs the test blocks of rules.')
    .argument('[files...]', 'rule files, which are tested together, or folders, of which each in them is tested by itself; the rules of scale.json by default')
    .addOption(project())
    .addOption(watch())
    .option('--run <regex>', 'only tests whose name matches')
    .option('--fail-on-empty', 'fail when no test is run')
    .option('--verbose', 'name the tests that pass, too')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'junit']).default('text'))
    .option('--mutants', 'when all pass, change the rules one place at a time and name the changes that no test notices')
    .option('--coverage', 'say which rules, comparisons and clauses were ever true, false and unknown')
    .addOption(new Option('--coverage-format <format>', 'how to print the coverage').choices(['text', 'json', 'lcov']))
    .option('--coverage-output <file>', 'where to write the coverage')
    .option('--threshold <share>', 'fail when fewer rules or comparisons are covered, such as 90%')
    .action(async (files: string[], options: TestOptions & { readonly watch?: boolean }) => {
      const { run } = await import('../test.ts')
      const once = () => run(files, options, terminal)
      if (options.watch !== true) return finish(await once())
      const { watched } = await import('../watch.ts')
      finish(await watched(files, { ...options, clear: process.stdout.isTTY }, terminal, once))
    })
}
