/** What the declarations of commands share. */
import type { Command } from 'commander'
import { Option } from 'commander'
import type { ExitCode } from '../exit.ts'
import type { Terminal } from '../terminal.ts'

/** A command's declaration: name, arguments and options. The command itself is loaded when it is called. */
export type Declare = (program: Command, context: CommandContext) => void

export interface CommandContext {
  readonly terminal: Terminal
  /** The program's exit code. */
  readonly finish: (code: ExitCode) => void
}

export const format = (): Option => new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text')
/** Of commands that print diagnostics. */
export const reportFormat = (): Option => new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif', 'junit', 'github']).default('text')
export const failLevel = (): Option => new Option('--fail-level <level>', 'the least severity that fails').choices(['error', 'warning']).default('error')

/** Of commands that read rules: where their project is. */
export const project = (): Option => new Option('--project <file>', 'a scale.json; by default the one of this folder or of one above')
export const catalog = (): Option => new Option('--catalog <file>', 'what is known of the live system, instead of the catalog of scale.json')
export const strict = (): Option => new Option('--strict', 'names that the catalog does not have are errors')
export const watch = (): Option => new Option('--watch', 'run again whenever the rules, the catalog or scale.json change')

/** For options that may be repeated. */
export function collected(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value]
}
