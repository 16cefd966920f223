/** What there is to complete: read off the declarations of the commands, so that it never lags behind them. */
import type { Command, Option } from 'commander'

export interface OptionSpec {
  /** `-o`, `--output` */
  readonly flags: readonly string[]
  readonly description: string
  /** Whether a value follows, and of which there is a choice. */
  readonly value: boolean
  readonly choices: readonly string[]
}

export interface CommandSpec {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionSpec[]
  /** Of its first argument: of which there is a choice, or commands below it. None where any file may stand; behind it files stand. */
  readonly choices: readonly string[]
}

export interface ProgramSpec {
  readonly name: string
  readonly options: readonly OptionSpec[]
  /** By name. */
  readonly commands: readonly CommandSpec[]
}

const help: OptionSpec = { flags: ['-h', '--help'], description: 'display help for command', value: false, choices: [] }

export function specOf(program: Command): ProgramSpec {
  const commands = program.commands.map(
    (command): CommandSpec => ({
      name: command.name(),
      description: command.description(),
      options: distinct([...command.options, ...command.commands.flatMap((below) => below.options)]),
      choices: [...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []), ...command.commands.map((below) => below.name())],
    }),
  )
  return { name: program.name(), options: [...program.options.map(optionOf), help], commands: commands.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** Those of the commands below stand beside its own. */
function distinct(options: readonly Option[]): readonly OptionSpec[] {
  const byFlags = new Map([...options.map(optionOf), help].map((option) => [option.flags.join(), option]))
  return [...byFlags.values()]
}

function optionOf({ short, long, description, required, optional, argChoices }: Option): OptionSpec {
  return { flags: [short, long].filter((flag) => flag !== undefined), description, value: required || optional, choices: argChoices ?? [] }
}
