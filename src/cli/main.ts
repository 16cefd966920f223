/** `scalec`: the command line. A command is a file of its own and loaded when it is called; what it may answer is in exit.ts. */
import { Command, CommanderError } from 'commander'
import { commands } from './commands/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { processTerminal } from './terminal.ts'
import { version } from './version.ts'

const terminal = processTerminal()

const program = new Command('scalec')
  .description('Checks and compiles SCALE rules, and replays recorded traces against them.')
  .version(version)
  .exitOverride()
  .addHelpText(
    'after',
    `
FILES are rule files, or folders, of which all *.scale files are taken.

Exit codes: 0 fine, 1 problems found, 2 usage or I/O, 3 only warnings (with --fail-level warning), 70 a bug of scalec.`,
  )

for (const declare of commands) declare(program, { terminal, finish })

function finish(code: ExitCode): void {
  process.exitCode = code
}

try {
  await program.parseAsync()
} catch (error) {
  // commander has printed what is wrong with the command line already.
  if (error instanceof CommanderError) finish(error.exitCode === 0 ? exit.fine : exit.usage)
  else {
    const { SCALE_DEBUG } = process.env
    const message = error instanceof Error ? (SCALE_DEBUG ? error.stack : error.message) : String(error)
    terminal.err(
      `scalec: this is a bug of scalec ${version}: ${message}\nPlease report it with the command and the files that it was given; SCALE_DEBUG=1 shows where it happened.\n`,
    )
    finish(exit.bug)
  }
}
