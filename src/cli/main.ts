/** `scalec`: the command line. A command is a file of its own and loaded when it is called; what it may answer is in exit.ts. */
import { Command, CommanderError, Option } from 'commander'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import type { ReplayOptions } from './replay.ts'
import type { Format } from './rules.ts'
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

const format = () => new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text')
const failLevel = () => new Option('--fail-level <level>', 'the least severity that fails').choices(['error', 'warning']).default('error')

interface Reporting {
  readonly format: Format
  readonly failLevel: 'error' | 'warning'
  readonly all?: boolean
}

program
  .command('check')
  .description('Says what is wrong with rules.')
  .argument('<files...>', 'rule files or folders')
  .addOption(format())
  .addOption(failLevel())
  .option('--all', 'print every problem, however many are alike')
  .action(async (files: string[], options: Reporting) => {
    const { run } = await import('./check.ts')
    finish(run(files, { ...options, all: options.all === true }, terminal))
  })

program
  .command('compile')
  .description('Compiles rules to a bundle, the file that the engine loads.')
  .argument('<files...>', 'rule files or folders')
  .requiredOption('-o, --output <bundle>', 'the file to write; - is the standard output')
  .addOption(format())
  .addOption(failLevel())
  .option('--all', 'print every problem, however many are alike')
  .action(async (files: string[], options: Reporting & { readonly output: string }) => {
    const { run } = await import('./compile.ts')
    finish(run(files, { ...options, all: options.all === true }, terminal))
  })

program
  .command('inspect')
  .description('Shows what is in a bundle.')
  .argument('<bundle>', 'a file that scalec compile wrote')
  .addOption(format())
  .action(async (bundle: string, options: { readonly format: Format }) => {
    const { run } = await import('./inspect.ts')
    finish(run(bundle, options, terminal))
  })

program
  .command('replay')
  .description('Shows what rules would have done while traces were recorded.')
  .argument('<recordings...>', 'recordings: OTLP JSON lines or length-prefixed protobuf, plain, gzip or zstd')
  .option('--rules <files...>', 'rule files or folders')
  .option('--bundle <bundle>', 'a compiled bundle instead of --rules')
  .option('--replicas <workload=n>', 'replicas at the start, such as deployment/adservice=2; may be repeated', collected)
  .option('--ready-after <duration>', 'how long new replicas take to become ready', '30s')
  .option('--lateness <duration>', 'how late spans may arrive', '5s')
  .option('--decisions <file>', 'write the decision log there, as JSON lines')
  .option('--arrow <file>', 'write the span table there, as an Arrow file')
  .addOption(format())
  .action(async (recordings: string[], options: ReplayOptions) => {
    const { run } = await import('./replay.ts')
    finish(await run(recordings, { ...options, progress: process.stderr.isTTY }, terminal))
  })

function collected(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value]
}

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
