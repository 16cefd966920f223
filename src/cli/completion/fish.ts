/** For fish, to be sourced or put into ~/.config/fish/completions. */
import type { OptionSpec, ProgramSpec } from './spec.ts'

export function fish({ name, options, commands }: ProgramSpec): string {
  const names = [...commands.map((command) => command.name), 'help']
  const before = `-n 'not __fish_seen_subcommand_from ${names.join(' ')}'`
  const lines = [
    `# ${name} completion for fish: ${name} completion fish | source`,
    `complete -c ${name} ${before} -f`,
    ...options.map((option) => optionLine(name, before, option)),
    ...commands.map((command) => `complete -c ${name} ${before} -a ${command.name} -d ${quoted(command.description)}`),
    `complete -c ${name} ${before} -a help -d 'display help for command'`,
    `complete -c ${name} -n '__fish_seen_subcommand_from help' -f -a ${quoted(names.join(' '))}`,
  ]
  for (const command of commands) {
    const here = `-n '__fish_seen_subcommand_from ${command.name}'`
    if (command.choices.length > 0)
      lines.push(
        `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}; and not __fish_seen_subcommand_from ${command.choices.join(' ')}' -f -a ${quoted(command.choices.join(' '))}`,
      )
    lines.push(...command.options.map((option) => optionLine(name, here, option)))
  }
  return `${lines.join('\n')}\n`
}

function optionLine(name: string, condition: string, { flags, description, value, choices }: OptionSpec): string {
  const words = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ')
  // Exclusive: nothing but the choice; required: a file.
  const argument = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : value ? ' -r' : ''
  return `complete -c ${name} ${condition} ${words}${argument} -d ${quoted(description)}`
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
