/** For zsh, to be sourced or put into a folder of $fpath as _scalec. */
import type { CommandSpec, OptionSpec, ProgramSpec } from './spec.ts'

export function zsh({ name, options, commands }: ProgramSpec): string {
  return `#compdef ${name}
# ${name} completion for zsh: source <(${name} completion zsh)
_${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${[...options.map(argument), quoted('1:command:->command'), quoted('*::argument:->argument')].map((each) => `    ${each}`).join(' \\\n')}
  case $state in
    command)
      local -a commands=(
${[...commands.map((command) => `        ${quoted(`${colons(command.name)}:${colons(command.description)}`)}`), `        'help:display help for command'`].join('\n')}
      )
      _describe command commands
      ;;
    argument)
      case $line[1] in
${commands.map((command) => `        ${command.name}) _arguments -s \\\n${[...command.options.map(argument), rest(command)].map((each) => `          ${each}`).join(' \\\n')} ;;`).join('\n')}
        help) _values command ${commands.map((command) => command.name).join(' ')} ;;
      esac
      ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`
}

/** `'(-o --output)'{-o,--output}'[the file to write]:value:_files'`; may be given several times. */
function argument({ flags, description, value, choices }: OptionSpec): string {
  const action = value ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}` : ''
  const text = `[${description.replace(/[[\]\\]/g, '\\$&').replaceAll(':', '\\:')}]${action}`
  return flags.map((flag) => quoted(`*${flag}${text}`)).join(' ')
}

function rest({ choices }: CommandSpec): string {
  const files = quoted('*:file:_files')
  return choices.length > 0 ? `${quoted(`1:argument:(${choices.join(' ')})`)} ${files}` : files
}

function colons(text: string): string {
  return text.replaceAll(':', '\\:')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
