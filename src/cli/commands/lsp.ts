import { Option } from 'commander'
import type { LspOptions } from '../lsp.ts'
import type { Declare } from './command.ts'

export const lsp: Declare = (program, { terminal, finish }) => {
  program
    .command('lsp')
    .description('Is the language server that editors speak with, by default on standard input and output.')
    .option('--stdio', 'on standard input and output')
    .option('--socket <port>', 'connects to a client that listens on this port')
    // Clients of vscode-languageclient say who they are; the server ends when its input does.
    .addOption(new Option('--clientProcessId <pid>').hideHelp())
    .action(async (options: LspOptions) => {
      const { run } = await import('../lsp.ts')
      const code = await run(options, terminal)
      if (code !== undefined) finish(code)
    })
}
