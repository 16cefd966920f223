/** `scaled`: the command line. Exit codes: 0 fine, 1 the rules do not compile, 2 usage or I/O, 70 a bug of ours. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { stringify } from 'yaml'
import type { Config } from './config/index.ts'
import { configDocument, loadConfig } from './config/index.ts'
import { run } from './run.ts'
import { version } from './version.ts'

interface Options {
  readonly bundle?: string
  readonly rules?: readonly string[]
  readonly config?: string
  readonly set: readonly string[]
  readonly dryRun?: boolean
  readonly logLevel?: string
}

const program = new Command('scaled')
  .description('Evaluates SCALE rules over the traces that it receives, and scales workloads as they say.')
  .version(version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'scaled: ').replace(/\n(?=.)/g, ' ')) })
  .configureHelp({ showGlobalOptions: true })

const help = `
Every key of the configuration can also be set in the environment: SCALED_RECEIVERS_GRPC_PORT=4317 is receivers.grpc.port.
Flags go over the environment, the environment over the file. scaled check-config shows what results.

SIGHUP reloads the rules and opens the decision log again; SIGTERM drains and stops.`

function withConfiguration(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (YAML)')
    .option(
      '--set <key=value>',
      'one key of the configuration, such as receivers.grpc.port=4317; may be repeated',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--dry-run', 'decide and log, change nothing (orchestrators.default=dry-run, and the others left out)')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent (log.level)')
}

const roles = {
  run: ['whole', 'Runs everything in one process: receives spans, evaluates rules over them, and acts.'],
  modeler: ['modeler', 'Evaluates rules over what samplers (modeler.samplers) count, fetches the traces that they sample, and acts.'],
} as const

// `scaled --rules FILES` is `scaled run --rules FILES`.
for (const [name, [role, description]] of Object.entries(roles))
  withConfiguration(program.command(name, { isDefault: role === 'whole' }))
    .description(description)
    .option('--bundle <file>', 'a bundle, as scalec compile writes it')
    .option('--rules <paths...>', 'rule files, or folders of them, compiled on start and on reload')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if ((options.bundle === undefined) === (options.rules === undefined)) throw usage('give the rules with either --bundle FILE or --rules PATHS')
      const source =
        options.bundle === undefined ? ({ kind: 'rules', paths: options.rules ?? [] } as const) : ({ kind: 'bundle', file: options.bundle } as const)
      // Whatever an orchestrator still waits for must not keep a stopped daemon alive.
      process.exit(await run(configuration(options), source, role))
    })

withConfiguration(program.command('sampler'))
  .description('Receives spans, counts them for modelers, and samples traces; has no rules and changes nothing.')
  .addHelpText('after', help)
  .action(async (options: Options) => {
    const { runSampler } = await import('./split/run.ts')
    process.exit(await runSampler(configuration(options)))
  })

withConfiguration(program.command('check-config'))
  .description('Checks the configuration and prints it with all defaults.')
  .action((options: Options) => {
    process.stdout.write(stringify(configDocument(configuration(options))))
  })

function configuration(options: Options): Config {
  const flags = new Map<string, string>()
  for (const setting of options.set) {
    const at = setting.indexOf('=')
    if (at < 1) throw usage(`--set ${setting}: expected KEY=VALUE`)
    flags.set(setting.slice(0, at), setting.slice(at + 1))
  }
  if (options.logLevel !== undefined) flags.set('log.level', options.logLevel)
  const result = loadConfig({ ...(options.config === undefined ? {} : { file: readConfig(options.config) }), environment: process.env, flags })
  if ('problems' in result) throw usage(result.problems.join('\nscaled: '))
  if (options.dryRun !== true) return result.config
  const { kubernetes: _kubernetes, process: _process, ...rest } = result.config.orchestrators
  return { ...result.config, orchestrators: { ...rest, default: 'dry-run' } }
}

function readConfig(name: string): { readonly name: string; readonly text: string } {
  try {
    return { name, text: readFileSync(name, 'utf8') }
  } catch (error) {
    throw usage(`--config: ${(error as Error).message}`)
  }
}

function usage(message: string): CommanderError {
  return new CommanderError(2, 'scaled.usage', message)
}

function bug(error: unknown): never {
  console.error('scaled: this is a bug:', error)
  process.exit(70)
}

process.on('uncaughtException', bug)
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) bug(error)
  // Commander has already said what it found itself.
  if (error.code === 'scaled.usage') console.error(`scaled: ${error.message}`)
  process.exit(error.exitCode === 0 ? 0 : 2)
}
